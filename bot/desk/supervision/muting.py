"""A resident whom the line does not answer for some time: by a supervisor, with a reason and an end. What it means for a
text of theirs is decided in the line; danger is never part of it."""

from bot.desk.supervision.others import another
from bot.desk.threads.changing import change_thread, give_back, keep
from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.line.deciding import WISH
from bot.line.muting import LONGEST
from bot.model import Holder, Officer
from bot.store import approvals, bars, events, handoffs, mutes
from bot.store.database import Connection
from bot.store.mutes import Mute
from bot.store.threads import Thread

LEAST_REASON = 10  # characters
MOST_REASON = 500
HOUR = 3_600_000  # ms
ALONE = 24 * HOUR  # ms for which one supervisor may mute without another
SPANS = (1, 4, 24, 72, 168, 720)  # hours to choose from
assert SPANS[-1] * HOUR == LONGEST


def mute(hotline: Hotline, officer: Officer, thread_id: int, reason: str, hours: int) -> bool:
    """From now on, for so many hours. For longer than a day another supervisor must agree; until then it holds for a day.
    Whether somebody must still agree. Who waits for an officer waits no longer, unless for their own data; a safety card
    stays, and so does an officer who holds the thread. Raises NotUsable without a real reason or end, NotFound."""
    words, until = _reason(reason), 0
    if not 1 <= hours <= SPANS[-1]:
        raise NotUsable("Choose until when: for 30 days at most.")
    asks = False

    def change(conn: Connection, thread: Thread, at: int) -> None:
        nonlocal asks, until
        until = at + hours * HOUR
        asks = hours * HOUR > ALONE and another(conn, hotline, officer, thread_id)
        _leave_queue(conn, hotline, thread, at)
        approvals.withdraw_mutes(conn, thread_id)
        first = min(until, at + ALONE) if asks else until
        mute_id = mutes.add(conn, hotline.keys, thread_id, words, officer.id, at, first)
        if asks:
            approvals.ask(
                conn, hotline.keys, "mute", thread_id, words, officer.id, at, mute_id=mute_id, until_at=until
            )  # fmt: skip
        note = f"{hours} hours{', 24 until another agrees' if asks else ''}"
        events.write(conn, f"officer:{officer.id}", "muted", f"thread:{thread_id}", at, note)

    change_thread(hotline, officer, thread_id, change)
    return asks


def lift(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """The line answers again. Raises NotFound if nobody is muted there."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        seen_by(conn, hotline, officer, thread_id)
        if not mutes.end_of_thread(conn, thread_id, officer.id, at):
            raise NotFound("Nobody is muted there any more.")
        approvals.withdraw_mutes(conn, thread_id)
        events.write(conn, f"officer:{officer.id}", "lifted a mute", f"thread:{thread_id}", at)
    hotline.queue.announce(thread_id)


def holding(hotline: Hotline, officer: Officer) -> list[Mute]:
    """All residents who are muted now, as far as they are this supervisor's to see."""
    with hotline.db.read() as conn:
        hidden = bars.of_staff(conn, officer.id)
        return [one for one in mutes.holding(conn, hotline.keys, hotline.instant()) if one.thread_id not in hidden]


def of_thread(hotline: Hotline, officer: Officer, thread_id: int) -> tuple[Thread, Mute | None]:
    """The thread, and the mute that holds in it. Raises NotFound."""
    with hotline.db.read() as conn:
        thread, _ = seen_by(conn, hotline, officer, thread_id)
        return thread, mutes.of_thread(conn, hotline.keys, thread_id, hotline.instant())


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not LEAST_REASON <= len(words) <= MOST_REASON:
        raise NotUsable("Write why, in at least {least} characters.", least=LEAST_REASON)
    return words


def _leave_queue(conn: Connection, hotline: Hotline, thread: Thread, at: int) -> None:
    """Who waited goes on where the flow would go on after an officer, and hears nothing of it; but for a wish to see or
    delete their data, which waits for its officer. Raises Stale."""
    wished = any(WISH in one.reason for one in handoffs.of_thread(conn, hotline.keys, thread.id))
    if thread.holder != Holder.WAITING or wished:
        keep(conn, hotline, thread, thread.holder, thread.officer_id)
        return
    give_back(conn, hotline, thread, at)
    mutes.leave_queue(conn, thread.id, at)
