"""Complaints: whom one is about, which texts tell it, and who may read them. Officers whose badge or family name stands in
its answers never see the thread; nor does who shares a name: better one reader too few than the one it is about."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.flow.library import Library
from bot.flow.place import Frame, Place
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import staff
from bot.store.messages import Message
from bot.text.fold import fold

KIND = "complaint"  # what such a report is called in the flows
TOLD = "complaint"  # in the extra of a text that tells one
WITHHELD = "withheld"  # in the extra of a text that somebody is shown without its words
_SHORTEST = 3  # letters or digits: fewer stand in too many words


def may_read(officer: Officer) -> bool:
    """Only who is not one of those it may be about."""
    return officer.role in (Role.SUPERVISOR, Role.ADMIN)


def about(hotline: Hotline, answers: Iterable[tuple[str, str]]) -> list[int]:
    """Staff ids. `answers` are question and answer."""
    words = {word for _, answer in answers for word in re.findall(r"\w+", fold(answer))}
    with hotline.db.read() as conn:
        everybody = staff.everybody(conn, hotline.today())
    return [one.id for one in everybody if words & _names(one)]


def is_told(library: Library, place: Place) -> bool:
    """Whether the open question is one of a complaint; not if something else stands above it, like a wait for an officer."""
    for frame in reversed(place.frames):
        if _is_complaint(library, frame):
            return True
        if frame.interrupts:
            return False
    return False


def is_open(library: Library, place: Place) -> bool:
    """Whether one is being told or was left as a draft."""
    frames = [*place.frames, *(place.draft.frames if place.draft else ())]
    return any(_is_complaint(library, frame) for frame in frames)


def withheld(officer: Officer, said: Sequence[Message]) -> list[Message]:
    """The texts as this person may read them: without the words in which a complaint was told, and what we answered to
    them, unless it is theirs to read."""
    if may_read(officer):
        return list(said)
    told = {one.id for one in said if one.extra.get("about") == TOLD}
    return [
        replace(one, text="", extra={WITHHELD: True}) if one.id in told or one.answers in told else one for one in said
    ]


def _is_complaint(library: Library, frame: Frame) -> bool:
    """Also where it is only asked whether it is one."""
    script = library.scripts.get(frame.flow)
    told = script is not None and script.report is not None and script.report.kind == KIND
    return told or (frame.answers or {}).get("kind") == KIND


def _names(officer: Officer) -> set[str]:
    """The family name, each part of it where it has two, and the badge; not the first name, which many have."""
    told = (*re.findall(r"\w+", fold(officer.name))[1:], fold(officer.badge))
    return {word for word in told if len(word) >= _SHORTEST}
