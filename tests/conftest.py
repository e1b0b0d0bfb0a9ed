"""Real servers for all tests of a run, and lines over them."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.hotline import Hotline
from tests.line import Line, build_hotline, running_line, settings
from tests.servers import NO_POSTGRES, postgres_server, redis_server

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="rewrite what the bot says in tests/transcripts")


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    with postgres_server() as url:
        if url is None:
            pytest.skip(NO_POSTGRES)
        yield url


@pytest.fixture(scope="session")
def line(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """One line with the demo town for the whole run; every test uses phones of its own. Nobody's shift begins or ends by
    itself: tests move the clock to and fro."""
    with running_line(tmp_path_factory.mktemp("line"), redis_url, MONDAY) as running:
        with running.hotline.db.write() as conn:
            conn.execute(text("DELETE FROM shifts WHERE kind = 'shift'"))
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'puente.db'}"
    return fresh_postgres(request.getfixturevalue("postgres_url"))


def fresh_postgres(url: str) -> str:
    """A new database in a running PostgreSQL."""
    import psycopg
    from sqlalchemy.engine import make_url

    name = f"test_{uuid4().hex[:12]}"
    address = make_url(url)
    with psycopg.connect(
        address.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
    ) as conn:
        conn.execute(f"CREATE DATABASE {name}")
    return address.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def hotline(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Hotline]:
    """A line's parts over a fresh database of each kind, without the demo town."""
    built = build_hotline(settings(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_url), demo=False)
    yield built
    built.db.close()
