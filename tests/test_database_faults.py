"""A database that is frozen, gone, full up or at odds with itself: texts are refused in time, never called kept when they
are not, and taken again as soon as it is well. Here PostgreSQL, and what is alike for both; SQLite's own are apart."""

import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url, text

from bot.errors import DatabaseUnreachable
from bot.store.database import Database
from bot.store.lending import MOST_LENT
from bot.store.patience import within
from bot.storm.disk import empty, fill
from bot.storm.proxy import Proxy
from tests.databases import fresh_postgres
from tests.disk import small_disk
from tests.door import CAP, Door, door_to, recovers, refused_in_time, statuses
from tests.servers import NO_POSTGRES, Postgres, postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL that tests may treat badly; each leaves it running."""
    with postgres() as own:
        if own is None:
            pytest.skip(NO_POSTGRES)
        yield own


@pytest.fixture
def url(server: Postgres) -> str:
    return fresh_postgres(server.url)


@pytest.fixture
def door(tmp_path: Path, redis_url: str, url: str) -> Iterator[Door]:
    own = door_to(tmp_path, redis_url, url)
    yield own
    own.hotline.db.close()


def raw(url: str, **more: Any) -> "psycopg.Connection[Any]":
    """A connection of somebody else's."""
    return psycopg.connect(url.replace("+psycopg", ""), **more)


def seconds(call: Callable[[], object]) -> float:
    """How long it took to say that the database cannot be used."""
    began = time.monotonic()
    with pytest.raises(DatabaseUnreachable):
        call()
    return time.monotonic() - began


# It does not answer


def test_a_frozen_server_keeps_nobody_waiting(server: Postgres, door: Door) -> None:
    """Texts, receipts, pages and changes of the desk."""
    door.text(50)
    before = door.kept()
    server.freeze()
    try:
        others = [
            in_background(lambda: door.receipt("SM" + "5" * 32)),
            in_background(lambda: seconds(lambda: door.hotline.db.read().__enter__())),
            in_background(lambda: seconds(lambda: door.hotline.db.write().__enter__())),
        ]
        told = door.crowd(range(1, 13))
        receipt, page, change_ = (end() for end in others)
    finally:
        server.thaw()

    assert refused_in_time([*told, receipt])
    assert max(page, change_) <= CAP
    for one in told:
        assert door.text(one.number, one.sid).status == 200
    assert sorted(door.kept()) == sorted([*before, *(one.sid for one in told)])


def test_a_server_that_lets_nobody_in_keeps_nobody_waiting(server: Postgres, door: Door) -> None:
    door.hotline.db.close()
    server.freeze()
    try:
        told = door.crowd(range(1, 13))
    finally:
        server.thaw()

    assert refused_in_time(told)
    recovers(door, told)


def test_a_network_that_swallows_everything_keeps_nobody_waiting(server: Postgres, door: Door, url: str) -> None:
    """Not even that a packet came is told; connections are there, and new ones are taken."""
    wire = Proxy(server.socket)
    db = Database(f"postgresql+psycopg://puente@127.0.0.1:{wire.port}/{make_url(url).database}")
    try:
        assert db.look("SELECT 1", {}) == (1,)
        wire.deaf()
        waiting = [
            in_background(lambda: seconds(lambda: db.look("SELECT 1", {}))),
            in_background(lambda: seconds(lambda: db.keep([("UPDATE threads SET urgent = urgent", {})]))),
            in_background(lambda: seconds(lambda: db.read().__enter__())),
        ]
        taken = [end() for end in waiting]
        wire.deaf(False)
        assert db.look("SELECT 1", {}) == (1,)
        with db.read() as conn:
            assert conn.execute(text("SELECT 1")).scalar() == 1
    finally:
        db.close()
        wire.close()
    assert max(taken) <= CAP


def test_a_page_that_was_let_in_waits_no_longer_than_its_webhook_may(server: Postgres, door: Door) -> None:
    """The server freezes in the middle of a transaction."""
    db = door.hotline.db
    began = time.monotonic()
    try:
        with pytest.raises(DatabaseUnreachable), within(1.0), db.write() as conn:
            conn.execute(text("SELECT 1"))
            server.freeze()
            conn.execute(text("SELECT 2"))
    finally:
        server.thaw()
    assert time.monotonic() - began <= CAP
    with db.write() as conn:
        assert conn.execute(text("SELECT 3")).scalar() == 3


def test_names_that_nobody_looks_up_keep_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    never = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **more: never.wait(60))
    db = Database("postgresql+psycopg://puente@database.example.gov/puente")
    try:
        assert seconds(lambda: db.look("SELECT 1", {})) <= CAP
        assert seconds(lambda: db.read().__enter__()) <= CAP
    finally:
        never.set()
        db.close()


