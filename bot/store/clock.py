"""What time it is, for all processes of a line alike: by this machine's clock, put right by that of the database where
machines differ. Who has an hour of their own would take work from others that is not late, and write what stands before
what was written earlier. A database in a file is on one machine, with one clock. Knows no table."""

import threading
import time
from collections.abc import Callable

from bot.errors import DatabaseUnreachable
from bot.store.patience import left, within

Ask = Callable[[], int]  # milliseconds since 1970 by the database; raises DatabaseUnreachable

_EVERY, _AGAIN = 30.0, 3.0  # seconds between two looks at the database's clock; after one in vain
_MOVED = 1.0  # seconds: ours was set meanwhile
_SAME = 2_000  # ms: nearer clocks count as one
_FAR = 86_400_000  # ms: one of them was never set, and nobody can say which
_PATIENCE = 1.0  # seconds

_one_at_a_time = threading.Lock()
_ask: Ask | None = None
_again: tuple[float, float] | None = None  # when to ask again, by the stopwatch, and how far our clock is from that
_ahead = 0  # ms


def milliseconds() -> int:
    """Now, as instants are stored."""
    if _ask and _due():
        _agree()
    return _own() + _ahead


def follow(ask: Ask) -> None:
    """From here on by this database."""
    global _ask, _again
    _ask, _again = ask, None


def leave(ask: Ask) -> None:
    """The database is not to be asked any more."""
    global _ask, _ahead
    if _ask == ask:
        _ask, _ahead = None, 0


def _due() -> bool:
    if _again is None:
        return True
    now = time.monotonic()
    return now > _again[0] or abs(time.time() - now - _again[1]) > _MOVED


def _agree() -> None:
    """Look at its clock, between two looks at ours. While somebody does, or if it does not answer, the difference stays
    what it was."""
    global _again, _ahead
    if not _one_at_a_time.acquire(timeout=left() if _again is None else 0):
        return
    every = _AGAIN
    try:
        if (ask := _ask) and _due():
            with within(_PATIENCE):
                before, theirs, after = _own(), ask(), _own()
            apart, doubt = theirs - (before + after) // 2, (after - before) // 2
            _ahead = apart if _SAME + doubt < abs(apart) < _FAR else 0
            every = _EVERY
    except DatabaseUnreachable:
        pass
    finally:
        now = time.monotonic()
        _again = now + every, time.time() - now
        _one_at_a_time.release()


def _own() -> int:
    return time.time_ns() // 1_000_000
