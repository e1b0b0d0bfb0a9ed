"""A line over each database, and what came with its residents' texts."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.channels.twilio_media import Account
from bot.fake_twilio.media import JPEG
from bot.housekeeping import tick
from bot.store import attachments as store
from bot.store.attachments import Attachment
from tests.databases import fresh_postgres
from tests.line import ACCOUNT, TOKEN, Line, running_line

PHOTO = ("image/jpeg", JPEG)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """One line over each database; every test uses phones of its own."""
    url = fresh_postgres(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    more = {"DATABASE_URL": url, "DEPARTMENT_HOURS": "24/7", "DEPARTMENT_HOLIDAYS": "2000-01-01"}
    with running_line(tmp_path_factory.mktemp("line"), redis_url, today(), **more) as made:
        yield made


@pytest.fixture
def line(running: Line) -> Iterator[Line]:
    """It, with nothing left to do and nothing wrong."""
    running.work()
    running.clock.time = today()
    running.twilio.rest.counts.clear()
    yield running
    running.twilio.faults.clear()
    running.twilio.rest.media.redirects = False
    running.twilio.rest.media.asked.clear()
    with running.hotline.db.write() as conn:
        conn.execute(text("UPDATE attachments SET state = 'gone' WHERE state IN ('waiting', 'fetching')"))


@pytest.fixture
def resident() -> str:
    """Somebody who never wrote before."""
    return f"+1500555{next(_phones)}"


_phones = itertools.count(9000)


def today() -> datetime:
    return datetime.now(ZoneInfo("America/Chicago"))


def came(line: Line, resident: str) -> list[Attachment]:
    with line.hotline.db.read() as conn:
        found = store.of_thread(conn, line.thread_of(resident))
    return [one for several in found.values() for one in several]


def states(line: Line, resident: str) -> list[tuple[str, str]]:
    return [(one.state, one.code) for one in came(line, resident)]


def content(line: Line, one: Attachment) -> bytes | None:
    with line.hotline.db.read() as conn:
        return store.content(conn, line.hotline.keys, one.id)


def texted(line: Line, resident: str, *media: tuple[str, bytes], **params: str) -> None:
    """A text that is answered, whatever came with it; and a worker that looks after the bells."""
    assert line.twilio.text(resident, "hola, me robaron la bicicleta", media=media, **params)
    line.work()


def later(line: Line, **span: float) -> None:
    line.clock.pass_by(**span)
    tick(line.hotline)
    line.work()


def asked(line: Line) -> int:
    """How often the provider was asked for the content of something."""
    answered = line.twilio.rest.counts.items()
    return sum(count for (kind, status), count in answered if kind in ("media", "cdn") and status)


def account(api_url: str) -> Account:
    return Account(ACCOUNT, ACCOUNT, TOKEN, api_url)
