"""Steps that only lead on: go, do, branch, draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow import telling
from bot.flow.reading import Fields
from bot.flow.steps.base import STAY, At, Silent, Way, read_way

if TYPE_CHECKING:
    from bot.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class Go(Silent):
    """Go on in another flow, which takes this one's place."""

    key: ClassVar[str] = "go"
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        return self.way


@dataclass(frozen=True, slots=True)
class Do(Silent):
    """Walk a part (a flow with `part: yes`), whose answers become this flow's, and come back."""

    key: ClassVar[str] = "do"
    part: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(fields.text("do"), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        walk.begin_part(self.part)
        return STAY


@dataclass(frozen=True, slots=True)
class Branch(Silent):
    """Go where an earlier answer leads, or a fact: officer_now (yes, no, closed), report_kind, may_text (yes, no),
    privacy_variant (A, B)."""

    key: ClassVar[str] = "branch"
    on: str
    cases: tuple[tuple[frozenset[str], Way], ...]
    otherwise: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        cases = []
        for one in fields.each("cases"):
            cases.append((frozenset(part.strip() for part in one.text("is").split("|")), read_way(one)))
            one.finish("a case")
        otherwise = Way(fields.text("otherwise"), line=fields.line_of("otherwise"))
        return cls(fields.text("branch"), tuple(cases), otherwise)

    def ways(self) -> Iterable[Way]:
        return (*(way for _, way in self.cases), self.otherwise)

    def enter(self, walk: "Walk") -> Way | None:
        value = walk.value(self.on)
        return next((way for values, way in self.cases if value in values), self.otherwise)


@dataclass(frozen=True, slots=True)
class DraftStep(Silent):
    """Take up an unfinished report again: `go on` at its open question, or `start again` at its first."""

    key: ClassVar[str] = "draft"
    again: bool

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        said = fields.text("draft")
        if said not in ("go on", "start again"):
            fields.wrong("`draft` is `go on` or `start again`", at="draft")
        return cls(said == "start again")

    def enter(self, walk: "Walk") -> Way | None:
        return telling.take_up(walk, again=self.again)
