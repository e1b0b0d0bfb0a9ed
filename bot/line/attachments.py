"""Pictures, voice notes and files that came with a text, fetched from the provider after the text was kept and answered.

Each is taken by one conditional write, fetched with no transaction open, and kept by another. Whoever dies in between
leaves it taken until its time is up; then somebody else fetches it.
"""

import logging
import threading
import time

from bot.errors import DatabaseUnreachable, MediaUnfetched
from bot.hotline import Hotline
from bot.line.media_kinds import kind_of
from bot.store import attachments
from bot.store.attachments import Attachment, Wanted

_log = logging.getLogger(__name__)
_PAUSES = (1_000, 3_000, 30_000, 300_000)  # ms after the first tries: fresh pictures of WhatsApp come late
_LONGEST_PAUSE = 3_600_000  # ms
_DAY = 86_400_000  # ms after the text
_LEASE = 60_000  # ms: twice as long as anybody fetches one
_MOST_TRIES = 40  # more than fit into a day: whoever took it died of it, again and again
_TOGETHER = 25.0  # seconds in which a bell's work begins another; with the last one it stays under a minute
_MOST_THREADS = 50  # rung for in one round
_beside = threading.Lock()


def fetch(hotline: Hotline, thread_id: int) -> int:
    """Fetch what came with a thread's texts and is due, until some seconds have passed; how many are kept now."""
    began = time.monotonic()
    with hotline.db.read() as conn:
        wanted = attachments.to_fetch(conn, thread_id, hotline.instant())
    kept = 0
    for one in wanted:
        if time.monotonic() - began > _TOGETHER:
            hotline.queue.put("fetch_media", thread_id)
            break
        try:
            kept += _fetch(hotline, one)
        except DatabaseUnreachable:
            raise
        except Exception as error:  # one's trouble is not its neighbours'; its lease will end
            _log.error("attachment %s failed: %s", one.attachment.id, type(error).__name__)
    if wanted:
        hotline.queue.announce(thread_id)
    return kept


def fetch_forgotten(hotline: Hotline) -> int:
    """Ring for what is due, unless bells wait already; how many threads that is. Where none can be rung, the first of
    them is looked after beside what is done here."""
    with hotline.db.read() as conn:
        threads = attachments.threads_to_fetch(conn, hotline.instant(), _MOST_THREADS)
    if not threads or hotline.queue.waits("fetch_media"):
        return len(threads)
    for thread_id in threads:
        if not hotline.queue.put("fetch_media", thread_id):
            _fetch_beside(hotline, thread_id)
            break
    return len(threads)


def _fetch_beside(hotline: Hotline, thread_id: int) -> None:
    """In a thread of its own, one at a time: whoever called has texts to send, and must end when told to."""

    def work() -> None:
        try:
            fetch(hotline, thread_id)
        except Exception as error:  # the next round finds it again
            _log.error("attachments of thread %s failed: %s", thread_id, type(error).__name__)
        finally:
            _beside.release()

    if _beside.acquire(blocking=False):
        threading.Thread(target=work, daemon=True).start()


def _fetch(hotline: Hotline, wanted: Wanted) -> bool:
    """Whether one is kept now. No transaction is open while the provider is asked."""
    one, at = wanted.attachment, hotline.instant()
    with hotline.db.write() as conn:
        if not attachments.claim(conn, one, at, at + max(_LEASE, _pause(one.tries + 1))):
            return False
        if one.tries >= _MOST_TRIES:
            attachments.give_up(conn, one, "gone", at, one.code)
            return False
    try:
        content, kind = _content(hotline, wanted)
    except MediaUnfetched as failure:
        _log.warning("attachment %s not fetched: %s", one.id, failure.code)
        _failed(hotline, one, failure)
        return False
    with hotline.db.write() as conn:
        return attachments.keep(conn, hotline.keys, one, content, kind, hotline.instant())


def _content(hotline: Hotline, wanted: Wanted) -> tuple[bytes, str]:
    """The content and what it is. Raises MediaUnfetched."""
    channel = hotline.channels.get(wanted.channel)
    if channel is None:
        raise MediaUnfetched(retry=True, code="channel off")
    fetched = channel.fetch(wanted.provider_message_id, wanted.attachment.provider_id)
    kind = kind_of(fetched.content, attachments.told_type(fetched.content_type))
    if kind is None:
        raise MediaUnfetched(retry=False, code="kind")
    return fetched.content, kind


def _failed(hotline: Hotline, one: Attachment, failure: MediaUnfetched) -> None:
    at = hotline.instant()
    due = at + _pause(one.tries + 1)
    with hotline.db.write() as conn:
        if not failure.retry:
            attachments.give_up(conn, one, "refused", at, failure.code)
        elif due - one.created_at > _DAY:
            attachments.give_up(conn, one, "gone", at, failure.code)
        else:
            attachments.put_off(conn, one, at, due, failure.code)


def _pause(tries: int) -> int:
    """Milliseconds after a try that failed, the first being number 1."""
    return _PAUSES[tries - 1] if tries <= len(_PAUSES) else _LONGEST_PAUSE
