"""The step types, in one registry. A step is what its first key says.

To add one: a class in the file it belongs to, its line here, `tests/steps/<key>.yml`, a section in `flows/README.md`.
"""

from collections.abc import Mapping

from bot.flow.steps.base import Step
from bot.flow.steps.coming import ChangeRsvpStep, OptInStep, Rate
from bot.flow.steps.deeds import AddTo, Amend, Erase, File, Handoff, Miss, Notice, RsvpStep
from bot.flow.steps.lists import Find, List, LookUp
from bot.flow.steps.survey import SurveyStep
from bot.flow.steps.talk import Ask, Collect, Pick, Say
from bot.flow.steps.ways import Branch, Do, DraftStep, Go

STEPS: Mapping[str, type[Step]] = {
    step.key: step
    for step in (
        Say, Ask, Collect, Pick,
        Go, Do, Branch, DraftStep,
        Find, List, LookUp,
        Handoff, File, Erase, Amend, AddTo, RsvpStep, Miss, Notice,
        ChangeRsvpStep, Rate, OptInStep, SurveyStep,
    )
}  # fmt: skip
