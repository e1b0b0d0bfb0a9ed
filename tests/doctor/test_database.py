"""What the doctor says of databases, real ones: without tables, locked, damaged, set wrong, away."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from bot import migrations
from bot.config import read
from bot.doctor import Check, Signs, machines
from bot.doctor.signs import look
from bot.fake_twilio import FakeTwilio
from bot.hotline import Hotline
from bot.store.condition import PostgresState, SqliteState
from tests.doctor.ideal import signs, told, town


def of_database(seen: Signs) -> dict[str, Check]:
    checks = (machines.database, machines.tables, machines.writing, machines.durability, machines.disk)
    return told(check for one in (*checks, machines.connections) for check in one(seen))


def test_tables_of_another_time(line: Hotline) -> None:
    for step, says in (("0000", "needs"), ("9999", "newer Puente")):
        with line.db.write() as conn:
            conn.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{step}'")
        found = of_database(look(line.config))["tables"]
        assert (found.state, says in str(found)) == ("bad", True), str(found)


def test_a_database_without_tables(tmp_path: Path, empty_database_url: str, api: FakeTwilio) -> None:
    config = town(tmp_path, DATABASE_URL=empty_database_url, TWILIO_API_URL=api.url)
    if config.database.startswith("sqlite"):
        Path(config.database.removeprefix("sqlite:///")).touch()

    found = of_database(look(config))

    assert (found["tables"].state, "writing" in found) == ("bad", False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A SQLite database with tables, as the line leaves it."""
    migrations.upgrade(f"sqlite:///{tmp_path / 'puente.db'}")
    with closing(sqlite3.connect(tmp_path / "puente.db")) as conn:
        conn.execute("PRAGMA journal_mode=WAL")
    return tmp_path / "puente.db"


def test_a_file_that_is_locked_cannot_be_written(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        found = of_database(look(town(file.parent)))

    assert (found["writing"].state, "locked" in found["writing"].says) == ("bad", True)
    assert found["database"].state == "good"


def test_a_file_without_wal(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA journal_mode=DELETE")

    found = of_database(look(town(file.parent)))["durability"]

    assert (found.state, "delete" in found.says) == ("bad", True)
    with closing(sqlite3.connect(file)) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)  # looking did not change it


def test_a_damaged_file(file: Path) -> None:
    with closing(sqlite3.connect(file)) as conn:
        page = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'messages_of_thread'").fetchone()[0]
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 512)

    found = of_database(look(town(file.parent)))["database"]

    assert (found.state, "damaged" in found.says, "backup" in found.do) == ("bad", True, True)


def test_a_file_that_is_no_database(file: Path) -> None:
    file.write_bytes(b"no database, but long enough to be looked at" * 100)

    found = of_database(look(town(file.parent)))["database"]

    assert (found.state, "not a database" in found.says) == ("bad", True)


@pytest.mark.parametrize(
    ("change", "name", "state"),
    [
        ({"free": 2_000_000_000}, "disk", "good"),
        ({"free": 999_999_999}, "disk", "warning"),
        ({"free": 99_999_999}, "disk", "bad"),
        ({"synchronous": 1}, "durability", "bad"),
        ({"synchronous": 3}, "durability", "good"),
        ({"read_whole": False}, "database", "warning"),
    ],
)
def test_a_file_that_shows(file: Path, change: dict[str, Any], name: str, state: str) -> None:
    seen = look(read({"DATA_DIR": str(file.parent)}))
    assert isinstance(seen.database, SqliteState)

    assert of_database(replace(seen, database=replace(seen.database, **change)))[name].state == state


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("database", "name", "says"),
    [
        ("SET synchronous_commit = off", "durability", "synchronous_commit"),
        ("SET default_transaction_read_only = on", "writing", "read-only"),
    ],
)
def test_a_postgres_set_wrong(line: Hotline, database: str, name: str, says: str) -> None:
    with postgres(line) as conn:
        conn.execute(f"ALTER DATABASE {conn.info.dbname} {database}")  # type: ignore[call-overload]

    found = of_database(look(line.config))[name]

    assert (found.state, says in found.says) == ("bad", True), str(found)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize(("limit", "state"), [(15, "bad"), (25, "warning"), (60, "good")])
def test_a_postgres_user_with_few_connections(line: Hotline, limit: int, state: str) -> None:
    name = f"town_{uuid4().hex[:8]}"
    with postgres(line) as conn:
        conn.execute(f"CREATE ROLE {name} LOGIN CONNECTION LIMIT {limit}")  # type: ignore[call-overload]
        conn.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")  # type: ignore[call-overload]
    asked = replace(line.config, database_url=line.config.database.replace("puente@", f"{name}@", 1))

    found = of_database(look(asked))

    assert (found["connections"].state, str(limit) in found["connections"].says) == (state, True)
    assert (found["writing"].state, "permission denied" in found["writing"].says) == ("bad", True)


@pytest.mark.parametrize(
    ("change", "name", "state"),
    [
        ({"version": 13}, "database", "bad"),
        ({"version": 14}, "database", "good"),
        ({"fsync": "off"}, "durability", "bad"),
        ({}, "durability", "good"),
        ({"room": 97}, "connections", "good"),
    ],
)
def test_a_postgres_that_shows(tmp_path: Path, change: dict[str, Any], name: str, state: str) -> None:
    url = "postgresql://puente@127.0.0.1/puente"
    sound = PostgresState(16, migrations.head(), "on", "on", "", 197, (0, 0, 0))

    seen = signs(town(tmp_path, DATABASE_URL=url), database=replace(sound, **change))

    assert of_database(seen)[name].state == state


def test_a_postgres_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    found = of_database(look(town(tmp_path, DATABASE_URL="postgresql://puente:hunter2@127.0.0.1:9/puente")))

    assert set(found) == {"database"}
    assert (found["database"].state, "hunter2" in str(found["database"])) == ("bad", False)


@contextmanager
def postgres(line: Hotline) -> Iterator["psycopg.Connection[Any]"]:
    with psycopg.connect(line.config.database.replace("+psycopg", "", 1), autocommit=True) as conn:
        yield conn
