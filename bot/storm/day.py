"""A day in the town: residents write while something bad is done, then everybody says the rest, all falls quiet, and the
oracle is asked. Does not know what is done."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bot.errors import PuenteError
from bot.storm import oracle
from bot.storm.oracle import Answers, Calm, Verdict
from bot.storm.residents import Crowd
from bot.storm.scripts import SCRIPTS, Script
from bot.storm.town import Town

PATIENCE = 180.0  # seconds without any answer to anybody; the line looks for what is missing after one or two minutes


@dataclass(frozen=True, slots=True)
class Found:
    """What whoever did something bad has to say of it, and a look to be taken when all is quiet: broken promises, in
    sentences."""

    broken: Callable[[], Sequence[str]]
    said: str = ""


Fault = Callable[[Town, Crowd], Found | None]


@dataclass(frozen=True, slots=True)
class Day:
    """How a day went. `recovered` is seconds from the end of what was bad until all was quiet; `more` are promises that
    were broken to others than the residents who talked."""

    verdict: Verdict
    answers: Answers
    recovered: float
    said: str = ""
    more: Sequence[str] = ()

    @property
    def broken(self) -> list[str]:
        return [*self.verdict.broken, *self.more]

    def __str__(self) -> str:
        verdict, answers = self.verdict, self.answers
        rows = [
            ("texts sent, kept, lost", f"{verdict.texts}, {verdict.kept}, {len(verdict.lost)}"),
            ("residents told otherwise, stuck", f"{len(verdict.unequal)}, {verdict.stuck}"),
            ("waiting, uncertain at the end", f"{sum(verdict.waiting.values())}, {verdict.uncertain}"),
            ("webhooks p50, p99, slowest", f"{answers.p50:.3f} s, {answers.p99:.3f} s, {answers.slowest:.3f} s"),
            ("webhooks by status", ", ".join(f"{status}: {count}" for status, count in answers.statuses.items())),
            ("all quiet after", f"{self.recovered:.0f} s"),
            *([("besides", self.said)] if self.said else []),
            ("promises", "; ".join(self.broken) or "kept"),
        ]
        return "\n".join(f"{name:34} {figures}" for name, figures in rows)


def calm(town: Town, scripts: Sequence[Script] = SCRIPTS) -> Calm:
    """What residents are told when nothing is wrong: of each script two. Raises PuenteError if something is."""
    crowd = Crowd(town, scripts)
    crowd.come(2 * len(scripts))
    if not crowd.finish(PATIENCE):
        waits = crowd.talking[0]
        raise PuenteError(f"On a calm day nobody answered step {waits.step} of: {waits.script.name}")
    oracle.quiet(town, PATIENCE)
    return oracle.calm_day(crowd)


def bad_day(town: Town, calm: Calm, fault: Fault, *, rate: float, scripts: Sequence[Script] = SCRIPTS) -> Day:
    """New residents come, and `rate` texts a second, for as long as `fault` lasts. What it raises is raised here."""
    since = max((one.n for one in town.twilio.calls()), default=0)
    crowd = Crowd(town, scripts)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(fault, town, crowd)
        crowd.talk(rate, lambda: not working.done())
        found = working.result()
    ended = time.monotonic()
    crowd.finish(PATIENCE)
    oracle.quiet(town, PATIENCE)
    recovered = time.monotonic() - ended
    said, more = (found.said, found.broken()) if found else ("", ())
    return Day(oracle.judge(town, crowd, calm), oracle.answers(town, since), recovered, said, more)
