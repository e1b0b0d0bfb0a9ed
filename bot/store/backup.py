"""A whole database copied while others write to it, read back to its end, and put into an empty one. Knows the two
databases' own ways; refuses to know where copies are kept and what stands in them, but for two counts."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url

from bot.errors import DatabaseUnreachable, PuenteError
from bot.store.database import PATIENCE

if TYPE_CHECKING:
    import psycopg

COUNTED = ("threads", "messages")
_PAGES, _PAUSE = 1000, 0.005  # a step of 4 MB, and seconds in which residents' texts have the disk to themselves
_NO_PROGRAMS = (
    "PostgreSQL's programs pg_dump and pg_restore are not on this machine. Install those of the server's version or "
    "newer, for example: apt-get install postgresql-client"
)


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a copy: its tables' step, and its rows by table."""

    step: str
    rows: Mapping[str, int]


def back_up(url: str, copy: Path) -> Contents:
    """Copy the database as it is at one moment into a new file, only its owner's to read, and read that back to its
    end. Raises PuenteError; what there is of the file is then the caller's to delete."""
    address = make_url(url)
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if address.get_backend_name() == "sqlite":
        before = _copy_sqlite(_path(address), copy)
    else:
        before = _postgres_rows(address)
        _run("pg_dump", address, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}")
    _to_disk(copy)
    found = inspect(url, copy)
    if any(found.rows[table] < before[table] for table in COUNTED):
        raise PuenteError("The copy has fewer texts than the database had, so it was thrown away. Try again.")
    return found


def inspect(url: str, copy: Path) -> Contents:
    """What is in a copy, having read all of it. Raises PuenteError if it is damaged, or of the other database."""
    with copy.open("rb") as file:
        head = file.read(16)
    sqlite = make_url(url).get_backend_name() == "sqlite"
    if head == b"SQLite format 3\0":
        if not sqlite:
            raise PuenteError(f"{copy} is of a SQLite database, but DATABASE_URL names a PostgreSQL.")
        return _inspect_sqlite(copy)
    if head[:5] == b"PGDMP":
        if sqlite:
            raise PuenteError(f"{copy} is of a PostgreSQL database, but DATABASE_URL names a SQLite file.")
        return _inspect_dump(copy)
    raise PuenteError(f"{copy} is no backup of this program.")


