"""How long a thread may wait for the database, and when a crowd need not wait at all. Knows no database.

A webhook must be answered within five seconds whatever the database does. So time is given once, to the whole of it,
and every wait below takes from what is left, instead of each having a limit of its own that adds up.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import DatabaseUnreachable

PATIENCE = 3.0  # seconds for one look or one change; then it is given up
WEBHOOK = 4.0  # seconds for all that a webhook wants of the database; then 503, and the text comes again
_TRY = 1.0  # seconds for a look or a change after one that failed
_GLANCE = 0.3  # seconds to see how somebody else's try turns out

_thread = threading.local()  # .until: the moment at which this thread's time is up


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Everything inside shares these seconds, or fewer if there were fewer before. Raises DatabaseUnreachable if there
    are none left to begin with."""
    before: float | None = getattr(_thread, "until", None)
    now = time.monotonic()
    if before is not None and before <= now:
        raise DatabaseUnreachable("The database took too long.")
    _thread.until = now + seconds if before is None else min(before, now + seconds)
    try:
        yield
    finally:
        _thread.until = before


def left(most: float = PATIENCE) -> float:
    """Seconds this thread may still wait, at most so many; 0 if its time is up."""
    until: float | None = getattr(_thread, "until", None)
    return most if until is None else max(0.0, min(most, until - time.monotonic()))


class Fuse:
    """Keeps a crowd from waiting for a database that answers nobody, until no thread is free to say so.

    Blown by a failure and mended by a success. While it is blown one thread at a time tries, and not for long; the
    others see for a moment how that goes, and are turned away.
    """

    def __init__(self) -> None:
        self._blown = False
        self._trying = threading.RLock()  # whoever tries may ask again on the way

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Around one look or one change, which has PATIENCE. Raises DatabaseUnreachable if it need not be tried."""
        alone = self._blown and self._alone()
        try:
            with within(_TRY if alone else PATIENCE), self._noticed():
                yield
        finally:
            if alone:
                self._trying.release()

    def _alone(self) -> bool:
        """Whether this thread tries for all; False if there is no need any more."""
        got = self._trying.acquire(timeout=left(_GLANCE))
        if got and self._blown:
            return True
        if got:
            self._trying.release()
        elif self._blown:
            raise DatabaseUnreachable("The database did not answer a moment ago.")
        return False

    @contextmanager
    def _noticed(self) -> Iterator[None]:
        try:
            yield
        except DatabaseUnreachable:
            self._blown = True
            raise
        self._blown = False
