"""Connections to PostgreSQL that nobody waits for longer than they can, and one statement over them, tried again where
that is safe. Knows no table.

A server that is frozen, or a network that swallows what is sent, answers nothing, ever: no limit that the server keeps
helps against that, so every wait for it ends here.
"""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Engine

from bot.errors import DatabaseUnreachable, Stale
from bot.store.lending import Lending
from bot.store.patience import PATIENCE, left

_LONGEST = 30.0  # seconds for one statement of what is no webhook: a page with many figures, an import
_SERVERS = 2800  # ms; a server that lives ends a turn's statement before we do, and the connection stays
_PAUSES = (0.02, 0.05, 0.1, 0.2)  # seconds between tries
_WIRE: dict[str, Any] = {  # an idle connection whose other end is gone is noticed before somebody needs it
    "connect_timeout": int(PATIENCE),
    "keepalives_idle": 10,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}

# After these the same statement may well succeed, over another connection where this one or its server had its end.
# None of them leaves anything done, but for a connection lost in the middle; and a turn that was kept after all is told
# by its guard or its key.
_COLLISIONS = (errors.SerializationFailure, errors.DeadlockDetected)
_ENDINGS = (
    errors.AdminShutdown,
    errors.CrashShutdown,
    errors.CannotConnectNow,
    errors.TooManyConnections,
    errors.ReadOnlySqlTransaction,  # this server was the first until a moment ago
)


class OutOfTime(psycopg.OperationalError):
    """The time was up before the server answered."""


class Impatient(psycopg.Connection[TupleRow]):
    """Waits for no answer longer than its thread may. It is closed then: nobody can know what the server still says."""

    def wait(self, gen: PQGen[Any], interval: float = 0.1, timeout: float | None = None) -> Any:
        try:
            return super().wait(gen, interval, left(_LONGEST) if timeout is None else timeout)
        except psycopg.OperationalError as error:
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            self.close()
            raise OutOfTime("The server did not answer in time.") from error


def connect(where: Mapping[str, Any], *, autocommit: bool = False) -> Impatient:
    """A connection, in the time that is left. Looking up names and going through several hosts cannot be interrupted,
    so it is left behind in a thread of its own. Raises psycopg.OperationalError."""
    made: Future[Impatient] = Future()

    def make() -> None:
        try:
            conn = Impatient.connect(**where, autocommit=autocommit)
        except BaseException as error:
            if made.set_running_or_notify_cancel():
                made.set_exception(error)
        else:
            if made.set_running_or_notify_cancel():
                made.set_result(conn)
            else:
                conn.close()  # nobody waits any more

    threading.Thread(target=make, name="connect", daemon=True).start()
    try:
        return made.result(left())
    except TimeoutError:
        if made.cancel():
            raise OutOfTime("The server did not let us in in time.") from None
        return made.result()  # it came in the very last moment


def engine_for(url: URL, room: int) -> Engine:
    """For everything that is not a turn; so many connections at most."""
    engine = create_engine(
        url, pool_size=8, max_overflow=room - 8, pool_timeout=PATIENCE, pool_pre_ping=True, connect_args=_WIRE,
        hide_parameters=True,
    )  # fmt: skip

    @event.listens_for(engine, "do_connect")
    def _connect(dialect: Any, record: Any, args: Any, where: dict[str, Any]) -> Impatient:
        return connect(where)

    @event.listens_for(engine, "handle_error")
    def _leave(context: Any) -> None:
        if isinstance(context.original_exception, errors.ReadOnlySqlTransaction):
            context.is_disconnect = True  # all connections lead to a server that may write no more

    return engine


class Statements:
    """One statement at a time, each a transaction by itself."""

    def __init__(self, engine: Engine) -> None:
        self._where: dict[str, Any] = {**engine.dialect.create_connect_args(engine.url)[1], **_WIRE}
        self._lending = Lending(self._connect, _sound)

    def rows(self, sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """What it gives. Raises Stale if it divides by zero or a unique key is taken, ValueError if the database takes
        no such value, DatabaseUnreachable if it cannot be done in the time that is left."""
        for pause in (*_PAUSES, None):
            try:
                with self._lending.one() as conn:
                    found: list[tuple[Any, ...]] = conn.execute(sql, values).fetchall()
                    return found
            except (errors.DivisionByZero, errors.UniqueViolation):
                raise Stale("The thread changed meanwhile.") from None
            except psycopg.DataError as error:
                raise ValueError(f"The database refused: {type(error).__name__}.") from None
            except psycopg.Error as error:
                ended = _ended(error)
                if ended:
                    self._lending.clear()  # whatever ended this connection ended the idle ones too
                again = isinstance(error, _COLLISIONS) or (ended and not isinstance(error, OutOfTime))
                if pause is None or left() <= pause or not again:
                    raise DatabaseUnreachable(_sentence(error)) from error
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        self._lending.clear()

    def _connect(self) -> Impatient:
        conn = connect(self._where, autocommit=True)
        conn.execute(f"SET statement_timeout = {_SERVERS}")
        return conn


def _sound(conn: Any) -> bool:
    return bool(conn.info.transaction_status == TransactionStatus.IDLE)


def _ended(error: psycopg.Error) -> bool:
    """Whether the connection was lost, never made, or leads to the wrong server."""
    return isinstance(error, _ENDINGS) or (isinstance(error, psycopg.OperationalError) and error.sqlstate is None)


def _sentence(error: psycopg.Error) -> str:
    if isinstance(error, (OutOfTime, errors.QueryCanceled)):
        return "The database is too slow."
    return f"The database cannot be used: {type(error).__name__}."