def occupied(url: str) -> str:
    """What is in the way of putting a copy here; empty if nothing is."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        path = _path(address)
        # A log beside the file counts too: SQLite would play it into whatever file is put there.
        files = [path, *(path.with_name(path.name + end) for end in ("-wal", "-journal"))]
        return ", ".join(str(one) for one in files if one.exists() and one.stat().st_size)
    with _connected(address) as conn:
        tables = conn.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()").fetchone()
    return f"{tables[0]} tables" if tables and tables[0] else ""


def put_in_place(url: str, copy: Path) -> None:
    """The copy becomes the database, as a whole or not at all. The place must be empty (see `occupied`)."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        how = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run("pg_restore", address, *how, f"--dbname={_named(address)}", str(copy))
        return
    path = _path(address)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        os.close(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        shutil.copyfile(copy, beside)
        _inspect_sqlite(beside)
        with closing(sqlite3.connect(beside)) as conn:
            conn.execute("PRAGMA journal_mode=WAL")  # as the line leaves it
        _to_disk(beside)
        rename(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def rename(file: Path, name: Path) -> None:
    """Give a file on disk its name, at once and lastingly."""
    file.replace(name)
    _to_disk(name.parent)


def same_file(url: str, file: Path) -> bool:
    """Whether a file is the database itself."""
    address = make_url(url)
    sqlite = address.get_backend_name() == "sqlite"
    return sqlite and file.exists() and _path(address).exists() and file.samefile(_path(address))


# SQLite


def _copy_sqlite(path: Path, copy: Path) -> Mapping[str, int]:
    """Returns the rows there were. One reading transaction is held open all along: the copy is of one moment, and
    does not begin anew whenever somebody writes, as SQLite's backup otherwise does."""
    if not path.exists():
        raise DatabaseUnreachable(f"There is no database at {path}.")
    try:
        with (
            closing(sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)) as source,
            closing(sqlite3.connect(copy, isolation_level=None)) as target,
        ):
            source.execute("BEGIN")
            before = _sqlite_rows(source)
            # Its own `sleep` is only for when it meets a lock.
            source.backup(target, pages=_PAGES, progress=lambda *_: time.sleep(_PAUSE))
            source.execute("ROLLBACK")
            target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
            return before
    except sqlite3.Error as error:
        raise DatabaseUnreachable(f"The database cannot be copied: {error}.") from error


def _inspect_sqlite(copy: Path) -> Contents:
    try:
        with closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro", uri=True)) as conn:
            found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise PuenteError(f"{copy} is damaged: {found}.")
            step = conn.execute("SELECT version_num FROM alembic_version").fetchone()
            return Contents(str(step[0]) if step else "", _sqlite_rows(conn))
    except sqlite3.Error as error:
        raise PuenteError(f"{copy} is damaged, or no backup of this program: {error}.") from error


def _sqlite_rows(conn: sqlite3.Connection) -> Mapping[str, int]:
    return {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED}


def _path(address: URL) -> Path:
    return Path(address.database or "puente.db")


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


# PostgreSQL


def _postgres_rows(address: URL) -> Mapping[str, int]:
    with _connected(address) as conn:
        found = {table: conn.execute(f"SELECT count(*) FROM {table}").fetchone() for table in COUNTED}
    return {table: int(row[0]) if row else 0 for table, row in found.items()}


@contextmanager
def _connected(address: URL) -> "Iterator[psycopg.Connection]":
    import psycopg

    where = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        with psycopg.connect(where, autocommit=True, connect_timeout=3) as conn:
            yield conn
    except psycopg.Error as error:
        why = (str(error).strip().splitlines() or ["no answer"])[0].rstrip(".")
        raise DatabaseUnreachable(f"The database cannot be used: {why}.") from error


def _inspect_dump(copy: Path) -> Contents:
    """Every row of the dump is read as the text it would be restored from, so that all of it is known to be there."""
    program = _program("pg_restore")
    rows, step, table = dict.fromkeys(COUNTED, 0), "", ""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        subprocess.Popen(
            [program, "--data-only", "--file=-", copy], stdout=subprocess.PIPE, stderr=complaints, encoding="utf-8"
        ) as reading,
    ):
        assert reading.stdout
        for line in reading.stdout:
            if table and line == "\\.\n":
                table = ""
            elif table in rows:
                rows[table] += 1
            elif table == "alembic_version":
                step = line.strip()
            elif not table and line.startswith("COPY "):
                table = line.split()[1].rpartition(".")[2]
        reading.wait()
        complaints.seek(0)
        said = complaints.read()
    if reading.returncode or not step:
        raise PuenteError(f"{copy} is damaged, or no backup of this program: {_last_line(said)}.")
    return Contents(step, rows)


def _run(name: str, address: URL, *arguments: str) -> None:
    """One of PostgreSQL's programs. The password goes by environment: command lines are there for all to see."""
    environment = {**os.environ, "PGCONNECT_TIMEOUT": "10"}
    if address.password:
        environment["PGPASSWORD"] = str(address.password)
    command: Sequence[str | Path] = [_program(name), "--no-password", *arguments]
    if name == "pg_dump":
        command = [*command, f"--dbname={_named(address)}"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise PuenteError(f"{name} failed: {_last_line(done.stderr)}.")


def _named(address: URL) -> str:
    """The address without its password."""
    bare = URL.create("postgresql", address.username, None, address.host, address.port, address.database, address.query)
    return bare.render_as_string(hide_password=False)


def _program(name: str) -> Path:
    """On PATH or where Debian keeps those of each version: the newest, since an older one refuses a newer server."""
    on_path = shutil.which(name)
    found = [Path(on_path)] if on_path else []
    found += Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    if not found:
        raise PuenteError(_NO_PROGRAMS)
    return max(found, key=_version) if len(found) > 1 else found[0]


def _version(program: Path) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    number = next((word for word in said.split() if word[0].isdigit()), "0")
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1].rstrip(".") if lines else "it says nothing"
