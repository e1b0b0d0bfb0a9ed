"""One text from a resident: understood, answered and kept, in one durable write. The only way a resident moves a thread.

It reads the thread, decides (which touches nothing), and writes all of it at once under the thread's version. If the
thread changed meanwhile, it looks again and decides anew: two texts of one person never run at once.
"""

import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace

from bot.errors import DatabaseUnreachable, Stale
from bot.hotline import Hotline
from bot.line import applying
from bot.line.deciding import decide, quarantine, where
from bot.line.turning import Decision
from bot.model import Inbound, Outbound
from bot.store import events, messages, threads
from bot.store.ids import new_id
from bot.store.patience import left

_log = logging.getLogger(__name__)
_FAILURES = 3  # times a text may fail to be understood
_LONGEST_SHOWN = 2000  # characters of what could not be understood
_MOST_TRIES = 40  # twenty first texts of one new number at once need about twenty


def receive(
    hotline: Hotline, inbound: Inbound, *, give_up: bool = False, watch: Callable[[Decision], None] = lambda _: None
) -> Outbound | None:
    """Keep a text and what it causes; the reply to hand to the channel, or None for silence. What cannot be understood or
    kept is tried three times, then quarantined; at once if it is to be given up. `watch` is shown what was decided and kept.

    Raises DatabaseUnreachable if it could not be kept: only then may the provider be told that it was not.
    """
    address_hash = hotline.keys.digest(f"{inbound.channel}:{inbound.sender}")
    failures = _FAILURES if give_up else 0
    with _one_at_a_time(address_hash):
        for _ in range(_MOST_TRIES):
            seen = threads.look(hotline.db, hotline.keys, inbound.channel, inbound.provider_id, address_hash)
            if seen.repeat_of is not None:
                return _again(hotline, inbound, seen)
            try:
                return _turn(hotline, inbound, address_hash, seen, watch, quarantined=failures >= _FAILURES)
            except Stale:
                continue
            except DatabaseUnreachable:
                raise
            except Exception as error:
                failures += 1
                _log.error("a turn failed: %s at %s", type(error).__name__, where(error))
                if failures > _FAILURES:  # not even its safe rendering could be kept
                    raise
    raise DatabaseUnreachable("The thread kept changing.")


def _turn(
    hotline: Hotline,
    inbound: Inbound,
    address_hash: str,
    seen: threads.Seen,
    watch: Callable[[Decision], None],
    *,
    quarantined: bool,
) -> Outbound | None:
    if quarantined:
        decision = quarantine(hotline, seen.thread, inbound)
        inbound = _safely(inbound)
    else:
        decision = decide(hotline, seen.thread, inbound, seen.limited_until)
    write = applying.write(hotline, seen.thread, inbound, address_hash, decision)
    hotline.db.keep(write.statements)
    _ring(hotline, write.thread_id, decision, len(write.replies), bool(inbound.media))
    watch(decision)
    return write.replies[0] if write.replies else None


def _safely(inbound: Inbound) -> Inbound:
    """The text as an officer can read it and any database can hold it."""
    shown = "".join(sign if sign.isprintable() or sign == "\n" else f"\\u{ord(sign):04x}" for sign in inbound.text)
    return replace(inbound, text=shown[:_LONGEST_SHOWN], spot=None, profile_name="")


def _again(hotline: Hotline, inbound: Inbound, seen: threads.Seen) -> Outbound | None:
    """A retry of the same delivery is given the same reply again; any other repeat is given nothing."""
    if seen.repeat_of is None:
        return None
    _keep_other_wording(hotline, inbound, seen.repeat_of)
    if not (inbound.fallback or (inbound.repeat_token and inbound.repeat_token == seen.repeat_token)):
        return None
    reply = messages.replies_to(hotline.db, hotline.keys, seen.repeat_of)
    if reply is None or reply.state not in ("offered", "accepted"):
        return None
    return Outbound(reply.id, reply.thread_id, inbound.channel, inbound.sender, inbound.line, reply.text, (reply.text,))


def _keep_other_wording(hotline: Hotline, inbound: Inbound, first_id: int) -> None:
    """One id with two wordings: the first stands, the other is kept beside it for an officer to see. Nothing is done on
    its words."""
    first = messages.one(hotline.db, hotline.keys, first_id)
    if first is None or inbound.recovered or first.state != "received" or not first.text or not inbound.text:
        return
    if first.text == inbound.text:
        return
    other = replace(_safely(inbound), provider_id=f"{inbound.provider_id}/{hotline.keys.digest(inbound.text)[:12]}")
    at = hotline.instant()
    with suppress(Stale):  # kept already
        hotline.db.keep(
            [
                messages.received(hotline.keys, new_id(), first.thread_id, other, {}, first.language, at, "conflict"),
                events.event("line", "one text came with two wordings", f"thread:{first.thread_id}", at),
            ]
        )
        hotline.queue.announce(first.thread_id)


def _ring(hotline: Hotline, thread_id: int, decision: Decision, replies: int, media: bool) -> None:
    """Bells, after the commit. Whoever misses one finds the work in the database."""
    if decision.for_desk:
        hotline.queue.announce(thread_id)
        if hotline.config.relay:
            hotline.queue.put("relay", thread_id)
    if decision.page:
        hotline.queue.put("page_officers", thread_id)
    if replies > 1 or decision.reply_by_rest:
        hotline.queue.put("deliver", thread_id)
    if media:
        hotline.queue.put("fetch_media", thread_id)
    if decision.for_desk and hotline.translator and decision.language != "en":
        hotline.queue.put("translate", thread_id)


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
        if not lock.acquire(timeout=left()):
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
