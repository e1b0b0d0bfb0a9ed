"""Files brought for the directory of help, kept until somebody says that their changes are wanted, or an hour."""

from sqlalchemy import Connection, text

from bot.store.ids import new_id


def keep(conn: Connection, staff_id: int, name: str, body: bytes, at: int) -> int:
    """Its id."""
    id = new_id()
    sql = "INSERT INTO directory_uploads (id, staff_id, name, body, made_at) VALUES (:id, :staff, :name, :body, :at)"
    conn.execute(text(sql), {"id": id, "staff": staff_id, "name": name, "body": body, "at": at})
    return id


def find(conn: Connection, id: int, since: int) -> tuple[str, bytes] | None:
    """Name and body, if it was brought after an instant (ms)."""
    sql = "SELECT name, body FROM directory_uploads WHERE id = :id AND made_at > :since"
    row = conn.execute(text(sql), {"id": id, "since": since}).fetchone()
    return (row[0], bytes(row[1])) if row else None


def drop(conn: Connection, id: int) -> bool:
    """Whether it was there."""
    return conn.execute(text("DELETE FROM directory_uploads WHERE id = :id"), {"id": id}).rowcount == 1


def any_older(conn: Connection, until: int) -> bool:
    """Whether there is something to forget."""
    sql = "SELECT 1 FROM directory_uploads WHERE made_at <= :until LIMIT 1"
    return conn.execute(text(sql), {"until": until}).fetchone() is not None


def forget(conn: Connection, until: int) -> None:
    """Those brought at an instant (ms) or before."""
    conn.execute(text("DELETE FROM directory_uploads WHERE made_at <= :until"), {"until": until})
