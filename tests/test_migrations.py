"""Every step leads to the tables of schema.py and back to nothing, on both databases."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import NullPool, create_engine, inspect, text

from bot.errors import DatabaseUnreachable
from bot.migrations import downgrade, head, in_metadata, upgrade
from bot.store.schema import metadata


def relations(url: str) -> set[str]:
    """Tables, indexes, sequences: whatever was made and has a name."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            found = conn.execute(text("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"))
        else:
            found = conn.execute(text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"))
        return set(found.scalars())


def test_up_gives_the_tables_of_the_schema_and_down_leaves_nothing(empty_database_url: str) -> None:
    upgrade(empty_database_url)

    engine = create_engine(empty_database_url, poolclass=NullPool)
    with engine.connect() as conn:
        step = MigrationContext.configure(
            conn, opts={"include_name": in_metadata, "compare_type": True, "compare_server_default": True}
        )
        assert step.get_current_revision() == head()
        assert compare_metadata(step, metadata) == []

    downgrade(empty_database_url, "base")
    assert relations(empty_database_url) <= {"alembic_version", "alembic_version_pkc"}


def test_up_by_many_processes_at_once_is_up_once(empty_database_url: str) -> None:
    # As they all start together: web, worker and scheduler. Alembic keeps its state in globals, so threads cannot.
    order = [sys.executable, "-c", f"from bot.migrations import upgrade; upgrade({empty_database_url!r})"]
    starting = [subprocess.Popen(order, stderr=subprocess.PIPE, text=True) for _ in range(4)]

    assert [process.communicate()[1] for process in starting] == [""] * 4
    assert set(inspect(create_engine(empty_database_url, poolclass=NullPool)).get_table_names()) >= set(metadata.tables)


def test_a_database_that_is_not_there_is_said_in_a_sentence() -> None:
    with pytest.raises(DatabaseUnreachable, match=r"^The tables cannot be brought up to date: .+\.$"):
        upgrade("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
