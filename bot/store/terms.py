"""The glossary: how a word is said in one language, and names that stay as they are in all of them."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id

EVERYWHERE = ""  # the language of a protected name


@dataclass(frozen=True, slots=True)
class Term:
    """`tag` is EVERYWHERE and `wording` empty for a name that is never translated."""

    id: int
    tag: str
    term: str
    wording: str
    note: str
    staff: str
    at: int


def of_language(conn: Connection, tag: str) -> list[Term]:
    """Its own and the protected names, by term."""
    return _read(conn, "WHERE t.tag IN (:tag, '')", {"tag": tag})


def every(conn: Connection) -> list[Term]:
    """Protected names first, then by language and term."""
    return _read(conn, "", {})


def put(conn: Connection, tag: str, term: str, wording: str, note: str, staff_id: int, at: int) -> None:
    """Add it, or say it anew."""
    sql = """INSERT INTO terms (id, tag, term, wording, note, staff_id, at)
        VALUES (:id, :tag, :term, :wording, :note, :staff, :at) ON CONFLICT (tag, term) DO UPDATE SET
        wording = excluded.wording, note = excluded.note, staff_id = excluded.staff_id, at = excluded.at"""
    values = {
        "id": new_id(), "tag": tag, "term": term, "wording": wording, "note": note, "staff": staff_id, "at": at
    }  # fmt: skip
    conn.execute(text(sql), values)


def drop(conn: Connection, term_id: int) -> bool:
    """Whether it was there."""
    return conn.execute(text("DELETE FROM terms WHERE id = :id"), {"id": term_id}).rowcount == 1


def _read(conn: Connection, where: str, values: dict[str, str]) -> list[Term]:
    sql = f"""SELECT t.id, t.tag, t.term, t.wording, t.note, COALESCE(s.name, ''), t.at
        FROM terms t LEFT JOIN staff s ON s.id = t.staff_id {where} ORDER BY t.tag, t.term"""
    return [Term(*row) for row in conn.execute(text(sql), values).fetchall()]
