"""Numbers of rows, made before they are written: in order of time, unguessable in their last part."""

import secrets
import threading

from bot.store.clock import milliseconds

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """63 bits: milliseconds since 1970 and 21 bits of chance; always more than the one before in this process, so that
    an answer stands behind its text. Two processes that make one in the same millisecond collide once in two million;
    the unique key then refuses the second and the turn is tried again."""
    global _last
    with _lock:
        _last = max(_last + 1, (milliseconds() << 21) | secrets.randbits(21))
        return _last


def first_id(instant: int) -> int:
    """Less than every id made at this instant or later, more than all made before."""
    return instant << 21


def made_at(id_: int) -> int:
    """The instant at which an id was made."""
    return id_ >> 21

