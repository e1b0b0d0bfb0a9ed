"""Real servers for tests, started when asked for and gone afterwards: Redis and PostgreSQL, on Unix sockets.
Knows nothing of our tables."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from bot import embedded_redis, processes

NO_POSTGRES = "PostgreSQL's programs are not on this machine: apt-get install postgresql"
PATIENCE = 30.0  # seconds


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of an empty Redis of our own, which keeps nothing."""
    # A folder of our own rather than pytest's: a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="puente-redis-") as folder, processes.guarded() as watch:
        server = embedded_redis.start(Path(folder), durable=False)
        watch(server.process.pid)
        try:
            yield server.url
        finally:
            processes.stop(server.process)


@contextmanager
def postgres_server() -> Iterator[str | None]:
    """The SQLAlchemy URL of an empty PostgreSQL of our own; None (NO_POSTGRES says why) where there is none."""
    with postgres() as server:
        yield server.url if server else None


@contextmanager
def postgres(place: Path | None = None) -> "Iterator[Postgres | None]":
    """An empty PostgreSQL of our own to do with as we like, on a disk of its own if one is given; None where there is
    none."""
    programs = postgres_programs()
    if programs is None:
        yield None
        return
    user = _unprivileged_user()
    with tempfile.TemporaryDirectory(prefix="puente-postgres-", dir=place) as name, processes.guarded() as watch:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        _make_cluster(programs, folder, user)
        server = Postgres(programs, folder, user, watch)
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Postgres:
    """A PostgreSQL that can be stopped, started again, and frozen."""

    def __init__(self, programs: Path, folder: Path, user: str | None, watch: processes.Watch) -> None:
        self._programs, self._folder, self._user, self._watch = programs, folder, user, watch
        self._server: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql+psycopg://puente@/postgres?host={folder}"

    @property
    def socket(self) -> Path:
        return self._folder / ".s.PGSQL.5432"

    def start(self, **settings: str) -> None:
        """Until it lets somebody in."""
        self._server = _start_postgres(self._programs, self._folder, self._user, settings)
        self._watch(self._server.pid)
        _wait_for_postgres(self._server, self._folder)

    def start_if_it_ended(self) -> None:
        """As whoever looks after it would."""
        assert self._server
        with suppress(subprocess.TimeoutExpired):
            self._server.wait(1)
            self.start()
        _wait_for_postgres(self._server, self._folder)

    def stop(self) -> None:
        if self._server and self._server.poll() is None:
            self.thaw()
            self._server.send_signal(signal.SIGINT)  # "fast": it does not wait for connections a test left open
            self._server.wait(PATIENCE)

    def freeze(self) -> None:
        """All of its processes, as when its machine stops: connections stay, and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._server
        self._server.send_signal(number)
        below = Path(f"/proc/{self._server.pid}/task/{self._server.pid}/children")
        for pid in below.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), number)


def postgres_programs() -> Path | None:
    """The folder of initdb and postgres: on PATH, else Debian's newest."""
    if (on_path := shutil.which("initdb")) and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    debian = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(debian, key=lambda folder: int(folder.parent.name), default=None)


def _unprivileged_user() -> str | None:
    """Whom to run PostgreSQL as: None for ourselves, but it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _make_cluster(programs: Path, folder: Path, user: str | None) -> None:
    command: list[str | Path] = [
        programs / "initdb",
        "--pgdata",
        folder / "data",
        "--username",
        "puente",
        "--auth",
        "trust",
    ]
    command += ["--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    made = subprocess.run(command, cwd=folder, user=user, capture_output=True, text=True, check=False)
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr or made.stdout}")


def _start_postgres(
    programs: Path, folder: Path, user: str | None, settings: Mapping[str, str]
) -> "subprocess.Popen[bytes]":
    command: list[str | Path] = [programs / "postgres", "-D", folder / "data", "-k", folder, "-c", "listen_addresses="]
    quick = {"fsync": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": "200"}
    for name, value in {**quick, **settings}.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, user=user, stdout=log, stderr=log, start_new_session=True)


def _wait_for_postgres(server: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(host=str(folder), user="puente", dbname="postgres").close()
            return
        except psycopg.OperationalError as error:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"PostgreSQL does not answer: {(folder / 'log').read_text()}") from error
        time.sleep(0.02)
