"""One-time links that let somebody choose a password. Knows them by their hashes only."""

from sqlalchemy import Connection, text

INVITATION, RESET = "invitation", "reset"


def make(conn: Connection, token_hash: str, staff_id: int, kind: str, expires_at: int) -> None:
    """A new link, instead of any this person had."""
    drop(conn, staff_id)
    sql = "INSERT INTO links (token_hash, staff_id, kind, expires_at) VALUES (:token, :staff, :kind, :expires)"
    conn.execute(text(sql), {"token": token_hash, "staff": staff_id, "kind": kind, "expires": expires_at})


def whose(conn: Connection, token_hash: str, at: int) -> int | None:
    """The person's id; None if it ran out, was used, or their account is shut."""
    sql = """SELECT l.staff_id FROM links l JOIN staff s ON s.id = l.staff_id
        WHERE l.token_hash = :token AND l.expires_at > :at AND s.disabled = false"""
    row = conn.execute(text(sql), {"token": token_hash, "at": at}).fetchone()
    return int(row[0]) if row else None


def use(conn: Connection, token_hash: str) -> bool:
    """False if somebody used it meanwhile."""
    return conn.execute(text("DELETE FROM links WHERE token_hash = :token"), {"token": token_hash}).rowcount == 1


def drop(conn: Connection, staff_id: int) -> None:
    conn.execute(text("DELETE FROM links WHERE staff_id = :staff"), {"staff": staff_id})


def drop_old(conn: Connection, at: int) -> None:
    conn.execute(text("DELETE FROM links WHERE expires_at <= :at"), {"at": at})
