"""How much falls on each officer, how long residents of each language waited, and what was taken late. Reads no text.

Ids are made by this machine's clock and instants by the line's, so that ids only narrow a search, with a day to spare.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import first_id

_DAY = 86_400_000  # ms
_WEEK = 7 * _DAY
_MOST_LATE = 50


@dataclass(frozen=True, slots=True)
class Late:
    """A hand-off that supervisors were told of because nobody took it in time. Instants in ms."""

    thread_id: int
    handle: str
    language: str | None
    urgent: bool
    opened_at: int
    claimed_at: int | None  # None: it still waits, or ended without an officer
    closed_at: int | None
    officer: str


def texts_since(conn: Connection, since: int) -> Mapping[int, int]:
    """Staff id -> how many texts they wrote to residents."""
    sql = """SELECT officer_id, count(*) FROM messages
        WHERE id >= :first AND created_at >= :since AND author = 'officer' AND officer_id IS NOT NULL GROUP BY officer_id"""
    return {int(one): int(n) for one, n in conn.execute(text(sql), {"first": first_id(since - _DAY), "since": since})}


def taken_since(conn: Connection, since: int) -> Mapping[int, list[bool]]:
    """Staff id -> whether each thread they took is about danger or a crisis, the last one first."""
    sql = """SELECT officer_id, thread_id, max(CASE WHEN kind = 'safety' THEN 1 ELSE 0 END) FROM handoffs
        WHERE id >= :first AND claimed_at >= :since AND officer_id IS NOT NULL
        GROUP BY officer_id, thread_id ORDER BY max(claimed_at) DESC"""
    found: dict[int, list[bool]] = {}
    for officer_id, _, crisis in conn.execute(text(sql), {"first": first_id(since - _WEEK), "since": since}):
        found.setdefault(officer_id, []).append(bool(crisis))
    return found


def waits_since(conn: Connection, since: int) -> Mapping[str | None, list[int]]:
    """Language -> ms that residents waited until an officer took their thread."""
    sql = """SELECT language, claimed_at - opened_at FROM handoffs
        WHERE id >= :first AND claimed_at >= :since AND kind = 'officer'"""
    found: dict[str | None, list[int]] = {}
    for language, waited in conn.execute(text(sql), {"first": first_id(since - _WEEK), "since": since}):
        found.setdefault(language, []).append(int(waited))
    return found


def late_since(conn: Connection, since: int) -> list[Late]:
    """Those that still wait first, then the newest."""
    sql = f"""SELECT h.thread_id, r.handle, h.language, h.urgent, h.opened_at, h.claimed_at, h.closed_at, s.name
        FROM handoffs h JOIN threads t ON t.id = h.thread_id JOIN residents r ON r.id = t.resident_id
        LEFT JOIN staff s ON s.id = h.officer_id
        WHERE h.id >= :first AND h.escalated_at >= :since
        ORDER BY CASE WHEN h.claimed_at IS NULL AND h.closed_at IS NULL THEN 0 ELSE 1 END, h.opened_at DESC
        LIMIT {_MOST_LATE}"""
    rows = conn.execute(text(sql), {"first": first_id(since - _WEEK), "since": since}).fetchall()
    return [
        Late(thread, handle, language, bool(urgent), opened, claimed, closed, officer or "")
        for thread, handle, language, urgent, opened, claimed, closed, officer in rows
    ]
