"""Whom a thread is not shown to: who a complaint is about, and who knows the resident. As long as two threads are joined,
what is said of one holds for the other: they are one person's."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from bot.store.database import Statement

_PUT = """
INSERT INTO bars (thread_id, staff_id, why, by_id, at) VALUES (:thread, :staff, :why, :by, :at)
ON CONFLICT (thread_id, staff_id) DO NOTHING"""


def putting(thread_id: int, staff_id: int, why: str, by: int | None, at: int) -> Statement:
    """`why` is complaint or knows them; `by` None if the line itself found it."""
    return _PUT, {"thread": thread_id, "staff": staff_id, "why": why, "by": by, "at": at}


_EITHER = "thread_id IN (:thread, (SELECT joined_to FROM threads WHERE id = :thread))"


def hides(thread: str, staff: str) -> str:
    """SQL: whether the thread is not shown to this person; both as the statement calls them."""
    return f"""EXISTS (SELECT 1 FROM bars WHERE bars.staff_id = {staff}
        AND bars.thread_id IN ({thread}, (SELECT j.joined_to FROM threads j WHERE j.id = {thread})))"""


def lift(conn: Connection, thread_id: int, staff_id: int) -> bool:
    sql = f"DELETE FROM bars WHERE {_EITHER} AND staff_id = :staff"
    return conn.execute(text(sql), {"thread": thread_id, "staff": staff_id}).rowcount > 0


def of_thread(conn: Connection, thread_id: int) -> Mapping[int, str]:
    """Staff id -> why."""
    sql = f"SELECT staff_id, why FROM bars WHERE {_EITHER}"
    return {int(row.staff_id): str(row.why) for row in conn.execute(text(sql), {"thread": thread_id})}


def open_ones(conn: Connection) -> Mapping[int, frozenset[int]]:
    """Thread -> whom it is not shown to, of threads with an open hand-off."""
    sql = """SELECT DISTINCT h.thread_id, b.staff_id FROM handoffs h JOIN threads t ON t.id = h.thread_id
        JOIN bars b ON b.thread_id IN (t.id, t.joined_to) WHERE h.closed_at IS NULL"""
    found: dict[int, frozenset[int]] = {}
    for thread, staff in conn.execute(text(sql)):
        found[thread] = found.get(thread, frozenset()) | {staff}
    return found


def of_staff(conn: Connection, staff_id: int) -> frozenset[int]:
    """The threads this person must not see."""
    sql = """SELECT thread_id FROM bars WHERE staff_id = :staff
        UNION SELECT t.joined_to FROM bars b JOIN threads t ON t.id = b.thread_id
        WHERE b.staff_id = :staff AND t.joined_to IS NOT NULL"""
    return frozenset(conn.execute(text(sql), {"staff": staff_id}).scalars())
