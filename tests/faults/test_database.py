"""The database fails under a line that is at work: no text is called kept that is not, no answer comes late, and in the
end everything is kept and answered once, without anybody doing anything.

`PUENTE_LONG=1` makes the locks of SQLite as many and as long as they can be held against us.
"""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bot.storm import day, oracle
from bot.storm.day import Day, Fault
from bot.storm.faults import one_by_one
from bot.storm.residents import Crowd
from bot.storm.scripts import GREETING
from bot.storm.town import Town, running_town
from tests.conftest import fresh_postgres
from tests.disk import empty, fill, small_disk
from tests.door import CAP
from tests.servers import NO_POSTGRES, Postgres, postgres

pytestmark = pytest.mark.faults

LONG = os.environ.get("PUENTE_LONG") == "1"
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


def locked(times: int, seconds: float) -> Fault:
    """Somebody holds the lock of the file, again and again."""

    def work(town: Town, crowd: Crowd) -> None:
        for _ in range(times):
            with closing(sqlite3.connect(file_of(town), timeout=30, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                time.sleep(seconds)
            time.sleep(1)

    return work


def full(disk: Path, seconds: float) -> Fault:
    """No room is left, not even in the files that are there."""

    def work(town: Town, crowd: Crowd) -> None:
        with closing(sqlite3.connect(file_of(town), timeout=3)) as other, suppress(sqlite3.OperationalError):
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        fill(disk)
        time.sleep(seconds)
        empty(disk)

    return work


def calm_for(seconds: float) -> Fault:
    return lambda town, crowd: time.sleep(seconds)


def honestly(fault: Fault, refused: list[str]) -> Fault:
    """Meanwhile nothing that was missed can be fetched, so that what is kept was kept by its webhook. Asserts that this
    holds for all that were told so; notes which were told otherwise."""

    def work(town: Town, crowd: Crowd) -> None:
        town.twilio.set(lists=False)
        since = max((one.n for one in town.twilio.calls()), default=0)
        fault(town, crowd)
        calls = [one for one in town.twilio.calls(since) if one.path == "/hooks/twilio"]
        town.twilio.set(lists=True)
        called_kept = {one.sid for one in calls if one.status in range(200, 300)}
        assert called_kept <= set(oracle.kept_ids(town))
        refused.extend(one.sid for one in calls if one.status not in range(200, 300))

    return work


def file_of(town: Town) -> str:
    return town.config.database.removeprefix("sqlite:///")


# And what came of it


def bad_day(town: Town, fault: Fault) -> Day:
    calm = day.calm(town, SCRIPTS)
    refused: list[str] = []
    went = day.bad_day(town, calm, honestly(fault, refused), rate=RATE, scripts=SCRIPTS)
    print(went)
    assert refused, "nothing was done to anybody"
    assert went.verdict.broken == []
    assert set(went.answers.statuses) <= {200, 503}
    assert went.answers.slowest <= CAP
    assert [service.starts for service in town.services] == [1] * len(town.services)
    assert all(service.alive() for service in town.services)
    return went


def test_postgresql_stops_freezes_and_disappears(server: Postgres) -> None:
    with running_town(database=fresh_postgres(server.url)) as town:
        fault = one_by_one(stopped(server, 10), calm_for(2), frozen(server, 5), calm_for(2), swallowed(5), calm_for(2))
        bad_day(town, fault)


def test_sqlite_is_locked_and_has_no_room(disk: Path) -> None:
    with running_town(database=f"sqlite:///{disk / 'puente.db'}") as town:
        bad_day(town, one_by_one(locked(5, 3), full(disk, 10), calm_for(2)))
        with closing(sqlite3.connect(file_of(town))) as conn:
            assert conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.skipif(not LONG, reason="takes five minutes: PUENTE_LONG=1")
def test_sqlite_is_locked_for_long_and_often(tmp_path: Path) -> None:
    with running_town(database=f"sqlite:///{tmp_path / 'puente.db'}") as town:
        calm = day.calm(town, SCRIPTS)
        went = day.bad_day(town, calm, locked(20, 10), rate=20.0, scripts=SCRIPTS)
        print(went)
        assert went.verdict.broken == []
        assert went.answers.slowest <= CAP
