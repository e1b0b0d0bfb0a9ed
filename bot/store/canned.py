"""The department's own replies kept ready: a title, and reviewed words in each language. Nothing of a resident is in them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Words:
    """A reply in one language, and who said that it is right."""

    words: str
    reviewed_by: str
    reviewed_at: int


@dataclass(frozen=True, slots=True)
class Own:
    """One of the department's replies, with its words by language."""

    id: int
    title: str
    words: Mapping[str, Words]


def everything(conn: Connection) -> list[Own]:
    """By title."""
    inside: dict[int, dict[str, Words]] = {}
    sql = "SELECT canned_id, language, words, reviewed_by, reviewed_at FROM canned_words ORDER BY language"
    for id_, tag, words, by, at in conn.execute(text(sql)).fetchall():
        inside.setdefault(id_, {})[tag] = Words(words, by, at)
    rows = conn.execute(text("SELECT id, title FROM canned ORDER BY title")).fetchall()
    return [Own(id_, title, inside.get(id_, {})) for id_, title in rows]


def add(conn: Connection, title: str, at: int) -> int | None:
    """Its id, or None if there is one of this title."""
    id_ = new_id()
    sql = "INSERT INTO canned (id, title, created_at) VALUES (:id, :title, :at) ON CONFLICT (title) DO NOTHING"
    return id_ if conn.execute(text(sql), {"id": id_, "title": title, "at": at}).rowcount else None


def put(
    conn: Connection, canned_id: int, language: str, words: str, reviewed_by: str, officer_id: int, at: int
) -> None:
    sql = """INSERT INTO canned_words (canned_id, language, words, reviewed_by, reviewed_at, officer_id)
        VALUES (:id, :language, :words, :by, :at, :officer) ON CONFLICT (canned_id, language) DO UPDATE SET
        words = excluded.words, reviewed_by = excluded.reviewed_by, reviewed_at = excluded.reviewed_at,
        officer_id = excluded.officer_id"""
    values = {
        "id": canned_id, "language": language, "words": words, "by": reviewed_by, "at": at, "officer": officer_id
    }  # fmt: skip
    conn.execute(text(sql), values)


def drop_translations(conn: Connection, canned_id: int) -> None:
    """All but the English."""
    conn.execute(text("DELETE FROM canned_words WHERE canned_id = :id AND language <> 'en'"), {"id": canned_id})


def drop(conn: Connection, canned_id: int) -> None:
    conn.execute(text("DELETE FROM canned_words WHERE canned_id = :id"), {"id": canned_id})
    conn.execute(text("DELETE FROM canned WHERE id = :id"), {"id": canned_id})
