"""Told to stop while busy, every process of the line finishes what it is at and ends with exit code 0, soon: as a rolling
deployment needs it. Real processes on a real Redis and SQLite; Twilio is a server that answers when it is let."""

import fcntl
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from rq import Worker
from rq.serializers import JSONSerializer
from twilio.request_validator import RequestValidator

from bot.demo.load import demo_password
from bot.desk.duty import handoffs
from bot.desk.identity import signing_in
from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.live_texts import HOME
from bot.model import Inbound, Officer
from bot.queue import Queue
from bot.store import staff
from tests.line import ACCOUNT, LINE, TOKEN, build_hotline, settings
from tests.servers import redis_server

SOON = 20.0  # seconds a process may take to end
PATIENCE = 30.0  # seconds until something has begun
RESIDENT = "+15005550061"


class Slow(ThreadingHTTPServer):
    """A Twilio that lists no texts, and takes each of ours once it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()
        super().__init__(("127.0.0.1", 0), _Answer)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Slow

    def do_GET(self) -> None:
        self._say(200, {"messages": [], "next_page_uri": None, "page": 0, "page_size": 50})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.let.wait(PATIENCE)
        self._say(201, {"sid": f"SM{uuid4().hex}", "status": "queued"})

    def _say(self, status: int, words: Mapping[str, object]) -> None:
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, format: str, *words: object) -> None: ...


@dataclass
class Town:
    """A line on disk, and its processes."""

    hotline: Hotline
    twilio: Slow
    folder: Path
    port: int
    redis_url: str
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *module: str, redis_url: str = "") -> "subprocess.Popen[bytes]":
        """`python -m …`; what it writes goes to the file `said`."""
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "DATA_DIR": str(self.folder),
            "REDIS_URL": redis_url or self.redis_url,
            "TWILIO_API_URL": self.twilio.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": TOKEN,
            "LINE_NUMBERS": LINE,
        }
        with (self.folder / "said").open("ab") as said:
            process = subprocess.Popen([sys.executable, "-m", *module], cwd=HOME, env=environment, stderr=said)
        self.running.append(process)
        return process

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def until(self, true: Callable[[], object]) -> None:
        until = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < until, self.said()
            assert all(process.poll() is None for process in self.running), self.said()
            time.sleep(0.02)

    def start_web(self) -> "subprocess.Popen[bytes]":
        web = self.start("bot.web.serve")
        self.until(self._answers)
        return web

    def start_worker(self) -> "subprocess.Popen[bytes]":
        """A worker that waits for bells."""
        worker = self.start("workers.run")
        self.until(lambda: _somebody_waits(self.hotline.queue))
        return worker

    def _answers(self) -> bool:
        try:
            status, _ = ask(self.port, "GET", "/healthz")
        except OSError:
            return False
        return status == 200

    def take(self) -> int:
        """A thread that an officer takes, so that a text of ours is sent by REST and its bell rung."""
        for number, words in enumerate(("quiero hablar con un oficial", "S")):
            receive(self.hotline, Inbound("twilio-sms", f"SM{number:032x}", RESIDENT, LINE, words))
        row = self.hotline.db.look("SELECT max(id) FROM threads", {})
        assert row
        handoffs.claim(self.hotline, self.officer(), int(row[0]))
        return int(row[0])

    def officer(self) -> Officer:
        with self.hotline.db.read() as conn:
            found = staff.by_login(conn, "rodriguez", self.hotline.today())
        assert found
        return found[0]

    def states(self, thread: int) -> list[str]:
        sql = "SELECT state FROM messages WHERE thread_id = :thread AND direction = 'out' ORDER BY id"
        return [str(row[0]) for row in self.hotline.db.look_all(sql, {"thread": thread})]

    def kept(self) -> set[str]:
        rows = self.hotline.db.look_all("SELECT provider_id FROM messages WHERE direction = 'in'", {})
        return {str(row[0]) for row in rows}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        redis_url = stack.enter_context(redis_server())
        twilio = stack.enter_context(Slow())
        threading.Thread(target=twilio.serve_forever, args=(0.02,), daemon=True).start()
        stack.callback(twilio.shutdown)
        stack.callback(twilio.let.set)
        config = settings(tmp_path, REDIS_URL=redis_url, TWILIO_API_URL=twilio.url)
        made = Town(build_hotline(config, demo=True), twilio, tmp_path, _free_port(), redis_url)
        stack.callback(made.hotline.db.close)
        yield made
        for process in made.running:
            if process.poll() is None:
                process.kill()
                process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _somebody_waits(queue: Queue) -> bool:
    found = Worker.all(connection=queue.connection(), serializer=JSONSerializer)
    return any(one.get_state() == "idle" for one in found)


def ask(port: int, method: str, path: str, form: str | None = None, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    with closing(connection):
        connection.request(method, path, form, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def text(town: Town, sid: str, sender: str, words: str) -> int:
    """A signed webhook; its status."""
    form = {"MessageSid": sid, "AccountSid": ACCOUNT, "From": sender, "To": LINE, "Body": words, "NumMedia": "0"}
    signature = RequestValidator(TOKEN).compute_signature(f"{town.url}/hooks/twilio", form)
    kind = "application/x-www-form-urlencoded"
    return ask(town.port, "POST", "/hooks/twilio", urlencode(form), X_Twilio_Signature=signature, Content_Type=kind)[0]


def ends(process: "subprocess.Popen[bytes]", town: Town, after: Callable[[], None] = lambda: None) -> float:
    """Tell it to stop, then do `after`; the seconds until it has ended, with exit code 0."""
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    after()
    assert process.wait(SOON) == 0, town.said()
    assert "Traceback" not in town.said()
    return time.monotonic() - began


def writing(town: Town, resident: int, accepted: set[str], stop: threading.Event) -> None:
    """One resident after another: hello, and hello again, until nobody answers."""
    sender = f"+1500556{resident:04}"
    while not stop.is_set():
        sid = f"SM{uuid4().hex}"
        try:
            if text(town, sid, sender, "hola") == 200:
                accepted.add(sid)
        except (OSError, http.client.HTTPException):
            return


def test_the_web_process_under_traffic_and_with_open_desks(town: Town) -> None:
    web = town.start_web()
    streams = [_open_desk(town) for _ in range(3)]
    accepted: set[str] = set()
    stop = threading.Event()
    residents = [threading.Thread(target=writing, args=(town, n, accepted, stop)) for n in range(6)]
    for resident in residents:
        resident.start()
    town.until(lambda: len(accepted) >= 60)
    took = ends(web, town)
    stop.set()
    for resident in residents:
        resident.join(PATIENCE)
    assert accepted <= town.kept()
    rest = [stream.read() for stream in streams]  # an answer that was cut off would raise IncompleteRead
    assert all(isinstance(one, bytes) for one in rest)
    assert took < SOON


def test_a_text_that_is_being_kept_when_the_web_process_is_told_to_stop_is_answered(town: Town) -> None:
    web = town.start_web()
    statuses: list[int] = []
    sid = f"SM{uuid4().hex}"
    with closing(sqlite3.connect(town.folder / "puente.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        resident = threading.Thread(target=lambda: statuses.append(text(town, sid, RESIDENT, "hola")))
        resident.start()
        town.until(lambda: _somebody_writes(town))
        took = ends(web, town, after=other.rollback)
    resident.join(PATIENCE)
    assert statuses == [200]
    assert sid in town.kept()
    assert took < SOON


def test_a_worker_that_waits(town: Town) -> None:
    assert ends(town.start_worker(), town) < SOON


def test_a_worker_finishes_its_job(town: Town) -> None:
    worker = town.start_worker()
    thread = town.take()
    town.until(town.twilio.asked.is_set)
    assert ends(worker, town, after=town.twilio.let.set) < SOON
    assert "accepted" in town.states(thread)
    assert "submitting" not in town.states(thread)


def test_a_worker_that_has_lost_its_redis(town: Town) -> None:
    with redis_server() as url:
        worker = town.start("workers.run", redis_url=url)
        town.until(lambda: _somebody_waits(Queue(url)))
    town.until(lambda: "redis" in town.said().lower())
    assert ends(worker, town) < SOON


def test_a_worker_that_never_found_a_redis(town: Town) -> None:
    worker = town.start("workers.run", redis_url=f"redis://127.0.0.1:{_free_port()}/0")
    town.until(lambda: "redis is away" in town.said())
    assert ends(worker, town) < SOON


def test_a_scheduler_in_the_middle_of_a_round(town: Town) -> None:
    thread = town.take()
    with town.hotline.db.write() as conn:  # so long ago that nobody rang for it
        conn.exec_driver_sql("UPDATE messages SET created_at = created_at - 60000 WHERE state = 'queued'")
    scheduler = town.start("bot", "schedule")
    town.until(town.twilio.asked.is_set)
    assert ends(scheduler, town, after=town.twilio.let.set) < SOON
    assert "accepted" in town.states(thread)
    assert "submitting" not in town.states(thread)


def test_a_scheduler_between_rounds(town: Town) -> None:
    scheduler = town.start("bot", "schedule")
    town.until(lambda: town.hotline.queue.beats("scheduler"))
    assert ends(scheduler, town) < SOON


def test_what_does_not_finish_is_ended_with_exit_code_0() -> None:
    stubborn = """
import sys, time
from bot import stopping
stopping.LONGEST = 0.2
stopping.when_told(lambda: None)
print("ready", flush=True)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""
    process = subprocess.Popen([sys.executable, "-c", stubborn], cwd=HOME, stdout=subprocess.PIPE)
    assert process.stdout and process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(SOON) == 0


def _open_desk(town: Town) -> http.client.HTTPResponse:
    """The live stream of one page, its first line read."""
    token, _ = signing_in.sign_in(town.hotline, "rodriguez", demo_password(town.hotline.config))
    connection = http.client.HTTPConnection("127.0.0.1", town.port, timeout=PATIENCE)
    connection.request("GET", "/desk/live", headers={"Cookie": f"puente={token}"})
    answer = connection.getresponse()
    assert answer.status == 200
    assert answer.readline().startswith(b"retry")
    return answer


def _somebody_writes(town: Town) -> bool:
    """Whether a turn is at SQLite's door: the lock file is held."""
    with (town.folder / "puente.db.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
