"""Databases for tests, of each kind: empty, or with the tables as they are now, copied from one that was brought up to
date once in this run."""

import tempfile
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from bot import migrations

_SQLITE = "sqlite:///"


def up_to_date(url: str) -> None:
    """Give a database its tables, if it has not got them."""
    if not url.startswith(_SQLITE):
        engine = create_engine(url, poolclass=NullPool)
        with engine.connect() as conn:
            known = conn.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar()
        if not known:
            migrations.upgrade(url)
        return
    path = Path(url.removeprefix(_SQLITE))
    if path.exists():
        migrations.upgrade(url)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_sqlite_file())


def fresh_postgres(url: str) -> str:
    """A new database with all tables in a running PostgreSQL."""
    return _create(url, f"TEMPLATE {_template(url)}")


def empty_postgres(url: str) -> str:
    """A new database without anything in a running PostgreSQL."""
    return _create(url, "")


@cache
def _sqlite_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "puente.db"
        migrations.upgrade(f"{_SQLITE}{path}")
        return path.read_bytes()


@cache
def _template(url: str) -> str:
    made = empty_postgres(url)
    migrations.upgrade(made)
    return str(make_url(made).database)


def _create(url: str, template: str) -> str:
    name = f"test_{uuid4().hex[:12]}"
    address = make_url(url)
    server = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name} {template}")
    return address.set(database=name).render_as_string(hide_password=False)
