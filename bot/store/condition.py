"""What a database shows of itself: its tables' step, whether it can be written, keeps what it took, and has room.
Asks and changes nothing; what is good or bad of it, others say."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

from bot.errors import DatabaseUnreachable
from bot.store.database import MOST_LENT, PATIENCE, Database
from bot.store.sealing import Keyset

_READING = 60.0  # seconds that reading a whole SQLite file may take
# Refused wherever a text could not be kept, and no row is touched.
_WRITES = (
    "UPDATE threads SET version = version WHERE 1 = 0",
    "INSERT INTO messages SELECT * FROM messages WHERE 1 = 0",
)


@dataclass(frozen=True, slots=True)
class SqliteState:
    """A database file. `step` is empty without tables, `unwritable` and `damage` say why, or are empty."""

    path: Path
    step: str
    journal: str  # wal
    synchronous: int  # 2: FULL
    unwritable: str
    damage: str
    read_whole: bool  # false if reading the file was given up after a while
    free: int  # bytes on its disk


@dataclass(frozen=True, slots=True)
class PostgresState:
    """A PostgreSQL database. `clock` is our time before and after, and its own between them, in seconds since 1970."""

    version: int
    step: str
    synchronous_commit: str
    fsync: str
    unwritable: str
    room: int  # connections that may be open at once
    clock: tuple[float, float, float]  # ours, the database's, ours


def look(url: str) -> SqliteState | PostgresState | None:
    """How a database is; None for a SQLite file that is not there. Raises DatabaseUnreachable."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return _postgres(address)
    path = Path(address.database or "puente.db")
    return _sqlite(url, path) if path.exists() else None


def connections_wanted(url: str, web: int, others: int) -> tuple[int, int]:
    """Connections that so many web processes and others need for residents' texts alone, and with open desks."""
    from sqlalchemy import QueuePool

    pool = Database(url).engine.pool
    kept = pool.size() if isinstance(pool, QueuePool) else 0
    return web * MOST_LENT + 2 * others, web * (MOST_LENT + kept) + 2 * others


_OLDEST_AND_NEWEST = """SELECT id, text FROM messages
    WHERE id IN ((SELECT min(id) FROM messages), (SELECT max(id) FROM messages)) ORDER BY id"""
_A_RESIDENT = """SELECT r.id, r.address, r.address_hash, t.channel FROM residents r JOIN threads t ON t.resident_id = r.id
    ORDER BY t.id DESC LIMIT 1"""


def trouble_with_keys(url: str, keys: Keyset) -> str:
    """Why the keys do not fit what the database keeps; empty if they do, or nothing is kept yet. Raises
    DatabaseUnreachable."""
    with _reading(make_url(url)) as conn:
        texts = conn.execute(_OLDEST_AND_NEWEST).fetchall()
        residents = conn.execute(_A_RESIDENT).fetchall()
    try:
        for number, sealed in texts:
            keys.open(bytes(sealed), f"messages.text:{number}")
        for number, sealed, digest, channel in residents:
            if keys.digest(f"{channel}:{keys.open(bytes(sealed), f'residents.address:{number}')}") != digest:
                return "the index key is another, so no resident is found again"
    except ValueError as error:
        return str(error)
    return ""


@contextmanager
def _reading(address: URL) -> Iterator[Any]:
    """A connection that only looks. The line's own would set the journal of a SQLite file. Raises DatabaseUnreachable."""
    if address.get_backend_name() == "sqlite":
        path = Path(address.database or "puente.db").absolute()
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as conn:
                yield conn
        except sqlite3.Error as error:
            raise DatabaseUnreachable(f"The file {path} cannot be read: {error}.") from error
        return
    import psycopg

    where = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(where, autocommit=True, connect_timeout=3) as conn:
            conn.execute(f"SET statement_timeout = {int(PATIENCE * 1000)}")
            yield conn
    except psycopg.Error as error:
        raise DatabaseUnreachable(f"The database does not answer: {_first_line(error)}.") from error


def _sqlite(url: str, path: Path) -> SqliteState:
    with _reading(make_url(url)) as conn:
        journal = str(conn.execute("PRAGMA journal_mode").fetchone()[0])
        named = conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        step = conn.execute("SELECT version_num FROM alembic_version").fetchone() if named else None
        damage, read_whole = _damage(conn)
    return SqliteState(
        path=path,
        step=str(step[0]) if step else "",
        journal=journal,
        synchronous=_synchronous(url) if journal == "wal" else 0,  # a first connection would make it WAL
        unwritable=_sqlite_refusal(path) if step else "",
        damage=damage,
        read_whole=read_whole,
        free=shutil.disk_usage(path.absolute().parent).free,
    )


def _damage(conn: sqlite3.Connection) -> tuple[str, bool]:
    """What quick_check finds, and whether it came to its end."""
    until = time.monotonic() + _READING
    conn.set_progress_handler(lambda: time.monotonic() > until, 100_000)
    try:
        found = str(conn.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        return "", False
    finally:
        conn.set_progress_handler(None, 0)
    return ("" if found == "ok" else found), True


def _synchronous(url: str) -> int:
    """As the line's own connections have it."""
    db = Database(url)
    try:
        row = db.look("PRAGMA synchronous", {})
    finally:
        db.close()
    return int(row[0]) if row else 0


def _sqlite_refusal(path: Path) -> str:
    conn = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    try:
        conn.execute("BEGIN IMMEDIATE")
        for sql in _WRITES:
            conn.execute(sql)
        conn.execute("ROLLBACK")
    except sqlite3.Error as error:
        return str(error)
    finally:
        conn.close()
    return ""


# What may be open at once here: the server's, less what it keeps for its administrators, and the lower of any limits
# of the database and the user. Superusers have none.
_ROOM = """SELECT least(
    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
    CASE WHEN rolsuper OR datconnlimit < 0 THEN NULL ELSE datconnlimit END,
    CASE WHEN rolsuper OR rolconnlimit < 0 THEN NULL ELSE rolconnlimit END)
    FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user"""


def _postgres(address: URL) -> PostgresState:
    with _reading(address) as conn:

        def one(sql: str) -> Any:
            row = conn.execute(sql).fetchone()
            return row[0] if row else None

        named = one("SELECT to_regclass('alembic_version')")
        step = str(one("SELECT version_num FROM alembic_version") or "") if named else ""
        before = time.time()
        theirs = float(one("SELECT extract(epoch FROM clock_timestamp())"))
        after = time.time()
        return PostgresState(
            version=conn.info.server_version // 10_000,
            step=step,
            synchronous_commit=str(one("SHOW synchronous_commit")),
            fsync=str(one("SHOW fsync")),
            unwritable=_postgres_refusal(conn) if step else "",
            room=int(one(_ROOM)),
            clock=(before, theirs, after),
        )


def _postgres_refusal(conn: Any) -> str:
    import psycopg

    try:
        for sql in _WRITES:
            conn.execute(sql)
    except psycopg.Error as error:
        return _first_line(error)
    return ""


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or ["no answer"])[0].rstrip(".")
