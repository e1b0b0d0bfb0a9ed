"""What can be done to a town: each gives a function that is called with the town and its residents while they talk, and that
returns when the bad thing is over."""

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from bot.errors import PuenteError
from bot.storm.day import Fault
from bot.storm.processes import Service
from bot.storm.residents import Crowd
from bot.storm.town import Town

KINDS = ("web", "worker", "scheduler")
_SWEEP = 0.4  # seconds after a text within which its work is done: kills are spread over them
_LONGEST_STOP = 20.0  # seconds a process may take to end when told to
_MINUTE = 60.0
_HANG = 12.0  # seconds without an answer: longer than the line waits


def nothing(town: Town, crowd: Crowd) -> None:
    """A calm day."""


def together(*faults: Fault) -> Fault:
    """All of them at the same time."""

    def work(town: Town, crowd: Crowd) -> None:
        with ThreadPoolExecutor(len(faults)) as pool:
            for done in [pool.submit(fault, town, crowd) for fault in faults]:
                done.result()

    return work


def one_by_one(*faults: Fault) -> Fault:
    def work(town: Town, crowd: Crowd) -> None:
        for fault in faults:
            fault(town, crowd)

    return work


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


def restarts(times: int, kinds: Sequence[str] = ("web", "worker")) -> Fault:
    """Rolling restarts by SIGTERM, one process at a time, the next when the last one is back. Raises PuenteError if one
    does not end by itself in time, with exit code 0."""

    def work(town: Town, crowd: Crowd) -> None:
        victims = [service for kind in kinds for service in town.of(kind)]
        for at in range(times):
            victim = victims[at % len(victims)]
            ended = victim.stop()
            victim.start()
            victim.wait_until_ready()
            if ended.code or ended.seconds > _LONGEST_STOP:
                raise PuenteError(
                    f"{victim.name} ended with {ended.code} after {ended.seconds:.1f} s when told to stop."
                )

    return work


# Twilio


def unsure_sends(share: float, seconds: float) -> Fault:
    """Of the texts that Twilio takes over REST so many are taken and the answer is an error, a reset or none at all. Most
    receipts are lost as well, and the others come in any order, so that only a look at Twilio's list tells."""

    def work(town: Town, crowd: Crowd) -> None:
        town.twilio.set(receipt_drop=0.7, receipt_double=0.3, receipt_order="shuffled", action_receipts=False)
        third = {"on": "create", "after_accepting": True, "for_seconds": seconds}
        # The second and third are drawn only where the ones before were not.
        town.twilio.fail(how="status", code=20500, share=share / 3, **third)
        town.twilio.fail(how="reset", share=share / 3 / (1 - share / 3), **third)
        town.twilio.fail(how="hang", seconds=_HANG, share=share / 3 / (1 - 2 * share / 3), **third)
        time.sleep(seconds)
        town.twilio.set(receipt_drop=0, receipt_double=0, receipt_order="kept", action_receipts=True)

    return work


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
    """It refuses everything that takes room."""

    def work(town: Town, crowd: Crowd) -> None:
        redis = town.redis.client()
        redis.set("ballast", b"-" * 2_000_000)
        redis.config_set("maxmemory", "1mb")
        time.sleep(seconds)
        redis.config_set("maxmemory", "0")
        redis.delete("ballast")

    return work


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
    """Workers and schedulers are away until so many texts wait to be sent; then every bell is thrown away. Raises
    PuenteError if so many never come to wait, or if they still wait a minute after everybody is back."""

    def work(town: Town, crowd: Crowd) -> None:
        away = [*town.workers, *town.schedulers]
        for service in away:
            service.stop()
        try:
            _wait_for(
                lambda: len(_queued(town)) >= waiting, f"In a minute there were never {waiting} texts to be sent."
            )
            town.redis.client().flushall()
            queued = _queued(town)
        finally:
            for service in away:
                service.start()
        for service in away:
            service.wait_until_ready()
        _wait_for(lambda: not queued & _queued(town), "Texts whose bells were lost were not sent within a minute.")

    return work


def _queued(town: Town) -> set[int]:
    """Texts that wait to be sent."""
    return {row[0] for row in town.look("SELECT id FROM messages WHERE state = 'queued'")}


def _wait_for(happened: Callable[[], bool], otherwise: str) -> None:
    until = time.monotonic() + _MINUTE
    while not happened():
        if time.monotonic() > until:
            raise PuenteError(otherwise)
        time.sleep(0.2)
