"""Short cases to practise how to write to residents, and who did which. The cases are fictional; no resident is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bot import plain_yaml
from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import learning, staff
from bot.store.learning import Attempt

_CASES = Path(__file__).parent / "practice.yml"
_ANSWERERS = (Role.OFFICER, Role.SUPERVISOR, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Case:
    """One case; choices count from 1. `notes` is the name of the notes that say more."""

    name: str
    notes: str
    tells: str
    asks: str
    choices: tuple[str, ...]
    right: int
    why: str


@dataclass(frozen=True, slots=True)
class Learner:
    """How far somebody has come: cases answered, those right at the first try, when they last practised (ms)."""

    name: str
    badge: str
    answered: int
    right_at_first: int
    last_at: int | None


@cache
def cases() -> Mapping[str, Case]:
    """All cases by name, in the order in which they are practised."""
    return {one["case"]: _case(one) for one in plain_yaml.read(_CASES)}


def case(name: str) -> Case:
    """Raises NotFound."""
    found = cases().get(name)
    if found is None:
        raise NotFound("There is no such case.")
    return found


def answer(hotline: Hotline, officer: Officer, name: str, choice: int) -> bool:
    """What somebody chose, remembered; whether it was right. Raises NotFound, NotUsable if it is none of the choices."""
    asked = case(name)
    if not 1 <= choice <= len(asked.choices):
        raise NotUsable("Choose one of the answers.")
    with hotline.db.write() as conn:
        attempt = Attempt(officer.id, name, choice, choice == asked.right, hotline.instant())
        learning.keep_attempt(conn, attempt)
    return attempt.correct


def progress(hotline: Hotline, officer: Officer) -> Mapping[str, Attempt]:
    """The last answer of this person to each case they tried."""
    with hotline.db.read() as conn:
        tried = learning.attempts(conn, officer.id)
    return {one.case: one for one in tried if one.case in cases()}


def learners(hotline: Hotline) -> Sequence[Learner]:
    """Everybody who answers residents, and how far they have come."""
    with hotline.db.read() as conn:
        people = [one for one in staff.everybody(conn, hotline.today()) if one.role in _ANSWERERS]
        tried = [one for one in learning.attempts(conn) if one.case in cases()]
    return [_learner(one, [attempt for attempt in tried if attempt.staff_id == one.id]) for one in people]


def _learner(officer: Officer, tried: Sequence[Attempt]) -> Learner:
    first = {one.case: one for one in reversed(tried)}
    right = sum(one.correct for one in first.values())
    return Learner(officer.name, officer.badge, len(first), right, tried[-1].created_at if tried else None)


def _case(told: Mapping[str, str | list[str]]) -> Case:
    words = {name: str(value) for name, value in told.items() if name not in ("case", "choices", "right")}
    return Case(str(told["case"]), choices=tuple(told["choices"]), right=int(str(told["right"])), **words)
