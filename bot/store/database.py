"""Connections and transactions, on SQLite and on PostgreSQL. Knows no table.

Three ways in, by what they are for:

`read()` and `write()` give a SQLAlchemy connection, for everything that is not the turn of a resident.
`look()` and `keep()` are the turn's: one read and one durable, conditional write, each one round trip.
"""

import functools
import re
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import DatabaseUnreachable, SettingWrong, Stale
from bot.store.sqlite_writer import SqliteWriter

__all__ = ["PATIENCE", "Connection", "Database", "Statement", "carry_out"]

# A statement with :named values, and the values. The first of a turn must change exactly one row.
Statement = tuple[str, Mapping[str, Any]]

MOST_LENT = 8  # connections of turns at once, a process
PATIENCE = 3.0  # seconds; then a webhook answers 503 and Twilio's retry brings the text again
_NAME = re.compile(r"(?<![:\w]):(\w+)")


class Database:
    """One database. Cheap to make, connects when first asked; to be made anew after a fork."""

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
        except Exception as error:
            raise SettingWrong("DATABASE_URL is not an address like postgresql://user:password@host/name.") from error
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self._idle: deque[Any] = deque()  # raw connections of the turns, lent for one statement each
        self._lending = threading.BoundedSemaphore(MOST_LENT)
        if self.sqlite:
            self._path = Path(self._url.database or "puente.db")
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = SqliteWriter(self._path, PATIENCE)
            self.engine = _sqlite_engine(url, self._writer)
            self._writing = self.engine.execution_options(writes=True)
        else:
            self.engine = create_engine(
                self._url,
                pool_size=8,
                max_overflow=24,
                pool_timeout=PATIENCE,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 3},
                hide_parameters=True,
            )

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to look with. What is written through it is lost."""
        with _sentences(), self.engine.connect() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: kept as a whole when the block ends, or not at all if it raises."""
        with _sentences():
            if self.sqlite:
                with self._writer.turn(), self._writing.begin() as conn:
                    yield conn
            else:
                with self.engine.begin() as conn:
                    yield conn

    def look(self, sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, over a connection of this thread's own. Raises DatabaseUnreachable."""
        rows = self.look_all(sql, values)
        return rows[0] if rows else None

    def look_all(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, over a connection of this thread's own. Raises DatabaseUnreachable."""
        if self.sqlite:
            try:
                with self._lent(self._writer.connect) as conn:
                    found: list[tuple[Any, ...]] = conn.execute(sql, values).fetchall()
                    return found
            except sqlite3.Error as error:
                raise DatabaseUnreachable(f"The database cannot be read: {error}.") from error
        return self._postgres(_percent(sql), values)

    def keep(self, statements: Sequence[Statement]) -> None:
        """All of them durably, or none. Raises Stale if the first changed no row or a unique key is taken,
        DatabaseUnreachable if it cannot be done within PATIENCE."""
        if self.sqlite:
            self._writer.keep(statements)
            return
        sql = _one_statement(tuple(text for text, _ in statements))
        values = {f"{name}_{n}": value for n, (_, own) in enumerate(statements) for name, value in own.items()}
        self._postgres(sql, values)

    def preload(self) -> None:
        """Load the driver now, without connecting, so that processes forked from this one share it."""
        if not self.sqlite:
            import psycopg  # noqa: F401

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        while self._idle:
            self._idle.pop().close()
        if self.sqlite:
            self._writer.close()

    @contextmanager
    def _lent(self, connect: Callable[[], Any]) -> Iterator[Any]:
        """A connection for one statement; one that fails is not lent again. Few serve many threads, and memory and
        PostgreSQL's slots are saved."""
        if not self._lending.acquire(timeout=PATIENCE):
            raise DatabaseUnreachable("The database is too slow.")
        try:
            try:
                conn = self._idle.pop()
            except IndexError:
                conn = connect()
            try:
                yield conn
            except BaseException:
                if not self.sqlite and conn.closed:
                    raise
                self._idle.append(conn)
                raise
            self._idle.append(conn)
        finally:
            self._lending.release()

    def _connect_postgres(self) -> Any:
        import psycopg

        address = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        conn = psycopg.connect(address, autocommit=True, connect_timeout=3)
        conn.execute(f"SET statement_timeout = {int(PATIENCE * 1000)}")
        return conn

    def _postgres(self, sql: str, values: Mapping[str, Any], again: bool = True) -> list[tuple[Any, ...]]:
        import psycopg

        conn = None
        try:
            with self._lent(self._connect_postgres) as conn:
                rows: list[tuple[Any, ...]] = conn.execute(sql, values).fetchall()
                return rows
        except (psycopg.errors.DivisionByZero, psycopg.errors.UniqueViolation):
            raise Stale("The thread changed meanwhile.") from None
        except psycopg.OperationalError as error:
            # A connection that died while idle is no failure yet; a statement that ran out of time is.
            if again and conn is not None and conn.closed:
                self._idle.clear()  # the others died with it
                return self._postgres(sql, values, again=False)
            raise DatabaseUnreachable("The database cannot be reached or is too slow.") from error
        except psycopg.Error as error:
            raise DatabaseUnreachable(f"The database refused: {type(error).__name__}.") from None


def carry_out(conn: Connection, statement: Statement) -> int:
    """A statement of a turn, inside a transaction of `write()`; how many rows it changed."""
    sql, values = statement
    return int(conn.execute(text(sql), dict(values)).rowcount)


def _sqlite_engine(url: str, writer: SqliteWriter) -> Engine:
    engine = create_engine(url, connect_args={"timeout": PATIENCE, "check_same_thread": False}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _prepare(conn: Any, record: Any) -> None:
        conn.isolation_level = None  # so that BEGIN is ours to say
        writer.prepare(conn)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # write() holds the writer's turn, so no writer is met; a read, also one inside write(), must not ask for the lock.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if conn.get_execution_options().get("writes") else "BEGIN")

    return engine


@contextmanager
def _sentences() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise DatabaseUnreachable(f"The database cannot be used: {_first_line(error)}.") from error


def _first_line(error: DBAPIError) -> str:
    return (
        str(error.orig).strip().splitlines()[0].rstrip(".") if error.orig and str(error.orig).strip() else "no answer"
    )


@functools.cache
def _percent(sql: str, suffix: str = "") -> str:
    """`:name` as psycopg wants it."""
    return _NAME.sub(rf"%(\1{suffix})s", sql.replace("%", "%%"))


@functools.cache
def _one_statement(texts: tuple[str, ...]) -> str:
    """The statements of a turn as one, so that it takes one round trip and is atomic by itself. If the first changed
    no row, the count is zero and the division fails the whole: PostgreSQL's way of saying Stale here."""
    parts = [f"w{n} AS ({_percent(text, f'_{n}')}{' RETURNING 1' if n == 0 else ''})" for n, text in enumerate(texts)]
    return f"WITH {', '.join(parts)} SELECT 1 / count(*) FROM w0"
