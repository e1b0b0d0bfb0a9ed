"""The prepared sentence WhatsApp lets through after a day of silence: one for each language, by the provider's id."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

STATES = ("approved", "waiting", "paused", "refused")


@dataclass(frozen=True, slots=True)
class Template:
    """One of them. Only an approved one may be sent."""

    language: str
    content_sid: str
    state: str
    changed_at: int


_COLUMNS = "language, content_sid, state, changed_at"


def every(conn: Connection) -> list[Template]:
    rows = conn.execute(text(f"SELECT {_COLUMNS} FROM whatsapp_templates ORDER BY language")).fetchall()
    return [Template(*row) for row in rows]


def approved(conn: Connection, language: str) -> Template | None:
    sql = f"SELECT {_COLUMNS} FROM whatsapp_templates WHERE language = :language AND state = 'approved'"
    row = conn.execute(text(sql), {"language": language}).fetchone()
    return Template(*row) if row else None


def put(conn: Connection, language: str, content_sid: str, state: str, by: int, at: int) -> None:
    sql = """INSERT INTO whatsapp_templates (language, content_sid, state, changed_by, changed_at)
        VALUES (:language, :sid, :state, :by, :at) ON CONFLICT (language) DO UPDATE SET
        content_sid = excluded.content_sid, state = excluded.state, changed_by = excluded.changed_by,
        changed_at = excluded.changed_at"""
    conn.execute(text(sql), {"language": language, "sid": content_sid, "state": state, "by": by, "at": at})


def drop(conn: Connection, language: str) -> None:
    conn.execute(text("DELETE FROM whatsapp_templates WHERE language = :language"), {"language": language})
