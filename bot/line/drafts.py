"""Unfinished reports: kept for some days after their resident walked away, then dropped."""

from bot.hotline import Hotline
from bot.store import events, threads
from bot.store.database import carry_out


def forget_old(hotline: Hotline) -> int:
    """Drop drafts that are older than the department keeps them; how many."""
    now, dropped = int(hotline.now().timestamp() * 1000), 0
    with hotline.db.read() as conn:
        due = threads.drafts_due(conn, now)
    for thread_id in due:
        with hotline.db.write() as conn:
            thread = threads.read(conn, hotline.keys, thread_id)
            thread.memory.place.draft = None
            if carry_out(conn, threads.without_draft(hotline.keys, thread)):
                events.write(conn, "line", "draft dropped", f"thread:{thread_id}", now)
                dropped += 1
    return dropped
