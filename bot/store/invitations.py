"""Who said they come to a meeting, what they need there, and what they were told of it since. Who they are is known here
only by the id of a resident."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id

_ONCE = """NOT EXISTS (SELECT 1 FROM meeting_texts t WHERE t.meeting_id = m.id AND t.resident_id = r.resident_id
    AND t.kind = '{kind}' AND t.occasion = {occasion})"""
_TO_TELL = """SELECT m.id, r.resident_id, r.code, {occasion} FROM meetings m JOIN rsvps r ON r.meeting_id = m.id {more}
    WHERE {which} AND {once} ORDER BY r.id"""
_INTERPRETER = "JOIN interpreter_tasks k ON k.meeting_id = m.id AND k.language = r.language AND k.state = 'none'"


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody is to be told something of a meeting. `occasion` says which time: a change may come twice."""

    kind: str  # tomorrow, changed, cancelled, no_interpreter, after
    meeting_id: str
    resident_id: int
    code: str
    occasion: int


@dataclass(frozen=True, slots=True)
class Need:
    """How many said they come who need one thing and have one language; `people` counts those with them too."""

    meeting_id: str
    need: str
    language: str | None
    residents: int
    people: int


@dataclass(frozen=True, slots=True)
class Called:
    """Somebody to call or to tell otherwise, as screens may know them: their handle and their thread."""

    thread_id: int
    handle: str
    language: str | None
    why: str


def moved(conn: Connection, now: int) -> list[Due]:
    """Who is to hear that a meeting has another time or place."""
    which = (
        "m.moved_at IS NOT NULL AND m.ends_at > :now AND NOT m.cancelled AND m.published AND r.created_at <= m.moved_at"
    )
    return _due(conn, "changed", which, {"now": now}, "m.moved_at")


def called_off(conn: Connection, now: int) -> list[Due]:
    """Who is to hear that a meeting does not take place."""
    return _due(
        conn,
        "cancelled",
        "m.cancelled AND m.cancelled_at IS NOT NULL AND m.ends_at > :now",
        {"now": now},
        "m.cancelled_at",
    )


def of_tomorrow(conn: Connection, today: int, tomorrow: int, after: int) -> list[Due]:
    """Who said before today that they come to a meeting of tomorrow, unless today's change told them. The three are the
    instants at which the days begin."""
    which = """m.starts_at >= :tomorrow AND m.starts_at < :after AND NOT m.cancelled AND m.published
        AND r.created_at < :today AND (m.moved_at IS NULL OR m.moved_at < :today)"""
    return _due(conn, "tomorrow", which, {"today": today, "tomorrow": tomorrow, "after": after}, "m.starts_at")


def without_interpreter(conn: Connection, now: int) -> list[Due]:
    """Who asked for an interpreter that cannot be had."""
    which = "r.need = 'interpreter' AND m.starts_at > :now AND NOT m.cancelled"
    return _due(conn, "no_interpreter", which, {"now": now}, "k.settled_at", _INTERPRETER)


def to_ask(conn: Connection, since: int, until: int) -> list[Due]:
    """Who may be asked how a meeting was that ended between two instants."""
    which = "r.ask_after AND m.ends_at >= :since AND m.ends_at < :until AND NOT m.cancelled"
    return _due(conn, "after", which, {"since": since, "until": until}, "0")


def _due(conn: Connection, kind: str, which: str, values: dict[str, Any], occasion: str, more: str = "") -> list[Due]:
    once = _ONCE.format(kind=kind, occasion=occasion)
    sql = _TO_TELL.format(occasion=occasion, more=more, which=which, once=once)
    return [Due(kind, *row) for row in conn.execute(text(sql), values)]


def claim(conn: Connection, due: Due, state: str, at: int) -> bool:
    """Whether telling this is ours, or that it cannot be told; once, whoever asks."""
    sql = """INSERT INTO meeting_texts (id, meeting_id, resident_id, kind, occasion, state, created_at)
        VALUES (:id, :meeting, :resident, :kind, :occasion, :state, :at)
        ON CONFLICT (meeting_id, resident_id, kind, occasion) DO NOTHING"""
    values = {
        "id": new_id(), "meeting": due.meeting_id, "resident": due.resident_id, "kind": due.kind,
        "occasion": due.occasion, "state": state, "at": at,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1


def thread_of(conn: Connection, resident_id: int) -> int | None:
    """Where this resident wrote last."""
    sql = "SELECT id FROM threads WHERE resident_id = :resident ORDER BY last_in_at DESC, id LIMIT 1"
    row = conn.execute(text(sql), {"resident": resident_id}).fetchone()
    return int(row[0]) if row else None


def needs(conn: Connection) -> list[Need]:
    """Of all meetings whose list is still kept."""
    sql = """SELECT meeting_id, need, language, count(*), sum(people + 1) FROM rsvps
        GROUP BY meeting_id, need, language ORDER BY meeting_id, need, language"""
    return [Need(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in conn.execute(text(sql))]


def to_call(conn: Connection, meeting_id: str) -> list[Called]:
    """Who asked for a call after a meeting, and who could not be told something by text."""
    sql = """SELECT r.resident_id, r.language, 'call after it' FROM rsvps r
            WHERE r.meeting_id = :meeting AND r.need = 'call_after'
        UNION ALL SELECT t.resident_id, NULL, t.kind FROM meeting_texts t
            WHERE t.meeting_id = :meeting AND t.state <> 'queued' AND t.kind <> 'after'"""
    called = []
    for resident_id, language, why in conn.execute(text(sql), {"meeting": meeting_id}).fetchall():
        thread_id = thread_of(conn, resident_id)
        handle = conn.execute(text("SELECT handle FROM residents WHERE id = :id"), {"id": resident_id}).scalar_one()
        if thread_id is not None:
            called.append(Called(thread_id, handle, language, why))
    return called


def answers(conn: Connection, meeting_id: str) -> Sequence[tuple[int, str, bytes | None, str | None]]:
    """(id, useful, words sealed, language) of those who said how it was, the oldest first."""
    sql = "SELECT id, useful, words, language FROM meeting_answers WHERE meeting_id = :meeting ORDER BY id"
    rows = conn.execute(text(sql), {"meeting": meeting_id})
    return [(row[0], row[1], bytes(row[2]) if row[2] else None, row[3]) for row in rows]


def forgettable(conn: Connection, ended_before: int) -> list[str]:
    """Meetings whose list of who comes is older than it may be."""
    sql = """SELECT DISTINCT m.id FROM meetings m JOIN rsvps r ON r.meeting_id = m.id WHERE m.ends_at < :before
        UNION SELECT DISTINCT m.id FROM meetings m JOIN meeting_texts t ON t.meeting_id = m.id WHERE m.ends_at < :before"""
    return [str(row[0]) for row in conn.execute(text(sql), {"before": ended_before})]


def forget(conn: Connection, meeting_id: str) -> int:
    """The list of who comes, and what they were told, are gone; how many people they were stays. How many entries."""
    keep = """UPDATE meetings SET people = (SELECT COALESCE(sum(r.people + 1), 0) FROM rsvps r WHERE r.meeting_id = :id)
        WHERE id = :id AND EXISTS (SELECT 1 FROM rsvps r WHERE r.meeting_id = :id)"""
    conn.execute(text(keep), {"id": meeting_id})
    conn.execute(text("DELETE FROM meeting_texts WHERE meeting_id = :id"), {"id": meeting_id})
    return conn.execute(text("DELETE FROM rsvps WHERE meeting_id = :id"), {"id": meeting_id}).rowcount
