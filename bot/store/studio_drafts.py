"""Drafts of documents: one for each, of everybody who works on it, and who looks at it now."""

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Draft:
    """`base` is the live version it began from, empty if it is new. `revision` grows by one at each save."""

    kind: str
    name: str
    base: str
    body: str
    revision: int
    editor_id: int
    editor: str
    saved_at: int


_COLUMNS = """SELECT d.kind, d.name, d.base, d.body, d.revision, d.editor_id, COALESCE(s.name, ''), d.saved_at
FROM drafts d LEFT JOIN staff s ON s.id = d.editor_id"""


def one(conn: Connection, kind: str, name: str) -> Draft | None:
    row = conn.execute(text(f"{_COLUMNS} WHERE d.kind = :kind AND d.name = :name"), {"kind": kind, "name": name}).fetchone()
    return Draft(*row) if row else None


def every(conn: Connection) -> list[Draft]:
    return [Draft(*row) for row in conn.execute(text(f"{_COLUMNS} ORDER BY d.kind, d.name")).fetchall()]


def save(conn: Connection, draft: Draft, seen: int) -> bool:
    """Whether nobody saved since `seen`, 0 where there was no draft; only then is it kept."""
    values = {
        "kind": draft.kind, "name": draft.name, "base": draft.base, "body": draft.body, "editor": draft.editor_id,
        "at": draft.saved_at, "seen": seen,
    }  # fmt: skip
    if seen:
        sql = """UPDATE drafts SET body = :body, revision = revision + 1, editor_id = :editor, saved_at = :at
            WHERE kind = :kind AND name = :name AND revision = :seen"""
    else:
        sql = """INSERT INTO drafts (kind, name, base, body, revision, editor_id, saved_at)
            VALUES (:kind, :name, :base, :body, 1, :editor, :at) ON CONFLICT DO NOTHING"""
    return conn.execute(text(sql), values).rowcount == 1


def drop(conn: Connection, kind: str, name: str, seen: int) -> bool:
    sql = "DELETE FROM drafts WHERE kind = :kind AND name = :name AND revision = :seen"
    return conn.execute(text(sql), {"kind": kind, "name": name, "seen": seen}).rowcount == 1


def drop_published(conn: Connection, kind: str, name: str, body: str) -> None:
    """A draft that says just what went live is done; one that says more goes on."""
    sql = "DELETE FROM drafts WHERE kind = :kind AND name = :name AND body = :body"
    conn.execute(text(sql), {"kind": kind, "name": name, "body": body})


def rebase(conn: Connection, kind: str, name: str, base: str) -> None:
    """It goes on from another live version."""
    conn.execute(
        text("UPDATE drafts SET base = :base WHERE kind = :kind AND name = :name"),
        {"base": base, "kind": kind, "name": name},
    )


def look(conn: Connection, kind: str, name: str, staff_id: int, at: int) -> None:
    """Somebody has it open."""
    sql = """INSERT INTO editors (kind, name, staff_id, seen_at) VALUES (:kind, :name, :staff, :at)
        ON CONFLICT (kind, name, staff_id) DO UPDATE SET seen_at = excluded.seen_at"""
    conn.execute(text(sql), {"kind": kind, "name": name, "staff": staff_id, "at": at})


def others(conn: Connection, kind: str, name: str, staff_id: int, since: int) -> list[str]:
    """Names of who else had it open since then."""
    sql = """SELECT s.name FROM editors e JOIN staff s ON s.id = e.staff_id
        WHERE e.kind = :kind AND e.name = :name AND e.staff_id <> :staff AND e.seen_at >= :since ORDER BY s.name"""
    values = {"kind": kind, "name": name, "staff": staff_id, "since": since}
    return [row[0] for row in conn.execute(text(sql), values).fetchall()]
