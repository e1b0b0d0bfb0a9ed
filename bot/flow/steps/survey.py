"""Step for residents who are asked how our help was: survey."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from bot.flow.effects import AnswerSurvey
from bot.flow.reading import Fields
from bot.flow.steps.base import At, Silent, Way, read_way

if TYPE_CHECKING:
    from bot.flow.walk import Walk


@dataclass(frozen=True, slots=True)
class SurveyStep(Silent):
    """Note the answer that has the name of a question of the survey, without who gave it; nothing if it was passed over."""

    key: ClassVar[str] = "survey"
    question: str
    way: Way

    @classmethod
    def read(cls, fields: Fields, at: At) -> Self:
        return cls(fields.text("survey"), read_way(fields))

    def ways(self) -> Iterable[Way]:
        return (self.way,)

    def enter(self, walk: "Walk") -> Way | None:
        answer = walk.answers.get(self.question, "")
        if answer:
            walk.effects.append(AnswerSurvey(self.question, answer))
        return self.way
