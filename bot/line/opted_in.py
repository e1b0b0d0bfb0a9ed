"""Residents who asked to hear of the next meeting: each is told once, when one is planned and they are at nothing else. Whom
somebody may read along with, and who sent STOP, hears nothing."""

from bot.errors import Stale
from bot.hotline import Hotline
from bot.line import meetings, unasked
from bot.store import events, opt_ins, reports, threads
from bot.store.opt_ins import OptIn

TOPIC = "meetings"
_FLOW = "meetings"
_WAKING = range(9, 19)  # hours in which anybody is told
_FOR_GOOD = ("stopped", "careful")  # why somebody is never told; a shut window may open again


def tell(hotline: Hotline) -> int:
    """Tell whoever is still to be told, if there is a meeting to come; how many texts that were."""
    if hotline.now().hour not in _WAKING:
        return 0
    with hotline.db.read() as conn:
        wanting = opt_ins.holding(conn, TOPIC)
    if not wanting or not meetings.upcoming(hotline, limit=1):
        return 0
    told = 0
    for one in wanting:
        try:
            told += _tell(hotline, one)
        except Stale:  # they just wrote: in the next round
            continue
    return told


def _tell(hotline: Hotline, wanting: OptIn) -> bool:
    at = hotline.instant()
    with hotline.db.write() as conn:
        thread = threads.read(conn, hotline.keys, wanting.thread_id)
        why_not = unasked.why_not(thread, at)
        now = unasked.is_free(thread, _FLOW) and not reports.complaint_is_open(conn, thread.id)
        if why_not not in _FOR_GOOD and (why_not or not now):
            return False
        if not opt_ins.end(conn, wanting.id, why_not or "told", at):
            return False
        if why_not is None:
            planned = unasked.walk(hotline, thread, _FLOW).fill(hotline.library.phrase("meeting_planned"))
            unasked.write(hotline, conn, thread, f"{planned}\n\n{unasked.ask(hotline, conn, thread, _FLOW, {})}")
        events.write(conn, "line", "told of a meeting, as they wished", f"thread:{thread.id}", at, why_not or "")
    if why_not is None:
        hotline.queue.put("deliver", wanting.thread_id)
    hotline.queue.announce(wanting.thread_id)
    return why_not is None
