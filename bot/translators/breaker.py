"""Leaves a machine alone that has just failed again and again, so that nobody waits for it in vain. Knows no machine."""

import threading
import time
from collections.abc import Callable

FAILURES = 3  # in a row
REST = 30.0  # seconds


class Breaker:
    """Shut after some failures in a row, for a while; then one call is let through to try. For one process."""

    def __init__(self, stopwatch: Callable[[], float] = time.monotonic) -> None:
        self._stopwatch = stopwatch
        self._guard = threading.Lock()
        self._failures = 0
        self._shut_until = 0.0

    def lets(self) -> bool:
        """Whether to try now. After the rest, who asks first tries for all."""
        with self._guard:
            if self._failures < FAILURES:
                return True
            if self._stopwatch() < self._shut_until:
                return False
            self._shut_until = self._stopwatch() + REST
            return True

    def failed(self) -> None:
        with self._guard:
            self._failures += 1
            self._shut_until = self._stopwatch() + REST

    def answered(self) -> None:
        with self._guard:
            self._failures = 0
