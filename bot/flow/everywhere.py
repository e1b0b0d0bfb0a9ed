"""What a resident may write at every question, and what happens when nothing is understood. Scripts do not repeat it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.flow import awaiting, reports, telling
from bot.flow.library import REST, Wish
from bot.flow.steps.base import Heard, Step, Way
from bot.flow.steps.deeds import Handoff
from bot.flow.steps.talk import Collect
from bot.text.fold import fold

if TYPE_CHECKING:
    from bot.flow.walk import Walk

_SHORTEST_WISH = 8  # letters: fewer mean something else in another language
_MAY_BE_UNKNOWN = ("place", "when")  # "I do not know" is an answer to where and when
_QUESTION_MARKS = frozenset("? ؟ ？ ¿?".split())


def obeyed(walk: "Walk", step: Step, heard: Heard) -> bool:
    """Menu, back, skip, leave, "I do not understand", officer, language: at every question."""
    text = heard.text.strip()
    if fold(text) == "0" or walk.is_word(heard, "menu"):
        walk.show_menu()
    elif walk.is_word(heard, "back"):
        _back(walk)
    elif walk.is_word(heard, "leave"):
        _leave(walk, step)
    elif text in _QUESTION_MARKS or walk.is_word(heard, "unclear"):
        walk.say(walk.library.phrase("unclear"))
        walk.enter()
    elif isinstance(step, Collect) and walk.is_word(heard, "skip"):
        _skip(walk, step)
    elif walk.is_word(heard, "officer"):
        _call_officer(walk, step, {})
    elif walk.is_word(heard, "language"):
        walk.interrupt("language")
    else:
        return False
    return True


def _call_officer(walk: "Walk", step: Step, given: Mapping[str, str]) -> None:
    if isinstance(step, Handoff):
        walk.enter()
    elif walk.place.top.flow == "officer" and isinstance(step, Collect):
        _skip(walk, step)  # they have asked already; what it is about can be said to the officer
    elif (walk.place.top.flow, walk.place.top.step) == REST:
        walk.leave_to(Way(go="officer", given=tuple(given.items())))
    else:
        walk.interrupt("officer", given)


def _back(walk: "Walk") -> None:
    if not walk.place.trail:
        walk.say(walk.library.phrase("nothing_before"))
    elif not walk.changed():  # back from a question asked again is the summary
        walk.place.restore(walk.place.trail[-1])
        walk.place.trail = walk.place.trail[:-1]
    walk.place.misses = 0
    walk.enter()


def _skip(walk: "Walk", step: Collect) -> None:
    if not step.skip and step.kind not in _MAY_BE_UNKNOWN:
        walk.say(walk.library.phrase("nothing_to_skip"))
        walk.enter()
        return
    walk.remember(walk.place.snapshot())
    walk.place.misses = 0
    walk.follow(step.pass_over(walk))


def _leave(walk: "Walk", step: Step) -> None:
    if isinstance(step, Handoff):
        walk.follow(step.leave(walk))
        return
    if awaiting.wait_on(walk):
        return
    draft = telling.set_aside(walk)
    walk.say(walk.library.phrase("left_report" if draft else "left"))
    walk.place.changing = None
    walk.rest()


def not_understood(walk: "Walk", step: Step, heard: Heard) -> None:
    """A wish in free text; else three tries, then the offer of a person."""
    follows = walk.place.top.flow != "officer" and (not isinstance(step, Collect) or bool(walk.place.misses))
    wish = _wish(walk, heard.text) if follows else None  # who asks for an officer means nothing else
    if wish and wish.go == "officer":
        _call_officer(walk, step, dict(wish.given))
        return
    if wish and not reports.open_report(walk.library, walk.place):
        walk.place.misses = 0
        walk.follow_wish(wish)
        return
    walk.place.misses += 1
    if walk.complaint and walk.place.misses < 3:
        line, extra = walk.complaint
        walk.say(line, extra=extra)
    elif walk.place.misses == 1:
        walk.say(walk.library.phrase("retry_1"))
    elif walk.place.misses == 2:
        walk.say(walk.library.phrase("retry_1" if isinstance(step, Collect) else "retry_2"))
        walk.enter()
    else:
        walk.place.misses = 0
        walk.interrupt("not_understood")


def _wish(walk: "Walk", text: str) -> Wish | None:
    """A wish in the language spoken here; or, in any other that is offered, the wish for a person."""
    wish = walk.library.wish(walk.voice, text)
    if wish is None and len(text) > _SHORTEST_WISH:
        others = (walk.library.wish(walk.library.voice(tag), text) for tag in walk.facts.languages)
        wish = next((other for other in others if other and other.go == "officer"), None)
    return wish
