"""What translators wrote for strings of one language: at most one wording a string, from draft to live. Knows no flow and
no catalogue; nothing of a resident is in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id

MACHINE, DRAFT, SENT_BACK, REVIEWED, LIVE = "machine", "draft", "sent back", "reviewed", "live"
NOTHING = 0  # as what somebody saw: that there was no wording


@dataclass(frozen=True, slots=True)
class Wording:
    """One of them. `id` is new at each change, so that it says what somebody saw. `author_id` is None where a machine wrote
    it. `note` is the author's, or the reviewer's reason where it was sent back. Instants in ms."""

    id: int
    tag: str
    digest: str
    context: str
    english: str
    text: str
    state: str
    same: bool
    note: str
    author_id: int | None
    author: str
    written_at: int
    reviewer_id: int | None
    reviewer: str
    reviewed_at: int | None


@dataclass(frozen=True, slots=True)
class Written:
    """What is to be kept for a string, as its author left it."""

    tag: str
    digest: str
    context: str
    english: str
    text: str
    state: str
    same: bool
    note: str
    author_id: int | None


_COLUMNS = """SELECT w.id, w.tag, w.digest, w.context, w.english, w.text, w.state, w.same, w.note, w.author_id,
    COALESCE(a.name, ''), w.written_at, w.reviewer_id, COALESCE(r.name, ''), w.reviewed_at
FROM wordings w LEFT JOIN staff a ON a.id = w.author_id LEFT JOIN staff r ON r.id = w.reviewer_id"""


def of_language(conn: Connection, tag: str) -> dict[str, Wording]:
    """All of a language, by digest; also of strings that the flows no longer have."""
    rows = conn.execute(text(f"{_COLUMNS} WHERE w.tag = :tag ORDER BY w.written_at, w.id"), {"tag": tag}).fetchall()
    return {one.digest: one for one in map(_wording, rows)}


def one(conn: Connection, tag: str, digest: str) -> Wording | None:
    sql = f"{_COLUMNS} WHERE w.tag = :tag AND w.digest = :digest"
    row = conn.execute(text(sql), {"tag": tag, "digest": digest}).fetchone()
    return _wording(row) if row else None


def of_string(conn: Connection, digest: str) -> list[Wording]:
    """Of one string in every language."""
    rows = conn.execute(text(f"{_COLUMNS} WHERE w.digest = :digest ORDER BY w.tag"), {"digest": digest}).fetchall()
    return [_wording(row) for row in rows]


def counts(conn: Connection) -> Mapping[tuple[str, str], int]:
    """How many there are, by language and state."""
    rows = conn.execute(text("SELECT tag, state, count(*) FROM wordings GROUP BY tag, state")).fetchall()
    return {(tag, state): int(count) for tag, state, count in rows}


def put(conn: Connection, written: Written, seen: int, at: int) -> bool:
    """Keep it in the place of the one seen, NOTHING if there was none. Whether that was still so; else nothing is kept."""
    values = {
        "id": new_id(), "seen": seen, "tag": written.tag, "digest": written.digest, "context": written.context,
        "english": written.english, "text": written.text, "state": written.state, "same": written.same,
        "note": written.note, "author": written.author_id, "at": at,
    }  # fmt: skip
    if seen == NOTHING:
        sql = """INSERT INTO wordings (id, tag, digest, context, english, text, state, same, note, author_id, written_at)
            VALUES (:id, :tag, :digest, :context, :english, :text, :state, :same, :note, :author, :at)
            ON CONFLICT (tag, digest) DO NOTHING"""
    else:
        sql = """UPDATE wordings SET id = :id, text = :text, state = :state, same = :same, note = :note, author_id = :author,
            written_at = :at, reviewer_id = NULL, reviewed_at = NULL WHERE id = :seen AND tag = :tag AND digest = :digest"""
    return conn.execute(text(sql), values).rowcount == 1


def accept(conn: Connection, seen: int, author_id: int, at: int) -> bool:
    """A machine's words are this person's from now on. Whether they were still as seen."""
    sql = """UPDATE wordings SET id = :id, state = 'draft', author_id = :author, written_at = :at
        WHERE id = :seen AND state = 'machine'"""
    return conn.execute(text(sql), {"id": new_id(), "author": author_id, "at": at, "seen": seen}).rowcount == 1


def judge(conn: Connection, seen: int, state: str, note: str, reviewer_id: int, at: int) -> bool:
    """Reviewed or sent back, by somebody who did not write it. Whether it still waited as seen."""
    sql = """UPDATE wordings SET id = :id, state = :state, note = :note, reviewer_id = :reviewer, reviewed_at = :at
        WHERE id = :seen AND state = 'draft' AND author_id <> :reviewer"""
    values = {"id": new_id(), "state": state, "note": note, "reviewer": reviewer_id, "at": at, "seen": seen}
    return conn.execute(text(sql), values).rowcount == 1


def went_live(conn: Connection, ids: Iterable[int]) -> None:
    """Those that are still as they were when the catalogue was put together."""
    for id_ in ids:
        conn.execute(text("UPDATE wordings SET state = 'live' WHERE id = :id AND state = 'reviewed'"), {"id": id_})


def drop(conn: Connection, seen: int) -> bool:
    """What is not live yet is forgotten. Whether it was still as seen."""
    sql = "DELETE FROM wordings WHERE id = :seen AND state <> 'live'"
    return conn.execute(text(sql), {"seen": seen}).rowcount == 1


def _wording(row: tuple) -> Wording:  # type: ignore[type-arg]  # SQLAlchemy's Row is one
    values = list(row)
    values[7] = bool(values[7])
    return Wording(*values)
