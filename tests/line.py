"""A whole line to test against: real web server, database, Redis and worker; only Twilio is a stand-in, and the clock."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.serving import make_server

from bot.config import Config, read
from bot.demo.load import load_once
from bot.fake_twilio import FakeTwilio
from bot.hotline import Hotline, build
from bot.model import Officer
from bot.queue import QUEUE, SLOW
from bot.store import staff
from bot.studio.releasing.publishing import keep_live
from tests.databases import up_to_date
from tests.twilio_contract import create_problems
from workers import jobs
from workers.run import Worker

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "test-auth-token-0000000000000000"
LINE = "+15005550100"


class Clock:
    """Stands still until it is moved."""

    def __init__(self, time: datetime) -> None:
        self.time = time

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, **span: float) -> None:
        self.time += timedelta(**span)


@dataclass
class Line:
    """The parts of a running line, and what tests do with them."""

    hotline: Hotline
    twilio: FakeTwilio
    url: str
    clock: Clock

    def work(self) -> None:
        """Let a real worker do whatever bells rang for, and be idle again."""
        from rq.serializers import JSONSerializer

        worker = Worker([QUEUE, SLOW], connection=self.hotline.queue.connection(), serializer=JSONSerializer)
        before, jobs.hotline = jobs.hotline, lambda: self.hotline  # another line may have been made since
        try:
            worker.work(burst=True, logging_level="ERROR")
        finally:
            jobs.hotline = before
        self.twilio.settle()

    def officer(self, login: str) -> Officer:
        with self.hotline.db.read() as conn:
            found = staff.by_login(conn, login, self.hotline.today())
        assert found, f"the demo town has nobody called {login}"
        return found[0]

    def thread_of(self, address: str, channel: str = "twilio-sms") -> int:
        return thread_of(self.hotline, address, channel)


def thread_of(hotline: Hotline, address: str, channel: str = "twilio-sms") -> int:
    """The thread of whoever wrote from this number."""
    digest = hotline.keys.digest(f"{channel}:{address}")
    sql = "SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id WHERE r.address_hash = :digest"
    row = hotline.db.look(sql, {"digest": digest})
    assert row, "this resident never wrote"
    return int(row[0])


def settings(folder: Path, **more: str) -> Config:
    return read(
        {
            "DATA_DIR": str(folder),
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "LINE_NUMBERS": LINE,
            "WHATSAPP_ALLOWED_BY": "the tests, 2026-01-05",
            "DESK_UNDO_SECONDS": "0",  # a clock that stands still never comes to the end of ten seconds
            **more,
        }
    )


def build_hotline(config: Config, *, demo: bool, at: datetime | None = None) -> Hotline:
    up_to_date(config.database)
    hotline = build(config)
    keep_live(hotline)
    if demo:
        load_once(config, at)
    return hotline


@contextmanager
def running_line(folder: Path, redis_url: str, at: datetime, **more: str) -> Iterator[Line]:
    """A line on a port of its own, with the demo town."""
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    with FakeTwilio(url, account_sid=ACCOUNT, auth_token=TOKEN, lines=[LINE], check=create_problems) as twilio:
        config = settings(folder, REDIS_URL=redis_url, PUBLIC_URL=url, TWILIO_API_URL=twilio.url, **more)
        clock = Clock(at)
        twilio.before_text = lambda: clock.pass_by(seconds=2)  # nobody writes faster than they read
        hotline = replace(build_hotline(config, demo=True, at=at), now=clock, chance=random.Random(7))
        from bot.web.app import create

        app = create(hotline)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        before, jobs.hotline = jobs.hotline, lambda: hotline
        try:
            yield Line(hotline, twilio, url, clock)
        finally:
            jobs.hotline = before  # another line may stand around this one
            server.shutdown()
            hotline.db.close()
