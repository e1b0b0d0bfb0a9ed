"""A line whose figures are laid by hand, a chat system and a mail server; all on real databases and a real Redis."""

import json
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import text

from bot.hotline import Hotline
from bot.store import alarms as store
from bot.store.ids import first_id
from bot.watch import rules
from bot.watch.snapshot import take
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.line import Clock, build_hotline, settings
from tests.servers import redis_server


def instant(when: datetime) -> int:
    return int(when.timestamp() * 1000)


@pytest.fixture(scope="module")
def own_redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@dataclass
class Town:
    """A line whose clock is moved by hand, and rows as they come to lie in its database."""

    hotline: Hotline
    clock: Clock
    made: int = 0

    @property
    def at(self) -> int:
        return instant(self.clock())

    def kinds(self) -> set[str]:
        """What is the matter, besides that nobody runs a worker or a scheduler in these tests."""
        found = rules.alarms(take(self.hotline), self.hotline.config)
        return {alarm.kind for alarm in found} - {"worker_silent", "scheduler_silent"}

    def note(self, kind: str) -> str:
        return next(one.note for one in rules.alarms(take(self.hotline), self.hotline.config) if one.kind == kind)

    def open(self) -> dict[str, store.Kept]:
        with self.hotline.db.read() as conn:
            return {one.kind: one for one in store.all_open(conn)}

    def do(self, sql: str, **values: Any) -> None:
        with self.hotline.db.write() as conn:
            conn.execute(text(sql), values)

    def mark(self, name: str, at: int) -> None:
        self.do("INSERT INTO marks VALUES (:n, :a) ON CONFLICT (name) DO UPDATE SET at = excluded.at", n=name, a=at)

    def text_of(self, direction: str = "out", state: str = "sent", *, ago: float = 0, **more: Any) -> int:
        """A text as it was written so many seconds ago; its id."""
        self.made += 1
        at = self.at - int(ago * 1000)
        values = {
            "id": first_id(at) + self.made, "thread_id": 1, "channel": "twilio-sms", "direction": direction,
            "author": "resident" if direction == "in" else "bot", "text": b"", "state": state, "created_at": at,
            "state_at": at, **more,
        }  # fmt: skip
        self.do(
            f"INSERT INTO messages ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})", **values
        )
        return int(values["id"])

    def handoff(self, *, ago: float, **more: Any) -> None:
        self.made += 1
        at = self.at - int(ago * 1000)
        values = {
            "id": first_id(at) + self.made, "thread_id": 1, "kind": "officer", "reason": "", "opened_at": at,
            "paged_at": at, **more,
        }  # fmt: skip
        self.do(
            f"INSERT INTO handoffs ({', '.join(values)}) VALUES ({', '.join(f':{name}' for name in values)})", **values
        )

    def attachment(self, message: int, state: str, *, ago: float) -> None:
        self.made += 1
        at = self.at - int(ago * 1000)
        sql = """INSERT INTO attachments (id, message_id, place, provider_id, content_type, state, created_at, state_at)
            VALUES (:id, :message, 0, '', 'image/jpeg', :state, :at, :at)"""
        self.do(sql, id=first_id(at) + self.made, message=message, state=state, at=at)


TABLES = ("tellings", "alarms", "marks", "attachments", "handoffs", "messages", "reports")


def town_of(folder: Path, database_url: str, redis_url: str, **more: str) -> Town:
    clock = Clock(MONDAY)
    config = settings(folder, DATABASE_URL=database_url, REDIS_URL=redis_url, **more)
    town = Town(replace(build_hotline(config, demo=False), now=clock), clock)
    town.do("INSERT INTO residents VALUES (1, 'Blue Heron 4821', 'hash', :sealed, 0)", sealed=b"")
    sql = """INSERT INTO threads (id, resident_id, channel, line, holder, state, version, last_in_at, created_at)
        VALUES (1, 1, 'twilio-sms', '', 'bot', :sealed, 1, 0, 0)"""
    town.do(sql, sealed=b"")
    heard_now(town)
    return town


def heard_now(town: Town) -> None:
    """As after a round of asking every channel for its texts."""
    for name in town.hotline.channels:
        town.mark(f"listed:{name}", town.at)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, own_redis: str) -> Iterator[Town]:
    """One line over each database, for all tests of this file."""
    url = "" if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("postgres_url"))
    built = town_of(tmp_path_factory.mktemp("watched"), url, own_redis)
    yield built
    built.hotline.db.close()


@pytest.fixture
def town(tables: Town, own_redis: str) -> Town:
    """The same with nothing in it."""
    with redis.Redis.from_url(own_redis) as client:
        client.flushall()
    for table in TABLES:
        tables.do(f"DELETE FROM {table}")
    tables.clock.time = MONDAY
    heard_now(tables)
    return Town(tables.hotline, tables.clock)


@dataclass
class Receiver:
    """A chat system that takes JSON, and may be told to refuse so many times first."""

    refuse: int = 0
    asked: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def states(self) -> list[tuple[str, str]]:
        return [(body["kind"], body["state"]) for body in self.bodies]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    took = Receiver()
    guard = threading.Lock()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with guard:
                took.asked += 1
                refused = took.refuse > 0
                took.refuse -= refused
                if not refused:
                    took.bodies.append(body)
            self.send_response(503 if refused else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        took.url = f"http://127.0.0.1:{server.server_port}/hook/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield took
        server.shutdown()


@dataclass
class Mailbox:
    letters: list[bytes] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes whatever it is given, in the open."""
    box = Mailbox()

    class Post(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                verb = line.split()[0].upper()
                if verb == b"DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        letter += part
                    box.letters.append(letter)
                self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 fine\r\n")
                if verb == b"QUIT":
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Post) as server:
        box.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield box
        server.shutdown()
