"""Runs the two servers in alternation and puts their figures side by side."""

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot import embedded_redis, migrations, processes
from bot.config import read
from bot.errors import PuenteError, SettingWrong
from bot.live_texts import HOME

ACCOUNT, TOKEN, LINE = "AC" + "0" * 32, "bench-token", "+15550001111"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one server: turns a second, milliseconds, microseconds of CPU a turn, megabytes of memory."""

    rate: float
    p50: float
    p99: float
    cpu: float
    memory: float
    wrong: int


def measure(senders: int, seconds: float, rounds: int, databases: Sequence[str]) -> str:
    """A table: the line on each database, hello beside it, and the ratios. Raises PuenteError."""
    if not shutil.which("gunicorn", path=_path()):
        raise SettingWrong("The bench compares with gunicorn: pip install -r requirements-test.txt")
    lines = [f"{senders} residents at once, {rounds} rounds of {seconds:g} s in alternation; medians", ""]
    for database in databases or ("",):
        lines += [*_one_database(database, senders, seconds, rounds), ""]
    return "\n".join(lines)


def _one_database(database: str, senders: int, seconds: float, rounds: int) -> list[str]:
    with tempfile.TemporaryDirectory(prefix="puente-bench-") as folder, own_redis(Path(folder)) as redis_url:
        environment = settings(Path(folder), database, redis_url)
        migrations.upgrade(read(environment).database)
        hello: list[Run] = []
        line: list[Run] = []
        for _ in range(rounds):
            with serving(_hello_command(), environment) as (url, process):
                hello.append(_run(url, process, senders, seconds))
            with serving(line_command(), environment) as (url, process):
                line.append(_run(url, process, senders, seconds))
    wrong = sum(run.wrong for run in (*hello, *line))
    if wrong:
        raise PuenteError(f"{wrong} webhooks were not answered with a text; these figures would say nothing.")
    return _table(database or "SQLite, synchronous=FULL", hello, line)


def _table(name: str, hello: Sequence[Run], line: Sequence[Run]) -> list[str]:
    def row(title: str, runs: Sequence[Run]) -> str:
        middle = [statistics.median(getattr(run, field) for run in runs) for field in Run.__slots__[:5]]
        rate, p50, p99, cpu, memory = middle
        return f"{title:28} {rate:9.0f} {p50:8.1f} {p99:8.1f} {cpu:9.0f} {memory:8.0f}"

    ratios = [ours.rate / base.rate for ours, base in zip(line, hello, strict=True)]
    tails = [ours.p99 / base.p99 for ours, base in zip(line, hello, strict=True)]
    return [
        f"{name.rsplit('@', maxsplit=1)[-1]}",
        f"{'':28} {'turns/s':>9} {'p50 ms':>8} {'p99 ms':>8} {'CPU µs':>9} {'PSS MB':>8}",
        row("hello (gunicorn, Flask)", hello),
        row("the line", line),
        f"{'ratio of turns':28} {statistics.median(ratios):9.2f}   ({min(ratios):.2f} to {max(ratios):.2f})",
        f"{'ratio of p99':28} {statistics.median(tails):9.2f}   ({min(tails):.2f} to {max(tails):.2f})",
    ]


def _run(url: str, process: "subprocess.Popen[bytes]", senders: int, seconds: float) -> Run:
    """A short warm-up, then one counted run."""
    _drive(url, senders, 1.0)
    before = _cpu(process.pid)
    got = _drive(url, senders, seconds)
    spent = _cpu(process.pid) - before
    turns = max(1, int(str(got["turns"])))
    return Run(
        float(str(got["rate"])), float(str(got["p50"])), float(str(got["p99"])), 1e6 * spent / turns, memory(process.pid),
        int(str(got["wrong"])),
    )  # fmt: skip


def _drive(url: str, senders: int, seconds: float) -> Mapping[str, object]:
    words = [url, TOKEN, ACCOUNT, LINE, str(senders), str(seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "bot.bench.driver", *words], capture_output=True, text=True, check=False, cwd=HOME
    )
    if done.returncode:
        raise PuenteError(f"The driver failed: {done.stderr.strip().splitlines()[-1:]}")
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def _family(pid: int) -> list[int]:
    """A process and all below it."""
    below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in below for one in _family(int(child)))]


def _cpu(pid: int) -> float:
    """Seconds of CPU of a process and all below it."""
    ticks = 0
    for one in _family(pid):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Proportional memory in megabytes of a process and all below it."""
    total = 0
    for one in _family(pid):
        for row in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if row.startswith("Pss:"):
                total += int(row.split()[1])
    return total / 1024


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    server = embedded_redis.start(folder, durable=False)
    try:
        yield server.url
    finally:
        processes.stop(server.process)


def settings(folder: Path, database: str, redis_url: str) -> dict[str, str]:
    return {
        **os.environ, "PATH": _path(), "DATA_DIR": str(folder), "DATABASE_URL": database, "REDIS_URL": redis_url,
        "HOST": "127.0.0.1", "TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "LINE_NUMBERS": LINE,
    }  # fmt: skip


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])


def _hello_command() -> str:
    return (
        "gunicorn --worker-class gthread --workers 2 --threads 8 --bind 127.0.0.1:$PORT --log-level error"
        " bot.bench.hello:app"
    )


def line_command() -> str:
    """As the Procfile has it."""
    for row in (HOME / "Procfile").read_text().splitlines():
        if row.startswith("web:"):
            return row.removeprefix("web:").strip()
    raise SettingWrong("The Procfile has no line `web:`.")


@contextmanager
def serving(command: str, environment: Mapping[str, str]) -> "Iterator[tuple[str, subprocess.Popen[bytes]]]":
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    public = f"http://127.0.0.1:{port}"
    own = {**environment, "PORT": str(port), "PUBLIC_URL": public}
    process = subprocess.Popen(["bash", "-c", f"{command}"], env=own, cwd=HOME, start_new_session=True)
    try:
        _wait(f"{public}/healthz")
        yield f"{public}/hooks/twilio", process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(url: str) -> None:
    until = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise PuenteError(f"The server did not start within 30 seconds ({url}).") from None
            time.sleep(0.2)
