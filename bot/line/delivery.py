"""Texts that do not ride on a webhook's answer: sent by REST, one by one, each once.

A text is taken by one conditional write before it is sent, and what became of it is written after. Whoever dies in between
leaves it taken: it is then looked for at the provider, adopted if it is there, sent once more if it is not, and shown
to an officer as uncertain if even then nobody knows.
"""

import logging
import time

from bot.errors import Reason, SendFailed
from bot.hotline import Hotline
from bot.line import sending, window
from bot.model import Outbound, Receipt
from bot.store import events, marks, messages, relays, threads
from bot.store.database import Connection
from bot.store.ids import made_at
from bot.store.messages import Message

_log = logging.getLogger(__name__)
_FORGOTTEN = 15_000  # ms: what is queued so long, nobody rang for
_UNHEARD = 45_000  # ms: a bell for it was rung, and nobody came
_BELLS = 500  # rung in one round
_TOGETHER = 8.0  # seconds that a round of sending may take
_USEFUL = 4 * 3_600_000  # ms: an answer later than that helps nobody
_ROBOT_USEFUL = 600_000  # ms: an answer of the line itself
_DAY = 86_400_000  # ms
_MOST_TRIES_UNSEEN = 2  # times a text is handed over without knowing what became of it
_TOO_LATE = "30036"  # the provider's own code for it
_HEARD = "heard of replies"  # up to where replies that rode on a webhook's answer were looked after


def deliver(hotline: Hotline, thread_id: int) -> int:
    """Send what is queued and due in a thread, in order; how many were sent. A text that must wait holds back those
    behind it."""
    sent = 0
    with hotline.db.read() as conn:
        waiting = messages.to_deliver(conn, hotline.keys, thread_id, hotline.instant())
        if not waiting:
            return 0
        thread = threads.read(conn, hotline.keys, thread_id)
        recipient = threads.address(conn, hotline.keys, thread_id)
    channel = waiting[0].channel
    limited = sending.limited(hotline, channel)
    if limited and not sending.may_try(hotline, channel):
        return 0
    for message in waiting:
        if thread.stopped:
            _mark(hotline, message, "held back", code="opted out")
            continue
        if hotline.instant() - message.created_at > _USEFUL:
            _mark(hotline, message, "failed", code=_TOO_LATE)
            continue
        if not message.template and window.is_shut(channel, thread.last_in_at, hotline.instant()):
            _window_shut(hotline, message)
            continue
        taken = time.monotonic()
        if not sending.claim(hotline, messages, message):
            return sent
        if not _send(hotline, message, _outbound(message, thread, recipient), taken):
            break
        sent += 1
    if limited and sent:
        sending.has_room(hotline, channel)
    hotline.queue.announce(thread_id)
    return sent


def _outbound(message: Message, thread: threads.Thread, recipient: str) -> Outbound:
    return Outbound(
        message.id, message.thread_id, message.channel, recipient, thread.line, message.text, (message.text,),
        message.template,
    )  # fmt: skip


def _send(hotline: Hotline, message: Message, outbound: Outbound, taken: float) -> bool:
    """Whether the next text may follow."""
    try:
        return sending.hand_over(hotline, messages, message, outbound, taken)
    except SendFailed as failure:
        _refused(hotline, message, outbound, failure)
        return True


def _refused(hotline: Hotline, message: Message, outbound: Outbound, failure: SendFailed) -> None:
    if failure.reason is Reason.OPTED_OUT:
        with hotline.db.write() as conn:
            threads.silence(conn, outbound.thread_id)
            events.write(conn, "line", "opted out at the provider", f"thread:{outbound.thread_id}", hotline.instant())
    _log.warning("message %s not sent: %s %s", message.id, failure.reason.value, failure.code)
    if failure.reason is Reason.WINDOW_SHUT and not message.template:
        _window_shut(hotline, message)
        return
    _mark(hotline, message, "failed", code=failure.code or failure.reason.value)


def _window_shut(hotline: Hotline, message: Message) -> None:
    """WhatsApp takes nothing until the resident writes: an officer's words wait for that, the line's own are not worth it."""
    state = messages.FOR_WINDOW if message.author == "officer" else "failed"
    _mark(hotline, message, state, code=window.SHUT)


def _mark(hotline: Hotline, message: Message, state: str, *, code: str) -> None:
    with hotline.db.write() as conn:
        messages.mark(conn, message.id, state, hotline.instant(), code=code)


