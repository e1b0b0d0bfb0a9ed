"""A report while it is told: filed, changed, erased, set aside, taken up again. What is asked in it, its flow says."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.flow import reports
from bot.flow.effects import FileReport
from bot.flow.place import Draft
from bot.flow.steps.base import STAY, Way

if TYPE_CHECKING:
    from bot.flow.script import Script
    from bot.flow.walk import Walk


def change(walk: "Walk", name: str, back: Way) -> Way:
    """Ask again for one answer, then come back to the summary."""
    walk.place.top.step = back.next
    walk.place.misses = 0
    walk.place.changing = walk.place.snapshot()
    walk.place.restore(walk.home.asked[name])
    walk.enter()
    return STAY


def file(walk: "Walk", *, complete: bool, told: bool) -> None:
    """Keep the report with what was answered so far; once. `told`: its number is said to the resident."""
    frame = next((f for f in reversed(walk.place.frames) if walk.script_of(f).report), None)
    kind = walk.script_of(frame).report if frame else None
    if frame is None or kind is None or frame.scratch.get("filed"):
        return
    frame.scratch["filed"] = number = walk.facts.new_report_number()
    answers = reports.for_staff(walk.library, frame)
    facts = reports.facts(walk.library, frame, told=told)
    walk.effects.append(FileReport(number, kind.kind, complete, answers, facts))


def erase(walk: "Walk") -> None:
    """Drop what was answered; nothing of it is filed any more."""
    for frame in walk.place.frames:
        if walk.script_of(frame).report:
            frame.scratch["filed"] = "erased"
            frame.answers, frame.asked = {}, {}


def take_up(walk: "Walk", *, again: bool) -> Way:
    """On with the draft at the question where it was left; `again`: a new report instead of it."""
    walk.place.frames.pop()
    draft = walk.place.draft
    if draft is not None:
        walk.place.frames, walk.place.trail, walk.place.draft = draft.frames, draft.trail, None
    if not walk.place.frames:  # the draft was dropped meanwhile, being too old
        walk.show_menu()
        return STAY
    if again:
        walk.place.frames, walk.place.trail = [], []
        walk.leave_to(Way(go="report"))
    else:
        walk.enter()
    return STAY


def greet(walk: "Walk") -> None:
    """A resident comes back to a report left open."""
    draft = reports.set_aside(walk.library, walk.place)
    if draft is not None:
        walk.place.draft, walk.place.frames, walk.place.trail = draft, [], []
        walk.interrupt("draft_back")


def set_aside(walk: "Walk") -> Draft | None:
    """Keep the open report as a draft. A draft of another report that it takes the place of is filed as it is:
    nothing a resident told us is lost."""
    draft, older = reports.set_aside(walk.library, walk.place), walk.place.draft
    if draft is None:
        return None
    if older is not None and older.topic != draft.topic:
        kind = walk.script(older.topic).report
        answers = reports.for_staff(walk.library, older.frames[0])
        if kind and answers:
            facts = reports.facts(walk.library, older.frames[0], told=False)
            walk.effects.append(FileReport(walk.facts.new_report_number(), kind.kind, False, answers, facts))
    walk.place.draft = draft
    return draft


def is_same(walk: "Walk", script: "Script", given: Mapping[str, str]) -> bool:
    """Whether somebody who goes here may mean the report they left: the same kind, or no kind named."""
    draft = walk.place.draft
    about = walk.script(draft.topic).report if draft else None
    if script.name == "report":
        return given.get("kind", about.kind if about else "") == (about.kind if about else "")
    return script.report is not None and script.report == about
