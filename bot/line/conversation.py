"""One text from a resident: understood, answered and kept, in one durable write. The only way a resident moves a thread.

It reads the thread, decides (which touches nothing), and writes all of it at once under the thread's version. If the
thread changed meanwhile, it looks again and decides anew: two texts of one person never run at once.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bot.errors import DatabaseUnreachable, Stale
from bot.hotline import Hotline
from bot.line import applying
from bot.line.deciding import decide
from bot.line.turning import Decision
from bot.model import Inbound, Outbound
from bot.store import messages, threads
from bot.store.database import PATIENCE

_log = logging.getLogger(__name__)
_MOST_TRIES = 40  # twenty first texts of one new number at once need about twenty


def receive(hotline: Hotline, inbound: Inbound) -> Outbound | None:
    """Keep a text and what it causes; the reply to hand to the channel, or None for silence.

    Raises DatabaseUnreachable if it could not be kept: only then may the provider be told that it was not.
    """
    address_hash = hotline.keys.digest(f"{inbound.channel}:{inbound.sender}")
    with _one_at_a_time(address_hash):
        for _ in range(_MOST_TRIES):
            seen = threads.look(hotline.db, hotline.keys, inbound.channel, inbound.provider_id, address_hash)
            if seen.repeat_of is not None:
                return _again(hotline, inbound, seen)
            decision = decide(hotline, seen.thread, inbound)
            write = applying.write(hotline, seen.thread, inbound, address_hash, decision)
            try:
                hotline.db.keep(write.statements)
            except Stale:
                continue
            _ring(hotline, write.thread_id, decision, len(write.replies))
            return write.replies[0] if write.replies else None
    raise DatabaseUnreachable("The thread kept changing.")


def _again(hotline: Hotline, inbound: Inbound, seen: threads.Seen) -> Outbound | None:
    """A retry of the same delivery is given the same reply again; any other repeat is given nothing."""
    same_delivery = inbound.fallback or (inbound.repeat_token and inbound.repeat_token == seen.repeat_token)
    if not same_delivery or seen.repeat_of is None:
        return None
    reply = messages.replies_to(hotline.db, hotline.keys, seen.repeat_of)
    if reply is None or reply.state not in ("offered", "accepted"):
        return None
    return Outbound(reply.id, reply.thread_id, inbound.channel, inbound.sender, inbound.line, reply.text, (reply.text,))


def _ring(hotline: Hotline, thread_id: int, decision: Decision, replies: int) -> None:
    """Bells, after the commit. Whoever misses one finds the work in the database."""
    if decision.for_desk:
        hotline.queue.announce(thread_id)
    if decision.page:
        hotline.queue.put("page_officers", thread_id)
    if replies > 1 or decision.reply_by_rest:
        hotline.queue.put("deliver", thread_id)


# Texts of one number wait for one another here, so that within a process nothing is decided twice. Between processes
# the thread's version does the same.
_locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
_waiting: defaultdict[str, int] = defaultdict(int)
_guard = threading.Lock()


@contextmanager
def _one_at_a_time(key: str) -> Iterator[None]:
    with _guard:
        lock = _locks[key]
        _waiting[key] += 1
    try:
        if not lock.acquire(timeout=PATIENCE):
            raise DatabaseUnreachable("Too many texts of this resident wait.")
        try:
            yield
        finally:
            lock.release()
    finally:
        with _guard:
            _waiting[key] -= 1
            if not _waiting[key]:
                del _waiting[key], _locks[key]
