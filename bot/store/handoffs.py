"""Hand-offs: a thread passing to an officer, from opened to closed. One of a kind is open in a thread at a time."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.database import Database, Statement
from bot.store.sealing import Keyset

_OPEN = """
INSERT INTO handoffs (id, thread_id, kind, reason, about, language, any_language, urgent, opened_at)
VALUES (:id, :thread_id, :kind, :reason, :about, :language, :any_language, :urgent, :opened_at)
ON CONFLICT (thread_id, kind) WHERE closed_at IS NULL DO UPDATE SET
    urgent = handoffs.urgent OR excluded.urgent,
    any_language = handoffs.any_language OR excluded.any_language, paged_at = NULL, language = excluded.language,
    reason = CASE WHEN handoffs.reason LIKE '%' || excluded.reason || '%' THEN handoffs.reason
        ELSE handoffs.reason || '; ' || excluded.reason END"""


def opening(
    keys: Keyset,
    *,
    id: int,
    thread_id: int,
    kind: str,
    reason: str,
    about: str,
    language: str | None,
    any_language: bool,
    urgent: bool,
    at: int,
) -> Statement:
    """Opens a hand-off; if one of its kind is open in the thread, adds the reason to it and has it paged for again."""
    return _OPEN, {
        "id": id, "thread_id": thread_id, "kind": kind, "reason": reason, "language": language, "urgent": urgent,
        "any_language": any_language,
        "about": keys.seal(about, f"handoffs.about:{id}") if about else None, "opened_at": at,
    }  # fmt: skip


def leaving(thread_id: int, at: int) -> Statement:
    """The resident no longer waits. A safety card stays until an officer closes it."""
    sql = """UPDATE handoffs SET closed_at = :at, outcome = 'the resident left'
        WHERE thread_id = :thread_id AND kind = 'officer' AND closed_at IS NULL"""
    return sql, {"thread_id": thread_id, "at": at}


def closing(thread_id: int, outcome: str, at: int) -> Statement:
    """Closes whatever is open in a thread."""
    sql = "UPDATE handoffs SET closed_at = :at, outcome = :outcome WHERE thread_id = :thread_id AND closed_at IS NULL"
    return sql, {"thread_id": thread_id, "outcome": outcome, "at": at}


@dataclass(frozen=True, slots=True)
class Handoff:
    """An open hand-off with what a list shows of its thread."""

    id: int
    thread_id: int
    handle: str
    channel: str
    kind: str
    reason: str
    about: str
    language: str | None
    urgent: bool
    opened_at: int
    claimed_at: int | None
    officer_id: int | None
    officer: str
    paged_at: int | None
    told_at: int | None
    stopped: bool
    safe_contact: bool
    any_language: bool


_LIST = """
SELECT h.id, h.thread_id, r.handle, t.channel, h.kind, h.reason, h.about, h.language, h.urgent, h.opened_at,
    h.claimed_at, h.officer_id, s.name, h.paged_at, h.told_at, t.stopped, t.safe_contact,
    h.any_language
FROM handoffs h JOIN threads t ON t.id = h.thread_id JOIN residents r ON r.id = t.resident_id
LEFT JOIN staff s ON s.id = h.officer_id
WHERE h.closed_at IS NULL"""


def _handoff(row: Any, keys: Keyset) -> Handoff:
    (id_, thread, handle, channel, kind, reason, about, language, urgent, opened, claimed, officer_id, officer, paged, told,
     stopped, safe, any_language) = row  # fmt: skip
    words = keys.open(bytes(about), f"handoffs.about:{id_}") if about else ""
    return Handoff(
        id_, thread, handle, channel, kind, reason, words, language, bool(urgent), opened, claimed, officer_id,
        officer or "", paged, told, bool(stopped), bool(safe), bool(any_language),
    )  # fmt: skip


def all_open(conn: Connection, keys: Keyset) -> list[Handoff]:
    """Urgent ones first, then by age."""
    rows = conn.execute(text(f"{_LIST} ORDER BY h.urgent DESC, h.opened_at")).fetchall()
    return [_handoff(row, keys) for row in rows]


def of_thread(conn: Connection, keys: Keyset, thread_id: int) -> list[Handoff]:
    rows = conn.execute(
        text(f"{_LIST} AND h.thread_id = :thread ORDER BY h.opened_at"), {"thread": thread_id}
    ).fetchall()
    return [_handoff(row, keys) for row in rows]


def waiting(db: Database, language: str) -> int:
    """How many wait for an officer of a language."""
    sql = """SELECT count(*) FROM handoffs WHERE closed_at IS NULL AND claimed_at IS NULL AND kind = 'officer'
        AND language = :language"""
    row = db.look(sql, {"language": language})
    return int(row[0]) if row else 0


def claim(conn: Connection, thread_id: int, officer_id: int, at: int) -> bool:
    """Take what is open in a thread, if nobody has: one conditional update, so exactly one of two officers gets it."""
    sql = """UPDATE handoffs SET claimed_at = :at, officer_id = :officer
        WHERE thread_id = :thread AND closed_at IS NULL AND officer_id IS NULL"""
    return conn.execute(text(sql), {"at": at, "officer": officer_id, "thread": thread_id}).rowcount > 0


def mark_paged(conn: Connection, handoff_id: int, at: int) -> bool:
    """Whether it is ours to page for; one update, so that three schedulers page once."""
    sql = "UPDATE handoffs SET paged_at = :at WHERE id = :id AND paged_at IS NULL AND closed_at IS NULL"
    return conn.execute(text(sql), {"at": at, "id": handoff_id}).rowcount == 1


def mark_told(conn: Connection, handoff_id: int, last: int | None, at: int) -> bool:
    """Whether it is ours to tell the resident that they still wait."""
    sql = "UPDATE handoffs SET told_at = :at WHERE id = :id AND closed_at IS NULL AND COALESCE(told_at, 0) = :last"
    return conn.execute(text(sql), {"at": at, "id": handoff_id, "last": last or 0}).rowcount == 1
