"""What other systems may see of reports, who of them may send us some, and what they sent."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of report as others know it. `area` is how closely a place is shown: block or area."""

    kind: str
    code: str
    name: str
    about: str
    area: str
    takes: bool


@dataclass(frozen=True, slots=True)
class Key:
    """Who may send us reports; the key itself is not kept."""

    id: int
    name: str
    created_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class Public:
    """A report as far as it may leave the house: nothing its resident wrote. Instants in ms."""

    public_id: str
    kind: str
    state: str
    reason: str  # the name of one of our sentences
    spot: str
    chosen: tuple[tuple[str, str], ...]
    filed_at: int
    changed_at: int


@dataclass(frozen=True, slots=True)
class Received:
    """A report that another system sent. `content` has description, address and spot as they came."""

    id: int
    public_id: str
    sender: str
    kind: str
    state: str
    reason: str
    content: Mapping[str, Any]
    officer: str
    received_at: int
    changed_at: int


def services(conn: Connection) -> list[Service]:
    rows = conn.execute(text("SELECT kind, code, name, about, area, takes FROM city_services ORDER BY name, code"))
    return [
        Service(kind, code, name, about, area, bool(takes)) for kind, code, name, about, area, takes in rows.fetchall()
    ]


def set_service(conn: Connection, one: Service) -> None:
    sql = """INSERT INTO city_services (kind, code, name, about, area, takes)
        VALUES (:kind, :code, :name, :about, :area, :takes)
        ON CONFLICT (kind) DO UPDATE SET code = excluded.code, name = excluded.name, about = excluded.about,
            area = excluded.area, takes = excluded.takes"""
    values = {
        "kind": one.kind,
        "code": one.code,
        "name": one.name,
        "about": one.about,
        "area": one.area,
        "takes": one.takes,
    }
    conn.execute(text(sql), values)


def drop_service(conn: Connection, kind: str) -> None:
    conn.execute(text("DELETE FROM city_services WHERE kind = :kind"), {"kind": kind})


def keys_given(conn: Connection) -> list[Key]:
    rows = conn.execute(text("SELECT id, name, created_at, ended_at FROM city_keys ORDER BY id"))
    return [Key(*row) for row in rows.fetchall()]


def add_key(conn: Connection, name: str, key_hash: str, at: int) -> None:
    sql = "INSERT INTO city_keys (id, name, key_hash, created_at) VALUES (:id, :name, :hash, :at)"
    conn.execute(text(sql), {"id": new_id(), "name": name, "hash": key_hash, "at": at})


def end_key(conn: Connection, key_id: int, at: int) -> None:
    conn.execute(
        text("UPDATE city_keys SET ended_at = :at WHERE id = :id AND ended_at IS NULL"), {"at": at, "id": key_id}
    )


def key_by_hash(conn: Connection, key_hash: str) -> int | None:
    sql = "SELECT id FROM city_keys WHERE key_hash = :hash AND ended_at IS NULL"
    row = conn.execute(text(sql), {"hash": key_hash}).fetchone()
    return int(row[0]) if row else None


# Read by a person here, whole, of a kind that is published, and of nobody in danger or whose phone others read.
_OURS = """SELECT r.id, r.public_id, r.kind, r.state, r.facts, r.filed_at, COALESCE(r.changed_at, r.filed_at)
FROM reports r JOIN threads t ON t.id = r.thread_id
WHERE r.public_id IS NOT NULL AND r.complete AND r.state <> 'received' AND NOT t.safe_contact AND NOT t.urgent
    AND r.kind IN :kinds AND r.filed_at >= :since AND r.filed_at < :until"""
_THEIRS = """SELECT id, public_id, kind, state, reason, content, received_at, changed_at FROM city_inbox
WHERE kind IN :kinds AND received_at >= :since AND received_at < :until"""


