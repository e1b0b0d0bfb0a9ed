"""The flows' English as a PO template, and each language's catalogue brought up to date with it.

Knows files and strings; whether a translation is any good is for the checks and for people.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

import polib

from bot.errors import FlowsBroken, PuenteError
from bot.flow.library import Library, read
from bot.flow.strings import unique

NOBODY = "nobody yet"  # X-Reviewed-By, until a qualified translator signs
NEVER = "never"

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")
_ALIKE = 0.5  # share of letters in common from which an English text counts as the old one reworded
_ONE_LINE = 0  # polib: never wrap, so that a changed text is a changed line


@dataclass(frozen=True, slots=True)
class Changes:
    """What an update did to one catalogue, in strings. `missing` are all that are empty now, `fuzzy` all stale ones."""

    tag: str
    new: int
    reworded: int
    gone: int
    missing: int
    fuzzy: int
    strings: int

    def __str__(self) -> str:
        done = self.strings - self.missing - self.fuzzy
        return (
            f"{self.tag}: {done} of {self.strings} translated, {self.missing} missing, {self.fuzzy} to check"
            f" ({self.new} new, {self.reworded} reworded, {self.gone} gone)"
        )


def template(library: Library) -> polib.POFile:
    """Every string to be translated, in the order of the flows, with its context, places and notes."""
    pot = polib.POFile(wrapwidth=_ONE_LINE)
    pot.header = "Puente, the English of flows/*.yml. Written by `python -m bot locales export`."
    pot.metadata = _metadata("")
    for line, places in unique(library):
        occurrences = [(place.file, str(place.line)) for place in places]
        entry = polib.POEntry(msgctxt=line.context, msgid=line.english, comment=line.note, occurrences=occurrences)
        pot.append(entry)
    return pot


def update(library: Library, path: Path, tag: str) -> Changes:
    """Bring the catalogue at `path` up to date, or begin it. New strings come in empty, reworded ones keep their
    translation as fuzzy beside the English it was made from, gone ones stay as obsolete and come back if needed.

    Raises PuenteError if the file cannot be read.
    """
    old = _read(path) if path.exists() else _begun(tag)
    merged, changes = merge(library, old, tag)
    _write(path, merged)
    return changes


def brought_up(library: Library, text: str, tag: str) -> polib.POFile:
    """A catalogue's text as `update` would leave it; begun if it is empty. Raises PuenteError if it is no PO file."""
    return merge(library, read_po(text) if text.strip() else _begun(tag), tag)[0]


def read_po(text: str) -> polib.POFile:
    """Raises PuenteError if it is no PO file."""
    try:
        return polib.pofile(f"{text}\n", wrapwidth=_ONE_LINE)  # without a line's end polib takes it for a file's name
    except (OSError, ValueError) as error:
        raise PuenteError("This is no PO file, or it is broken.") from error


def written(po: polib.POFile) -> str:
    """As it stands in a file."""
    return str(po).rstrip("\n") + "\n"


def merge(library: Library, old: polib.POFile, tag: str) -> tuple[polib.POFile, Changes]:
    """The old catalogue over the strings there are now, and what that changed. `old` is used up by it."""
    wanted = template(library)
    known = {_key(entry): entry for entry in sorted(old, key=lambda entry: not entry.obsolete)}
    names = {_key(entry) for entry in wanted}
    spare = [entry for entry in old if _key(entry) not in names and entry.msgstr]
    gone = {id(entry) for entry in spare if not entry.obsolete}
    merged = polib.POFile(wrapwidth=_ONE_LINE)
    merged.header, merged.metadata, merged.metadata_is_fuzzy = old.header, old.metadata, old.metadata_is_fuzzy
    new = reworded = 0
    for entry in wanted:
        source = known.get(_key(entry))
        if source is None and (source := _closest(entry, spare)):
            spare.remove(source)
            gone.discard(id(source))
            reworded += 1
        elif source is None:
            new += 1
        merged.append(_carried(entry, source))
    for entry in spare:
        entry.obsolete = True
        merged.append(entry)
    current = [entry for entry in merged if not entry.obsolete]
    missing, fuzzy = sum(not entry.msgstr for entry in current), sum(entry.fuzzy for entry in current)
    return merged, Changes(tag, new, reworded, len(gone), missing, fuzzy, len(current))


