"""Threads found by what is known of them and not sealed: handle, report number, topic, language, day. No words of a
resident can be searched, since none is legible in the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.sealing import Keyset
from bot.store.threads import COLUMNS, Thread, thread_of_row


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty or None does not matter. Instants in ms, `before` not included."""

    handle: str = ""  # or a part of it
    number: str = ""  # of a report
    topic: str = ""  # kind of a report, or `safety`
    language: str = ""
    since: int | None = None
    before: int | None = None
    open_or_held_by: int | None = None  # only what has an open hand-off, or is held by this person


def threads(conn: Connection, keys: Keyset, wanted: Wanted, limit: int) -> list[Thread]:
    """Those who wrote last come first."""
    conditions, values = _conditions(wanted)
    sql = f"""SELECT {COLUMNS} FROM threads t JOIN residents r ON r.id = t.resident_id
        WHERE {' AND '.join(conditions) or 'true'} ORDER BY t.last_in_at DESC LIMIT :limit"""
    rows = conn.execute(text(sql), {**values, "limit": limit}).fetchall()
    return [thread_of_row(tuple(row), keys) for row in rows]


def _conditions(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if wanted.handle:
        escaped = wanted.handle.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        conditions.append("lower(r.handle) LIKE :handle ESCAPE '\\'")
        values["handle"] = f"%{escaped}%"
    if wanted.number:
        conditions.append("EXISTS (SELECT 1 FROM reports p WHERE p.thread_id = t.id AND p.number = :number)")
        values["number"] = wanted.number
    if wanted.topic == "safety":
        conditions.append("EXISTS (SELECT 1 FROM handoffs h WHERE h.thread_id = t.id AND h.kind = 'safety')")
    elif wanted.topic:
        conditions.append("EXISTS (SELECT 1 FROM reports p WHERE p.thread_id = t.id AND p.kind = :topic)")
        values["topic"] = wanted.topic
    if wanted.language:
        conditions.append("t.language = :language")
        values["language"] = wanted.language
    if wanted.open_or_held_by is not None:
        conditions.append(
            """(t.officer_id = :me
            OR EXISTS (SELECT 1 FROM handoffs h WHERE h.thread_id = t.id AND h.closed_at IS NULL))"""
        )
        values["me"] = wanted.open_or_held_by
    # The days are those on which something was written, not only the last of them.
    if wanted.since is not None or wanted.before is not None:
        conditions.append(
            """EXISTS (SELECT 1 FROM messages m WHERE m.thread_id = t.id
            AND m.created_at >= :since AND m.created_at < :before)"""
        )
        values |= {"since": wanted.since or 0, "before": wanted.before if wanted.before is not None else 1 << 62}
    return conditions, values