def public(
    conn: Connection, keys: Keyset, kinds: Sequence[str], since: int, until: int, ids: Sequence[str], limit: int
) -> list[Public]:
    """The newest first; `ids` empty: all."""
    if not kinds:
        return []
    values: dict[str, Any] = {"kinds": list(kinds), "since": since, "until": until, "limit": limit}
    expanding: list[Any] = [bindparam("kinds", expanding=True)]
    only = ""
    if ids:
        only, values["ids"] = " AND public_id IN :ids", list(ids)
        expanding.append(bindparam("ids", expanding=True))
    found = []
    sql = f"{_OURS}{only} ORDER BY r.filed_at DESC LIMIT :limit"
    for id_, public_id, kind, state, facts, filed, changed in conn.execute(text(sql).bindparams(*expanding), values):
        known = json.loads(keys.open(bytes(facts), f"reports.facts:{id_}")) if facts else {}
        chosen = tuple((question, answer) for question, answer in known.get("chosen", ()))
        found.append(Public(public_id, kind, state, "", known.get("spot", ""), chosen, filed, changed))
    sql = f"{_THEIRS}{only} ORDER BY received_at DESC LIMIT :limit"
    for id_, public_id, kind, state, reason, content, came, changed in conn.execute(
        text(sql).bindparams(*expanding), values
    ):
        told = json.loads(keys.open(bytes(content), f"city_inbox.content:{id_}"))
        chosen = tuple((question, answer) for question, answer in told.get("chosen", ()))
        found.append(Public(public_id, kind, state, reason or "", told.get("spot", ""), chosen, came, changed))
    return sorted(found, key=lambda one: -one.filed_at)[:limit]


def receive(
    conn: Connection, keys: Keyset, *, public_id: str, key_id: int, kind: str, content: Mapping[str, Any], at: int
) -> None:
    id_ = new_id()
    sql = """INSERT INTO city_inbox (id, public_id, key_id, kind, state, content, received_at, changed_at)
        VALUES (:id, :public_id, :key_id, :kind, 'received', :content, :at, :at)"""
    sealed = keys.seal(json.dumps(content, ensure_ascii=False), f"city_inbox.content:{id_}")
    values = {"id": id_, "public_id": public_id, "key_id": key_id, "kind": kind, "content": sealed, "at": at}
    conn.execute(text(sql), values)


def received_since(conn: Connection, key_id: int, since: int) -> int:
    sql = "SELECT count(*) FROM city_inbox WHERE key_id = :key AND received_at >= :since"
    return int(conn.execute(text(sql), {"key": key_id, "since": since}).scalar_one())


def inbox(conn: Connection, keys: Keyset, *, closed: bool, limit: int = 200) -> list[Received]:
    """What others sent: open ones the oldest first, or closed ones the newest first."""
    which, order = ("= 'closed'", "DESC") if closed else ("<> 'closed'", "ASC")
    sql = f"""SELECT i.id, i.public_id, k.name, i.kind, i.state, i.reason, i.content, s.name, i.received_at, i.changed_at
        FROM city_inbox i JOIN city_keys k ON k.id = i.key_id LEFT JOIN staff s ON s.id = i.officer_id
        WHERE i.state {which} ORDER BY i.id {order} LIMIT :limit"""
    return [
        Received(id_, public_id, sender, kind, state, reason or "",
                 json.loads(keys.open(bytes(content), f"city_inbox.content:{id_}")), officer or "", came, changed)
        for id_, public_id, sender, kind, state, reason, content, officer, came, changed
        in conn.execute(text(sql), {"limit": limit}).fetchall()
    ]  # fmt: skip


def move(conn: Connection, id_: int, was: str, state: str, reason: str, officer_id: int, at: int) -> bool:
    """Whether it was still as the officer saw it."""
    sql = """UPDATE city_inbox SET state = :state, reason = :reason, officer_id = :officer, changed_at = :at
        WHERE id = :id AND state = :was"""
    values = {"state": state, "reason": reason or None, "officer": officer_id, "at": at, "id": id_, "was": was}
    return conn.execute(text(sql), values).rowcount == 1
