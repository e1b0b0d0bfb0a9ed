"""Starts and stops the whole line on one machine: Redis, database, demo town, and what the Procfile names.
Does not know what those processes do; the Procfile does not know of this file."""

import errno
import http.client
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from honcho.colour import get_colours  # type: ignore[import-untyped]
from honcho.environ import parse_procfile  # type: ignore[import-untyped]

from bot import embedded_redis, processes
from bot.config import Config
from bot.embedded_redis import Server
from bot.errors import DatabaseUnreachable, PuenteError, SettingWrong
from bot.processes import Child, Watch

ROOT = Path(__file__).resolve().parent.parent
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # listened to -> where we find ourselves
_PATIENCE = 60.0  # seconds until the web process must answer
_PORT_PATIENCE = 3.0  # seconds; a run that was killed holds its port until its guard has ended it
_GLANCE = 0.1  # seconds between looks at signals and children


class ProcessDied(PuenteError):
    """A process of the line ended by itself; the sentence names it and quotes its last lines."""


def run(config: Config, host: str, port: int, demo: bool, root: Path = ROOT) -> int:
    """Run the line of the folder `root` until Ctrl-C or SIGTERM; 0 when everything stopped as asked.

    Raises PuenteError, its message a sentence, if something could not start or died; nothing is left running.
    """
    check_address(host, port)
    config = replace(config, host=host, port=port, data_dir=writable_folder(config.data_dir))
    with ExitStack() as stack:
        stopping = stack.enter_context(processes.told_to_stop())
        watch = stack.enter_context(processes.guarded())
        redis = stack.enter_context(_redis(config, watch))
        config = replace(config, redis_url=redis.url if redis else config.redis_url)
        sign_in = prepare(config, demo)
        children = stack.enter_context(_children(root, _environment(config), watch))
        all_alive = partial(_all_alive, children, redis)
        if _wait_until_healthy(host, port, all_alive, stopping):
            _say(_welcome(config, sign_in))
        while not stopping():
            all_alive()
            time.sleep(_GLANCE)
        _say("Stopping …")
    _say("Stopped. Everything said is kept.")
    return 0


def check_address(host: str, port: int) -> None:
    """Raises SettingWrong if the web server could not listen there."""
    until = time.monotonic() + _PORT_PATIENCE
    while error := _cannot_listen(host, port):
        if error.errno == errno.EADDRINUSE and time.monotonic() < until:
            time.sleep(_GLANCE)
            continue
        why = {
            errno.EADDRINUSE: f"Port {port} is in use by another program.",
            errno.EACCES: f"This user may not open port {port}.",
        }.get(error.errno or 0, f"The web server cannot listen on {host} port {port} ({error.strerror}).")
        raise SettingWrong(f"{why} Choose another address: bin/run --host 127.0.0.1 --port 8001")


def _cannot_listen(host: str, port: int) -> OSError | None:
    if not 0 < port < 65536:  # getaddrinfo would quietly take what is left of it modulo 65536
        return OSError(errno.EINVAL, "ports go from 1 to 65535")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections of the last run may linger
            probe.bind(address)
    except OSError as error:
        return error
    return None


def writable_folder(folder: Path) -> Path:
    """DATA_DIR as an absolute path, made if need be. Raises SettingWrong."""
    folder = folder.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SettingWrong(f"DATA_DIR is {folder}, where nothing can be written ({error.strerror}).") from error
    return folder


def prepare(config: Config, demo: bool) -> Sequence[str]:
    """Bring the database up to date and, if wanted, load the demo town once; gives lines on how to sign in."""
    from bot import migrations
    from bot.hotline import build
    from bot.studio.releasing.publishing import keep_live

    _check_database(config.database)
    migrations.upgrade(config.database)
    keep_live(build(config))
    if not demo:
        return ()
    from bot.demo import month
    from bot.demo.load import load_once

    sign_in = load_once(config)
    month.load_once(config)
    return sign_in


