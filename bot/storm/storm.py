"""The command: a calm run, then a storm on the same line, and whether every promise was kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.storm import day, faults
from bot.storm.day import Day, Fault
from bot.storm.scripts import GREETING, QUICK, SCRIPTS, Script
from bot.storm.town import Town, running_town

SHARE = 0.3  # of sends that nobody knows the end of
WITHHELD = 0.1  # of webhooks that are not called
_PAUSE = 10.0  # seconds that each trouble of Redis lasts


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted: how many kills, of what, in how many seconds, under how many texts a second."""

    kills: int
    seconds: float
    rate: float
    kinds: Sequence[str]
    seed: int


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of storm: what is done, what residents talk of meanwhile, and how many web servers there are."""

    about: str
    fault: Callable[[Plan], Fault]
    scripts: Sequence[Script] = SCRIPTS
    webs: int = 1


STORMS: Mapping[str, Kind] = {
    "kills": Kind("SIGKILL", lambda plan: faults.kills(plan.kills, plan.seconds, plan.kinds, plan.seed)),
    "restarts": Kind("rolling restarts by SIGTERM", lambda plan: faults.restarts(plan.kills, plan.kinds), webs=2),
    "frozen": Kind("a worker that stands still", lambda plan: faults.frozen("worker", plan.seconds)),
    "sends": Kind(
        "texts that Twilio took and gave no answer to", lambda plan: faults.unsure_sends(SHARE, plan.seconds), [QUICK]
    ),
    "busy": Kind("no room at Twilio", lambda plan: faults.busy(plan.seconds), [QUICK]),
    "withheld": Kind("webhooks not called", lambda plan: faults.withheld(WITHHELD, plan.seconds), [GREETING]),
    "redis": Kind(
        "Redis stopped, full, frozen, slow, half-open, emptied",
        lambda plan: faults.one_by_one(
            faults.redis_stopped(_PAUSE), faults.redis_full(_PAUSE), faults.redis_frozen(_PAUSE),
            faults.redis_slow(_PAUSE), faults.redis_half_open(_PAUSE), faults.redis_emptied(20),
        ),
    ),
}  # fmt: skip


def storm(name: str, plan: Plan, database: str = "", say: Callable[[str], None] = lambda _: None) -> Day:
    """How a line of its own came through. `database` is the address of an empty PostgreSQL database. Raises PuenteError
    where something could not be tried at all."""
    kind = STORMS[name]
    with running_town(database=database, webs=kind.webs, workers=2, schedulers=2) as town:
        say("A calm run …")
        calm = day.calm(town, kind.scripts)
        say(f"A storm: {kind.about} …")
        went = day.bad_day(town, calm, kind.fault(plan), rate=plan.rate, scripts=kind.scripts)
        say(f"{went}\n{_starts(town)}")
    return went


def _starts(town: Town) -> str:
    return f"{'starts':34} " + ", ".join(f"{service.name}: {service.starts}" for service in town.services)
