"""Connections and transactions, on SQLite and on PostgreSQL. Knows no table.

Three ways in, by what they are for:

`read()` and `write()` give a SQLAlchemy connection, for everything that is not the turn of a resident.
`look()` and `keep()` are the turn's: one read and one durable, conditional write, each one round trip.
"""

import functools
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError

from bot.errors import DatabaseUnreachable, SettingWrong
from bot.store import clock
from bot.store.lending import MOST_LENT, Lending
from bot.store.patience import PATIENCE, Fuse, left
from bot.store.sqlite_writer import LOOKING, SqliteWriter, be_patient

__all__ = ["MOST_LENT", "PATIENCE", "Connection", "Database", "Statement", "carry_out"]

# A statement with :named values, and the values. The first of a turn must change exactly one row.
Statement = tuple[str, Mapping[str, Any]]

_ROOM = 32  # connections at once, a process, for everything that is not a turn
_BROKEN = {  # after these a connection of SQLite's is not used again
    sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_PROTOCOL,
}  # fmt: skip
_NAME = re.compile(r"(?<![:\w]):(\w+)")


class Database:
    """One database. Cheap to make, connects when first asked; to be made anew after a fork."""

    def __init__(self, url: str) -> None:
        try:
            self._url = make_url(url)
        except Exception as error:
            raise SettingWrong("DATABASE_URL is not an address like postgresql://user:password@host/name.") from error
        self.sqlite = self._url.get_backend_name() == "sqlite"
        # Looking and changing fail apart: a full disk can be read, and so can a file whose lock somebody holds.
        self._looking, self._changing = Fuse(), Fuse()
        self._room = threading.BoundedSemaphore(_ROOM)
        if self.sqlite:
            path = Path(self._url.database or "puente.db")
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = SqliteWriter(path)
            self._lending = Lending(self._writer.connect, lambda conn: False)
            self.engine = _sqlite_engine(url, self._writer)
            self._writing = self.engine.execution_options(writes=True)
        else:
            from bot.store import postgres  # its driver costs a line on SQLite megabytes

            self.engine = postgres.engine_for(self._url, _ROOM)
            self._statements = postgres.Statements(self.engine)
            clock.follow(self.time)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection to look with. What is written through it is lost. Raises DatabaseUnreachable."""
        with _sentences(), ExitStack() as held:
            with self._looking.guard(), _sentences():
                held.enter_context(self._place())
                conn = held.enter_context(self.engine.connect())
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: kept as a whole when the block ends, or not at all if it raises. Raises DatabaseUnreachable."""
        with _sentences(), ExitStack() as held:
            with self._changing.guard(), _sentences():
                held.enter_context(self._place())
                if self.sqlite:
                    held.enter_context(self._writer.turn())
                    conn = held.enter_context(self._writing.begin())
                else:
                    conn = held.enter_context(self.engine.begin())
            yield conn

    def look(self, sql: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row, over a connection of this thread's own. Raises DatabaseUnreachable."""
        rows = self.look_all(sql, values)
        return rows[0] if rows else None

    def look_all(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows, over a connection of this thread's own. Raises DatabaseUnreachable."""
        with self._looking.guard():
            if not self.sqlite:
                return self._statements.rows(_percent(sql), values)
            try:
                with self._lending.one() as conn:
                    found: list[tuple[Any, ...]] = conn.execute(sql, values).fetchall()
                    return found
            except sqlite3.Error as error:
                raise DatabaseUnreachable(f"The database cannot be read: {error}.") from error

    def keep(self, statements: Sequence[Statement]) -> None:
        """All of them durably, or none. Raises Stale if the first changed no row or a unique key is taken,
        DatabaseUnreachable if it cannot be done within PATIENCE."""
        with self._changing.guard():
            if self.sqlite:
                self._writer.keep(statements)
                return
            sql = _one_statement(tuple(text for text, _ in statements))
            values = {f"{name}_{n}": value for n, (_, own) in enumerate(statements) for name, value in own.items()}
            self._statements.rows(sql, values)

    def preload(self) -> None:
        """Load the driver now, without connecting, so that processes forked from this one share it."""
        if not self.sqlite:
            import psycopg  # noqa: F401

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        if self.sqlite:
            self._lending.clear()
            self._writer.close()
        else:
            clock.leave(self.time)
            self._statements.close()

    def time(self) -> int:
        """Milliseconds since 1970 by the server's clock. Raises DatabaseUnreachable."""
        [[now]] = self._statements.rows("SELECT CAST(1000 * extract(epoch FROM clock_timestamp()) AS BIGINT)", {})
        return int(now)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Among those who may have a connection; the pool itself would keep us waiting by a time of its own."""
        if not self._room.acquire(timeout=left()):
            raise DatabaseUnreachable("The database is too slow.")
        try:
            yield
        finally:
            self._room.release()


def carry_out(conn: Connection, statement: Statement) -> int:
    """A statement of a turn, inside a transaction of `write()`; how many rows it changed."""
    sql, values = statement
    return int(conn.execute(text(sql), dict(values)).rowcount)


def _sqlite_engine(url: str, writer: SqliteWriter) -> Engine:
    engine = create_engine(
        url, pool_size=8, max_overflow=_ROOM - 8, connect_args={"check_same_thread": False}, hide_parameters=True
    )

    @event.listens_for(engine, "connect")
    def _prepare(conn: Any, record: Any) -> None:
        conn.isolation_level = None  # so that BEGIN is ours to say
        writer.prepare(conn)

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        # write() holds the writer's turn, so no writer is met; a read, also one inside write(), must not ask for the lock.
        writes = conn.get_execution_options().get("writes")
        be_patient(conn.connection, left() if writes else LOOKING)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def _leave(context: Any) -> None:
        if getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF in _BROKEN:
            context.is_disconnect = True

    return engine


@contextmanager
def _sentences() -> Iterator[None]:
    """What is wrong with the database, not with what was asked of it, as DatabaseUnreachable."""
    try:
        yield
    except (IntegrityError, DataError, ProgrammingError, NotSupportedError):
        raise
    except DBAPIError as error:
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
