"""Residents who wait for an officer: on with the wait, out of it, and what they may answer while it is long. Whom they wait
for is not known here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.flow.library import REST
from bot.flow.place import Frame
from bot.flow.steps.deeds import Handoff

if TYPE_CHECKING:
    from bot.flow.walk import Walk


def wait_on(walk: "Walk") -> bool:
    """Back to the wait for an officer that stands below what is asked, if one does."""
    frames = walk.place.frames
    found = _where(walk, frames[:-1])
    if found is None:
        return False
    del frames[found[0] + 1 :]
    walk.say(walk.library.phrase("wait_on"))
    return True


def offer_to_wait_on(walk: "Walk") -> bool:
    """Who waits and is at nothing else may answer by number from here on; whether that is so."""
    if not walk.place.frames or (walk.place.top.flow, walk.place.top.step) == REST:
        script = walk.script("officer")
        waits = [name for name, step in script.steps.items() if isinstance(step, Handoff)]
        walk.place.frames = [Frame(script.name, script.version, name) for name in waits[:1]] or walk.place.frames
    if not walk.place.frames or not isinstance(walk.step(), Handoff):
        return False
    walk.scratch["offered"] = True
    return True


def officer_left(walk: "Walk") -> None:
    """The officer gave the thread back: on from the hand-off, or the open question again."""
    found = _where(walk, walk.place.frames)
    if found is None:
        walk.ask_again()
        return
    at, step = found
    del walk.place.frames[at + 1 :]  # what was asked while they waited is over too
    walk.follow(step.way)


def _where(walk: "Walk", frames: Sequence[Frame]) -> tuple[int, Handoff] | None:
    """Which of these frames stands at a hand-off, the lowest first, and that hand-off."""
    for at, frame in enumerate(frames):
        step = walk.script_of(frame).steps.get(frame.step)
        if isinstance(step, Handoff):
            return at, step
    return None
