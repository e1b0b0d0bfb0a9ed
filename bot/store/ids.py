"""Numbers of rows, made before they are written: in order of time, unguessable in their last part."""

import secrets
import time


def new_id() -> int:
    """63 bits: milliseconds since 1970 and 21 random bits. Two rows of one millisecond collide once in two million;
    the unique key then refuses the second and the turn is tried again."""
    return (time.time_ns() // 1_000_000 << 21) | secrets.randbits(21)


def milliseconds() -> int:
    """Now, as instants are stored."""
    return time.time_ns() // 1_000_000
