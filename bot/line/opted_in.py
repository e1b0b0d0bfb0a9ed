"""Residents who asked to hear of the next meeting: each is told once, when one is planned and they are at nothing else. Whom
somebody may read along with, and who sent STOP, hears nothing."""

from bot.errors import NotFound, Stale
from bot.hotline import Hotline
from bot.line import meetings, unasked, window
from bot.store import events, opt_ins, threads
from bot.store.database import Connection
from bot.store.opt_ins import OptIn
from bot.store.threads import Thread

TOPIC = "meetings"
_FLOW = "meetings"
_WAKING = range(9, 19)  # hours in which anybody is told
_TOLD = "told"
_FOR_GOOD = ("stopped", "careful")  # why somebody is never told; a shut window may open again


def tell(hotline: Hotline) -> int:
    """Tell whoever is still to be told, if there is a meeting to come; how many texts that were."""
    if hotline.now().hour not in _WAKING:
        return 0
    opened = hotline.instant() - window.DAY
    with hotline.db.read() as conn:
        wanting = opt_ins.holding(conn, TOPIC, windowed=window.CHANNEL, opened=opened)
    if not wanting or not meetings.upcoming(hotline, limit=1):
        return 0
    told = 0
    for one in wanting:
        try:
            told += _tell(hotline, one)
        except (Stale, NotFound):  # they just wrote: in the next round
            continue
    return told


def _tell(hotline: Hotline, wanting: OptIn) -> bool:
    at = hotline.instant()
    with hotline.db.read() as conn:  # who is at something else may be so for many rounds
        if _ends(conn, threads.read(conn, hotline.keys, wanting.thread_id), at) is None:
            return False
    with hotline.db.write() as conn:
        thread = threads.read(conn, hotline.keys, wanting.thread_id)
        why = _ends(conn, thread, at)
        if why is None or not opt_ins.end(conn, wanting.id, why, at):
            return False
        if why == _TOLD:
            planned = unasked.walk(hotline, thread, _FLOW).fill(hotline.library.phrase("meeting_planned"))
            unasked.write(hotline, conn, thread, f"{planned}\n\n{unasked.ask(hotline, conn, thread, _FLOW, {})}")
        told = "" if why == _TOLD else why
        events.write(conn, "line", "told of a meeting, as they wished", f"thread:{thread.id}", at, told)
    if why == _TOLD:
        hotline.queue.put("deliver", wanting.thread_id)
    hotline.queue.announce(wanting.thread_id)
    return why == _TOLD


def _ends(conn: Connection, thread: Thread, at: int) -> str | None:
    """Why their wish is over now: they are told, or never can be. None: it goes on."""
    why_not = unasked.why_not(thread, at)
    if why_not is not None:
        return why_not if why_not in _FOR_GOOD else None
    return _TOLD if unasked.may_ask(conn, thread, _FLOW, at) else None
