"""Other programs, started as children: listened to, stopped together, never left behind.
Does not know what any of them is for."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType

from honcho.printer import Message, Printer  # type: ignore[import-untyped]

GRACE = 10.0  # seconds between asking a child to stop and ending it

Watch = Callable[[int], None]  # takes a process group that must not outlive us
Write = Callable[["Child", str], None]

# Reads process groups until we are gone, however that came about, then ends them: short notice, then for good.
# A shell in a session of its own: neither Ctrl-C nor a `kill -9` of this process reaches it, and it costs 1 MB.
_GUARD = """
groups=
while read -r group; do groups="$groups -$group"; done
kill -s TERM -- $groups
sleep 2
kill -s KILL -- $groups
"""


@dataclass(frozen=True, slots=True)
class Child:
    """A running program: its name, its process, the last lines it wrote, the thread that reads them."""

    name: str
    colour: str
    process: "subprocess.Popen[bytes]"
    last_lines: deque[str]
    reader: threading.Thread


@contextmanager
def guarded() -> Iterator[Watch]:
    """Gives a function to name process groups to. They are ended should this process vanish inside the block;
    inside it, ending them is up to us."""
    guard = subprocess.Popen(
        ["/bin/sh", "-c", _GUARD],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert guard.stdin is not None
    pipe = guard.stdin

    def watch(group: int) -> None:
        pipe.write(f"{group}\n".encode())
        pipe.flush()

    try:
        yield watch
    finally:
        guard.kill()
        guard.wait()
        pipe.close()


@contextmanager
def told_to_stop() -> Iterator[Callable[[], bool]]:
    """Gives a function that says whether Ctrl-C, SIGTERM or a closed terminal asked us to stop.

    The signals only set a flag while this lasts, so that nothing is torn half-way.
    """
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # `nohup` asked to go on
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield lambda: bool(heard)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def start(
    name: str, command: str, environment: Mapping[str, str], folder: Path, *, colour: str, watch: Watch, write: Write
) -> Child:
    """Run a shell command in a process group of its own; what it prints goes to `write`, line by line."""
    process = subprocess.Popen(
        # Unlike Debian's sh, bash becomes a simple command instead of waiting for it: one process and one exit
        # code, and nobody is orphaned when the group is told to stop.
        [shutil.which("bash") or "/bin/sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    watch(process.pid)
    reader = threading.Thread(target=lambda: _listen(child, write), name=f"listen to {name}", daemon=True)
    child = Child(name, colour, process, deque(maxlen=12), reader)
    reader.start()
    return child


def _listen(child: Child, write: Write) -> None:
    assert child.process.stdout is not None
    for line in child.process.stdout:
        text = line.decode("utf-8", "replace").rstrip()
        child.last_lines.append(text)
        write(child, text)


def printer(names: Sequence[str]) -> Write:
    """Writes lines to the terminal, each with its time and who wrote it, one at a time."""
    terminal = Printer(sys.stdout, width=max(map(len, names), default=0))
    one_at_a_time = threading.Lock()

    def write(child: Child, text: str) -> None:
        # A terminal that is gone must not stop us from reading: the child would block on a full pipe.
        with one_at_a_time, suppress(OSError, ValueError):
            terminal.write(Message("line", text, datetime.now(), child.name, child.colour))

    return write


def died(children: Sequence[Child]) -> Child | None:
    """The first child that is not running any more, all it wrote having been read."""
    for child in children:
        if child.process.poll() is not None:
            child.reader.join(timeout=1)  # not forever: what it left behind may hold the pipe open
            return child
    return None


def stop(*processes: "subprocess.Popen[bytes]", grace: float = GRACE) -> None:
    """End these processes and all of their groups: SIGTERM to all, `grace` seconds, SIGKILL to what is left."""
    for process in processes:
        _signal(process, signal.SIGTERM)
    until = time.monotonic() + grace
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        while _signal(process, 0) and time.monotonic() < until:
            time.sleep(0.02)  # its own children are still finishing
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: "subprocess.Popen[bytes]", number: int) -> bool:
    """Signal a group; says whether anybody was there to hear it."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
        return False
    return True