def _check_database(database: str) -> None:
    """A PostgreSQL that does not answer is told apart here, in seconds; a SQLite file opens or not by itself."""
    if not database.startswith("postgresql"):
        return
    import psycopg

    try:
        psycopg.connect(database.replace("+psycopg", "", 1), connect_timeout=5).close()
    except psycopg.Error as error:
        why = " ".join(str(error).split())
        raise DatabaseUnreachable(f"The database in DATABASE_URL cannot be reached: {why}") from error


@contextmanager
def _redis(config: Config, watch: Watch) -> Iterator[Server | None]:
    """A Redis of our own, stopped at the end; None if one is set and answers."""
    if config.redis_url:
        embedded_redis.wait_for(config.redis_url)
        yield None
        return
    server = embedded_redis.start(config.data_dir)
    watch(server.process.pid)
    try:
        yield server
    finally:
        processes.stop(server.process)


def _environment(config: Config) -> Mapping[str, str]:
    """What the Procfile's processes are told; programs are looked for beside this Python first."""
    return {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "PYTHONUNBUFFERED": "1",  # lines appear when they are written
        "HOST": config.host,
        "PORT": str(config.port),
        "DATA_DIR": str(config.data_dir),
        "DATABASE_URL": config.database,
        "REDIS_URL": config.redis_url,
        "PUBLIC_URL": config.public_url or _address(config.host, config.port),
    }


@contextmanager
def _children(root: Path, environment: Mapping[str, str], watch: Watch) -> Iterator[Sequence[Child]]:
    """Every process of the Procfile, running; all are stopped at the end."""
    try:
        commands = parse_procfile((root / "Procfile").read_text()).processes
    except OSError as error:
        raise SettingWrong(f"The Procfile in {root} cannot be read ({error.strerror}).") from error
    write = processes.printer(list(commands))
    children: list[Child] = []
    try:
        for (name, command), colour in zip(commands.items(), get_colours(), strict=False):
            children.append(processes.start(name, command, environment, root, colour=colour, watch=watch, write=write))
        yield children
    finally:
        processes.stop(*(child.process for child in children))


def _wait_until_healthy(host: str, port: int, all_alive: Callable[[], None], stopping: Callable[[], bool]) -> bool:
    """True as soon as the web process answers; False if we are told to stop first."""
    until = time.monotonic() + _PATIENCE
    while not stopping():
        all_alive()
        if _healthy(ANYWHERE.get(host, host), port):
            return True
        if time.monotonic() > until:
            raise ProcessDied(f"The web process did not answer /healthz within {_PATIENCE:.0f} seconds.")
        time.sleep(_GLANCE)
    return False


def _healthy(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _all_alive(children: Sequence[Child], redis: Server | None) -> None:
    """Raises ProcessDied. A line with a part missing is stopped rather than left limping unseen."""
    dead = processes.died(children)
    if redis and redis.process.poll() is not None:  # first: it may be what the others died of
        said = embedded_redis.last_line(redis.log)
        raise ProcessDied(f"{_how_it_ended('redis', redis.process.returncode)} The last line of {redis.log}: {said}")
    if dead:
        said = "".join(f"\n  {line}" for line in dead.last_lines) or " nothing."
        raise ProcessDied(f"{_how_it_ended(dead.name, dead.process.returncode)} Its last words:{said}")


def _how_it_ended(name: str, code: int) -> str:
    how = f"ended with exit code {code}" if code >= 0 else f"was ended by signal {-code}"
    return f"The process {name!r} {how}, so everything was stopped."


def _address(host: str, port: int) -> str:
    reached = ANYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def _welcome(config: Config, sign_in: Sequence[str]) -> str:
    here = _address(config.host, config.port)
    staff = sign_in or ("with your account; make one with: python -m bot staff add",)
    lines = ["", "Puente is running.", ""]
    if config.development:
        lines.append(f"  Phone simulator   {here}/simulator")
    lines.append(f"  Officers' desk    {here}/desk")
    lines += [f"  {'Sign in' if number == 0 else '':<17} {line}" for number, line in enumerate(staff)]
    return "\n".join([*lines, "", "Ctrl-C stops everything.", ""])


def _say(text: str) -> None:
    """To the terminal, which may be gone by now."""
    try:
        print(text, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115  (or Python complains at exit)
