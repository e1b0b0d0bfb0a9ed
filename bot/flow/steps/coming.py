"""Steps for residents who said they come to a meeting, or want to hear of one: change_rsvp, rate, opt_in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow.effects import CancelRsvp, ChangeRsvp, OptIn, RateMeeting
from bot.flow.reading import Fields
from bot.flow.steps.base import At, Silent, Way, read_way
from bot.flow.steps.talk import Ask

if TYPE_CHECKING:
    from bot.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class ChangeRsvpStep(Silent):
    """Note that the resident needs something else at a meeting; without `need`, that they do not come."""

    key: ClassVar[str] = "change_rsvp"
    code: str
    need: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(fields.text("change_rsvp"), fields.text("need", ""), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        code = walk.answers.get(self.code, "")
        walk.effects.append(ChangeRsvp(code, walk.answers.get(self.need, "")) if self.need else CancelRsvp(code))
        return self.way


@dataclass(frozen=True, slots=True)
class Rate(Silent):
    """Note how a meeting was and what to talk about next time, without who said it."""

    key: ClassVar[str] = "rate"
    meeting: str
    useful: str
    words: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(fields.text("rate"), fields.text("useful"), fields.text("words", ""), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        given = walk.answers
        effect = RateMeeting(given.get(self.meeting, ""), given.get(self.useful, ""), given.get(self.words, ""))
        walk.effects.append(effect)
        return self.way


@dataclass(frozen=True, slots=True)
class OptInStep(Silent):
    """Note that the resident may be written to unasked, once, with the question to which they said yes."""

    key: ClassVar[str] = "opt_in"
    topic: str
    asked: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        if fields.text("opt_in") != "meetings":
            fields.wrong("`opt_in` takes `meetings`", at="opt_in")
        return cls(fields.text("opt_in"), fields.text("asked"), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        question = walk.script_of(walk.place.top).steps.get(self.asked)
        asked = " ".join(map(walk.fill, question.texts)) if isinstance(question, Ask) else ""
        walk.effects.append(OptIn(self.topic, asked))
        return self.way