def test_a_table_somebody_holds_keeps_nobody_waiting(door: Door, url: str) -> None:
    door.text(1)
    with raw(url) as other:
        other.execute("LOCK TABLE threads IN ACCESS EXCLUSIVE MODE")
        told = door.crowd(range(2, 2 + MOST_LENT + 4))
        assert refused_in_time(told)
    assert {door.text(one.number, one.sid).status for one in told} == {200}


# It is gone, or sends everybody away


def test_a_server_that_stops_and_comes_back(server: Postgres, door: Door) -> None:
    """Its death is no failure any more once it is back: connections that died with it are not used."""
    told = door.crowd([1, 2, 3])
    with door.hotline.db.read():
        pass
    server.stop()
    try:
        refused = door.crowd([4, 5, 6])
        assert refused_in_time(refused)
    finally:
        server.start()
    told += door.crowd([7, 8, 9])

    assert {one.status for one in told} == {200}
    recovers(door, [*told, *refused])
    with door.hotline.db.read() as conn:
        assert conn.execute(text("SELECT 1")).scalar() == 1


def test_a_text_rides_out_a_quick_restart_of_the_connections(door: Door, url: str) -> None:
    """An administrator ends all connections while they lie idle, and while they wait for a lock."""
    door.crowd(range(1, 9))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with raw(url, autocommit=True) as other:
        other.execute(end)
        assert {one.status for one in door.crowd(range(11, 19))} == {200}
        holder = raw(url)
        holder.execute("LOCK TABLE threads")
        told = in_background(lambda: door.text(20))
        while other.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is None:
            time.sleep(0.01)
        other.execute(end)  # the holder's too
        assert told().status == 200
        holder.close()
    assert len(door.kept()) == 17


def test_no_room_for_connections(server: Postgres, tmp_path: Path, redis_url: str) -> None:
    door = door_to(tmp_path, redis_url, fresh_postgres(server.url))
    door.hotline.db.close()
    held: list[psycopg.Connection[Any]] = []
    try:
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            while True:
                held.append(raw(server.url))
        told = door.crowd(range(1, 13))
        assert refused_in_time(told)
        waits = in_background(lambda: door.text(20))
        for one in held:
            one.close()
        assert waits().seconds <= CAP
    finally:
        for one in held:
            one.close()
    recovers(door, [*told, waits()])
    door.hotline.db.close()


def test_a_server_that_may_only_read_is_left_for_the_one_that_may_write(door: Door, url: str) -> None:
    """As after a failover: what was the first is a copy now, and says so. None of the connections to it is kept."""
    told = [door.text(1)]
    db = door.hotline.db
    change_ = text("UPDATE threads SET urgent = urgent")
    with db.write() as conn:
        conn.execute(change_)
    with raw(url, autocommit=True) as other:
        other.execute("SET default_transaction_read_only = off")  # not for us
        ours = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        before = set(other.execute(ours).fetchall())
        other.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        try:
            other.execute("SELECT pg_reload_conf()")
            while db.look("SHOW default_transaction_read_only", {}) == ("off",):
                time.sleep(0.01)
            told += door.crowd([2, 3])
            with pytest.raises(DatabaseUnreachable), db.write() as conn:
                conn.execute(change_)
        finally:
            other.execute("ALTER SYSTEM RESET default_transaction_read_only")
            other.execute("SELECT pg_reload_conf()")
        assert refused_in_time(told[1:])
        recovers(door, told)
        with db.write() as conn:
            conn.execute(change_)
        assert len(before) >= 2
        until = time.monotonic() + CAP
        while before & set(other.execute(ours).fetchall()):
            assert time.monotonic() < until, "connections to the old server are still there"
            time.sleep(0.01)


# It has no room


def test_a_full_disk_of_the_server(tmp_path: Path, redis_url: str) -> None:
    """Whatever it makes of that, down to ending itself."""
    with (
        tempfile.TemporaryDirectory(prefix="puente-disk-") as folder,
        small_disk(Path(folder) / "disk", megabytes=100) as disk,
    ):
        Path(folder).chmod(0o755)  # PostgreSQL is run by somebody else
        with postgres(disk) as own:
            if own is None:
                pytest.skip(NO_POSTGRES)
            door = door_to(tmp_path, redis_url, fresh_postgres(own.url))
            told = door.crowd(range(1, 5))
            fill(disk)
            for n in range(10, 300):  # some find room in the files there are, until there is none for their length
                told.append(door.text(n % 90, words="hello " + "x" * 1500))
                if [one.status for one in told[-8:]] == [503] * 8:
                    break
            assert statuses(told) == {200, 503}
            assert set(door.kept()) == {one.sid for one in told if one.status == 200}
            empty(disk)
            own.start_if_it_ended()
            recovers(door, told)
            door.hotline.db.close()


