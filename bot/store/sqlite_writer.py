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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import DatabaseUnreachable, Stale
from bot.store.patience import left

_MOST_AT_ONCE = 64
_LEAST = 0.5  # seconds for whoever writes for others, though its own time is nearly up
LOOKING = 1.0  # seconds; only a process that repairs the file or keeps it to itself makes who looks wait
_GATE_STUCK = 0.02  # seconds at a gate at which nobody was let through the last time
_OWN_TROUBLE = (sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.NotSupportedError, sqlite3.InterfaceError)


@dataclass(slots=True)
class _Job:
    statements: Sequence[tuple[str, Mapping[str, Any]]]
    done: bool = False
    given_up: bool = False
    error: Exception | None = field(default=None)


class SqliteWriter:
    """Keeps turns. One for a process; connects when first used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._leading = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._conn: sqlite3.Connection | None = None
        self._gate: int | None = None
        self._gate_stuck = False

    def connect(self) -> sqlite3.Connection:
        conn = sqlite3.connect(self._path, timeout=LOOKING, isolation_level=None, check_same_thread=False)
        try:
            self.prepare(conn)
        except BaseException:
            conn.close()
            raise
        return conn

    @staticmethod
    def prepare(conn: Any) -> None:
        be_patient(conn, LOOKING)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "temp_store=MEMORY",
            "cache_size=-256",
        ):
            conn.execute(f"PRAGMA {pragma}")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The right to write, for a transaction on another connection, once it comes in the time that is left."""
        if not self._leading.acquire(timeout=left()):
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
        if not self._leading.acquire(timeout=left()):
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
            self._leave()
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
                self._commit(jobs)
        except BaseException as error:
            # Nothing was kept, whatever went wrong: nobody who waits may believe that it was.
            for job in jobs:
                job.error = DatabaseUnreachable(f"The database cannot be written: {type(error).__name__}.")
            self._leave()  # a connection that failed may be in any state, or see a file that is not there any more
            if not isinstance(error, (sqlite3.Error, OSError, DatabaseUnreachable)):
                raise
        finally:
            for job in jobs:
                job.done = True

    def _commit(self, jobs: Sequence[_Job]) -> None:
        conn = self._conn = self._conn or self.connect()
        be_patient(conn, max(left(), _LEAST))
        conn.execute("BEGIN IMMEDIATE")
        for job in jobs:
            self._write_one(conn, job)
        conn.execute("COMMIT")

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
        except Exception as error:
            if isinstance(error, sqlite3.Error) and not isinstance(error, _OWN_TROUBLE):
                raise  # the disk, a lock: no turn of this commit can be kept
            # A value no database takes: this turn's own trouble, not its neighbours'.
            conn.execute("ROLLBACK TO one")
            job.error = error
        conn.execute("RELEASE one")

    def _leave(self) -> None:
        if self._conn:
            with suppress(sqlite3.Error):
                self._conn.close()  # what was not committed is rolled back
            self._conn = None

    @contextmanager
    def _gate_open(self) -> Iterator[None]:
        """Our place among the processes. It only keeps the order: should a frozen process hold it, we go on without
        after a while, and SQLite's own lock still guards the data. Raises DatabaseUnreachable."""
        got = self._pass_gate()
        try:
            yield
        finally:
            if got and self._gate is not None:
                fcntl.flock(self._gate, fcntl.LOCK_UN)

    def _pass_gate(self) -> bool:
        """Whether we were let through before half of what time is left was over."""
        try:
            if self._gate is None:
                self._gate = os.open(f"{self._path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DatabaseUnreachable(f"The database cannot be written: {type(error).__name__}.") from error
        until = time.monotonic() + (_GATE_STUCK if self._gate_stuck else left() / 2)
        while True:
            try:
                fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > until:
                    self._gate_stuck = True
                    return False
                time.sleep(0.0003)
            else:
                self._gate_stuck = False
                return True


def be_patient(conn: Any, seconds: float) -> None:
    """How long SQLite itself waits for a lock, each time; in tenths, as few different statements stay prepared."""
    conn.execute(f"PRAGMA busy_timeout={max(1, round(10 * seconds)) * 100}")
