"""Whom a thread is not shown to: who a complaint is about, and who knows the resident."""

from collections.abc import Mapping

from sqlalchemy import Connection, text

from bot.store.database import Statement

_PUT = """
INSERT INTO bars (thread_id, staff_id, why, by_id, at) VALUES (:thread, :staff, :why, :by, :at)
ON CONFLICT (thread_id, staff_id) DO NOTHING"""


def putting(thread_id: int, staff_id: int, why: str, by: int | None, at: int) -> Statement:
    """`why` is complaint or knows them; `by` None if the line itself found it."""
    return _PUT, {"thread": thread_id, "staff": staff_id, "why": why, "by": by, "at": at}


def lift(conn: Connection, thread_id: int, staff_id: int) -> bool:
    sql = "DELETE FROM bars WHERE thread_id = :thread AND staff_id = :staff"
    return conn.execute(text(sql), {"thread": thread_id, "staff": staff_id}).rowcount == 1


def of_thread(conn: Connection, thread_id: int) -> Mapping[int, str]:
    """Staff id -> why."""
    sql = "SELECT staff_id, why FROM bars WHERE thread_id = :thread"
    return {int(row.staff_id): str(row.why) for row in conn.execute(text(sql), {"thread": thread_id})}


def open_ones(conn: Connection) -> Mapping[int, frozenset[int]]:
    """Thread -> whom it is not shown to, of threads with an open hand-off."""
    sql = """SELECT DISTINCT b.thread_id, b.staff_id FROM bars b JOIN handoffs h ON h.thread_id = b.thread_id
        WHERE h.closed_at IS NULL"""
    found: dict[int, frozenset[int]] = {}
    for thread, staff in conn.execute(text(sql)):
        found[thread] = found.get(thread, frozenset()) | {staff}
    return found


def of_staff(conn: Connection, staff_id: int) -> frozenset[int]:
    """The threads this person must not see."""
    sql = "SELECT thread_id FROM bars WHERE staff_id = :staff"
    return frozenset(conn.execute(text(sql), {"staff": staff_id}).scalars())
