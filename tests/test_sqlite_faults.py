"""A SQLite file that is locked, on a full disk, or shared with a frozen process: texts are refused in time, never called
kept when they are not, and taken again as soon as all is well."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from bot.errors import DatabaseUnreachable
from bot.store.database import Database
from bot.store.patience import PATIENCE, within
from bot.storm.disk import empty, fill
from tests.disk import small_disk
from tests.door import CAP, Door, door_to, recovers, refused_in_time


@pytest.fixture
def door(tmp_path: Path, redis_url: str) -> Iterator[Door]:
    own = door_to(tmp_path, redis_url, f"sqlite:///{tmp_path / 'puente.db'}")
    yield own
    own.hotline.db.close()


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    own = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with own.write() as conn:
        conn.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)")
    yield own
    own.close()


def insert(db: Database, number: int, size: int = 1) -> None:
    db.keep([("INSERT INTO t (id, x) VALUES (:id, zeroblob(:size))", {"id": number, "size": size})])


def told_of(db: Database, number: int, size: int = 1) -> bool:
    """Whether it was called kept, in time."""
    began = time.monotonic()
    try:
        insert(db, number, size)
    except DatabaseUnreachable:
        return False
    finally:
        assert time.monotonic() - began <= CAP
    return True


def ids(db: Database) -> set[int]:
    return {row[0] for row in db.look_all("SELECT id FROM t", {})}


# Another process has the lock

_LOCKS = """
import fcntl, os, sqlite3, sys
what, path = sys.argv[1:]
if what == "the gate":
    gate = os.open(path + ".lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(gate, fcntl.LOCK_EX)
else:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA locking_mode = EXCLUSIVE") if what == "the whole file" else None
    conn.execute("BEGIN EXCLUSIVE")
    conn.execute("PRAGMA user_version = 7")
    conn.execute("COMMIT") if what == "the whole file" else None
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(door: Door, what: str) -> "Iterator[subprocess.Popen[str]]":
    """Another process holds the lock, or the gate, until it is ended or the block is over."""
    path = door.hotline.config.database.removeprefix("sqlite:///")
    other = subprocess.Popen(
        [sys.executable, "-c", _LOCKS, what, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout
    try:
        assert other.stdout.readline() == "locked\n"
        yield other
    finally:
        other.kill()
        other.communicate()


def test_a_lock_that_another_process_holds(door: Door) -> None:
    """Texts, receipts and changes of the desk wait for it a while; pages can be looked at."""
    first = door.text(50)
    with held(door, "the lock"):
        told = door.crowd(range(1, 13))
        receipt = door.receipt("SM" + "5" * 32)
        began = time.monotonic()
        with pytest.raises(DatabaseUnreachable), door.hotline.db.write():
            pass
        assert time.monotonic() - began <= CAP
        with door.hotline.db.read() as conn:
            assert conn.exec_driver_sql("SELECT count(*) FROM messages WHERE direction = 'in'").scalar() == 1

    assert refused_in_time([*told, receipt])
    recovers(door, [first, *told])


def test_a_lock_that_is_given_back_soon_is_no_failure(door: Door) -> None:
    with held(door, "the lock") as other:
        threading.Timer(0.5, other.kill).start()
        told = door.crowd(range(1, 13))

    assert {one.status for one in told} == {200}
    recovers(door, told)


def test_a_file_that_another_process_keeps_to_itself(door: Door) -> None:
    """It cannot even be read."""
    told = [door.text(1)]
    door.hotline.db.close()
    with held(door, "the whole file"):
        refused = door.crowd(range(2, 14))
        assert refused_in_time(refused)
    recovers(door, [*told, *refused])


def test_a_frozen_process_in_the_gate_keeps_nobody_out(door: Door) -> None:
    """The gate is for order only. It is waited at once, and not again by every text."""
    with held(door, "the gate") as other:
        other.send_signal(signal.SIGSTOP)
        told = [door.text(n) for n in range(1, 9)]
        began = time.monotonic()
        told += [door.text(n) for n in range(9, 29)]
        taken = time.monotonic() - began

    assert {one.status for one in told} == {200}
    assert max(one.seconds for one in told) <= CAP
    assert taken < 20 * 1.5, "every one of them waited as long as the first"
    recovers(door, told)


def test_when_a_frozen_process_that_holds_the_lock_is_ended_all_goes_on(door: Door) -> None:
    with held(door, "the lock") as other:
        other.send_signal(signal.SIGSTOP)
        told = door.crowd(range(1, 5))
        assert refused_in_time(told)
        other.kill()
        other.wait()
        recovers(door, told)


def test_a_turn_that_has_little_time_left_does_not_wait_beyond_it(door: Door) -> None:
    with held(door, "the lock"):
        began = time.monotonic()
        with pytest.raises(DatabaseUnreachable), within(0.2):
            door.hotline.db.keep([("UPDATE threads SET urgent = urgent", {})])
        assert time.monotonic() - began < PATIENCE  # what it would have waited otherwise


def test_whoever_was_told_that_a_turn_is_kept_finds_it(db: Database, tmp_path: Path) -> None:
    """Those who wait behind a slow commit give up one by one, also in the moment in which it is made."""
    called_kept: set[int] = set()
    numbers = iter(range(10_000))

    def resident(until: float) -> None:
        while time.monotonic() < until:
            number = next(numbers)
            with suppress(DatabaseUnreachable), within(0.15):
                insert(db, number)
                called_kept.add(number)

    with ThreadPoolExecutor(16) as pool, closing(sqlite3.connect(tmp_path / "a.db", isolation_level=None)) as other:
        until = time.monotonic() + 3.0
        running = [pool.submit(resident, until) for _ in range(16)]
        while time.monotonic() < until:
            with suppress(sqlite3.OperationalError):
                other.execute("BEGIN IMMEDIATE")
                time.sleep(0.16)
                other.execute("ROLLBACK")
            time.sleep(0.01)
        for one in running:
            one.result()

    assert called_kept
    assert called_kept <= ids(db)


# The disk is full


def sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as conn:
        return conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", megabytes=6) as folder:
        yield folder


def test_a_full_disk_refuses_and_when_there_is_room_all_goes_on(disk: Path, tmp_path: Path, redis_url: str) -> None:
    """Three times over; the same process, the same connections. Nothing of a text that was refused is there."""
    door = door_to(tmp_path, redis_url, f"sqlite:///{disk / 'puente.db'}")
    told = door.crowd(range(1, 5))
    for round_ in range(1, 4):
        fill(disk)
        for n in range(1, 200):  # what room there was in the files is used up
            told.append(door.text(100 * round_ + n % 90))
            if told[-1].status != 200:
                break
        refused = [*door.crowd(range(1, 13)), door.text(99)]
        assert refused_in_time([told[-1], *refused])
        with pytest.raises(DatabaseUnreachable), door.hotline.db.write() as conn:
            conn.exec_driver_sql("CREATE TABLE more AS SELECT zeroblob(1000000) AS x")
        assert set(door.kept()) == {one.sid for one in told if one.status == 200}
        empty(disk)
        told += refused
        told = [door.text(one.number, one.sid) if one.status != 200 else one for one in told]
    recovers(door, told)
    assert sound(disk / "puente.db")
    door.hotline.db.close()


def test_a_process_that_starts_on_a_full_disk(disk: Path, tmp_path: Path, redis_url: str) -> None:
    """Not even the files beside the database can be made."""
    door = door_to(tmp_path, redis_url, f"sqlite:///{disk / 'puente.db'}")
    first = door.text(50)
    door.hotline.db.close()
    (disk / "puente.db.lock").unlink()
    fill(disk)
    refused = door.crowd(range(1, 9))
    assert refused_in_time(refused)
    empty(disk)
    recovers(door, [first, *refused])
    assert sound(disk / "puente.db")
    door.hotline.db.close()


_KEEPS = """
import resource, signal, sys, threading
from bot.errors import DatabaseUnreachable
from bot.store.database import Database
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
db = Database(f"sqlite:///{sys.argv[1]}")
db.look("SELECT 1", {})
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
def keep(own):
    refused = 0
    for n in range(own, 10**9, 8):
        try:
            db.keep([("INSERT INTO t (id, x) VALUES (:n, zeroblob(900))", {"n": n})])
            sys.stdout.write(f"{n}\\n")
        except DatabaseUnreachable:
            refused += 1
            if refused == 5: return
threads = [threading.Thread(target=keep, args=(n,)) for n in range(8)]
for one in threads: one.start()
for one in threads: one.join()
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
db.keep([("INSERT INTO t (id, x) VALUES (:n, '')", {"n": 10**9})])
print(10**9)
"""


def test_a_file_that_may_not_grow_any_more(db: Database, tmp_path: Path) -> None:
    """Eight threads share commits when the room ends: those whose commit failed are told so, and only those."""
    done = subprocess.run(
        [sys.executable, "-u", "-c", _KEEPS, tmp_path / "a.db"], capture_output=True, text=True, timeout=60, check=True
    )
    called_kept = {int(line) for line in done.stdout.splitlines()}
    assert len(called_kept) > 10
    assert called_kept == ids(db)
    assert sound(tmp_path / "a.db")


def test_a_lock_file_that_cannot_be_opened_is_a_database_that_cannot_be_written(tmp_path: Path) -> None:
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    os.mkdir(tmp_path / "a.db.lock")
    with pytest.raises(DatabaseUnreachable), db.write():
        pass
    os.rmdir(tmp_path / "a.db.lock")
    with db.write() as conn:
        conn.exec_driver_sql("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)")
    assert told_of(db, 1)
    db.close()