# It is at odds with itself


@pytest.fixture
def rows(url: str) -> Iterator[Database]:
    """A database with two rows to be changed."""
    db = Database(url)
    with db.write() as conn:
        conn.execute(text("CREATE TABLE t (id int PRIMARY KEY, x int)"))
        conn.execute(text("INSERT INTO t VALUES (1, 0), (2, 0)"))
    yield db
    db.close()


def change(row: int) -> tuple[str, dict[str, int]]:
    return "UPDATE t SET x = x + 1 WHERE id = :id", {"id": row}


def test_two_changes_that_cross_are_both_made(rows: Database, url: str) -> None:
    """The server ends ours, and it is tried again."""
    with raw(url) as other:
        other.execute("SET deadlock_timeout = '1min'")  # so that it is ours that finds the knot, and gives way
        other.execute("UPDATE t SET x = x + 10 WHERE id = 2")
        ours = in_background(lambda: rows.keep([change(1), change(2)]))
        with raw(url, autocommit=True) as watching:
            while watching.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is None:
                time.sleep(0.01)
        other.execute("UPDATE t SET x = x + 10 WHERE id = 1")
    ours()

    assert rows.look_all("SELECT x FROM t ORDER BY id", {}) == [(11,), (11,)]


def test_a_change_that_cannot_be_put_in_a_row_with_another_is_tried_again(rows: Database, url: str) -> None:
    with raw(url, autocommit=True) as watching:
        watching.execute(f"ALTER DATABASE {make_url(url).database} SET default_transaction_isolation = 'serializable'")
        with raw(url) as other:
            other.execute("UPDATE t SET x = x + 10 WHERE id = 1")
            ours = in_background(lambda: rows.keep([change(1)]))
            while watching.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone() is None:
                time.sleep(0.01)
        ours()

    assert rows.look("SELECT x FROM t WHERE id = 1", {}) == (11,)


# Alike for both


def test_a_crowd_is_turned_away_before_the_last_thread_waits(
    server: Postgres, tmp_path: Path, redis_url: str, database_url: str
) -> None:
    """Thirty texts in five seconds for four threads. Who waits for a thread waits too."""
    own = database_url if database_url.startswith("sqlite") else fresh_postgres(server.url)
    door = door_to(tmp_path, redis_url, own)
    first = door.text(50)
    with stuck(server, door):
        told = door.crowd(range(1, 31), threads=4, pause=0.16)
        assert refused_in_time(told)
    recovers(door, [first, *told])
    door.hotline.db.close()


@contextmanager
def stuck(server: Postgres, door: Door) -> Iterator[None]:
    """PostgreSQL does not answer; SQLite's lock is held."""
    if not door.hotline.db.sqlite:
        server.freeze()
        try:
            yield
        finally:
            server.thaw()
        return
    path = door.hotline.config.database.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()


_KEEPS = """
import sys, threading
from bot.store.database import Database
db = Database(sys.argv[1])
def keep(own):
    for n in range(own, 10**9, 8):
        db.keep([("INSERT INTO t (id, x) VALUES (:n, 0)", {"n": n})])
        sys.stdout.write(f"{n}\\n")
threads = [threading.Thread(target=keep, args=(n,)) for n in range(8)]
for one in threads: one.start()
"""


def test_what_was_called_kept_is_kept_when_the_process_is_killed(database_url: str) -> None:
    """Eight threads that share commits, killed wherever they are."""
    db = Database(database_url)
    with db.write() as conn:
        conn.execute(text("CREATE TABLE t (id int PRIMARY KEY, x int)"))
    for _ in range(5):
        with db.write() as conn:
            conn.execute(text("DELETE FROM t"))
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", _KEEPS, database_url], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout
        told = [process.stdout.readline() for _ in range(100)]
        process.kill()
        told += process.stdout.readlines()
        process.wait()
        called_kept = {int(line) for line in told if line.endswith("\n")}
        assert len(called_kept) >= 100
        assert called_kept <= {row[0] for row in db.look_all("SELECT id FROM t", {})}
    db.close()


def in_background(call: Callable[[], Any]) -> Callable[[], Any]:
    """Begin it now; the call that is given back waits for its end and gives what it gave, or raises what it raised."""
    came: list[Any] = []

    def run() -> None:
        try:
            came.append((call(), None))
        except BaseException as error:
            came.append((None, error))

    thread = threading.Thread(target=run)
    thread.start()

    def end() -> Any:
        thread.join()
        value, error = came[0]
        if error:
            raise error
        return value

    return end
