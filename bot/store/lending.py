"""Raw connections, each lent for one statement: few serve many threads, which saves memory and the server's slots.
Does not know whose connections they are."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from bot.errors import DatabaseUnreachable
from bot.store.patience import left

MOST_LENT = 8  # connections of turns at once, a process


class Lending:
    """`connect` makes a connection when none is idle; `sound` says whether one on which something failed may be lent
    again."""

    def __init__(self, connect: Callable[[], Any], sound: Callable[[Any], bool]) -> None:
        self._connect, self._sound = connect, sound
        self._idle: deque[Any] = deque()
        self._free = threading.BoundedSemaphore(MOST_LENT)

    @contextmanager
    def one(self) -> Iterator[Any]:
        """Raises DatabaseUnreachable if none comes free in time, and whatever connecting raises."""
        if not self._free.acquire(timeout=left()):
            raise DatabaseUnreachable("The database is too slow.")
        try:
            try:
                conn = self._idle.pop()
            except IndexError:
                conn = self._connect()
            try:
                yield conn
            except BaseException:
                if self._sound(conn):
                    self._idle.append(conn)
                else:
                    _close(conn)
                raise
            self._idle.append(conn)
        finally:
            self._free.release()

    def clear(self) -> None:
        """Close all that are idle."""
        with suppress(IndexError):
            while True:
                _close(self._idle.pop())


def _close(conn: Any) -> None:
    with suppress(Exception):  # it is broken already
        conn.close()
