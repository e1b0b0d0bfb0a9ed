"""Residents the line does not answer for some time: why, by whom, until when."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import first_id, new_id
from bot.store.sealing import Keyset

_DAY = 86_400_000  # ms


@dataclass(frozen=True, slots=True)
class Mute:
    """One that holds, as supervisors read of it. `texts` came since it was made."""

    id: int
    thread_id: int
    handle: str
    language: str | None
    reason: str
    maker: str
    made_at: int
    until_at: int
    texts: int


def add(conn: Connection, keys: Keyset, thread_id: int, reason: str, by: int, at: int, until: int) -> int:
    """Its id. The one before it in the thread is over."""
    end_of_thread(conn, thread_id, by, at)
    id_ = new_id()
    sql = """INSERT INTO mutes (id, thread_id, reason, made_by, made_at, until_at)
        VALUES (:id, :thread, :reason, :by, :at, :until)"""
    sealed = keys.seal(reason, f"mutes.reason:{id_}")
    conn.execute(text(sql), {"id": id_, "thread": thread_id, "reason": sealed, "by": by, "at": at, "until": until})
    _holds_until(conn, thread_id, until)
    return id_


def lengthen(conn: Connection, mute_id: int, thread_id: int, until: int) -> bool:
    """Whether it was not ended meanwhile."""
    sql = "UPDATE mutes SET until_at = :until WHERE id = :id AND ended_at IS NULL"
    if conn.execute(text(sql), {"until": until, "id": mute_id}).rowcount == 0:
        return False
    _holds_until(conn, thread_id, until)
    return True


def end_of_thread(conn: Connection, thread_id: int, by: int, at: int) -> bool:
    """Whether one held."""
    sql = "UPDATE mutes SET ended_at = :at, ended_by = :by WHERE thread_id = :thread AND ended_at IS NULL AND until_at > :at"
    ended = conn.execute(text(sql), {"thread": thread_id, "by": by, "at": at}).rowcount > 0
    _holds_until(conn, thread_id, None)
    return ended


def _holds_until(conn: Connection, thread_id: int, until: int | None) -> None:
    """Where every turn of the thread finds it."""
    sql = "UPDATE threads SET muted_until = :until WHERE id = :id"
    conn.execute(text(sql), {"until": until, "id": thread_id})


def leave_queue(conn: Connection, thread_id: int, at: int) -> None:
    """Nobody waits for an officer there any more. A safety card stays until an officer closes it."""
    sql = """UPDATE handoffs SET closed_at = :at, outcome = 'muted'
        WHERE thread_id = :thread AND kind = 'officer' AND officer_id IS NULL AND closed_at IS NULL"""
    conn.execute(text(sql), {"thread": thread_id, "at": at})


_MUTE = """SELECT m.id, m.thread_id, r.handle, t.language, m.reason, s.name, m.made_at, m.until_at
FROM mutes m JOIN threads t ON t.id = m.thread_id JOIN residents r ON r.id = t.resident_id JOIN staff s ON s.id = m.made_by
WHERE m.ended_at IS NULL AND m.until_at > :at"""


def holding(conn: Connection, keys: Keyset, at: int) -> list[Mute]:
    """All that hold, the newest first."""
    rows = conn.execute(text(f"{_MUTE} ORDER BY m.id DESC"), {"at": at}).fetchall()
    return [_mute(conn, keys, row) for row in rows]


def of_thread(conn: Connection, keys: Keyset, thread_id: int, at: int) -> Mute | None:
    sql = f"{_MUTE} AND m.thread_id = :thread ORDER BY m.id DESC"
    row = conn.execute(text(sql), {"at": at, "thread": thread_id}).fetchone()
    return _mute(conn, keys, row) if row else None


def _mute(conn: Connection, keys: Keyset, row: Any) -> Mute:
    id_, thread_id, handle, language, reason, maker, made_at, until_at = row
    # Ids are made by this machine's clock, instants by the database's: they may be apart.
    sql = """SELECT count(*) FROM messages WHERE thread_id = :thread AND id >= :first AND direction = 'in'
        AND created_at > :since"""
    values = {"thread": thread_id, "first": first_id(made_at - _DAY), "since": made_at}
    texts = int(conn.execute(text(sql), values).scalar_one())
    words = keys.open(bytes(reason), f"mutes.reason:{id_}")
    return Mute(id_, thread_id, handle, language, words, maker, made_at, until_at, texts)
