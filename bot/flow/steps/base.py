"""What every step type is: read from YAML, checked, entered, and given what the resident wrote."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, Self

from bot.flow.reading import Fields, Line
from bot.model import Spot
from bot.text.fold import fold

if TYPE_CHECKING:
    from bot.flow.walk import Walk

END = "end"
FILED_AS = "filed_as"  # the answer that says of which kind the report is to which something is added


@dataclass(frozen=True, slots=True)
class Way:
    """Where to go on: a step of this flow (or `end`), or another flow with what it need not ask."""

    next: str = ""
    go: str = ""
    step: str = ""
    given: tuple[tuple[str, str], ...] = ()
    line: int = 0


STAY = Way(next="(stay)")  # understood, and the question stays open


@dataclass(frozen=True, slots=True)
class Heard:
    """What came from the resident, as far as a script may know it."""

    text: str = ""
    photos: int = 0
    voice: bool = False
    spot: Spot | None = None

    @property
    def empty(self) -> bool:
        return not (self.text.strip() or self.photos or self.voice or self.spot)


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer. It takes its number in any script's digits, and its words in English and the resident's."""

    number: int
    label: Line
    words: Line | None
    shared: tuple[str, ...]  # names of words.yml, written $yes
    wish: str
    value: str
    way: Way
    private: bool = False  # a report in which it was chosen is shown to no other system


class Step(Protocol):
    """A stop in a flow. Frozen; what changes while walking is in the Walk."""

    key: ClassVar[str]
    waits: ClassVar[bool]

    @classmethod
    def read(cls, fields: Fields, at: "At") -> Self: ...

    def lines(self) -> Iterable[Line]:
        """Everything a translator must translate."""

    def ways(self) -> Iterable[Way]: ...

    def saves(self) -> Iterable[str]: ...

    def enter(self, walk: "Walk") -> Way | None:
        """Say and do what there is to say and do. None waits for the resident."""

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        """Where the text leads; STAY; or None if it was not understood."""

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        """Whether the text is an exact answer here, so that it is no everywhere-word (`0` where 0 is a choice)."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a step stands, for contexts of its lines."""

    flow: str
    step: str
    file: str

    def line(self, english: str, line: int, kind: str = "", note: str = "") -> Line:
        context = f"{self.flow}.{self.step}{'.' + kind if kind else ''}"
        return Line(context, english, self.file, line, note)


class Silent:
    """The parts of a step that says nothing, saves nothing and hears nothing."""

    __slots__ = ()
    waits: ClassVar[bool] = False

    def lines(self) -> Iterable[Line]:
        return ()

    def ways(self) -> Iterable[Way]:
        return ()

    def saves(self) -> Iterable[str]:
        return ()

    def hear(self, walk: "Walk", heard: Heard) -> Way | None:
        return None

    def claims(self, walk: "Walk", heard: Heard) -> bool:
        return False


def read_way(fields: Fields, default: str = "") -> Way:
    """`next: step`, or `go: flow` with `step:` and `with:`."""
    go = fields.text("go", "")
    next_step = fields.text("next", "" if go else default)
    if not go and not next_step:
        fields.wrong("`next` is missing: where does it go on?", at="next")
    given = tuple(fields.pairs("with").items()) if "with" in fields.names() else ()
    step = fields.text("step", "") if go else ""
    return Way("" if go else next_step, go, step, given, fields.line_of("go" if go else "next"))


def read_choices(fields: Fields, at: At, default: str = "") -> tuple[Choice, ...]:
    choices = []
    for place, one in enumerate(fields.each("choices"), 1):
        if place > _MOST_CHOICES:
            fields.wrong(f"nobody can choose among more than {_MOST_CHOICES}: ask twice", at="choices")
            break
        label = one.text("label")
        if "label" in one.names() and not _can_be_seen(label):
            one.wrong("`label` wants words that can be seen", at="label")
        words, shared = _words(one.text("words", ""))
        choices.append(
            Choice(
                number=one.number("key", place),
                label=at.line(
                    label, one.line_of("label"), "choice", "A numbered choice; the number is added by the line."
                ),
                words=at.line(words, one.line_of("words"), "words", _WORDS_NOTE) if words else None,
                shared=shared,
                wish=one.text("wish", ""),
                value=one.text("value", ""),
                way=read_way(one, default),
                private=one.yes("private"),
            )
        )
        one.finish("a choice")
    _no_two_alike(fields, choices)
    return tuple(choices)


def _can_be_seen(text: str) -> bool:
    """Whether a text is more than blanks and signs without a shape."""
    return any(unicodedata.category(char)[0] not in "CZM" for char in text)


_MOST_CHOICES = 20
_WORDS_NOTE = "Words a resident may type for this choice, separated by | . Add all that are natural."


def _words(text: str) -> tuple[str, tuple[str, ...]]:
    parts = [part.strip() for part in text.split("|") if part.strip()]
    own = "|".join(part for part in parts if not part.startswith("$"))
    return own, tuple(part[1:] for part in parts if part.startswith("$"))


def _no_two_alike(fields: Fields, choices: list[Choice]) -> None:
    numbers: set[int] = set()
    seen: dict[str, str] = {}
    for choice in choices:
        if choice.number in numbers:
            fields.wrong(f"two choices have the number {choice.number}", at="choices")
        numbers.add(choice.number)
        for word in [choice.label.english, *(choice.words.english.split("|") if choice.words else ())]:
            other = seen.setdefault(fold(word), choice.label.english)
            if other != choice.label.english:
                fields.wrong(f"`{word}` would be both `{other}` and `{choice.label.english}`", at="choices")
    if not choices:
        fields.wrong("`choices` is missing or empty", at="choices")
