"""Who opened what: a line in the audit trail when an officer opens a thread or what lies in it. What a resident sent is
given out without what a camera wrote into it. Knows no page."""

import logging
from dataclasses import dataclass

from bot.desk.threads import traces
from bot.desk.threads.joining import seen_together
from bot.desk.threads.views import read_by, shown_with
from bot.errors import DatabaseUnreachable, NotFound
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import attachments, events, messages
from bot.store.attachments import Attachment
from bot.store.database import Connection
from bot.text import mask, vcard

_log = logging.getLogger(__name__)
_ONCE = 600_000  # ms in which one who looks again is not written down again


@dataclass(frozen=True, slots=True)
class Opened:
    """What a resident sent, as it is given to a browser. `shown`: a page may show it; if not, it is only to be kept."""

    content: bytes
    kind: str
    shown: bool


def note(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """That somebody opened a thread: once in ten minutes for each of them. Whoever must read what a resident writes is not
    kept from it by a database that takes no changes; the log then is what is left of it."""
    try:
        _write_once(hotline, officer, "opened", thread_id, "")
    except DatabaseUnreachable:
        _log.warning("officer %s opened thread %s; the trail could not be written", officer.id, thread_id)


def _write_once(hotline: Hotline, officer: Officer, verb: str, thread_id: int, words: str) -> None:
    """Asked before it is written, since pages look again all the time."""
    actor, subject, at = f"officer:{officer.id}", f"thread:{thread_id}", hotline.instant()
    with hotline.db.read() as conn:
        known = events.written_since(conn, actor, verb, subject, at - _ONCE, words)
    if known:
        return
    with hotline.db.write() as conn:  # the page and what is alive in it come at the same moment
        if not events.written_since(conn, actor, verb, subject, at - _ONCE, words):
            events.write(conn, actor, verb, subject, at, words)


def attachment(hotline: Hotline, officer: Officer, thread_id: int, attachment_id: int) -> Opened:
    """What came with a text of a thread this officer may see, or of the one it is joined to. Raises NotFound."""
    with hotline.db.read() as conn:
        seen = seen_together(conn, hotline, officer, thread_id)
        came = [one for each in seen for one in _came(conn, hotline, officer, each.id)]
        one = next((one for one in came if one.id == attachment_id), None)
        content = attachments.content(conn, hotline.keys, attachment_id) if one else None
    if one is None or content is None:
        raise NotFound("There is no such picture or file.")
    _write_once(hotline, officer, "opened what was sent", thread_id, f"attachment:{attachment_id}")
    return _as_shown(content, one.content_type)


def _came(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> list[Attachment]:
    """What came with those texts of a thread that this person may read."""
    said = read_by(officer, messages.of_thread(conn, hotline.keys, thread_id))
    return [one for ones in shown_with(said, attachments.of_thread(conn, thread_id)).values() for one in ones]


def _as_shown(content: bytes, kind: str) -> Opened:
    if kind == "text/vcard":
        lines = vcard.lines(content.decode(errors="replace"))
        return Opened("\n".join(f"{name}: {value}" for name, value in lines).encode(), "text/plain", shown=True)
    if kind == "text/plain":
        return Opened(mask.mask(content.decode(errors="replace")).encode(), kind, shown=True)
    clean = traces.without(content, kind)
    if clean is None:  # nobody here can tell what is in it
        return Opened(content, kind, shown=False)
    return Opened(clean, kind, shown=kind in traces.SHOWN)
