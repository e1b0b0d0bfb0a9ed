"""The conversation: a place and a text give a new place and effects. Pure: what it knows of the world, Facts tell it."""

from collections.abc import Sequence

from bot.flow import reports
from bot.flow.facts import Facts
from bot.flow.library import REST, Library
from bot.flow.phrases import Voice
from bot.flow.place import Place
from bot.flow.reading import Line
from bot.flow.steps.base import Heard, Way
from bot.flow.walk import Turn, Walk


def told_so_far(library: Library, place: Place) -> tuple[tuple[tuple[str, str], ...], str]:
    """What was asked and answered in the flow that is open, in English for staff, and what that flow is about."""
    for frame in [*(place.draft.frames if place.draft else ()), *place.frames][::-1]:
        told = reports.for_staff(library, frame) if frame.answers is not None else ()
        script = library.script(frame.flow, frame.version)
        if told and script:
            return told, script.report.topic.english if script.report else script.about
    return (), ""


def resting(place: Place) -> bool:
    """Whether nothing is being done: at the menu, unsaid."""
    return not place.frames or (place.top.flow, place.top.step) == REST


def report_is_open(library: Library, place: Place) -> bool:
    """Whether a report is being told here, with something already answered."""
    frame = reports.open_report(library, place)
    return frame is not None and bool(frame.answers)


def advance(library: Library, voice: Voice, facts: Facts, place: Place, heard: Heard) -> Turn:
    """One text at an open question."""
    walk = Walk(library, voice, facts, place)
    if not walk.place.frames:
        walk.rest()
    walk.hear(heard)
    return walk.turn()


def begin(
    library: Library, voice: Voice, facts: Facts, heard: Heard, greeting: Sequence[Line] = (), menu: bool = True
) -> Turn:
    """A resident's first text: the greeting, then straight to what was asked; else the menu, or what they need."""
    walk = Walk(library, voice, facts, Place())
    walk.say(*greeting)
    wish = library.wish(voice, heard.text)
    if wish:
        walk.follow_wish(wish)
    elif walk.is_word(heard, "officer"):
        walk.leave_to(Way(go="officer"))
    elif menu:
        walk.show_menu()
    else:
        walk.say(library.phrase("help_ask"))
        walk.rest()
    return walk.turn()
