"""Whom a hand-off goes to, and who is asked when they do not take it. Pure: who is here and what is needed in, people out.

The order is the department's promise to residents: somebody tested who speaks their language and is on shift; somebody on
call who does; any officer with an interpreter; and at last the supervisors, who find somebody or arrange a call.
"""

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.line.duty import ANSWERS, STATEMENTS, Hand
from bot.model import Role


class Route(StrEnum):
    """Who is asked."""

    PASSED_ON = "passed on"  # whoever it was handed to, by name
    CERTIFIED = "certified"  # on shift, and tested in the language
    ON_CALL = "on call"  # on call, and tested in the language
    INTERPRETER = "interpreter"  # on shift; an interpreter helps
    SUPERVISORS = "supervisors"


@dataclass(frozen=True, slots=True)
class Need:
    """What a hand-off wants. `language` None: nobody knows it yet, so that any officer may look."""

    language: str | None
    gender: str = ""  # wished for, never promised
    sensitive: bool = False
    urgent: bool = False
    safety: bool = False  # a safety card: everybody here is told, at once
    any_language: bool = False
    speaker_only: bool = False
    open_now: bool = True  # the department's hours; outside them only what is urgent wakes anybody
    for_officer: int | None = None
    team: frozenset[int] | None = None
    barred: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Wave:
    """Who is asked together."""

    route: Route
    staff_ids: tuple[int, ...]


def next_wave(need: Need, hands: Sequence[Hand], asked: Collection[int] = ()) -> Wave | None:
    """Who is to be asked now, when those in `asked` did not take it; None if nobody is left. Who has least in hand stands
    first."""
    able = [hand for hand in hands if _may_take(need, hand) and hand.officer.id not in asked]
    for route, fits in _steps(need):
        found = [hand for hand in able if fits(hand)]
        if found:
            found.sort(key=lambda hand: (hand.in_hand, hand.officer.id))
            return Wave(route, tuple(hand.officer.id for hand in found))
    return None


def supervisors(hands: Sequence[Hand], barred: Collection[int] = ()) -> tuple[int, ...]:
    """Those who are here or on call; if nobody is, all of them: somebody must know."""
    able = [hand for hand in hands if hand.officer.id not in barred]
    found = ([hand.officer.id for hand in able if fits(hand)] for _, fits in _SUPERVISORS)
    return tuple(next(filter(None, found), ()))


def _may_take(need: Need, hand: Hand) -> bool:
    if hand.officer.role not in (Role.OFFICER, Role.SUPERVISOR) or hand.officer.id in need.barred:
        return False
    return need.team is None or hand.officer.id in need.team or _supervises(hand)


Fits = Callable[[Hand], bool]


def _steps(need: Need) -> Iterator[tuple[Route, Fits]]:
    """From the best to the last."""
    if need.for_officer is not None:
        yield Route.PASSED_ON, lambda hand: hand.officer.id == need.for_officer
    if need.safety:
        yield from _safety_steps(need)
        return
    wakes = need.open_now or need.urgent
    for fits in _best_first(need):
        yield Route.CERTIFIED, fits
    if wakes:
        yield Route.ON_CALL, lambda hand: hand.on_call and _speaks(need, hand)
    if not need.speaker_only:
        yield Route.INTERPRETER, lambda hand: _is_here(hand) and not _supervises(hand)
    if wakes:
        yield from _SUPERVISORS


def _best_first(need: Need) -> Iterator[Fits]:
    """Whoever is here and free and speaks it; first, in a sensitive matter, those tested for statements, and first of all
    those whom the resident wishes for."""
    for level in (STATEMENTS, ANSWERS) if need.sensitive else (ANSWERS,):
        for wished in (True, False) if need.gender else (False,):
            yield functools.partial(_fits, need, level, wished)


def _fits(need: Need, level: int, wished: bool, hand: Hand) -> bool:
    as_wished = not wished or hand.officer.gender == need.gender
    return _is_here(hand) and hand.level(need.language) >= level and as_wished


def _is_here(hand: Hand) -> bool:
    return hand.officer.on_shift and hand.free


def _speaks(need: Need, hand: Hand) -> bool:
    return hand.level(need.language) >= ANSWERS


def _supervises(hand: Hand) -> bool:
    return hand.officer.role == Role.SUPERVISOR


def _safety_steps(need: Need) -> Iterator[tuple[Route, Fits]]:
    """Everybody who is here and reads it, and every supervisor who is; then who is on call, supervisors first."""
    yield Route.CERTIFIED, lambda hand: hand.officer.on_shift and (_speaks(need, hand) or _supervises(hand))
    yield Route.SUPERVISORS, lambda hand: hand.on_call and _supervises(hand)
    yield Route.INTERPRETER, lambda hand: hand.officer.on_shift
    yield Route.ON_CALL, lambda hand: hand.on_call
    yield from _SUPERVISORS


# Who is here or on call; at last whoever has a name: somebody must know.
_SUPERVISORS: tuple[tuple[Route, Fits], ...] = (
    (Route.SUPERVISORS, lambda hand: _supervises(hand) and (hand.officer.on_shift or hand.on_call)),
    (Route.SUPERVISORS, _supervises),
)
