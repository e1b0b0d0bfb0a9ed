"""Numbers that were shown to an officer: why, until when, and which supervisor has looked at it. Holds no number."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store import bars
from bot.store.ids import new_id
from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Reveal:
    """One number shown once, as supervisors read of it."""

    id: int
    thread_id: int
    handle: str
    staff_id: int
    officer: str
    reason: str
    made_at: int
    read_at: int | None
    reader: str


def add(conn: Connection, keys: Keyset, thread_id: int, staff_id: int, reason: str, at: int, until: int) -> None:
    sql = """INSERT INTO reveals (id, thread_id, staff_id, reason, made_at, until_at)
        VALUES (:id, :thread, :staff, :reason, :at, :until)"""
    id_ = new_id()
    sealed = keys.seal(reason, f"reveals.reason:{id_}")
    values = {"id": id_, "thread": thread_id, "staff": staff_id, "reason": sealed, "at": at, "until": until}
    conn.execute(text(sql), values)


def until(conn: Connection, thread_id: int, staff_id: int, at: int, longest: int) -> int | None:
    """Up to when a thread's number is shown to somebody; None if it is not. None is shown for longer than the longest: what
    seems to be was made before the clock was put back."""
    sql = """SELECT MAX(until_at) FROM reveals WHERE thread_id = :thread AND staff_id = :staff
        AND until_at > :at AND until_at <= :at + :longest"""
    values = {"thread": thread_id, "staff": staff_id, "at": at, "longest": longest}
    found = conn.execute(text(sql), values).scalar()
    return int(found) if found is not None else None


def latest(conn: Connection, keys: Keyset, by: int, limit: int) -> list[Reveal]:
    """What a supervisor may read of: those nobody has looked at first, then the newest."""
    sql = f"""SELECT v.id, v.thread_id, r.handle, v.staff_id, s.name, v.reason, v.made_at, v.read_at, reader.name
        FROM reveals v JOIN threads t ON t.id = v.thread_id JOIN residents r ON r.id = t.resident_id
        JOIN staff s ON s.id = v.staff_id LEFT JOIN staff reader ON reader.id = v.read_by
        WHERE NOT {bars.hides("v.thread_id", ":by")}
        ORDER BY CASE WHEN v.read_at IS NULL THEN 0 ELSE 1 END, v.id DESC LIMIT :limit"""
    return [_reveal(row, keys) for row in conn.execute(text(sql), {"by": by, "limit": limit}).fetchall()]


def _reveal(row: Any, keys: Keyset) -> Reveal:
    id_, thread_id, handle, staff_id, officer, reason, made_at, read_at, reader = row
    words = keys.open(bytes(reason), f"reveals.reason:{id_}")
    return Reveal(id_, thread_id, handle, staff_id, officer, words, made_at, read_at, reader or "")


def unread(conn: Connection, by: int) -> int:
    """How many a supervisor is still to look at: all but their own, and but those in threads not shown to them."""
    sql = f"""SELECT count(*) FROM reveals v WHERE v.read_at IS NULL AND v.staff_id <> :by
        AND NOT {bars.hides("v.thread_id", ":by")}"""
    return int(conn.execute(text(sql), {"by": by}).scalar_one())


def mark_read(conn: Connection, reveal_id: int, by: int, at: int) -> int | None:
    """The thread of one that nobody had looked at yet; None if somebody had, or it is one's own, or not for their eyes."""
    sql = f"""UPDATE reveals SET read_by = :by, read_at = :at
        WHERE id = :id AND read_at IS NULL AND staff_id <> :by AND NOT {bars.hides("reveals.thread_id", ":by")}
        RETURNING thread_id"""
    found = conn.execute(text(sql), {"id": reveal_id, "by": by, "at": at}).scalar()
    return int(found) if found is not None else None
