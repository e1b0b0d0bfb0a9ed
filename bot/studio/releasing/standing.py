"""Who stands where in a flow: counts of residents by step, before something is changed under them, and where they stop
answering. Counts only; it knows no resident.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.hotline import Hotline
from bot.store import threads

_LEFT = 86_400_000  # ms without a text, after which somebody left a question rather than thinks about it


@dataclass(frozen=True, slots=True)
class Standing:
    """At one step: residents who wrote within a day, and those who did not and left it there."""

    here: int = 0
    left: int = 0


def by_step(hotline: Hotline, flow: str) -> Mapping[str, Standing]:
    """Every step of a flow, in any version of it, at which somebody stands."""
    with hotline.db.read() as conn:
        rows = threads.standing(conn, flow, hotline.instant() - _LEFT)
    found: dict[str, Standing] = {}
    for step, _, here, left in rows:
        before = found.get(step, Standing())
        found[step] = Standing(before.here + here, before.left + left)
    return found


def at_steps(hotline: Hotline, flow: str, steps: Collection[str]) -> int:
    """How many residents who wrote within a day stand at one of these steps. They finish in the version they began."""
    counts = by_step(hotline, flow)
    return sum(counts[step].here for step in steps if step in counts)
