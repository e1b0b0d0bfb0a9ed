"""Alarms: what somebody must look at, from when to when, and whom it is still to be told. Each opens once, whoever finds
it, and each telling is claimed by one conditional update."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id

_LONGEST_PAUSE = 600_000  # ms: what seems due later was put off before the clock was put back
_COLUMNS = "id, kind, note, opened_at, seen_at, told_at, closed_at"


@dataclass(frozen=True, slots=True)
class Kept:
    """One alarm. Instants are milliseconds since 1970; `told_at` is when it was handed over to be told."""

    id: int
    kind: str
    note: str
    opened_at: int
    seen_at: int
    told_at: int | None
    closed_at: int | None


@dataclass(frozen=True, slots=True)
class Telling:
    """One alarm to be told one way; `state` is open or over."""

    id: int
    state: str
    way: str
    tries: int
    kind: str
    note: str
    opened_at: int


def all_open(conn: Connection) -> list[Kept]:
    """The oldest first."""
    rows = conn.execute(text(f"SELECT {_COLUMNS} FROM alarms WHERE closed_at IS NULL ORDER BY opened_at, id"))
    return [Kept(*row) for row in rows]


def closed_since(conn: Connection, instant: int, limit: int = 50) -> list[Kept]:
    """Those that are over, the newest first."""
    sql = f"SELECT {_COLUMNS} FROM alarms WHERE closed_at >= :since ORDER BY opened_at DESC, id LIMIT :limit"
    return [Kept(*row) for row in conn.execute(text(sql), {"since": instant, "limit": limit})]


def see(conn: Connection, kind: str, note: str, at: int) -> None:
    """It is so: opened if it was not, and seen now."""
    sql = """INSERT INTO alarms (id, kind, note, opened_at, seen_at) VALUES (:id, :kind, :note, :at, :at)
        ON CONFLICT (kind) WHERE closed_at IS NULL DO UPDATE SET seen_at = excluded.seen_at, note = excluded.note"""
    conn.execute(text(sql), {"id": new_id(), "kind": kind, "note": note, "at": at})


def hand_over(conn: Connection, alarm_id: int, at: int, ways: Sequence[str]) -> bool:
    """To be told in each of these ways; False if somebody else has seen to that."""
    sql = "UPDATE alarms SET told_at = :at WHERE id = :id AND told_at IS NULL AND closed_at IS NULL"
    if conn.execute(text(sql), {"at": at, "id": alarm_id}).rowcount != 1:
        return False
    _to_tell(conn, alarm_id, "open", at, ways)
    return True


def close(conn: Connection, alarm: Kept, at: int, ways: Sequence[str]) -> bool:
    """It is no longer so; whoever was told of it is told that too. False if somebody else closed it or saw it again."""
    sql = "UPDATE alarms SET closed_at = :at WHERE id = :id AND closed_at IS NULL AND seen_at = :seen"
    if conn.execute(text(sql), {"at": at, "id": alarm.id, "seen": alarm.seen_at}).rowcount != 1:
        return False
    if alarm.told_at is not None:
        _to_tell(conn, alarm.id, "over", at, ways)
    return True


def forget(conn: Connection, alarm: Kept) -> None:
    """It was seen only once and nobody was told."""
    sql = "DELETE FROM alarms WHERE id = :id AND told_at IS NULL AND closed_at IS NULL AND seen_at = :seen"
    conn.execute(text(sql), {"id": alarm.id, "seen": alarm.seen_at})


def keep_past(conn: Connection, kind: str, opened_at: int, at: int, untold: Sequence[str], ways: Sequence[str]) -> None:
    """An alarm that could not be kept while it lasted. It is told now in the ways `untold`; its end in all."""
    id_ = new_id()
    sql = """INSERT INTO alarms (id, kind, note, opened_at, seen_at, told_at, closed_at)
        VALUES (:id, :kind, '', :opened, :at, :at, :at)"""
    conn.execute(text(sql), {"id": id_, "kind": kind, "opened": opened_at, "at": at})
    _to_tell(conn, id_, "open", at, untold)
    _to_tell(conn, id_, "over", at, ways)


def _to_tell(conn: Connection, alarm_id: int, state: str, at: int, ways: Sequence[str]) -> None:
    sql = "INSERT INTO tellings (id, alarm_id, state, way, due_at) VALUES (:id, :alarm, :state, :way, :at)"
    for way in ways:
        conn.execute(text(sql), {"id": new_id(), "alarm": alarm_id, "state": state, "way": way, "at": at})


def to_tell(conn: Connection, at: int) -> list[Telling]:
    """What is due, in order."""
    sql = """SELECT t.id, t.state, t.way, t.tries, a.kind, a.note, a.opened_at
        FROM tellings t JOIN alarms a ON a.id = t.alarm_id
        WHERE t.due_at NOT BETWEEN :at + 1 AND :at + :longest ORDER BY t.id"""
    return [Telling(*row) for row in conn.execute(text(sql), {"at": at, "longest": _LONGEST_PAUSE})]


def claim(conn: Connection, telling: Telling, until: int) -> bool:
    """Whether it is ours to tell. Nobody else tries before `until`."""
    sql = "UPDATE tellings SET tries = tries + 1, due_at = :until WHERE id = :id AND tries = :tries"
    values = {"until": until, "id": telling.id, "tries": telling.tries}
    return conn.execute(text(sql), values).rowcount == 1


def put_off(conn: Connection, telling: Telling, due_at: int) -> None:
    conn.execute(text("UPDATE tellings SET due_at = :due WHERE id = :id"), {"due": due_at, "id": telling.id})


def told(conn: Connection, telling: Telling) -> None:
    conn.execute(text("DELETE FROM tellings WHERE id = :id"), {"id": telling.id})
