"""What is said and understood in one language: PO catalogues, loaded as they are, over the English of the flows.

A missing or fuzzy translation falls back to English, never to a stale sentence, a raw key or nothing.
"""

import re
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import polib

from bot.flow.reading import Line

_PLACEHOLDER = re.compile(r"\{([a-z_0-9]+)\}")
Table = TypeVar("Table")


class Catalogue:
    """The translations of one language: (context, English) -> its words."""

    def __init__(self, tag: str, entries: Mapping[tuple[str, str], str]) -> None:
        self.tag = tag
        self._entries = entries

    def get(self, line: Line) -> str:
        return self._entries.get((line.context, line.english)) or line.english

    def has(self, line: Line) -> bool:
        return bool(self._entries.get((line.context, line.english)))


def load_catalogue(path: Path, tag: str) -> Catalogue:
    """A PO file. Raises OSError or ValueError with polib's words if it cannot be read."""
    return read_catalogue(path.read_text(encoding="utf-8"), tag)


def read_catalogue(text: str, tag: str) -> Catalogue:
    """The text of a PO file. Raises OSError or ValueError with polib's words if it cannot be read."""
    entries = {
        (entry.msgctxt or "", entry.msgid): entry.msgstr
        for entry in polib.pofile(f"{text}\n")  # without a line's end polib takes it for the name of a file
        if entry.msgstr and not entry.fuzzy and not entry.obsolete
    }
    return Catalogue(tag, entries)


def fill(text: str, value: Callable[[str], str]) -> str:
    """The text with each {name} replaced by its value; once, so that braces in a value mean nothing."""
    return _PLACEHOLDER.sub(lambda found: value(found.group(1)), text) if "{" in text else text


def placeholders(text: str) -> list[str]:
    return sorted(_PLACEHOLDER.findall(text))


class Voice:
    """A language as the engine uses it. Tables made from it (words of a step, hints) are made once and kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.tag = catalogue.tag
        self._catalogue = catalogue
        self._tables: dict[Hashable, Any] = {}
        self._makers: list[object] = []  # kept, for a key may be the id of the step that a maker belongs to

    def text(self, line: Line) -> str:
        return self._catalogue.get(line)

    def has(self, line: Line) -> bool:
        """Whether this language has its own words for a string, so that nobody reads English instead."""
        return self.tag == "en" or self._catalogue.has(line)

    def typed(self, line: Line) -> list[str]:
        """What may be typed: the English words, and this language's."""
        own = self._catalogue.get(line)
        both = line.english if own == line.english else f"{line.english}|{own}"
        return [part.strip() for part in both.split("|") if part.strip()]

    def table(self, key: Hashable, make: "Callable[[Voice], Table]") -> Table:
        found: Table | None = self._tables.get(key)
        if found is None:
            found = self._tables[key] = make(self)
            self._makers.append(make)
        return found
