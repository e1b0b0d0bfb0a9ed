"""The one door to SQLite's single writer: fair between threads and processes, many turns to a commit.

SQLite's own waiting sleeps in steps and starves some writers for seconds. Here threads wait in a lock, and whoever
gets it writes for all who wait; processes wait at a lock file. What is returned from is on disk (synchronous=FULL).
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import DatabaseUnreachable, Stale

_MOST_AT_ONCE = 64


@dataclass(slots=True)
class _Job:
    statements: Sequence[tuple[str, Mapping[str, Any]]]
    done: bool = False
    given_up: bool = False
    error: Exception | None = field(default=None)


class SqliteWriter:
    """Keeps turns. One for a process; connects when first used."""

    def __init__(self, path: Path, patience: float) -> None:
        self._path, self._patience = path, patience
        self._leading = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._conn: sqlite3.Connection | None = None
        self._gate: int | None = None

    def connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self._path, timeout=self._patience, isolation_level=None, check_same_thread=False)
        self.prepare(conn)
        return conn

    @staticmethod
    def prepare(conn: Any) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=3000",
            "temp_store=MEMORY",
            "cache_size=-256",
        ):
            conn.execute(f"PRAGMA {pragma}")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The right to write, for a transaction on another connection."""
        if not self._leading.acquire(timeout=self._patience):
            raise DatabaseUnreachable("The database is busy.")
        try:
            with self._gate_open():
                yield
        finally:
            self._leading.release()

    def keep(self, statements: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """See Database.keep. The thread that comes first writes for all that wait behind it."""
        job = _Job(statements)
        self._waiting.append(job)
        if not self._leading.acquire(timeout=self._patience):
            job.given_up = True
            if not job.done:
                raise DatabaseUnreachable("The database is busy.")
        else:
            try:
                while not job.done:
                    self._write_all()
            finally:
                self._leading.release()
        if job.error:
            raise job.error

    def close(self) -> None:
        with self._leading:
            if self._conn:
                self._conn.close()
                self._conn = None
            if self._gate is not None:
                os.close(self._gate)
                self._gate = None

    def _write_all(self) -> None:
        jobs: list[_Job] = []
        while self._waiting and len(jobs) < _MOST_AT_ONCE:
            job = self._waiting.popleft()
            if not job.given_up:
                jobs.append(job)
        try:
            with self._gate_open():
                conn = self._conn = self._conn or self.connect()
                conn.execute("BEGIN IMMEDIATE")
                try:
                    for job in jobs:
                        self._write_one(conn, job)
                    conn.execute("COMMIT")
                except BaseException:
                    if conn.in_transaction:
                        conn.execute("ROLLBACK")
                    raise
        except BaseException as error:
            # Nothing was kept, whatever went wrong: nobody who waits may believe that it was.
            for job in jobs:
                job.error = DatabaseUnreachable(f"The database cannot be written: {type(error).__name__}.")
            if not isinstance(error, (sqlite3.Error, OSError)):
                raise
        finally:
            for job in jobs:
                job.done = True

    @staticmethod
    def _write_one(conn: sqlite3.Connection, job: _Job) -> None:
        conn.execute("SAVEPOINT one")
        try:
            for at, (sql, values) in enumerate(job.statements):
                changed = conn.execute(sql, values).rowcount
                if at == 0 and changed != 1:
                    raise Stale("The thread changed meanwhile.")
        except (Stale, sqlite3.IntegrityError) as error:
            conn.execute("ROLLBACK TO one")
            job.error = error if isinstance(error, Stale) else Stale("The thread changed meanwhile.")
        except sqlite3.OperationalError:
            raise  # the disk, a lock: no turn of this commit can be kept
        except Exception as error:  # a value no database takes: this turn's own trouble, not its neighbours'
            conn.execute("ROLLBACK TO one")
            job.error = error
        conn.execute("RELEASE one")

    @contextmanager
    def _gate_open(self) -> Iterator[None]:
        """Our place among the processes. It only keeps the order: should a frozen process hold it, we go on without
        after a while, and SQLite's own lock still guards the data."""
        if self._gate is None:
            self._gate = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + self._patience / 2
        got = False
        while not got:
            try:
                fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
                got = True
            except OSError:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.0003)
        try:
            yield
        finally:
            if got:
                fcntl.flock(self._gate, fcntl.LOCK_UN)
