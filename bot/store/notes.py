"""Notes of staff on a thread, sealed, and who is mentioned in them. No resident is ever sent one."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Note:
    """What one of staff wrote down for the others. `kind`: note, or transfer."""

    id: int
    thread_id: int
    officer_id: int
    officer: str
    kind: str
    words: str
    created_at: int


def add(
    conn: Connection, keys: Keyset, *, id: int, thread_id: int, officer_id: int, words: str, at: int, kind: str = "note"
) -> None:
    sql = """INSERT INTO notes (id, thread_id, officer_id, kind, words, created_at)
        VALUES (:id, :thread, :officer, :kind, :words, :at)"""
    values = {
        "id": id, "thread": thread_id, "officer": officer_id, "kind": kind, "words": keys.seal(words, f"notes.words:{id}"),
        "at": at,
    }  # fmt: skip
    conn.execute(text(sql), values)


def of_thread(conn: Connection, keys: Keyset, thread_id: int) -> list[Note]:
    """Oldest first."""
    sql = """SELECT n.id, n.officer_id, s.name, n.kind, n.words, n.created_at
        FROM notes n LEFT JOIN staff s ON s.id = n.officer_id WHERE n.thread_id = :thread ORDER BY n.id"""
    return [
        Note(id_, thread_id, officer, name or "", kind, keys.open(bytes(words), f"notes.words:{id_}"), at)
        for id_, officer, name, kind, words, at in conn.execute(text(sql), {"thread": thread_id}).fetchall()
    ]


def mention(conn: Connection, note_id: int, staff_ids: Iterable[int]) -> None:
    sql = "INSERT INTO mentions (note_id, staff_id) VALUES (:note, :staff)"
    for staff_id in staff_ids:
        conn.execute(text(sql), {"note": note_id, "staff": staff_id})


def mentioned_in(conn: Connection, staff_id: int) -> list[int]:
    """Threads with a note that names this person and that they have not seen."""
    sql = """SELECT DISTINCT n.thread_id FROM mentions m JOIN notes n ON n.id = m.note_id
        WHERE m.staff_id = :staff AND m.seen_at IS NULL"""
    return [row[0] for row in conn.execute(text(sql), {"staff": staff_id}).fetchall()]


def see(conn: Connection, thread_id: int, staff_id: int, at: int) -> bool:
    """They have read the thread's notes; whether there was one that named them and was new."""
    sql = """UPDATE mentions SET seen_at = :at WHERE staff_id = :staff AND seen_at IS NULL
        AND note_id IN (SELECT id FROM notes WHERE thread_id = :thread)"""
    return conn.execute(text(sql), {"at": at, "staff": staff_id, "thread": thread_id}).rowcount > 0
