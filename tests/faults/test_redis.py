"""Redis stopped, full, frozen, slow, half-open and emptied: residents are answered all the while, and everything is done
within a minute of its return."""

from bot.storm import day, faults
from bot.storm.oracle import Calm
from bot.storm.scripts import CLAIMED
from tests.faults.conftest import Towns

SECONDS = 8  # each trouble; longer than bells stay silent after one failed
WAITING = 100  # texts to be sent, one of a hand-off each, when every bell is thrown away


def test_without_redis(towns: Towns, calm: Calm) -> None:
    """On SQLite alone: what waits is found by the same statements on both databases."""
    town = towns["sqlite"]
    trouble = faults.one_by_one(
        faults.redis_stopped(SECONDS), faults.redis_full(SECONDS), faults.redis_frozen(SECONDS),
        faults.redis_slow(SECONDS), faults.redis_half_open(SECONDS),
    )  # fmt: skip
    went = day.bad_day(town, calm, trouble, rate=8)

    print(went)
    assert went.verdict.broken == []
    assert set(went.answers.statuses) == {200}
    assert went.answers.slowest <= 5


def test_every_bell_is_thrown_away(towns: Towns) -> None:
    town = towns["sqlite"]
    calm = day.calm(town, [CLAIMED])
    went = day.bad_day(town, calm, faults.redis_emptied(WAITING), rate=20, scripts=[CLAIMED])

    print(went)
    assert went.verdict.broken == []
    assert set(went.answers.statuses) == {200}
