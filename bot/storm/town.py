"""A whole line as separate processes, with doors between them that can be shut: web servers, workers, schedulers, Redis,
a database and a Twilio of its own. Does not know what residents say to it."""

import os
import signal
import socket
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bot import embedded_redis, migrations, processes
from bot.config import Config, read
from bot.demo.load import load_once
from bot.fake_twilio.client import Remote, started
from bot.hotline import Hotline, build
from bot.model import Officer
from bot.processes import Watch
from bot.queue import Queue
from bot.store import staff
from bot.storm.processes import Service
from bot.storm.proxy import Address, Proxy
from bot.studio.releasing.publishing import keep_live

ACCOUNT, TOKEN, LINE = "AC" + "0" * 31 + "1", "storm-auth-token-000000000000000", "+15005550100"
_SETTINGS = {
    "DEPARTMENT_HOURS": "24/7", "DEPARTMENT_HOLIDAYS": "2000-01-01", "PUENTE_ENV": "development",
    "DEPARTMENT_ANSWER_MINUTES": "100000",  # on a calm day nobody waits long enough to be told so
    "MOST_ANSWERS_AN_HOUR": "1000000", "MALLOC_ARENA_MAX": "2", "SEAL_KEYS": "",
    "TWILIO_API_KEY": "", "TWILIO_API_SECRET": "", "HOST": "127.0.0.1",
}  # fmt: skip


class Redis:
    """The town's Redis, in a folder of its own. It keeps nothing over a restart: only bells are in it."""

    def __init__(self, folder: Path, watch: Watch) -> None:
        self._folder, self._watch = folder, watch
        self.start()

    @property
    def socket(self) -> Path:
        return embedded_redis.socket_path(self._folder)

    def stop(self) -> None:
        self.thaw()
        processes.stop(self.server.process)

    def start(self) -> None:
        self.server = embedded_redis.start(self._folder, durable=False)
        self._watch(self.server.process.pid)

    def client(self) -> Any:
        """A connection past the door."""
        return Queue(self.server.url).connection()

    def freeze(self) -> None:
        self.server.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.server.process.send_signal(signal.SIGCONT)


@dataclass(eq=False)
class Town:
    """The running parts. `hotline` is the same line seen from here, for officers and for the oracle."""

    folder: Path
    config: Config
    hotline: Hotline
    twilio: Remote
    redis: Redis
    front: Proxy  # before the web servers
    redis_door: Proxy
    twilio_door: Proxy
    database_door: Proxy | None  # a file has none
    webs: list[Service] = field(default_factory=list)
    workers: list[Service] = field(default_factory=list)
    schedulers: list[Service] = field(default_factory=list)

    @property
    def services(self) -> list[Service]:
        return [*self.webs, *self.workers, *self.schedulers]

    def of(self, kind: str) -> list[Service]:
        """The services of a kind: web, worker, scheduler."""
        return {"web": self.webs, "worker": self.workers, "scheduler": self.schedulers}[kind]

    def officer(self, login: str) -> Officer:
        with self.hotline.db.read() as conn:
            found = staff.by_login(conn, login, self.hotline.today())
        assert found, f"the demo town has nobody called {login}"
        return found[0]

    def look(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """Rows as they are kept, seen past every door."""
        return self.hotline.db.look_all(sql, values)


@contextmanager
def running_town(
    *, database: str = "", webs: int = 1, workers: int = 1, schedulers: int = 1, **settings: str
) -> Iterator[Town]:
    """A town in a temporary folder, with the demo's people; everything is gone afterwards.

    `database` is the address of an empty PostgreSQL database; without one it is a SQLite file in the folder. What
    else the line is to be told comes as settings, by their names in the environment. Raises PuenteError.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="puente-storm-")))
        watch = stack.enter_context(processes.guarded())
        front, redis_door, twilio_door = (_closed_at_end(stack, Proxy()) for _ in range(3))
        redis = Redis(folder, watch)
        stack.callback(redis.stop)
        redis_door.behind = (redis.socket,)
        twilio = stack.enter_context(started(front.url, lines=[LINE], account_sid=ACCOUNT, auth_token=TOKEN))
        twilio_door.behind = (_address(twilio.url),)
        told = {
            **_SETTINGS, "DATA_DIR": str(folder), "DATABASE_URL": database, "PUBLIC_URL": front.url,
            "REDIS_URL": f"redis://127.0.0.1:{redis_door.port}/0", "TWILIO_API_URL": twilio_door.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "LINE_NUMBERS": LINE, **settings,
        }  # fmt: skip
        hotline = _prepared(read(told))
        stack.callback(hotline.db.close)
        database_door = None
        if not hotline.db.sqlite:
            database_door = _closed_at_end(stack, Proxy())
            told["DATABASE_URL"] = _through(database_door, hotline.config.database)
        town = Town(folder, hotline.config, hotline, twilio, redis, front, redis_door, twilio_door, database_door)
        stack.callback(_kill_all, town)
        _start(town, told, watch, webs, workers, schedulers)
        yield town


def _closed_at_end(stack: ExitStack, door: Proxy) -> Proxy:
    stack.callback(door.close)
    return door


def _prepared(config: Config) -> Hotline:
    migrations.upgrade(config.database)
    hotline = build(config)
    keep_live(hotline)
    load_once(config)
    return hotline


def _address(url: str) -> Address:
    where = urlsplit(url)
    return where.hostname or "127.0.0.1", where.port or 80


def _through(door: Proxy, database: str) -> str:
    """The same database, reached by this door."""
    url = urlsplit(database)
    folder = parse_qs(url.query).get("host", [""])[0]
    port = url.port or 5432
    door.behind = (Path(folder) / f".s.PGSQL.{port}",) if folder else ((url.hostname or "127.0.0.1", port),)
    person, at, _ = url.netloc.rpartition("@")
    return url._replace(netloc=f"{person}{at}127.0.0.1:{door.port}", query="").geturl()


def _start(town: Town, told: dict[str, str], watch: Watch, webs: int, workers: int, schedulers: int) -> None:
    kinds = {
        "web": (webs, ["bot.web.serve"]), "worker": (workers, ["workers.run"]),
        "scheduler": (schedulers, ["bot", "schedule"]),
    }  # fmt: skip
    for kind, (number, words) in kinds.items():
        for at in range(number):
            service = _service(town, kind, at + 1, words, told, watch)
            town.of(kind).append(service)
            service.start()
    town.front.behind = [_address(f"http://127.0.0.1:{service.environment['PORT']}") for service in town.webs]
    for service in town.services:
        service.wait_until_ready()


def _service(town: Town, kind: str, number: int, words: list[str], told: dict[str, str], watch: Watch) -> Service:
    port = _free_port()
    service = Service(
        f"{kind} {number}", [sys.executable, "-m", *words], {**os.environ, **told, "PORT": str(port)},
        town.folder, town.folder / f"{kind}-{number}.log", lambda: True, watch,
    )  # fmt: skip
    if kind == "web":
        service.ready = lambda: _answers(f"http://127.0.0.1:{port}/healthz")
    else:
        # Signs of life are of all of a kind together; who hears SIGTERM is at work itself.
        service.ready = lambda: town.hotline.queue.beats(kind) and service.hears(signal.SIGTERM)
    return service


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    with suppress(OSError):
        urllib.request.urlopen(url, timeout=2).close()
        return True
    return False


def _kill_all(town: Town) -> None:
    for service in town.services:
        service.kill()
