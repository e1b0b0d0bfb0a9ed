"""A flow of another system on its way to ours: its stops as ours will be, not yet in order, and what was left behind.

Importers draw it; `finishing` makes it whole. Knows no other system.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

OVER = ""  # where nothing follows
LONGEST = 2_000  # characters of one text; what is longer is cut, and told
NO_CHOICE = (
    "The line takes a choice by its number, its words alone, or a long one of them in a text. Else it asks again, then"
    " offers a person."
)
_NAME_LENGTH = 40
Kind = Literal["say", "ask", "collect", "branch", "go", "do", "handoff", "pass"]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What could not be carried over: where it stood, what it was, and why or what to do instead."""

    place: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Wording:
    """One text in another language, as it came: where it belongs here, the English beside it, and its words."""

    language: str
    context: str
    english: str
    translation: str


@dataclass(frozen=True, slots=True)
class Brought:
    """One flow as we write it. `wordings` are kept beside it, so that whoever brought it keeps or deletes a language."""

    name: str
    yaml: str
    wordings: tuple[Wording, ...]
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A text in English and in the languages that came with it."""

    english: str
    others: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Option:
    """A choice of an `ask`, words that lead out of a `collect`, or a case of a `branch`, whose values are its words."""

    label: Said
    words: Said
    next: str = OVER
    key: int = 0  # another number than its place; 0: none


@dataclass(slots=True)
class Stop:
    """One step. `place` is what it is called where it comes from; a `pass` only leads on and is left out at the end."""

    kind: Kind
    place: str
    texts: list[Said] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    next: str = OVER
    save: str = ""
    takes: str = ""  # what a `collect` asks for, as in its field `as`
    least: int = 0
    most: int = 0
    on: str = ""  # the answer that a `branch` goes by
    flow: str = ""

    @property
    def waits(self) -> bool:
        return self.kind in ("ask", "collect", "handoff")

    def leads_to(self) -> list[str]:
        """Every stop that may follow, in the order in which they stand."""
        ways = [option.next for option in self.options]
        return ways if self.kind == "ask" else [] if self.kind == "go" else [*ways, self.next]

    def lead(self, old: str, new: str) -> None:
        """Whatever led to one stop leads to another."""
        self.next = new if self.next == old else self.next
        for option in self.options:
            option.next = new if option.next == old else option.next


@dataclass(slots=True)
class Sketch:
    """A flow being drawn. Stops are found by any key of the system they come from."""

    name: str
    about: str
    start: str = OVER
    part: bool = False
    stops: dict[str, Stop] = field(default_factory=dict)
    left_out: dict[LeftOut, None] = field(default_factory=dict)  # each told once, in the order in which it was met

    def leave_out(self, place: str, what: str, why: str) -> None:
        self.left_out[LeftOut(plain(place)[:80], plain(what)[:120], why)] = None


def plain(text: str) -> str:
    """The text without signs that nobody can read, or that turn the order of others; braces, which mean something
    here, as round ones."""
    return _plain(text).strip()


def spoken(text: str, expressions: re.Pattern[str], stands_for: Callable[[re.Match[str]], str]) -> str:
    """A plain text in which each expression of another system is what it stands for: a {name}, words, or nothing."""
    found, at = [], 0
    text = text[: 2 * LONGEST]  # enough to tell that it is too long
    for one in expressions.finditer(text):
        found += [_plain(text[at : one.start()]), stands_for(one)]
        at = one.end()
    lines = re.sub(r"[ \t]+", " ", "".join([*found, _plain(text[at:])])).split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()


def _plain(text: str) -> str:
    kept = "".join(char for char in text.replace("\r\n", "\n").replace("\r", "\n") if _readable(char))
    return kept.translate({ord("{"): "(", ord("}"): ")"})


def _readable(char: str) -> bool:
    if char in "\n\t\u200c\u200d\u200e\u200f":
        return True
    # "Cn" are signs that Unicode has not given out, among them those that it never will
    return char not in "\ufffc\ufffd" and unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Zl", "Zp")


def name_of(text: str, taken: Iterable[str] = (), otherwise: str = "step") -> str:
    """A name as flows, steps and answers have them, made of a text; none of those taken."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:_NAME_LENGTH].rstrip("_")
    if not stem[:1].isalpha():
        stem = f"{otherwise}_{stem}".rstrip("_")
    taken = set(taken)
    found, count = stem, 1
    while found in taken:
        count += 1
        found = f"{stem}_{count}"
    return found
