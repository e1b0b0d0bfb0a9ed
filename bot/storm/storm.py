"""The command: a calm run, then a storm on the same line, and whether every promise was kept."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bot.errors import PuenteError
from bot.storm import databases, day, faults, masses
from bot.storm.day import Day, Fault
from bot.storm.disk import small_disk
from bot.storm.scripts import CLAIMED, GREETING, QUICK, SCRIPTS, Script
from bot.storm.town import Town, running_town

SHARE = 0.3  # of sends that nobody knows the end of
WITHHELD = 0.1  # of webhooks that are not called
AT_ONCE = 200  # texts that come many times at once
_PAUSE = 10.0  # seconds that each trouble of Redis lasts
_DISK = 256  # MB


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted: how many kills, restarts or locks, of what, in how many seconds, under how many texts a second; how
    many texts are sent, wait or come again. 0: as many as the kind of storm has by itself."""

    seconds: float
    rate: float
    times: int = 0
    texts: int = 0
    kinds: Sequence[str] = faults.KINDS
    beside: Path | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of storm: what is done, what residents talk of meanwhile, how many web servers there are, how often or to
    how many texts it is done, and whether the database is a file on a small disk of its own."""

    about: str
    fault: Callable[[Plan], Fault]
    scripts: Sequence[Script] = SCRIPTS
    webs: int = 1
    times: int = 0
    texts: int = 0
    small_disk: bool = False


STORMS: Mapping[str, Kind] = {
    "kills": Kind(
        "SIGKILL to web, workers and schedulers (--target), --times in --minutes",
        lambda plan: faults.kills(plan.times, plan.seconds, plan.kinds, plan.seed), times=40,
    ),
    "restarts": Kind(
        "--times rolling restarts by SIGTERM; with --beside, each into the release the process was not",
        lambda plan: faults.restarts(plan.times, plan.kinds, plan.beside), webs=2, times=20,
    ),
    "frozen": Kind("a worker that stands still for --minutes", lambda plan: faults.frozen("worker", plan.seconds)),
    "sends": Kind(
        "of the texts handed to Twilio, 30 % are taken and get no answer, for --minutes or until there were --texts",
        lambda plan: faults.unsure_sends(SHARE, plan.seconds, plan.texts), [QUICK],
    ),
    "busy": Kind("no room at Twilio for --minutes", lambda plan: faults.busy(plan.seconds), [QUICK]),
    "withheld": Kind(
        "one webhook in ten is not called, for --minutes", lambda plan: faults.withheld(WITHHELD, plan.seconds), [GREETING]
    ),
    "replay": Kind(
        "--texts of earlier come again, in any order; then 200 texts fifty times at once",
        lambda plan: masses.replays(plan.texts, AT_ONCE), [GREETING], webs=2, texts=2000,
    ),
    "flood": Kind(
        "20 texts within a second from each of new numbers, --texts in all, to four web processes",
        lambda plan: masses.flood(plan.texts // masses.EACH), [GREETING], webs=2, texts=4000,
    ),
    "redis": Kind(
        "Redis stopped, full, frozen, slow, half-open, ten seconds each, then emptied",
        lambda plan: faults.one_by_one(
            faults.redis_stopped(_PAUSE), faults.redis_full(_PAUSE), faults.redis_frozen(_PAUSE),
            faults.redis_slow(_PAUSE), faults.redis_half_open(_PAUSE), faults.redis_emptied(20),
        ),
    ),
    "redis-away": Kind("Redis stopped for --minutes", lambda plan: faults.redis_stopped(plan.seconds)),
    "redis-full": Kind("Redis without room for --minutes", lambda plan: faults.redis_full(plan.seconds)),
    "redis-frozen": Kind("Redis takes calls for --minutes and says nothing", lambda plan: faults.redis_frozen(plan.seconds)),
    "redis-emptied": Kind(
        "Redis emptied when --texts wait to be sent", lambda plan: faults.redis_emptied(plan.texts), [CLAIMED], texts=100
    ),
    "database": Kind(
        "PostgreSQL away for --minutes; or the SQLite file locked --times, ten seconds each",
        lambda plan: databases.fails(plan.seconds, plan.times), [GREETING], times=20,
    ),
    "disk": Kind(
        "the disk of the SQLite file full for --minutes",
        lambda plan: databases.honestly(databases.full(plan.seconds)), [GREETING], small_disk=True,
    ),
}  # fmt: skip


def storm(name: str, plan: Plan, database: str = "", say: Callable[[str], None] = lambda _: None) -> Day:
    """How a line of its own came through. `database` is the address of an empty PostgreSQL database. Raises PuenteError
    where something could not be tried at all."""
    kind = STORMS[name]
    plan = replace(plan, times=plan.times or kind.times, texts=plan.texts or kind.texts)
    with ExitStack() as stack:
        if kind.small_disk:
            database = _on_a_small_disk(stack, database)
        town = stack.enter_context(running_town(database=database, webs=kind.webs, workers=2, schedulers=2))
        say("A calm run …")
        calm = day.calm(town, kind.scripts)
        say(f"A storm: {kind.about} …")
        went = day.bad_day(town, calm, kind.fault(plan), rate=plan.rate, scripts=kind.scripts)
        say(f"{went}\n{_starts(town)}")
    return went


def _on_a_small_disk(stack: ExitStack, database: str) -> str:
    if database:
        raise PuenteError("Only a SQLite file can be put on a small disk: leave out --database.")
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="puente-disk-")))
    return f"sqlite:///{stack.enter_context(small_disk(folder / 'disk', megabytes=_DISK)) / 'puente.db'}"


def _starts(town: Town) -> str:
    return f"{'starts':34} " + ", ".join(f"{service.name}: {service.starts}" for service in town.services)
