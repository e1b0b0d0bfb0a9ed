"""Words that officers are typing, or typed and left, sealed: one row a person, thread and kind."""

from sqlalchemy import Connection, text

from bot.store.sealing import Keyset

REPLY, NOTE = "reply", "note"
_ONE = "FROM unsent WHERE thread_id = :thread AND officer_id = :officer AND kind = :kind"


def words(conn: Connection, keys: Keyset, thread_id: int, officer_id: int, kind: str) -> str:
    row = conn.execute(
        text(f"SELECT words {_ONE}"), {"thread": thread_id, "officer": officer_id, "kind": kind}
    ).fetchone()
    return keys.open(bytes(row[0]), _place(thread_id, officer_id, kind)) if row and row[0] else ""


def keep(
    conn: Connection, keys: Keyset, thread_id: int, officer_id: int, kind: str, typed: str, began: int, at: int
) -> tuple[bool, int]:
    """Whether this was kept, and when they had typed before (0: never). Nothing is kept of a form that was `began` before
    what stood there was sent: it would bring the sent words back."""
    old = conn.execute(
        text(f"SELECT typed_at, emptied_at {_ONE}"), {"thread": thread_id, "officer": officer_id, "kind": kind}
    ).fetchone()
    if old and (old[1] or 0) > began:
        return False, old[0]
    sealed = keys.seal(typed, _place(thread_id, officer_id, kind)) if typed else None
    _put(conn, thread_id, officer_id, kind, sealed, at, None)
    return True, old[0] if old else 0


def empty(conn: Connection, thread_id: int, officer_id: int, kind: str, at: int) -> None:
    """What was typed is sent, and they type no more."""
    _put(conn, thread_id, officer_id, kind, None, 0, at)


def put_back(
    conn: Connection, keys: Keyset, thread_id: int, officer_id: int, kind: str, typed: str, at: int
) -> None:
    """What was sent and taken back stands there again, before what was typed since."""
    since = words(conn, keys, thread_id, officer_id, kind)
    both = f"{typed}\n\n{since}" if since else typed
    _put(conn, thread_id, officer_id, kind, keys.seal(both, _place(thread_id, officer_id, kind)), at, None)


def _put(
    conn: Connection, thread_id: int, officer_id: int, kind: str, sealed: bytes | None, typed: int, emptied: int | None
) -> None:
    sql = """INSERT INTO unsent (thread_id, officer_id, kind, words, typed_at, emptied_at)
        VALUES (:thread, :officer, :kind, :words, :typed, :emptied)
        ON CONFLICT (thread_id, officer_id, kind) DO UPDATE SET words = excluded.words, typed_at = excluded.typed_at,
        emptied_at = COALESCE(excluded.emptied_at, unsent.emptied_at)"""
    values = {
        "thread": thread_id, "officer": officer_id, "kind": kind, "words": sealed, "typed": typed, "emptied": emptied
    }  # fmt: skip
    conn.execute(text(sql), values)


def typing(conn: Connection, thread_id: int, since: int, but: int) -> list[tuple[str, str]]:
    """Name and kind of others who typed in a thread since an instant."""
    sql = """SELECT s.name, u.kind FROM unsent u JOIN staff s ON s.id = u.officer_id
        WHERE u.thread_id = :thread AND u.typed_at > :since AND u.officer_id <> :but ORDER BY s.name, u.kind"""
    rows = conn.execute(text(sql), {"thread": thread_id, "since": since, "but": but}).fetchall()
    return [(name, kind) for name, kind in rows]


def types(conn: Connection, thread_id: int, officer_id: int, since: int) -> bool:
    """Whether one of them typed in a thread since an instant."""
    sql = "SELECT 1 FROM unsent WHERE thread_id = :thread AND officer_id = :officer AND typed_at > :since LIMIT 1"
    values = {"thread": thread_id, "officer": officer_id, "since": since}
    return conn.execute(text(sql), values).first() is not None


_OLD = "FROM unsent WHERE typed_at < :before AND COALESCE(emptied_at, 0) < :before"


def is_old(conn: Connection, before: int) -> bool:
    """Whether something was left lying since then."""
    return conn.execute(text(f"SELECT 1 {_OLD} LIMIT 1"), {"before": before}).first() is not None


def drop_old(conn: Connection, before: int) -> None:
    """What was left lying is forgotten."""
    conn.execute(text(f"DELETE {_OLD}"), {"before": before})


def _place(thread_id: int, officer_id: int, kind: str) -> str:
    return f"unsent.words:{thread_id}:{officer_id}:{kind}"
