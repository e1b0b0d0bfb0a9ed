"""Things done by other threads, at once or after a while, and whether any are still to be done.
Does not know what they are for."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Any

Task = Callable[[], Any]


class Lane:
    """Some threads that do what is put in, in order. They are daemons: nobody waits for them at the end."""

    def __init__(self, name: str, threads: int) -> None:
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._name, self._most, self._threads = name, threads, 0
        self._closed = False

    def put(self, task: Task) -> None:
        self._tasks.put(task)
        if self._threads < self._most:
            self._threads += 1
            threading.Thread(target=self._work, name=self._name, daemon=True).start()

    def close(self) -> None:
        """What was not begun is dropped."""
        self._closed = True
        for _ in range(self._threads):
            self._tasks.put(lambda: None)

    def _work(self) -> None:
        while not self._closed:
            self._tasks.get()()


class Errands:
    """Lanes side by side, and one count of all that is not done."""

    def __init__(self, **threads: int) -> None:
        """The lanes by name, each with the most threads it may have."""
        self._lanes = {name: Lane(f"fake-twilio-{name}", count) for name, count in threads.items()}
        self._change = threading.Condition()
        self._later: list[tuple[float, int, str, Task]] = []
        self._order = itertools.count()
        self._open, self._closed = 0, False
        self._wrong: list[BaseException] = []
        self._timer: threading.Thread | None = None

    def put(self, lane: str, task: Task, after: float = 0.0) -> None:
        """Have this done, in so many seconds."""
        with self._change:
            self._open += 1
            if after <= 0:
                self._lanes[lane].put(partial(self._do, task))
                return
            heapq.heappush(self._later, (time.monotonic() + after, next(self._order), lane, task))
            if self._timer is None:
                self._timer = threading.Thread(target=self._wait_for_the_due, name="fake-twilio-timer", daemon=True)
                self._timer.start()
            self._change.notify_all()

    def settle(self, timeout: float) -> None:
        """Wait until all is done. Raises TimeoutError, or the first thing that went wrong."""
        with self._change:
            done = self._change.wait_for(lambda: not self._open, timeout)
            wrong, self._wrong = self._wrong, []
            still = self._open
        if wrong:
            raise wrong[0]
        if not done:
            raise TimeoutError(f"{still} calls are still on their way.")

    def close(self) -> None:
        """What was not begun is dropped; nobody is waited for."""
        for lane in self._lanes.values():
            lane.close()
        with self._change:
            self._closed = True
            self._change.notify_all()

    def _do(self, task: Task) -> None:
        try:
            task()
        except Exception as error:  # kept for whoever waits: these threads have nobody to tell
            with self._change:
                self._wrong.append(error)
        finally:
            with self._change:
                self._open -= 1
                if not self._open:
                    self._change.notify_all()

    def _wait_for_the_due(self) -> None:
        while not self._closed:
            with self._change:
                now = time.monotonic()
                while self._later and self._later[0][0] <= now:
                    *_, lane, task = heapq.heappop(self._later)
                    self._lanes[lane].put(partial(self._do, task))
                self._change.wait(self._later[0][0] - now if self._later else None)
