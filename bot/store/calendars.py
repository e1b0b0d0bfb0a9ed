"""Calendars of others: their addresses, files that were brought, and how the last reading of each went."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

_COLUMNS = "id, name, url, state, note, due_at, read_at"


@dataclass(frozen=True, slots=True)
class Source:
    """One calendar. `url` is empty for a file; `note` is what the last reading found, or why it failed."""

    id: int
    name: str
    url: str
    state: str  # waiting, read, failed
    note: Mapping[str, Any]
    due_at: int | None
    read_at: int | None

    @property
    def tag(self) -> str:
        """What its meetings have as their source."""
        return f"calendar:{self.id}"


def everything(conn: Connection, keys: Keyset) -> list[Source]:
    """By name."""
    return [_source(row, keys) for row in conn.execute(text(f"SELECT {_COLUMNS} FROM calendars ORDER BY name, id"))]


def due(conn: Connection, keys: Keyset, at: int) -> list[Source]:
    """Those whose time has come, the longest due first."""
    sql = f"SELECT {_COLUMNS} FROM calendars WHERE due_at <= :at ORDER BY due_at"
    return [_source(row, keys) for row in conn.execute(text(sql), {"at": at})]


def add(conn: Connection, keys: Keyset, name: str, staff_id: int, at: int, *, url: str = "", body: bytes = b"") -> int:
    """To be read at once."""
    id_ = new_id()
    sql = """INSERT INTO calendars (id, name, url, body, state, note, staff_id, due_at, created_at)
        VALUES (:id, :name, :url, :body, 'waiting', '{}', :staff, :at, :at)"""
    sealed = keys.seal(url, f"calendars.url:{id_}") if url else None
    conn.execute(text(sql), {"id": id_, "name": name, "url": sealed, "body": body or None, "staff": staff_id, "at": at})
    return id_


def bring_again(conn: Connection, id_: int, body: bytes, at: int) -> None:
    """A newer file in the place of one."""
    sql = "UPDATE calendars SET body = :body, state = 'waiting', due_at = :at WHERE id = :id"
    conn.execute(text(sql), {"id": id_, "body": body, "at": at})


def claim(conn: Connection, source: Source, at: int, again_at: int) -> Source | None:
    """The calendar as it is now, if reading it is ours; whoever dies over it leaves it to be read again at another
    instant."""
    sql = "UPDATE calendars SET due_at = :again WHERE id = :id AND due_at <= :at"
    ours = conn.execute(text(sql), {"id": source.id, "at": at, "again": again_at}).rowcount == 1
    return replace(source, due_at=again_at) if ours else None


def body(conn: Connection, id_: int) -> bytes:
    found = conn.execute(text("SELECT body FROM calendars WHERE id = :id"), {"id": id_}).scalar()
    return bytes(found) if found else b""


def read(conn: Connection, source: Source, note: Mapping[str, Any], at: int, next_at: int | None) -> bool:
    """It was read as it was claimed, and a file is not kept. False if it was brought anew or removed meanwhile, or is
    somebody else's by now."""
    return _note(conn, source, "read", note, at, next_at)


def failed(conn: Connection, source: Source, note: Mapping[str, Any], at: int, next_at: int | None) -> bool:
    """The same of one that could not be read."""
    return _note(conn, source, "failed", note, at, next_at)


def _note(
    conn: Connection, source: Source, state: str, note: Mapping[str, Any], at: int, next_at: int | None
) -> bool:
    sql = """UPDATE calendars SET state = :state, note = :note, due_at = :next, body = NULL,
        read_at = CASE WHEN :state = 'read' THEN CAST(:at AS BIGINT) ELSE read_at END WHERE id = :id AND due_at = :claimed"""
    values = {
        "id": source.id, "claimed": source.due_at, "state": state, "note": json.dumps(dict(note), ensure_ascii=False),
        "at": at, "next": next_at,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1


def remove(conn: Connection, id_: int) -> bool:
    return conn.execute(text("DELETE FROM calendars WHERE id = :id"), {"id": id_}).rowcount == 1


def _source(row: Any, keys: Keyset) -> Source:
    url = keys.open(bytes(row.url), f"calendars.url:{row.id}") if row.url else ""
    return Source(row.id, row.name, url, row.state, json.loads(row.note), row.due_at, row.read_at)
