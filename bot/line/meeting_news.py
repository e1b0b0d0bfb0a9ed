"""What residents who said they come to a meeting are told without asking: that it is tomorrow, has moved, does not take
place, has no interpreter; and, if they allowed it, how it was. Each once, whoever looks; nobody else hears anything."""

from collections.abc import Iterator
from datetime import timedelta

from bot.errors import Stale
from bot.flow import wording
from bot.flow.steps.talk import Ask
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line import meetings, unasked
from bot.model import Meeting
from bot.store import events, invitations, threads
from bot.store.database import Connection
from bot.store.invitations import Due
from bot.store.threads import Thread

FLOW = "meeting_news"
_CANNOT = "meeting_cannot"
_HOUR = 3_600_000  # ms
_WAKING = range(9, 19)  # hours in which a reminder or a question may be sent
_ASKED_WITHIN = 48 * _HOUR


def tell(hotline: Hotline) -> int:
    """Tell everybody who is to hear something now; how many texts that were."""
    with hotline.db.read() as conn:
        due = list(_due(hotline, conn))
    told = 0
    for one in due:
        try:
            told += _tell(hotline, one)
        except Stale:  # they just wrote: in the next round
            continue
    return told


def _due(hotline: Hotline, conn: Connection) -> Iterator[Due]:
    now = hotline.now()
    at = hotline.instant()
    yield from invitations.moved(conn, at)
    yield from invitations.called_off(conn, at)
    yield from invitations.without_interpreter(conn, at)
    if now.hour in _WAKING:
        days = (hotline.midnight(now.date() + timedelta(days=ahead)) for ahead in range(3))
        yield from invitations.of_tomorrow(conn, *days)
        yield from invitations.to_ask(conn, at - _ASKED_WITHIN, at - _HOUR)


def _tell(hotline: Hotline, due: Due) -> bool:
    at = hotline.instant()
    if due.kind == "after" and not _may_ask(hotline, due, at):
        return False
    with hotline.db.write() as conn:
        thread_id = invitations.thread_of(conn, due.resident_id)
        planned = meetings.planned(hotline, conn, due.meeting_id)
        if thread_id is None or planned is None:
            return False
        thread = threads.read(conn, hotline.keys, thread_id)
        why_not = unasked.why_not(thread, at)
        if why_not is None and due.kind == "after" and not unasked.may_ask(conn, thread, FLOW, at):
            return False  # they are at something else; there are two days for this question
        if not invitations.claim(conn, due, why_not or "queued", at):
            return False
        if why_not is None:
            _write(hotline, conn, thread, due, planned)
        events.write(conn, "line", f"meeting: {due.kind}", f"thread:{thread_id}", at, why_not or "")
    if why_not is None:
        hotline.queue.put("deliver", thread_id)
    hotline.queue.announce(thread_id)
    return why_not is None


def _may_ask(hotline: Hotline, due: Due, at: int) -> bool:
    """Looked at before anything is written: who is at something else may be so for two days of rounds."""
    with hotline.db.read() as conn:
        thread_id = invitations.thread_of(conn, due.resident_id)
        thread = threads.read(conn, hotline.keys, thread_id) if thread_id else None
        return thread is not None and (
            unasked.why_not(thread, at) is not None or unasked.may_ask(conn, thread, FLOW, at)
        )


def _write(hotline: Hotline, conn: Connection, thread: Thread, due: Due, planned: Meeting) -> None:
    """The text, and the question it asks if nothing else is open. Raises Stale if the thread changed meanwhile."""
    if due.kind == "cancelled":
        walk = unasked.walk(hotline, thread, FLOW)
        words = walk.fill(hotline.library.phrase("meeting_cancelled"), wording.meeting(walk, planned))
    elif unasked.is_free(thread, FLOW, hotline.instant()):
        given = {"news": due.kind, "meeting": due.meeting_id, "code": due.code}
        words = unasked.ask(hotline, conn, thread, FLOW, given)
    else:
        words = _beside(hotline, unasked.walk(hotline, thread, FLOW), due, planned)
    unasked.write(hotline, conn, thread, words)


def _beside(hotline: Hotline, walk: Walk, due: Due, planned: Meeting) -> str:
    """The same without a question: they are in the middle of something, or an officer writes with them."""
    step = hotline.library.scripts[FLOW].steps[due.kind]
    assert isinstance(step, Ask)
    words = "\n".join(walk.fill(line, wording.meeting(walk, planned)) for line in step.texts)
    if due.kind == "no_interpreter":
        return words
    return f"{words} {walk.fill(hotline.library.phrase(_CANNOT), {'code': due.code})}"


def forget_lists(hotline: Hotline) -> int:
    """Lists of who came are deleted after the department's days; how many meetings that were."""
    before = hotline.instant() - hotline.config.department_rsvp_days * 24 * _HOUR
    with hotline.db.read() as conn:
        old = invitations.forgettable(conn, before)
    for meeting_id in old:
        with hotline.db.write() as conn:
            if invitations.forget(conn, meeting_id):
                events.write(conn, "line", "list of who comes deleted", f"meeting:{meeting_id}", hotline.instant())
    return len(old)