def receive_receipt(hotline: Hotline, receipt: Receipt) -> None:
    """What a provider says of a text of ours. Receipts come in any order, doubled, or for nothing we know."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        thread_id = _changed_by(conn, receipt, at)
        if thread_id is None and hotline.config.relay:  # of a text to an officer's own phone
            state = _STATES.get(receipt.status, "")
            relays.receive_receipt(conn, receipt.message_id, receipt.channel, receipt.provider_id, state, at, receipt.code)
    if thread_id is not None:
        hotline.queue.announce(thread_id)


def _changed_by(conn: Connection, receipt: Receipt, at: int) -> int | None:
    """The thread in which a receipt changed something."""
    if receipt.code == window.SHUT:
        waits = messages.wait_after_all(conn, receipt.channel, receipt.provider_id, at, receipt.code)
        if waits is not None:
            return waits
    message_id = receipt.message_id
    if message_id is None:
        message_id = messages.by_provider_id(conn, receipt.channel, receipt.provider_id)
    if message_id is None:
        return None
    state = _STATES.get(receipt.status, "")
    return messages.receive_receipt(conn, message_id, state, at, receipt.provider_id, receipt.code)


# Twilio's words for ours. Others say nothing about how far a text has come.
_STATES = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "accepted", "sending": "sending", "sent": "sent",
    "delivered": "delivered", "read": "read", "failed": "failed", "undelivered": "undelivered", "canceled": "failed",
}  # fmt: skip


def deliver_forgotten(hotline: Hotline) -> int:
    """What is queued and was not rung for: the workers are rung for it, all of whom can send at a time, unless they still
    have bells to answer. What waits even so is sent here, as much of it as fits into a few seconds, since there may be no
    worker, or no Redis. How many threads that were."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        waiting = messages.threads_with_queued(conn, at - _FORGOTTEN, at)
        unheard = set(messages.threads_with_queued(conn, at - _UNHEARD, at))
    rung = hotline.queue.waits("deliver") or all(hotline.queue.put("deliver", one) for one in waiting[:_BELLS])
    until = time.monotonic() + _TOGETHER
    for thread_id in (one for one in waiting if one in unheard or not rung):
        if time.monotonic() > until:  # the next round goes on, if nobody has told us to stop
            break
        try:
            deliver(hotline, thread_id)
        except Exception as error:  # one thread's trouble is not its neighbours'
            _log.error("thread %s was not delivered: %s", thread_id, type(error).__name__)
    return len(waiting)


def settle_submitting(hotline: Hotline) -> int:
    """Texts that somebody took and never said what became of: adopted if the provider has them; if not, sent once
    more; then uncertain, for an officer to decide. How many there were."""
    with hotline.db.read() as conn:
        left = messages.left_submitting(conn, hotline.keys, hotline.instant() - sending.LEFT)
    busy: SendFailed | None = None
    for message in left:
        try:
            if busy:  # who has no room for one question has none for the others of this round
                raise busy
            if not sending.adopt(hotline, messages, message, _outbound_of(hotline, message)):
                _again_or_uncertain(hotline, message)
        except SendFailed as failure:  # the provider cannot be asked: nothing is known, so nothing is done
            busy = failure if failure.reason is Reason.BUSY else None
            if hotline.instant() - message.created_at > _USEFUL:
                _mark(hotline, message, "uncertain", code="")
        hotline.queue.announce(message.thread_id)
    return len(left)


def _again_or_uncertain(hotline: Hotline, message: Message) -> None:
    at = hotline.instant()
    with hotline.db.write() as conn:
        if messages.tries(conn, message.id) < _MOST_TRIES_UNSEEN and at - message.created_at < _USEFUL:
            messages.put_back(conn, message.id, at, at)
        else:
            messages.mark(conn, message.id, "uncertain", at)
            events.write(conn, "line", "not known whether a text arrived", f"thread:{message.thread_id}", at)


def settle_offered(hotline: Hotline) -> int:
    """Replies that rode on a webhook's answer and of which nothing was heard: perhaps the answer never arrived. Adopted
    if the provider has them, else sent once, unless they come too late to help. How many there were."""
    until = hotline.instant() - sending.LEFT
    with hotline.db.read() as conn:
        since = min(marks.at(conn, _HEARD) or until - _DAY, until)
        unheard = messages.offered_unheard(conn, hotline.keys, since, until)
    for message in unheard:
        try:
            _settle_reply(hotline, message)
        except SendFailed:  # the provider cannot be asked: from here on again in the next round
            until = made_at(message.id)
            break
    with hotline.db.write() as conn:
        marks.put(conn, _HEARD, until)
    return len(unheard)


def _settle_reply(hotline: Hotline, message: Message) -> None:
    outbound = _outbound_of(hotline, message)
    if sending.adopt(hotline, messages, message, outbound):
        return
    if hotline.instant() - message.created_at > _ROBOT_USEFUL:
        _mark(hotline, message, "failed", code=_TOO_LATE)
        return
    if sending.limited(hotline, message.channel) and not sending.may_try(hotline, message.channel):
        raise SendFailed(Reason.BUSY, retry=True)
    taken = time.monotonic()
    with hotline.db.write() as conn:
        claimed = messages.claim_offered(conn, message.id, hotline.instant())
    if claimed:
        _send(hotline, message, outbound, taken)
        hotline.queue.announce(message.thread_id)


def _outbound_of(hotline: Hotline, message: Message) -> Outbound:
    with hotline.db.read() as conn:
        thread = threads.read(conn, hotline.keys, message.thread_id)
        return _outbound(message, thread, threads.address(conn, hotline.keys, message.thread_id))
