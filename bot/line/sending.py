"""One text handed over to a provider: taken first, marked after, looked for where nobody knows what became of it, put back
where there was no room. Knows neither what it says nor for whom it is: an outbox keeps it."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Protocol

from bot.errors import Reason, SendFailed
from bot.hotline import Hotline
from bot.model import Outbound
from bot.store import marks
from bot.store.database import Connection

LEFT = 60_000  # ms: nobody sends one text for so long; and so long a provider may take to list what it took
_LEASE = 30.0  # seconds after taking a text in which it may still be handed over: half of what others wait
_FIRST_PAUSE, _LONGEST_PAUSE = 5_000, 300_000  # ms between tries
_SHAKEN = 60_000  # ms after a pause in which a provider is tried with care
_BETWEEN = 500  # ms between two tries then


class Kept(Protocol):
    """A text as an outbox knows it."""

    @property
    def id(self) -> int: ...
    @property
    def channel(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def created_at(self) -> int: ...


class Outbox(Protocol):
    """Where texts of one kind are kept with what became of them; a module of the store."""

    def claim(self, conn: Connection, id_: int, at: int, /) -> bool: ...
    def accepted(self, conn: Connection, id_: int, state: str, provider_id: str, at: int, /) -> None: ...
    def put_back(self, conn: Connection, id_: int, at: int, due_at: int, code: str = "", /) -> None: ...
    def tries(self, conn: Connection, id_: int, /) -> int: ...
    def known_ids(self, conn: Connection, channel: str, provider_ids: Sequence[str], /) -> set[str]: ...


def hand_over(hotline: Hotline, box: Outbox, kept: Kept, outbound: Outbound, taken: float) -> bool:
    """Give a text that was taken (`taken`: seconds by the monotonic clock) to its provider; whether it has it. If not, it
    waits for its next try, or for whoever settles what is in doubt. No transaction is open while the provider is asked.
    Raises SendFailed for what will never be taken.

    Whoever was stopped between taking and sending may find that others looked after the text meanwhile, and lets it be."""
    if time.monotonic() - taken > _LEASE:
        return False
    try:
        provider_id = hotline.channels[kept.channel].send(outbound, kept.text)
    except SendFailed as failure:
        if failure.reason is Reason.UNCLEAR:
            return _adopt_if_told(hotline, box, kept, outbound)
        if not failure.retry:
            raise
        _put_back(hotline, box, kept, failure)
        return False
    with hotline.db.write() as conn:
        box.accepted(conn, kept.id, _taken_state(kept), provider_id, hotline.instant())
    return True


def adopt(hotline: Hotline, box: Outbox, kept: Kept, outbound: Outbound) -> bool:
    """Take over a text that the provider has after all, unless it is known as another of ours. False if it has none.
    Raises SendFailed where the provider cannot be asked."""
    since = datetime.fromtimestamp(kept.created_at / 1000, UTC)
    found = hotline.channels[kept.channel].find(outbound, kept.text, since)
    with hotline.db.write() as conn:
        known = box.known_ids(conn, kept.channel, found)
        fresh = next((one for one in found if one not in known), None)
        if fresh is not None:
            box.accepted(conn, kept.id, _taken_state(kept), fresh, hotline.instant())
    return fresh is not None


def claim(hotline: Hotline, box: Outbox, kept: Kept) -> bool:
    """Whether it is ours to send."""
    with hotline.db.write() as conn:
        return box.claim(conn, kept.id, hotline.instant())


def limited(hotline: Hotline, channel: str) -> bool:
    """Whether the provider said a moment ago that it has no room, and has taken nothing since."""
    with hotline.db.read() as conn:
        rests = marks.at(conn, _pause_of(channel))
    # Further away it was a clock that has been put back since.
    return rests is not None and -_SHAKEN < rests - hotline.instant() <= _LONGEST_PAUSE


def may_try(hotline: Hotline, channel: str) -> bool:
    """Whether one text may be tried at a provider that had no room: when its pause is over, and by one of us all at a
    time, until it takes one."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        rests = marks.at(conn, _pause_of(channel)) or 0
        return rests <= at and marks.claim(conn, f"trying:{channel}", at, _BETWEEN)


def has_room(hotline: Hotline, channel: str) -> None:
    """The provider took a text again."""
    with hotline.db.write() as conn:
        marks.put(conn, _pause_of(channel), 0)


def _adopt_if_told(hotline: Hotline, box: Outbox, kept: Kept, outbound: Outbound) -> bool:
    try:
        return adopt(hotline, box, kept, outbound)
    except SendFailed:
        return False  # the sweep looks again in a minute, as also where it is not listed yet


def _put_back(hotline: Hotline, box: Outbox, kept: Kept, failure: SendFailed) -> None:
    """To be tried again after a while that doubles each time, or after what the provider asks for, if that is longer;
    and nothing else to this provider before, for it said that it has no room or does not let us in."""
    at, asked = hotline.instant(), int(1000 * (failure.wait or 0))
    with hotline.db.write() as conn:
        tries = box.tries(conn, kept.id)
        pause = min(_FIRST_PAUSE * 2 ** min(tries - 1, 10), _LONGEST_PAUSE)
        due = at + max(int(pause * hotline.chance.uniform(0.8, 1.2)), asked)
        box.put_back(conn, kept.id, at, due, failure.code)
        marks.put(conn, _pause_of(kept.channel), at + max(min(pause, 2 * _FIRST_PAUSE), asked))


def _taken_state(kept: Kept) -> str:
    return "delivered" if kept.channel == "simulator" else "accepted"


def _pause_of(channel: str) -> str:
    return f"pause:{channel}"
