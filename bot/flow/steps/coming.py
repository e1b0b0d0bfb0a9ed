"""Steps for residents who said they come to a meeting: change_rsvp, rate."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow.effects import CancelRsvp, ChangeRsvp, RateMeeting
from bot.flow.reading import Fields
from bot.flow.steps.base import At, Silent, Way, read_way

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
