"""Reports residents filed, and what they added later."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.database import Database, Statement
from bot.store.ids import new_id
from bot.store.sealing import Keyset

_INSERT = """
INSERT INTO reports (id, number, resident_id, thread_id, kind, state, complete, answers, language, filed_at)
VALUES (:id, :number, :resident_id, :thread_id, :kind, 'received', :complete, :answers, :language, :filed_at)"""

# The words go to a report of this very resident, or nowhere.
_ADD = """
INSERT INTO additions (id, report_id, words, added_at)
SELECT CAST(:id AS BIGINT), r.id, :words, CAST(:at AS BIGINT) FROM reports r
WHERE r.number = :number AND r.resident_id = :resident_id"""


def filing(
    keys: Keyset, *, number: str, resident_id: int, thread_id: int, kind: str, complete: bool,
    answers: Sequence[tuple[str, str]], language: str | None, at: int,
) -> Statement:  # fmt: skip
    id_ = new_id()
    return _INSERT, {
        "id": id_, "number": number, "resident_id": resident_id, "thread_id": thread_id, "kind": kind,
        "complete": complete, "language": language, "filed_at": at,
        "answers": keys.seal(json.dumps(answers, ensure_ascii=False), f"reports.answers:{id_}"),
    }  # fmt: skip


def adding(keys: Keyset, *, number: str, resident_id: int, words: str, at: int) -> Statement:
    id_ = new_id()
    sealed = keys.seal(words, f"additions.words:{id_}")
    return _ADD, {"id": id_, "number": number, "resident_id": resident_id, "words": sealed, "at": at}


@dataclass(frozen=True, slots=True)
class Report:
    """A report as staff read it."""

    id: int
    number: str
    kind: str
    state: str
    complete: bool
    answers: tuple[tuple[str, str], ...]
    filed_at: int
    additions: tuple[str, ...] = ()


def statuses(db: Database, resident_id: int, number: str | None) -> list[tuple[str, str, int, str]]:
    """(number, kind, filed_at, state) of a resident's last three reports, newest first; or of the one named, if theirs."""
    only = "AND number = :number" if number else ""
    sql = f"""SELECT number, kind, filed_at, state FROM reports WHERE resident_id = :resident {only}
        ORDER BY id DESC LIMIT 3"""
    values = {"resident": resident_id} | ({"number": number} if number else {})
    return [(row[0], row[1], row[2], row[3]) for row in db.look_all(sql, values)]


def of_thread(conn: Connection, keys: Keyset, thread_id: int) -> list[Report]:
    sql = (
        "SELECT id, number, kind, state, complete, answers, filed_at FROM reports WHERE thread_id = :thread ORDER BY id"
    )
    found = []
    for id_, number, kind, state, complete, answers, filed_at in conn.execute(
        text(sql), {"thread": thread_id}
    ).fetchall():
        told = json.loads(keys.open(bytes(answers), f"reports.answers:{id_}"))
        added = conn.execute(text("SELECT id, words FROM additions WHERE report_id = :id ORDER BY id"), {"id": id_})
        additions = tuple(keys.open(bytes(row[1]), f"additions.words:{row[0]}") for row in added.fetchall())
        found.append(
            Report(id_, number, kind, state, bool(complete), tuple((a, b) for a, b in told), filed_at, additions)
        )
    return found
