"""Redis stopped, full, frozen, slow, half-open and emptied: residents are answered all the while, whoever watches hears of
it, and everything is done within a minute of its return."""

import time
from collections.abc import Callable

from bot.storm import day, faults
from bot.storm.oracle import Calm
from bot.storm.residents import Crowd
from bot.storm.scripts import CLAIMED
from bot.storm.town import Town
from tests.faults.conftest import Towns

SECONDS = 8  # each trouble; longer than bells stay silent after one failed
WAITING = 100  # texts to be sent, one of a hand-off each, when every bell is thrown away
ALARMED = 60  # seconds within which somebody is told
OVER = 120  # seconds within which the alarm is over: it must be gone for a minute


def test_without_redis(towns: Towns, calm: Calm) -> None:
    """On SQLite alone: what waits is found by the same statements on both databases."""
    town = towns["sqlite"]
    trouble = faults.one_by_one(
        full_until_somebody_is_told, faults.redis_stopped(SECONDS), faults.redis_frozen(SECONDS),
        faults.redis_slow(SECONDS), faults.redis_half_open(SECONDS),
    )  # fmt: skip
    went = day.bad_day(town, calm, trouble, rate=8)

    print(went)
    assert went.broken == []
    assert set(went.answers.statuses) == {200}
    assert went.answers.slowest <= 5
    assert within(OVER, lambda: not alarmed(town)), "Redis is no longer full, and the alarm goes on"


def full_until_somebody_is_told(town: Town, crowd: Crowd) -> None:
    assert not alarmed(town)
    with faults.no_room(town):
        assert within(ALARMED, lambda: alarmed(town)), "Redis is full, and nobody is told"


def alarmed(town: Town) -> bool:
    return bool(town.look("SELECT id FROM alarms WHERE kind = 'redis_full' AND closed_at IS NULL"))


def test_every_bell_is_thrown_away(towns: Towns) -> None:
    town = towns["sqlite"]
    calm = day.calm(town, [CLAIMED])
    went = day.bad_day(town, calm, faults.redis_emptied(WAITING), rate=20, scripts=[CLAIMED])

    print(went)
    assert went.broken == []
    assert set(went.answers.statuses) == {200}


def within(seconds: float, happened: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not (so := happened()) and time.monotonic() < until:
        time.sleep(0.5)
    return so
