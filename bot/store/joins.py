"""Which two threads are one person's: what holds now stands in the threads themselves, its history here."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.errors import NotYours
from bot.store.ids import new_id
from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Join:
    """A join that holds. `how` is number (both were written from one) or decision (an officer's)."""

    id: int
    how: str
    reason: str
    officer: str
    made_at: int


def other(conn: Connection, thread_id: int) -> int | None:
    """The thread a thread is joined to."""
    found = conn.execute(text("SELECT joined_to FROM threads WHERE id = :id"), {"id": thread_id}).scalar()
    return int(found) if found is not None else None


def make(
    conn: Connection, keys: Keyset, one: int, two: int, *, how: str, reason: str, officer_id: int, at: int
) -> None:
    """Raises NotYours if either has been joined already. The lower id is changed first, so that two who join the same
    threads wait for each other and do not lock each other out."""
    sql = text("UPDATE threads SET joined_to = :other WHERE id = :id AND joined_to IS NULL")
    for thread_id, other_id in sorted(((one, two), (two, one))):
        if conn.execute(sql, {"id": thread_id, "other": other_id}).rowcount != 1:
            raise NotYours("One of these threads is joined to another already.")
    id_ = new_id()
    values = {
        "id": id_, "one": min(one, two), "two": max(one, two), "how": how, "by": officer_id, "at": at,
        "reason": keys.seal(reason, f"joins.reason:{id_}") if reason else None,
    }  # fmt: skip
    statement = """INSERT INTO joins (id, thread_id, other_id, how, reason, made_by, made_at)
        VALUES (:id, :one, :two, :how, :reason, :by, :at)"""
    conn.execute(text(statement), values)


def undo(conn: Connection, one: int, two: int, *, officer_id: int, at: int) -> bool:
    """Whether they were joined. Nothing either of them holds is changed."""
    sql = text("UPDATE threads SET joined_to = NULL WHERE id = :id AND joined_to = :other")
    parted = [
        conn.execute(sql, {"id": thread_id, "other": other_id}).rowcount
        for thread_id, other_id in sorted(((one, two), (two, one)))
    ]
    if not all(parted):
        return False
    statement = """UPDATE joins SET undone_by = :by, undone_at = :at
        WHERE thread_id = :one AND other_id = :two AND undone_at IS NULL"""
    conn.execute(text(statement), {"one": min(one, two), "two": max(one, two), "by": officer_id, "at": at})
    return True


def of(conn: Connection, keys: Keyset, one: int, two: int) -> Join | None:
    """The join of two threads that holds."""
    sql = """SELECT j.id, j.how, j.reason, s.name, j.made_at FROM joins j LEFT JOIN staff s ON s.id = j.made_by
        WHERE j.thread_id = :one AND j.other_id = :two AND j.undone_at IS NULL"""
    row = conn.execute(text(sql), {"one": min(one, two), "two": max(one, two)}).fetchone()
    if row is None:
        return None
    id_, how, reason, officer, made_at = row
    words = keys.open(bytes(reason), f"joins.reason:{id_}") if reason else ""
    return Join(id_, how, words, officer or "", made_at)


def astray(conn: Connection) -> list[tuple[int, int | None]]:
    """Joined threads with nothing open of their own that are not held as they should be, and by whom they should: by whoever
    holds the other as long as something is open there, else by nobody."""
    sql = """SELECT id, wanted FROM (
            SELECT t.id, t.holder, t.officer_id, CASE WHEN o.holder = 'officer' AND EXISTS (
                SELECT 1 FROM handoffs h WHERE h.thread_id = o.id AND h.closed_at IS NULL) THEN o.officer_id END AS wanted
            FROM threads t JOIN threads o ON o.id = t.joined_to
            WHERE t.joined_to IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.thread_id = t.id AND h.closed_at IS NULL)
        ) pairs
        WHERE (wanted IS NULL AND holder = 'officer')
            OR (wanted IS NOT NULL AND (holder <> 'officer' OR officer_id <> wanted))"""
    return [(row[0], row[1]) for row in conn.execute(text(sql)).fetchall()]
