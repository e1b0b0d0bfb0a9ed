"""Texts that do not ride on a webhook's answer: sent by REST, one by one, and what receipts say of them."""

import logging
from datetime import timedelta

from bot.errors import Reason, SendFailed
from bot.hotline import Hotline
from bot.model import Outbound, Receipt
from bot.store import events, messages, threads
from bot.store.messages import Message

_log = logging.getLogger(__name__)
_LEFT = 60_000  # ms: nobody sends one text for so long
_FORGOTTEN = 15_000  # ms: what is queued so long, nobody rang for


def deliver(hotline: Hotline, thread_id: int) -> int:
    """Send what is queued in a thread, in order; how many were sent. A text that must wait holds back those behind it."""
    sent = 0
    with hotline.db.read() as conn:
        waiting = messages.to_deliver(conn, hotline.keys, thread_id)
        if not waiting:
            return 0
        thread = threads.read(conn, hotline.keys, thread_id)
        recipient = threads.address(conn, hotline.keys, thread_id)
    for message in waiting:
        if thread.stopped:
            _mark(hotline, message, "held back", code="opted out")
            continue
        if not _claim(hotline, message):
            return sent
        outbound = Outbound(
            message.id, thread_id, message.channel, recipient, thread.line, message.text, (message.text,)
        )
        if not _send(hotline, message, outbound):
            break
        sent += 1
    hotline.queue.announce(thread_id)
    return sent


def _claim(hotline: Hotline, message: Message) -> bool:
    with hotline.db.write() as conn:
        return messages.claim(conn, message.id, _now(hotline))


def _send(hotline: Hotline, message: Message, outbound: Outbound) -> bool:
    """No transaction is open while the provider is asked. Whether the next text may follow."""
    channel = hotline.channels[message.channel]
    try:
        provider_id = channel.send(outbound, message.text)
    except SendFailed as failure:
        return _failed(hotline, message, outbound, failure)
    _accepted(hotline, message, provider_id)
    return True


def _accepted(hotline: Hotline, message: Message, provider_id: str) -> None:
    state = "delivered" if message.channel == "simulator" else "accepted"
    with hotline.db.write() as conn:
        messages.accepted(conn, message.id, state, provider_id, _now(hotline))


def _failed(hotline: Hotline, message: Message, outbound: Outbound, failure: SendFailed) -> bool:
    if failure.reason is Reason.UNCLEAR:
        # It may have been sent: look before anything else, and never send blindly again.
        found = _look_for(hotline, message, outbound)
        if found:
            _accepted(hotline, message, found)
        else:
            _mark(hotline, message, "uncertain", code=failure.code)
        return found is not None
    if failure.reason is Reason.OPTED_OUT:
        with hotline.db.write() as conn:
            threads.silence(conn, outbound.thread_id)
            events.write(conn, "line", "opted out at the provider", f"thread:{outbound.thread_id}", _now(hotline))
    if failure.retry:
        _mark(hotline, message, "queued", code=failure.code)
        return False
    _log.warning("message %s not sent: %s %s", message.id, failure.reason.value, failure.code)
    _mark(hotline, message, "failed", code=failure.code or failure.reason.value)
    return True


def _look_for(hotline: Hotline, message: Message, outbound: Outbound) -> str | None:
    try:
        since = hotline.now() - timedelta(minutes=2)
        return hotline.channels[message.channel].find(outbound, message.text, since)
    except SendFailed:
        return None


def _mark(hotline: Hotline, message: Message, state: str, *, code: str) -> None:
    with hotline.db.write() as conn:
        messages.mark(conn, message.id, state, _now(hotline), code=code)


def receive_receipt(hotline: Hotline, receipt: Receipt) -> None:
    """What a provider says of a text of ours. Receipts come in any order, doubled, or for nothing we know."""
    with hotline.db.write() as conn:
        message_id = receipt.message_id
        if message_id is None:
            message_id = messages.by_provider_id(conn, receipt.channel, receipt.provider_id)
        if message_id is None:
            return
        state = _STATES.get(receipt.status, "")
        thread_id = messages.receive_receipt(conn, message_id, state, _now(hotline), receipt.provider_id, receipt.code)
    if thread_id is not None:
        hotline.queue.announce(thread_id)


# Twilio's words for ours. Others say nothing about how far a text has come.
_STATES = {
    "accepted": "accepted", "scheduled": "accepted", "queued": "accepted", "sending": "sending", "sent": "sent",
    "delivered": "delivered", "read": "read", "failed": "failed", "undelivered": "undelivered", "canceled": "failed",
}  # fmt: skip


def deliver_forgotten(hotline: Hotline) -> int:
    """Send what is queued and was not rung for; how many threads that were."""
    with hotline.db.read() as conn:
        threads_ = messages.threads_with_queued(conn, _now(hotline) - _FORGOTTEN)
    for thread_id in threads_:
        try:
            deliver(hotline, thread_id)
        except Exception as error:  # one thread's trouble is not its neighbours'
            _log.error("thread %s was not delivered: %s", thread_id, type(error).__name__)
    return len(threads_)


def settle_submitting(hotline: Hotline) -> int:
    """Texts a worker took and died with: adopted if the provider has them, else uncertain, for an officer to decide.
    Never sent again blindly. How many there were."""
    with hotline.db.read() as conn:
        left = messages.left_submitting(conn, hotline.keys, _now(hotline) - _LEFT)
        known = {
            m.id: (threads.read(conn, hotline.keys, m.thread_id), threads.address(conn, hotline.keys, m.thread_id))
            for m in left
        }
    for message in left:
        thread, recipient = known[message.id]
        outbound = Outbound(
            message.id, message.thread_id, message.channel, recipient, thread.line, message.text, (message.text,)
        )
        found = _look_for(hotline, message, outbound)
        if found:
            _accepted(hotline, message, found)
        else:
            _mark(hotline, message, "uncertain", code="")
        hotline.queue.announce(message.thread_id)
    return len(left)


def _now(hotline: Hotline) -> int:
    return int(hotline.now().timestamp() * 1000)
