"""What can be done to a town: each gives a function that is called with the town and its residents while they talk, and that
returns when the bad thing is over."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot.errors import PuenteError
from bot.live_texts import HOME
from bot.storm.day import Fault, Found
from bot.storm.processes import Service
from bot.storm.residents import Crowd
from bot.storm.town import Town

KINDS = ("web", "worker", "scheduler")
_SWEEP = 0.4  # seconds after a text within which its work is done: kills are spread over them
_LONGEST_STOP = 20.0  # seconds a process may take to end when told to
_MINUTE, _HOUR = 60.0, 3600.0
_SLOWEST = 5  # hand-offs a second that residents and officers come to at least
_HANG = 12.0  # seconds without an answer: longer than the line waits


def nothing(town: Town, crowd: Crowd) -> None:
    """A calm day."""


def together(*faults: Fault) -> Fault:
    """All of them at the same time."""

    def work(town: Town, crowd: Crowd) -> Found | None:
        with ThreadPoolExecutor(len(faults)) as pool:
            return _summed([done.result() for done in [pool.submit(fault, town, crowd) for fault in faults]])

    return work


def one_by_one(*faults: Fault) -> Fault:
    def work(town: Town, crowd: Crowd) -> Found | None:
        return _summed([fault(town, crowd) for fault in faults])

    return work


def _summed(all_: Sequence[Found | None]) -> Found | None:
    found = [one for one in all_ if one]
    said = "; ".join(one.said for one in found if one.said)
    return Found(lambda: [broken for one in found for broken in one.broken()], said) if found else None


# Processes


def kills(number: int, seconds: float, kinds: Sequence[str] = KINDS, seed: int = 0) -> Fault:
    """SIGKILL, so often in so many seconds, at moments swept over what follows a text; started again at once. Of the web
    server every second time only one of its own workers, which it replaces itself."""

    def work(town: Town, crowd: Crowd) -> None:
        victims = [service for kind in kinds for service in town.of(kind)]
        moments = [_SWEEP * at / number for at in range(number)]
        random.Random(seed).shuffle(moments)
        began = time.monotonic()
        for at, moment in enumerate(moments):
            time.sleep(max(0.0, began + at * seconds / number - time.monotonic()))
            with crowd.wrote:
                crowd.wrote.wait(1.0)
            time.sleep(moment)
            _kill(victims[at % len(victims)], at // len(victims))
        for victim in victims:
            victim.wait_until_ready()

    return work


def _kill(victim: Service, round_: int) -> None:
    if round_ % 2 and victim.kill_child(round_ // 2):
        return
    victim.kill()
    victim.start()


def frozen(kind: str, seconds: float) -> Fault:
    """The first process of a kind, with its family, stands still for so long and goes on as if nothing had been."""

    def work(town: Town, crowd: Crowd) -> None:
        with crowd.wrote:
            crowd.wrote.wait(1.0)
        victim = town.of(kind)[0]
        victim.freeze()
        time.sleep(seconds)
        victim.thaw()

    return work


def restarts(times: int, kinds: Sequence[str] = ("web", "worker"), beside: Path | None = None) -> Fault:
    """Rolling restarts by SIGTERM, one process at a time, the next when the last one is back. With the folder of another
    release each starts in the release it was not, so that mostly both are at work. Raises
    PuenteError if one does not end by itself in time, with exit code 0."""

    def work(town: Town, crowd: Crowd) -> None:
        victims = [service for kind in kinds for service in town.of(kind)]
        for at in range(times):
            victim = victims[at % len(victims)]
            ended = victim.stop()
            if beside:
                victim.release = HOME if victim.release == beside else beside
            victim.start()
            victim.wait_until_ready()
            if ended.code or ended.seconds > _LONGEST_STOP:
                raise PuenteError(
                    f"{victim.name} ended with {ended.code} after {ended.seconds:.1f} s when told to stop."
                )

    return work


# Twilio


def unsure_sends(share: float, seconds: float, texts: int = 0) -> Fault:
    """Of the texts that Twilio takes over REST so many are taken and the answer is an error, a reset or none at all. Most
    receipts are lost as well, and the others come in any order, so that only a look at Twilio's list tells. It ends
    after so many seconds, or once so many texts were handed over. Raises PuenteError if they never are."""

    def work(town: Town, crowd: Crowd) -> Found:
        before = _creates(town)
        town.twilio.set(receipt_drop=0.7, receipt_double=0.3, receipt_order="shuffled", action_receipts=False)
        third = {"on": "create", "after_accepting": True}
        # The second and third are drawn only where the ones before were not.
        town.twilio.fail(how="status", code=20500, share=share / 3, **third)
        town.twilio.fail(how="reset", share=share / 3 / (1 - share / 3), **third)
        town.twilio.fail(how="hang", seconds=_HANG, share=share / 3 / (1 - 2 * share / 3), **third)
        if texts:
            few = f"In an hour no {texts} texts were handed over."
            _wait_for(lambda: sum((_creates(town) - before).values()) >= texts, few, _HOUR)
        else:
            time.sleep(seconds)
        town.twilio.clear_faults()
        town.twilio.set(receipt_drop=0, receipt_double=0, receipt_order="kept", action_receipts=True)
        asked = _creates(town) - before
        return Found(list, f"{asked.total()} sends, {asked.total() - asked[201]} of them without an answer that says so")

    return work


def _creates(town: Town) -> Counter[int]:
    """Texts that were handed over so far, by what Twilio answered."""
    return Counter(town.twilio.requests().get("create", {}))


def busy(seconds: float) -> Fault:
    """Twilio has no room: every text sent over REST is refused for so long."""

    def work(town: Town, crowd: Crowd) -> None:
        town.twilio.fail(how="status", code=20429, on="create", for_seconds=seconds)
        time.sleep(seconds)

    return work


def withheld(share: float, seconds: float) -> Fault:
    """So many of the webhooks are not called."""

    def work(town: Town, crowd: Crowd) -> None:
        town.twilio.set(withhold=share)
        time.sleep(seconds)
        town.twilio.set(withhold=0)

    return work


# Redis


def redis_stopped(seconds: float) -> Fault:
    def work(town: Town, crowd: Crowd) -> None:
        town.redis.stop()
        time.sleep(seconds)
        town.redis.start()

    return work


def redis_frozen(seconds: float) -> Fault:
    """It takes connections and says nothing."""

    def work(town: Town, crowd: Crowd) -> None:
        town.redis.freeze()
        time.sleep(seconds)
        town.redis.thaw()

    return work


def redis_full(seconds: float) -> Fault:
    def work(town: Town, crowd: Crowd) -> None:
        with no_room(town):
            time.sleep(seconds)

    return work


@contextmanager
def no_room(town: Town) -> Iterator[None]:
    """Redis refuses everything that takes room."""
    redis = town.redis.client()
    redis.set("ballast", b"-" * 2_000_000)
    redis.config_set("maxmemory", "1mb")
    try:
        yield
    finally:
        redis.config_set("maxmemory", "0")
        redis.delete("ballast")


def redis_slow(seconds: float, latency: float = 10.0) -> Fault:
    def work(town: Town, crowd: Crowd) -> None:
        town.redis_door.latency = latency
        time.sleep(seconds)
        town.redis_door.latency = 0.0

    return work


def redis_half_open(seconds: float) -> Fault:
    """What is asked arrives, and no answer comes back."""

    def work(town: Town, crowd: Crowd) -> None:
        town.redis_door.half_open()
        time.sleep(seconds)
        town.redis_door.half_open(False)
        town.redis_door.reset()

    return work


def redis_emptied(waiting: int) -> Fault:
    """Workers and schedulers are away until so many texts wait to be sent, one of a hand-off each; then every bell is
    thrown away. Raises PuenteError if so many never come to wait, or if they still wait a minute after everybody is
    back."""

    def work(town: Town, crowd: Crowd) -> Found:
        away = [*town.workers, *town.schedulers]
        for service in away:
            service.stop()
        try:
            few = f"There were never {waiting} texts to be sent."
            _wait_for(lambda: len(_queued(town)) >= waiting, few, _MINUTE + waiting / _SLOWEST)
            town.redis.client().flushall()
            queued = _queued(town)
        finally:
            for service in away:
                service.start()
        for service in away:
            service.wait_until_ready()
        began = time.monotonic()
        _wait_for(lambda: not queued & _queued(town), "Texts whose bells were lost were not sent within a minute.")
        return Found(list, f"{len(queued)} texts whose bells were lost, sent within {time.monotonic() - began:.0f} s")

    return work


def _queued(town: Town) -> set[int]:
    """Texts that wait to be sent."""
    return {row[0] for row in town.look("SELECT id FROM messages WHERE state = 'queued'")}


def _wait_for(happened: Callable[[], bool], otherwise: str, patience: float = _MINUTE) -> None:
    until = time.monotonic() + patience
    while not happened():
        if time.monotonic() > until:
            raise PuenteError(otherwise)
        time.sleep(0.2)
