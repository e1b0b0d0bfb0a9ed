"""Alembic's door: opens one locked transaction and lets the steps run in it."""

from pathlib import Path
from typing import Any

from alembic import context
from sqlalchemy import Connection, NullPool, create_engine, event, make_url

from bot.migrations import in_metadata
from bot.store.schema import metadata

_PATIENCE = 60  # seconds to wait for another process that is doing the same
_LOCK = 7_081_536_223  # any number that nobody else uses for a PostgreSQL advisory lock


def _sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # so that BEGIN is ours to say, and DDL stays inside it
    # A batch step makes a table anew and drops the old one; references to it must not be followed meanwhile.
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    url = make_url(context.config.attributes["url"])
    if url.get_backend_name() == "sqlite":
        Path(url.database or "puente.db").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _PATIENCE})
        event.listen(engine, "connect", _sqlite)
        event.listen(engine, "begin", _begin_immediate)
    else:
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 3})
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        context.configure(
            connection=connection,
            target_metadata=metadata,
            include_name=in_metadata,
            render_as_batch=True,
            transactional_ddl=True,
        )
        context.run_migrations()


run()
