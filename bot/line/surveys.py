"""Asks residents how our help was, a day after it: in the daytime, once in thirty days, and never where a question of ours
could do harm. What they answer is kept without who said it."""

from datetime import datetime

from bot.errors import NotFound, Stale
from bot.flow import wording
from bot.hotline import Hotline
from bot.line import unasked, window
from bot.store import events, surveys, threads
from bot.store.database import Connection
from bot.store.surveys import Due
from bot.store.threads import Thread

FLOW = "survey"
_WAKING = range(9, 19)  # hours in which a question may be sent
_DAY = 86_400_000  # ms


def ask(hotline: Hotline) -> int:
    """Ask everybody whose hand-off or report ended a day ago; how many that were."""
    if not hotline.config.survey or hotline.now().hour not in _WAKING:
        return 0
    at = hotline.instant()
    with hotline.db.read() as conn:
        due = surveys.due(conn, at - 2 * _DAY, at - _DAY, windowed=window.CHANNEL, opened=at - window.DAY)
    asked = 0
    for one in due:
        try:
            asked += _ask(hotline, one, at)
        except (Stale, NotFound):  # they just wrote: in the next round
            continue
    return asked


def _ask(hotline: Hotline, due: Due, at: int) -> bool:
    with hotline.db.read() as conn:  # who is at something else may be so for a day of rounds
        if not _may(conn, threads.read(conn, hotline.keys, due.thread_id), at):
            return False
    with hotline.db.write() as conn:
        thread = threads.read(conn, hotline.keys, due.thread_id)
        if not _may(conn, thread, at) or not surveys.claim(conn, due.resident_id, at):
            return False
        wrote = datetime.fromtimestamp(due.began / 1000, hotline.config.timezone).date()
        given = {"kind": due.kind, "date": wording.day(unasked.walk(hotline, thread, FLOW), wrote)}
        unasked.write(hotline, conn, thread, unasked.ask(hotline, conn, thread, FLOW, given))
        events.write(conn, "line", "asked how our help was", f"thread:{thread.id}", at)
    hotline.queue.put("deliver", thread.id)
    return True


def _may(conn: Connection, thread: Thread, at: int) -> bool:
    return unasked.why_not(thread, at) is None and unasked.may_ask(conn, thread, FLOW, at)


def forget_old(hotline: Hotline) -> int:
    """Who was asked is kept for as long as they are not to be asked again; how many were forgotten."""
    before = hotline.instant() - surveys.AGAIN
    with hotline.db.read() as conn:
        if not surveys.any_before(conn, before):
            return 0
    with hotline.db.write() as conn:
        return surveys.forget(conn, before)
