"""Every version of a flow that a resident may still stand in."""

from sqlalchemy import Connection, text

from bot.store.database import Database


def keep(conn: Connection, kind: str, name: str, version: str, body: str, at: int) -> None:
    """Keep a version, if it is not kept yet."""
    sql = """INSERT INTO documents (kind, name, version, body, created_at)
        VALUES (:kind, :name, :version, :body, :at) ON CONFLICT DO NOTHING"""
    conn.execute(text(sql), {"kind": kind, "name": name, "version": version, "body": body, "at": at})


def body(db: Database, kind: str, name: str, version: str) -> str | None:
    sql = "SELECT body FROM documents WHERE kind = :kind AND name = :name AND version = :version"
    row = db.look(sql, {"kind": kind, "name": name, "version": version})
    return row[0] if row else None
