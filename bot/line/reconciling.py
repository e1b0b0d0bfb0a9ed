"""Texts that the provider received for us and we never kept: fetched, kept, and told from those that came in time.

A text that is still young is answered like any other. An older one goes to an officer: whoever wrote it hears once that
it came late, and no robot answers what was said hours ago.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import DatabaseUnreachable, Reason, SendFailed
from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound, Outbound
from bot.store import attempts, marks, messages, relays

_log = logging.getLogger(__name__)
_OVERLAP = timedelta(minutes=5)  # before the newest text listed, asked about again: a list may lag behind its texts
_OUTAGE = timedelta(minutes=10)  # not having asked for so long means that nobody was there to ask
_AFTER_OUTAGE = timedelta(hours=24)
_AT_MOST = timedelta(days=30)
_EVERY = 60_000  # ms
_LEASE = 15_000  # ms: longer than a page of the list or a text takes
_ROUND = "reconciling"  # until when nobody else makes a round
_AT_ONCE = 500  # ids asked for in one statement
_TRIES = 3
Receive = Callable[..., Outbound | None]  # (hotline, inbound, give_up=…), as conversation.receive


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one round found: texts the provider listed, those we lacked, channels that could not be asked."""

    listed: int = 0
    recovered: int = 0
    unasked: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = f"{self.listed} texts listed, {self.recovered} of them were missing here and are kept now."
        return f"{said} Could not be asked: {', '.join(self.unasked)}." if self.unasked else said


def reconcile(
    hotline: Hotline, since: datetime | None = None, receive: Receive = conversation.receive
) -> Reconciled:
    """Ask every channel for its texts since then; by default since the last round, and a day before that if the line
    was away. What was missing is given to `receive`, as a webhook would: a door gives its own."""
    found = Reconciled()
    for name, channel in hotline.channels.items():
        began = hotline.now()
        try:
            listed = list(channel.inbound_since(since or _since(hotline, name, began)))
        except SendFailed as failure:
            if failure.reason is Reason.ACCOUNT and not hotline.config.twilio_account_sid:
                continue  # nobody set it up, so nothing can have come
            _log.warning("%s cannot be asked for its texts: %s", name, failure.reason.value)
            found = replace(found, unasked=(*found.unasked, name))
            continue
        missing = _missing(hotline, name, listed)
        kept = sum([_recover(hotline, inbound, receive) for inbound in missing])  # oldest first
        if kept == len(missing):  # else the next round asks for as much again
            _keep_marks(hotline, name, began, listed)
        found = replace(found, listed=found.listed + len(listed), recovered=found.recovered + kept)
    return found


def _keep_marks(hotline: Hotline, name: str, began: datetime, listed: list[Inbound]) -> None:
    """How far the list was read, by the clock of whoever keeps it: ours may be minutes from it."""
    newest = max((one.sent_at for one in listed if one.sent_at), default=None)
    with hotline.db.write() as conn:
        marks.put(conn, _asked(name), _milliseconds(began))
        if newest is not None:
            marks.put(conn, _newest(name), newest)


def _recover(hotline: Hotline, inbound: Inbound, receive: Receive) -> bool:
    """Keep one text that we lack; False if it could not be kept, which keeps no other from it. That it is tried is written
    before: a text that ends the very process that reads it is given up after some rounds, and shown as it came."""
    with hotline.db.write() as conn:
        at = hotline.instant()
        tries = attempts.begin(conn, inbound.channel, inbound.provider_id, at)
        marks.put(conn, _ROUND, at + _LEASE)  # still at it
    try:
        receive(hotline, replace(inbound, recovered=True), give_up=tries > _TRIES)
    except DatabaseUnreachable:
        raise  # nothing else can be kept either, and it was not this text's fault
    except Exception as error:
        _log.error("a missing text could not be kept: %s", type(error).__name__)
        return False
    with hotline.db.write() as conn:
        attempts.end(conn, inbound.channel, inbound.provider_id)
    return True


def reconcile_now_and_then(hotline: Hotline, receive: Receive = conversation.receive) -> int:
    """A round a minute, however many schedulers there are; how many texts were missing. Whoever makes it and vanishes is
    followed by another after some seconds."""
    if not _ours(hotline):
        return 0
    with hotline.db.write() as conn:
        attempts.drop_old(conn, _milliseconds(hotline.now() - _AT_MOST))
    found = reconcile(hotline, receive=receive).recovered
    with hotline.db.write() as conn:
        marks.put(conn, _ROUND, hotline.instant() + _EVERY)
    return found


def _ours(hotline: Hotline) -> bool:
    at = hotline.instant()
    with hotline.db.write() as conn:
        return marks.lease(conn, _ROUND, at, at + _LEASE, _EVERY)


def _since(hotline: Hotline, name: str, now: datetime) -> datetime:
    with hotline.db.read() as conn:
        asked, newest = marks.at(conn, _asked(name)), marks.at(conn, _newest(name))
    if asked is None:
        return now - _AFTER_OUTAGE
    last = min(_moment(asked, now), now)
    if now - last > _OUTAGE:
        return max(last - _AFTER_OUTAGE, now - _AT_MOST)
    return max((_moment(newest, now) if newest else last - _OUTAGE) - _OVERLAP, now - _AT_MOST)


def _moment(instant: int, like: datetime) -> datetime:
    return datetime.fromtimestamp(instant / 1000, like.tzinfo)


def _missing(hotline: Hotline, name: str, listed: list[Inbound]) -> list[Inbound]:
    """Oldest first; but first those that were never tried, so that none waits behind one that harms."""
    known: set[str] = set()
    tried: set[str] = set()
    for at in range(0, len(listed), _AT_ONCE):
        ids = [one.provider_id for one in listed[at : at + _AT_ONCE]]
        with hotline.db.read() as conn:
            known |= messages.known_ids(conn, name, ids) | relays.known_ids(conn, name, ids)
            tried |= attempts.tried(conn, name, ids)
    return sorted(
        (one for one in listed if one.provider_id not in known), key=lambda one: one.provider_id in tried
    )


def _asked(channel: str) -> str:
    """When the channel was last asked, by our clock."""
    return f"listed:{channel}"


def _newest(channel: str) -> str:
    """The newest text it listed, by its clock."""
    return f"newest:{channel}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
