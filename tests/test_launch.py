"""The launcher, run for real over a small Procfile of its own: signals, exit codes, deaths, and nothing left behind."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from bot import embedded_redis, processes
from bot.config import read
from bot.errors import QueueUnreachable, SettingWrong
from bot.launch import ROOT, check_address, writable_folder

PATIENCE = 20.0  # seconds

# As `python -m bot run` calls it, over another folder's Procfile.
LAUNCHER = """
import os, sys
from pathlib import Path
from bot import config, launch
from bot.errors import PuenteError
try:
    sys.exit(launch.run(config.read(os.environ), "127.0.0.1", int(sys.argv[2]), False, Path(sys.argv[1])))
except PuenteError as error:
    sys.exit(str(error))
"""

WEB = """
import http.server, os
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/healthz" else 404); self.end_headers()
    def log_message(self, *words): pass
http.server.HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Answer).serve_forever()
"""

# Says how often this Redis has met it; says goodbye when told to stop.
WORKER = """
import os, redis, signal, sys, time
def leave(*_):
    print("worker says goodbye"); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
print("meeting number", redis.Redis.from_url(os.environ["REDIS_URL"]).incr("meetings"))
while True: time.sleep(1)
"""

DYING = """
import time; time.sleep(0.5); print("the hamster is tired"); raise SystemExit(3)
"""


@dataclass
class Line:
    """A launcher in a process of its own, all it printed, and where it keeps its things."""

    folder: Path
    port: int
    process: "subprocess.Popen[str]"
    printed: list[str] = field(default_factory=list)
    reader: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.printed.extend(self.process.stdout)

    def until(self, words: str) -> None:
        """Return when these words have been printed."""
        until = time.monotonic() + PATIENCE
        while words not in "".join(self.printed):
            assert self.reader.is_alive() and time.monotonic() < until, f"no {words!r} in: {self.printed}"
            time.sleep(0.02)

    def until_ready(self) -> None:
        """Return when the line answers and its worker, slower than this small web server, listens to signals."""
        self.until("Ctrl-C stops everything")
        self.until("meeting number")

    def finish(self) -> tuple[int, str]:
        """The exit code and everything printed."""
        code = self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return code, "".join(self.printed)

    def left_behind(self) -> list[str]:
        """Commands still running in the name of this line."""
        return [words for _, words in self._running()]

    def pid_of(self, word: str) -> int:
        """The process of this line whose command has this word."""
        return next(pid for pid, words in self._running() if word in words)

    def _running(self) -> list[tuple[int, str]]:
        mark = os.fsencode(self.folder)  # in what they were told or are called
        return [
            (pid, words)
            for pid, words in _commands()
            if pid != os.getpid() and mark in _environment(pid) + os.fsencode(words)
        ]


def _commands() -> Iterator[tuple[int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if words := (folder / "cmdline").read_bytes():  # empty for what is dead and only not yet counted
                yield int(folder.name), words.replace(b"\0", b" ").decode(errors="replace")


def _environment(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Line]]:
    """Starts a line over a small Procfile; what a test leaves running is ended after it."""
    started: list[Line] = []

    def start(*, port: int | None = None, worker: str = WORKER, procfile: str = "", **settings: str) -> Line:
        (tmp_path / "web.py").write_text(WEB)
        (tmp_path / "worker.py").write_text(worker)
        (tmp_path / "Procfile").write_text(procfile or "web: python web.py\nworker: python worker.py\n")
        port = port or _free_port()
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
        environment |= {"DATA_DIR": str(tmp_path / "var"), "PYTHONPATH": str(ROOT), **settings}
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(tmp_path), str(port)],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(Line(tmp_path, port, process))
        return started[-1]

    yield start
    for line in started:
        if line.process.poll() is None:
            line.process.terminate()
        line.finish()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_exits_0(launch: Callable[..., Line], number: signal.Signals) -> None:
    line = launch()
    line.until_ready()
    assert any("valkey" in command or "redis" in command for command in line.left_behind())  # embedded, and running
    line.process.send_signal(number)
    code, printed = line.finish()
    assert code == 0, printed
    assert f"http://127.0.0.1:{line.port}/simulator" in printed
    assert f"http://127.0.0.1:{line.port}/desk" in printed
    assert "worker says goodbye" in printed  # it was asked, not ended
    assert "Traceback" not in printed
    assert line.left_behind() == []


def test_what_redis_holds_is_there_after_the_next_start(launch: Callable[..., Line]) -> None:
    for meeting in ("meeting number 1", "meeting number 2"):
        line = launch()
        line.until(meeting)
        line.until_ready()
        line.process.send_signal(signal.SIGINT)
        assert line.finish()[0] == 0


def test_a_second_ctrl_c_does_not_cut_the_stopping_short(launch: Callable[..., Line]) -> None:
    slow = WORKER.replace('print("worker says', 'time.sleep(0.7); print("worker says')
    line = launch(worker=slow)
    line.until_ready()
    line.process.send_signal(signal.SIGINT)
    line.until("Stopping")
    line.process.send_signal(signal.SIGINT)
    code, printed = line.finish()
    assert (code, "worker says goodbye" in printed) == (0, True), printed


def test_a_process_that_dies_stops_everything_and_is_named(launch: Callable[..., Line]) -> None:
    line = launch(worker=DYING)
    code, printed = line.finish()
    assert code == 1, printed
    assert "'worker' ended with exit code 3" in printed
    assert "the hamster is tired" in printed.partition("last words")[2]
    assert "Traceback" not in printed
    assert line.left_behind() == []


def test_a_redis_that_dies_stops_everything_too(launch: Callable[..., Line]) -> None:
    line = launch()
    line.until_ready()
    os.kill(line.pid_of("unixsocket"), signal.SIGKILL)
    code, printed = line.finish()
    assert (code, "'redis' was ended by signal 9" in printed) == (1, True), printed
    assert line.left_behind() == []


def test_nothing_outlives_a_launcher_that_was_killed(launch: Callable[..., Line]) -> None:
    # The second is deaf to SIGTERM; the third hides behind a shell.
    deaf = "trap '' TERM; echo deaf; while true; do sleep 1; done"
    line = launch(procfile=f"web: python web.py\ndeaf: {deaf}\nhidden: python worker.py; true\n")
    line.until_ready()
    assert len(line.left_behind()) >= 5
    line.process.kill()
    until = time.monotonic() + 5
    while line.left_behind() and time.monotonic() < until:
        time.sleep(0.1)
    assert line.left_behind() == []


def test_it_starts_again_right_after_it_was_killed(launch: Callable[..., Line]) -> None:
    line = launch()
    line.until_ready()
    line.process.kill()
    line.process.wait()
    again = launch(port=line.port)
    again.until("meeting number 2")
    again.until_ready()


def test_one_folder_is_for_one_line(launch: Callable[..., Line]) -> None:
    first = launch()
    first.until_ready()
    code, printed = launch().finish()
    assert (code, "Another Puente" in printed, "DATA_DIR" in printed) == (1, True, True), printed
    first.process.send_signal(signal.SIGINT)
    assert first.finish()[0] == 0  # undisturbed


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"REDIS_URL": "redis://:secret@127.0.0.1:9/0"}, "Redis does not answer at redis://127.0.0.1:9/0"),
        ({"REDIS_URL": "http://127.0.0.1/"}, "REDIS_URL is not an address like redis://"),
        ({"DATABASE_URL": "postgresql://puente@127.0.0.1:9/puente"}, "database in DATABASE_URL cannot be reached"),
        ({"DATA_DIR": "/dev/null/var"}, "DATA_DIR is /dev/null/var"),
        ({"PORT": "eight"}, "PORT='eight'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_wrong_is_said_in_a_sentence(launch: Callable[..., Line], settings: dict[str, str], words: str) -> None:
    line = launch(**settings)
    code, printed = line.finish()
    assert (code, words in printed, "Traceback" in printed) == (1, True, False), printed
    assert "secret" not in printed
    assert line.left_behind() == []


def test_a_port_in_use_is_named_before_anything_starts(launch: Callable[..., Line]) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:  # granian would not notice
        port = int(taken.getsockname()[1])
        code, printed = launch(port=port).finish()
    assert code == 1
    assert re.search(rf"Port {port} is in use.*--port", printed)
    assert "started" not in printed


@pytest.mark.parametrize(
    ("host", "port"),
    [
        ("127.0.0.1", 0),  # would be somewhere else each time
        ("127.0.0.1", 70_000),
        ("192.0.2.1", 8000),  # an address kept for examples: never ours
        ("no such host", 8000),
    ],
)
def test_an_address_nobody_can_listen_on_is_refused(host: str, port: int) -> None:
    with pytest.raises(SettingWrong, match=f"{port}.*--port"):
        check_address(host, port)


def test_a_data_folder_is_made_and_private(tmp_path: Path) -> None:
    assert writable_folder(tmp_path / "a" / "var").stat().st_mode & 0o777 == 0o700


def test_a_deaf_process_is_ended_after_its_grace() -> None:
    words = "trap '' TERM; echo deaf; while true; do sleep 0.1; done"
    deaf = subprocess.Popen(["sh", "-c", words], start_new_session=True, stdout=subprocess.PIPE)
    assert deaf.stdout is not None
    with deaf.stdout as said:
        assert said.readline() == b"deaf\n"  # it has put its fingers in its ears
        began = time.monotonic()
        processes.stop(deaf, grace=0.3)
    assert deaf.returncode == -signal.SIGKILL
    assert time.monotonic() - began >= 0.3


def test_redis_of_a_deep_folder_listens_at_a_short_path(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with processes.guarded() as watch:
        server = embedded_redis.start(deep)
        watch(server.process.pid)
        try:
            path = embedded_redis.socket_path(deep)
            assert len(bytes(path)) < 100
            assert path.parent.stat().st_mode & 0o777 == 0o700
            with redis.Redis.from_url(server.url) as client:
                assert client.ping()
                assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
                assert client.config_get("append*")["appendonly"] == "yes"
        finally:
            processes.stop(server.process)
            shutil.rmtree(path.parent)


def test_redis_files_that_cannot_be_read_are_set_aside(tmp_path: Path) -> None:
    kept = tmp_path / "redis" / "appendonlydir"
    kept.mkdir(parents=True)
    (kept / "appendonly.aof.manifest").write_text("written by something else\n")
    server = embedded_redis.start(tmp_path)
    try:
        embedded_redis.wait_for(server.url)
        assert [path.name for path in (tmp_path / "redis").glob("unreadable-*/*")] == ["appendonly.aof.manifest"]
    finally:
        processes.stop(server.process)


def test_a_machine_without_redis_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(embedded_redis, "find_spec", lambda name: None)
    with pytest.raises(QueueUnreachable, match="REDIS_URL"):
        embedded_redis.find_program()


def test_the_procfile_depends_on_nothing_of_ours() -> None:
    """A platform reads it too: plain commands, that take PORT and HOST from the environment as every setting."""
    procfile = (ROOT / "Procfile").read_text()
    assert re.findall(r"^(\w+):", procfile, flags=re.MULTILINE) == ["web", "worker", "scheduler"]
    assert "bin/" not in procfile and ".venv" not in procfile
    assert (read({"PORT": "5000", "HOST": "0.0.0.0"}).port, read({"HOST": "0.0.0.0"}).host) == (5000, "0.0.0.0")
