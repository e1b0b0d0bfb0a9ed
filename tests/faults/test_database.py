"""The database fails under a line that is at work: no text is called kept that is not, no answer comes late, and in the
end everything is kept and answered once, without anybody doing anything."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.storm import day
from bot.storm.databases import away, full, honestly, locked
from bot.storm.day import Day, Fault
from bot.storm.faults import one_by_one
from bot.storm.residents import Crowd
from bot.storm.scripts import GREETING
from bot.storm.town import Town, running_town
from tests.databases import fresh_postgres
from tests.disk import small_disk
from tests.door import CAP
from tests.servers import NO_POSTGRES, Postgres, postgres

pytestmark = pytest.mark.faults

RATE = 6.0  # texts a second
SCRIPTS = [GREETING]


@pytest.fixture
def server() -> Iterator[Postgres]:
    with postgres() as own:
        if own is None:
            pytest.skip(NO_POSTGRES)
        yield own


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", megabytes=64) as folder:
        yield folder


# What is done to it


def stopped(server: Postgres, seconds: float) -> Fault:
    def work(town: Town, crowd: Crowd) -> None:
        server.stop()
        time.sleep(seconds)
        server.start()

    return work


def frozen(server: Postgres, seconds: float) -> Fault:
    """It keeps its connections, takes new ones, and answers nothing."""

    def work(town: Town, crowd: Crowd) -> None:
        server.freeze()
        time.sleep(seconds)
        server.thaw()

    return work


def swallowed(seconds: float) -> Fault:
    """The way to it is a black hole, and what was under way comes out in the end."""

    def work(town: Town, crowd: Crowd) -> None:
        assert town.database_door
        town.database_door.deaf()
        time.sleep(seconds)
        town.database_door.deaf(False)

    return work


def calm_for(seconds: float) -> Fault:
    return lambda town, crowd: time.sleep(seconds)


# And what came of it


def bad_day(town: Town, fault: Fault) -> Day:
    calm = day.calm(town, SCRIPTS)
    went = day.bad_day(town, calm, honestly(fault), rate=RATE, scripts=SCRIPTS)
    print(went)
    assert went.broken == []
    assert set(went.answers.statuses) <= {200, 503}
    assert went.answers.slowest <= CAP
    assert [service.starts for service in town.services] == [1] * len(town.services)
    assert all(service.alive() for service in town.services)
    return went


def test_postgresql_stops_freezes_and_disappears(server: Postgres) -> None:
    with running_town(database=fresh_postgres(server.url)) as town:
        fault = one_by_one(
            stopped(server, 10), calm_for(2), frozen(server, 5), calm_for(2), swallowed(5), calm_for(2), away(5), calm_for(2)
        )
        bad_day(town, fault)


def test_sqlite_is_locked_and_has_no_room(disk: Path) -> None:
    with running_town(database=f"sqlite:///{disk / 'puente.db'}") as town:
        bad_day(town, one_by_one(locked(5, 3), full(10), calm_for(2)))
