"""One process of the line and its family: started, killed, frozen, told to stop, as an operating system would.
Does not know what the process is for."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.errors import PuenteError
from bot.live_texts import HOME

PATIENCE = 60.0  # seconds for a start on a machine that has much else to do


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process that was told to stop went: its exit code and the seconds it took."""

    code: int
    seconds: float


@dataclass(eq=False)
class Service:
    """A program that is started again after every end. What it writes is in `log`."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    ready: Callable[[], bool]  # whether it does its work by now
    watch: Callable[[int], None]  # takes a process group that must not outlive us
    release: Path = HOME  # the folder of the code it runs when it is started next
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _one_at_a_time: threading.RLock = field(default_factory=threading.RLock)

    @property
    def pid(self) -> int:
        assert self._process, f"{self.name} was never started"
        return self._process.pid

    def start(self) -> None:
        with self._one_at_a_time, self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command, cwd=self.folder, env={**self.environment, "PYTHONPATH": str(self.release)},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            self.watch(self._process.pid)
            self.starts += 1

    def wait_until_ready(self) -> None:
        """Raises PuenteError with its last words if it ends or is not ready in time."""
        until = time.monotonic() + PATIENCE
        while not self.ready():
            if time.monotonic() > until or not self.alive():
                raise PuenteError(f"{self.name} did not start: {self.last_words()}")
            time.sleep(0.05)

    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def children(self) -> list[int]:
        """Processes right below: the web server's workers."""
        try:
            return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        except (OSError, AssertionError):
            return []

    def hears(self, number: int) -> bool:
        """Whether the program has set itself up to be told this signal: until then it would just die of it."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
        except OSError:
            return False
        caught = next(row.split()[1] for row in status.splitlines() if row.startswith("SigCgt:"))
        return bool(int(caught, 16) >> (number - 1) & 1)

    def kill(self) -> None:
        """The whole family at once, without a word, as systemd does with what is left of a service."""
        with self._one_at_a_time:
            if self._process:
                self._signal(signal.SIGKILL)
                self._process.wait()

    def kill_child(self, at: int) -> bool:
        """One of the children only; False if there is none."""
        children = self.children()
        if not children:
            return False
        with suppress(ProcessLookupError):
            os.kill(children[at % len(children)], signal.SIGKILL)
        return True

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self, patience: float = 30.0) -> Ended:
        """SIGTERM to the family, as systemd says it, and how it went. What does not end in time is killed: code -9."""
        with self._one_at_a_time:
            assert self._process
            began = time.monotonic()
            self._signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
            seconds = time.monotonic() - began
            self.kill()
            return Ended(self._process.returncode, seconds)

    def last_words(self) -> str:
        rows = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return " | ".join(rows[-5:]) or "it said nothing"

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError, AssertionError):
            os.killpg(self.pid, number)