def update_all(flows: Path, locales: Path, tag: str | None = None) -> list[str]:
    """Write `bot.pot` and bring every language up to date with it, or the one of `tag`, which may be new. Gives a
    line for each. Raises FlowsBroken if the flows cannot be read, PuenteError for a tag that is none.
    """
    if tag is not None and (tag == "en" or not _TAG.fullmatch(tag)):
        raise PuenteError(f"`{tag}` is no language to translate into; write a tag like vi, ht or zh-Hant.")
    library, problems = read(flows)
    if library is None or problems:
        raise FlowsBroken(problems)
    pot = template(library)
    _write(locales / "bot.pot", pot)
    tags = [tag] if tag else sorted(po.parts[-3] for po in locales.glob("*/LC_MESSAGES/bot.po"))
    said = [f"{locales.name}/bot.pot: {len(pot)} strings"]
    return said + [str(update(library, catalogue_path(locales, one), one)) for one in tags]


def catalogue_path(locales: Path, tag: str) -> Path:
    return locales / tag / "LC_MESSAGES" / "bot.po"


def _begun(tag: str) -> polib.POFile:
    po = polib.POFile(wrapwidth=_ONE_LINE)
    po.header = (
        f"Puente, {tag}. Drafted for the project; not yet read by a qualified translator.\n"
        "Corrections are welcome: see docs/translators.md."
    )
    po.metadata = _metadata(tag)
    return po


def _metadata(tag: str) -> dict[str, str]:
    return {
        "Project-Id-Version": "Puente",
        "Last-Translator": "Puente contributors (draft)",
        "Language": tag,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-Reviewed-By": NOBODY,
        "X-Reviewed-On": NEVER,
    }


def _read(path: Path) -> polib.POFile:
    try:
        return polib.pofile(str(path), wrapwidth=_ONE_LINE)
    except (OSError, ValueError) as error:
        raise PuenteError(f"{path} cannot be read as a PO file: {error}") from error


def _key(entry: polib.POEntry) -> tuple[str, str]:
    return entry.msgctxt or "", entry.msgid


def _closest(entry: polib.POEntry, spare: Iterable[polib.POEntry]) -> polib.POEntry | None:
    """The translated string that stood in this context before and is most like this one; None if none is alike."""
    rated = [
        (SequenceMatcher(None, old.msgid.lower(), entry.msgid.lower()).ratio(), old)
        for old in spare
        if old.msgctxt == entry.msgctxt
    ]
    alike, best = max(rated, key=lambda one: one[0], default=(0.0, None))
    return best if alike >= _ALIKE else None


def _carried(entry: polib.POEntry, source: polib.POEntry | None) -> polib.POEntry:
    """The template's entry with the translation, translator's note and state it had."""
    if source is None:
        return entry
    entry.msgstr, entry.tcomment = source.msgstr, source.tcomment
    entry.flags = [flag for flag in source.flags if flag != "fuzzy"]
    if source.msgid != entry.msgid:
        # A stale text whose English is reworded once more is still the translation of the first one.
        made_from = (source.fuzzy and source.previous_msgid) or source.msgid
        if made_from != entry.msgid:
            entry.previous_msgid = made_from
            entry.flags.append("fuzzy")
    elif source.fuzzy:
        entry.previous_msgid = source.previous_msgid
        entry.flags.append("fuzzy")
    return entry


def _write(path: Path, po: polib.POFile) -> None:
    """Whole or not at all, and not if nothing changed."""
    text = written(po)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
