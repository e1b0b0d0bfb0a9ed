"""Safety cards: when a person opened one, what dispatch was told, and whether the resident knows that somebody has read."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an open card. Instants in ms."""

    handoff_id: int
    reason: str
    language: str | None
    opened_at: int
    seen_at: int | None
    seen_by: str
    cad_number: str
    cad_at: int | None
    cad_by: str
    read_told_at: int | None


def card(conn: Connection, thread_id: int) -> Kept | None:
    """The open card of a thread."""
    sql = """SELECT h.id, h.reason, h.language, h.opened_at, h.seen_at, s.name, h.cad_number, h.cad_at, c.name, h.read_told_at
        FROM handoffs h LEFT JOIN staff s ON s.id = h.seen_by LEFT JOIN staff c ON c.id = h.cad_by
        WHERE h.thread_id = :thread AND h.kind = 'safety' AND h.closed_at IS NULL"""
    row = conn.execute(text(sql), {"thread": thread_id}).fetchone()
    if row is None:
        return None
    id_, reason, language, opened, seen, seen_by, cad, cad_at, cad_by, told = row
    return Kept(id_, reason, language, opened, seen, seen_by or "", cad or "", cad_at, cad_by or "", told)


def mark_seen(conn: Connection, handoff_id: int, staff_id: int, at: int) -> bool:
    """Whether this is the first person who opened it."""
    sql = "UPDATE handoffs SET seen_at = :at, seen_by = :staff WHERE id = :id AND seen_at IS NULL"
    return conn.execute(text(sql), {"at": at, "staff": staff_id, "id": handoff_id}).rowcount == 1


def write_cad(conn: Connection, handoff_id: int, number: str, told_at: int, staff_id: int) -> bool:
    """Whether the card is still open."""
    sql = """UPDATE handoffs SET cad_number = :number, cad_at = :at, cad_by = :staff
        WHERE id = :id AND closed_at IS NULL"""
    values = {"number": number, "at": told_at, "staff": staff_id, "id": handoff_id}
    return conn.execute(text(sql), values).rowcount == 1


def mark_read_told(conn: Connection, handoff_id: int, at: int) -> bool:
    """Whether it is ours to tell the resident; only once dispatch was told."""
    sql = """UPDATE handoffs SET read_told_at = :at
        WHERE id = :id AND closed_at IS NULL AND read_told_at IS NULL AND cad_number IS NOT NULL"""
    return conn.execute(text(sql), {"at": at, "id": handoff_id}).rowcount == 1
