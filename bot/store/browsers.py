"""Browsers that are told when a thread waits, and what each is still to be told. Where they are told is sealed; each
telling is claimed by one conditional update."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

_LONGEST_PAUSE = 600_000  # ms: what seems due later was put off before the clock was put back


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser of a member of staff. Instants are milliseconds since 1970."""

    id: int
    name: str
    created_at: int
    told_at: int | None


@dataclass(frozen=True, slots=True)
class Push:
    """One telling. `address` is how its browser is reached, as it was kept."""

    id: int
    browser_id: int
    kind: str
    tries: int
    created_at: int
    address: str


def keep(
    conn: Connection, keys: Keyset, *, staff_id: int, session: str, endpoint: str, address: str, name: str, at: int
) -> None:
    """The browser at this endpoint is this person's from now on."""
    sql = """INSERT INTO browsers (id, staff_id, session_hash, endpoint_hash, address, name, created_at)
        VALUES (:id, :staff, :session, :hash, :address, :name, :at)
        ON CONFLICT (endpoint_hash) DO UPDATE SET staff_id = excluded.staff_id, session_hash = excluded.session_hash,
            address = excluded.address, name = excluded.name"""
    digest = keys.digest(f"push:{endpoint}")
    values = {
        "id": new_id(), "staff": staff_id, "session": session, "hash": digest, "name": name, "at": at,
        "address": keys.seal(address, f"browsers.address:{digest}"),
    }  # fmt: skip
    conn.execute(text(sql), values)


def of_staff(conn: Connection, staff_id: int) -> list[Browser]:
    """The newest first."""
    sql = "SELECT id, name, created_at, told_at FROM browsers WHERE staff_id = :staff ORDER BY created_at DESC, id DESC"
    return [Browser(*row) for row in conn.execute(text(sql), {"staff": staff_id})]


def remove(conn: Connection, browser_id: int) -> None:
    conn.execute(text("DELETE FROM browsers WHERE id = :id"), {"id": browser_id})


def remove_at(conn: Connection, keys: Keyset, staff_id: int, endpoint: str) -> bool:
    """The browser at this endpoint, if it is this person's; whether it was."""
    sql = "DELETE FROM browsers WHERE endpoint_hash = :hash AND staff_id = :staff"
    return conn.execute(text(sql), {"hash": keys.digest(f"push:{endpoint}"), "staff": staff_id}).rowcount == 1


def remove_of_session(conn: Connection, staff_id: int, token_hash: str) -> None:
    """Those this person is told in by one session."""
    sql = "DELETE FROM browsers WHERE session_hash = :session AND staff_id = :staff"
    conn.execute(text(sql), {"session": token_hash, "staff": staff_id})


def remove_of_staff(conn: Connection, staff_id: int, but: str = "") -> None:
    """All of one person, `but` the one they are signed in with by the session of this hash."""
    sql = "DELETE FROM browsers WHERE staff_id = :staff AND session_hash <> :but"
    conn.execute(text(sql), {"staff": staff_id, "but": but})


def of_people(conn: Connection, staff_ids: Iterable[int]) -> list[int]:
    """The ids of all browsers of these people."""
    sql = text("SELECT id FROM browsers WHERE staff_id IN :staff").bindparams(bindparam("staff", expanding=True))
    return [int(id_) for id_ in conn.execute(sql, {"staff": sorted(set(staff_ids))}).scalars()]


def to_tell(conn: Connection, browser_ids: Iterable[int], kind: str, at: int) -> None:
    """These are to be told; which are still to be told the same are told once, and it is news from now on. One that is gone
    meanwhile is passed over."""
    sql = """INSERT INTO pushes (id, browser_id, kind, due_at, created_at)
        SELECT :id, b.id, :kind, :at, :at FROM browsers b WHERE b.id = :browser
        ON CONFLICT (browser_id, kind) DO UPDATE SET created_at = excluded.created_at"""
    for browser in browser_ids:
        conn.execute(text(sql), {"id": new_id(), "browser": browser, "kind": kind, "at": at})


def due(conn: Connection, keys: Keyset, at: int, most: int) -> list[Push]:
    """What is to be told now to people who still work here, urgent things first."""
    sql = """SELECT p.id, p.browser_id, p.kind, p.tries, p.created_at, b.address, b.endpoint_hash
        FROM pushes p JOIN browsers b ON b.id = p.browser_id JOIN staff s ON s.id = b.staff_id
        WHERE p.due_at NOT BETWEEN :at + 1 AND :at + :longest AND s.disabled = false
        ORDER BY CASE WHEN p.kind = 'urgent' THEN 0 ELSE 1 END, p.id LIMIT :most"""
    rows = conn.execute(text(sql), {"at": at, "longest": _LONGEST_PAUSE, "most": most})
    return [
        Push(id_, browser, kind, tries, created_at, keys.open(bytes(address), f"browsers.address:{digest}"))
        for id_, browser, kind, tries, created_at, address, digest in rows
    ]


def claim(conn: Connection, push: Push, until: int) -> bool:
    """Whether it is ours to tell. Nobody else tries before `until`."""
    sql = "UPDATE pushes SET tries = tries + 1, due_at = :until WHERE id = :id AND tries = :tries"
    return conn.execute(text(sql), {"until": until, "id": push.id, "tries": push.tries}).rowcount == 1


def put_off(conn: Connection, push: Push, due_at: int) -> None:
    conn.execute(text("UPDATE pushes SET due_at = :due WHERE id = :id"), {"due": due_at, "id": push.id})


def told(conn: Connection, push: Push, at: int) -> None:
    drop(conn, push)
    conn.execute(text("UPDATE browsers SET told_at = :at WHERE id = :id"), {"at": at, "id": push.browser_id})


def drop(conn: Connection, push: Push) -> None:
    """It is not told any more, unless there was more of its kind meanwhile."""
    sql = "DELETE FROM pushes WHERE id = :id AND created_at = :created"
    conn.execute(text(sql), {"id": push.id, "created": push.created_at})
