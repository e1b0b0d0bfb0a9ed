"""Texts to officers' phones, handed to the provider in order, each once; the ways are those of texts to residents."""

import logging
import time

from bot.desk.relay import phones, telling
from bot.errors import Reason, SendFailed
from bot.hotline import Hotline
from bot.line import sending
from bot.model import Outbound
from bot.store import relay_phones, relays
from bot.store.relays import Relay

_log = logging.getLogger(__name__)
_USEFUL = {"offer": 600_000, "code": 600_000}  # ms in which a text of this kind helps; others:
_USEFUL_ELSE = 4 * 3_600_000
_MOST_TRIES_UNSEEN = 2
_TOO_LATE = "too late"
_TOGETHER = 8.0  # seconds that a round of sending may take


def deliver(hotline: Hotline) -> int:
    """Send what is queued for officers and due, as much of it as fits into a few seconds; how many were sent."""
    with hotline.db.read() as conn:
        waiting = relays.with_queued(conn, hotline.instant())
    limited = bool(waiting) and sending.limited(hotline, telling.CHANNEL)
    sent, until = 0, time.monotonic() + _TOGETHER
    for staff_id in waiting:
        if time.monotonic() > until:  # the next round goes on
            break
        if limited and not sending.may_try(hotline, telling.CHANNEL):
            return sent
        sent += _deliver_to(hotline, staff_id)
    if limited and sent:
        sending.has_room(hotline, telling.CHANNEL)
    return sent


def _deliver_to(hotline: Hotline, staff_id: int) -> int:
    with hotline.db.read() as conn:
        waiting = relays.to_deliver(conn, hotline.keys, staff_id, hotline.instant())
    sent = 0
    for relay in waiting:
        number = _number(hotline, relay)
        if not number or _is_late(hotline, relay):
            _mark(hotline, relay, "failed" if number else "held back", _TOO_LATE if number else "phone off")
            continue
        taken = time.monotonic()
        if not sending.claim(hotline, relays, relay):
            return sent
        try:
            if not sending.hand_over(hotline, relays, relay, _outbound(relay, number), taken):
                return sent
            sent += 1
        except SendFailed as failure:
            _refused(hotline, relay, failure)
    return sent


def settle_submitting(hotline: Hotline) -> None:
    """Texts that somebody took and never said what became of: adopted if the provider has them; if not, sent once more; then
    given up. As many as fit into a few seconds."""
    with hotline.db.read() as conn:
        left = relays.left_submitting(conn, hotline.keys, hotline.instant() - sending.LEFT)
    busy: SendFailed | None = None
    until = time.monotonic() + _TOGETHER
    for relay in left:
        if time.monotonic() > until:  # the next round goes on
            break
        number = _number(hotline, relay)
        try:
            if number and busy:  # who has no room for one question has none for the others of this round
                raise busy
            if number and sending.adopt(hotline, relays, relay, _outbound(relay, number)):
                continue
        except SendFailed as failure:
            busy = failure if failure.reason is Reason.BUSY else None
            if not _is_late(hotline, relay):
                continue  # the provider cannot be asked: nothing is known, so nothing is done
        with hotline.db.write() as conn:
            at = hotline.instant()
            if number and relays.tries(conn, relay.id) < _MOST_TRIES_UNSEEN and not _is_late(hotline, relay):
                relays.put_back(conn, relay.id, at, at)
            else:
                relays.mark(conn, relay.id, "uncertain", at)


def _number(hotline: Hotline, relay: Relay) -> str:
    """Empty if nothing is sent to this officer any more; a code goes also where nothing is proved yet."""
    with hotline.db.read() as conn:
        phone = relay_phones.of_staff(conn, relay.staff_id)
        wanted = phone is not None and (phone.state == "on" or (phone.state == "asked" and relay.kind == "code"))
        return relay_phones.number(conn, hotline.keys, relay.staff_id) if wanted else ""


def _is_late(hotline: Hotline, relay: Relay) -> bool:
    return hotline.instant() - relay.created_at > _USEFUL.get(relay.kind, _USEFUL_ELSE)


def _outbound(relay: Relay, number: str) -> Outbound:
    return Outbound(relay.id, relay.thread_id or 0, relay.channel, number, relay.line, relay.text, (relay.text,))


def _refused(hotline: Hotline, relay: Relay, failure: SendFailed) -> None:
    _log.warning("a text to an officer's phone was not sent: %s %s", failure.reason.value, failure.code)
    with hotline.db.write() as conn:
        relays.mark(conn, relay.id, "failed", hotline.instant(), failure.code or failure.reason.value)
        # A number that is not proved stays so: else START from it would let a stranger in.
        if failure.reason is Reason.OPTED_OUT and relay.kind != "code":
            phones.change(conn, hotline, relay.staff_id, "stopped", "line", "their phone opted out at the provider")


def _mark(hotline: Hotline, relay: Relay, state: str, code: str) -> None:
    with hotline.db.write() as conn:
        relays.mark(conn, relay.id, state, hotline.instant(), code)
