"""Real servers for all tests of a run, and lines over them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.hotline import Hotline
from bot.store.database import Connection, Database
from tests.databases import empty_postgres, fresh_postgres, up_to_date
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
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'puente.db'}"
    return empty_postgres(request.getfixturevalue("postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind, with its tables."""
    if request.param == "postgresql":
        return fresh_postgres(request.getfixturevalue("postgres_url"))
    url = f"sqlite:///{tmp_path / 'puente.db'}"
    up_to_date(url)
    return url


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[Database]:
    """One more for every transaction that anybody begins."""
    begun: list[Database] = []
    real = Database.write

    def write(db: Database) -> AbstractContextManager[Connection]:
        begun.append(db)
        return real(db)

    monkeypatch.setattr(Database, "write", write)
    return begun


@pytest.fixture
def hotline(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Hotline]:
    """A line's parts over a fresh database of each kind, without the demo town."""
    built = build_hotline(settings(tmp_path, DATABASE_URL=database_url, REDIS_URL=redis_url), demo=False)
    yield built
    built.db.close()
