"""Reports as residents file them, add to them and ask for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.flow.effects import ReportFacts
from bot.store.database import Database, Statement
from bot.store.ids import new_id
from bot.store.sealing import Keyset

_INSERT = """
INSERT INTO reports (id, number, resident_id, thread_id, kind, state, complete, answers, language, filed_at, promised_at,
    contact, facts, public_id)
VALUES (:id, :number, :resident_id, :thread_id, :kind, 'received', :complete, :answers, :language, :filed_at, :promised_at,
    :contact, :facts, :public_id)"""

# The words go to a report of this very resident, or nowhere.
_ADD = """
INSERT INTO additions (id, report_id, words, question, language, added_at)
SELECT CAST(:id AS BIGINT), r.id, :words, :question, :language, CAST(:at AS BIGINT) FROM reports r
WHERE r.number = :number AND r.resident_id = :resident_id"""

# Both look for a report that waits for its resident, so the change is written before the state.
_ANSWERED = """
INSERT INTO report_changes (id, report_id, state, phrase, said, telling, why, at)
SELECT CAST(:id AS BIGINT), r.id, 'reading', '', :said, 'told', NULL, CAST(:at AS BIGINT) FROM reports r
WHERE r.number = :number AND r.resident_id = :resident_id AND r.state = 'more'"""
_READING = """
UPDATE reports SET state = 'reading', version = version + 1, changed_at = :at, promised_at = :promised_at
WHERE number = :number AND resident_id = :resident_id AND state = 'more'"""


def filing(
    keys: Keyset, *, number: str, resident_id: int, thread_id: int, kind: str, complete: bool,
    answers: Sequence[tuple[str, str]], language: str | None, at: int, facts: ReportFacts, public_id: str | None,
    promised_at: int | None,
) -> Statement:  # fmt: skip
    id_ = new_id()
    known = {"spot": facts.spot, "chosen": facts.chosen}
    return _INSERT, {
        "id": id_, "number": number, "resident_id": resident_id, "thread_id": thread_id, "kind": kind,
        "complete": complete, "language": language, "filed_at": at, "promised_at": promised_at,
        "answers": keys.seal(json.dumps(answers, ensure_ascii=False), f"reports.answers:{id_}"),
        "contact": facts.contact or None, "public_id": public_id,
        "facts": keys.seal(json.dumps(known, ensure_ascii=False), f"reports.facts:{id_}"),
    }  # fmt: skip


def adding(
    keys: Keyset, *, number: str, resident_id: int, words: str, at: int, question: str, language: str | None
) -> Statement:
    id_ = new_id()
    return _ADD, {
        "id": id_, "number": number, "resident_id": resident_id, "at": at, "language": language,
        "words": keys.seal(words, f"additions.words:{id_}"),
        "question": keys.seal(question, f"additions.question:{id_}") if question else None,
    }  # fmt: skip


def reading_again(
    keys: Keyset, *, number: str, resident_id: int, at: int, promised_at: int | None
) -> tuple[Statement, Statement]:
    """What was added may be what we waited for: a report of which an officer wanted to know more is read again."""
    id_ = new_id()
    which = {"number": number, "resident_id": resident_id, "at": at}
    said = {"id": id_, "said": keys.seal("{}", f"report_changes.said:{id_}")}
    return (_ANSWERED, which | said), (_READING, which | {"promised_at": promised_at})


@dataclass(frozen=True, slots=True)
class Report:
    """A report as staff read it beside its thread."""

    id: int
    number: str
    kind: str
    state: str
    complete: bool
    answers: tuple[tuple[str, str], ...]
    filed_at: int
    additions: tuple[str, ...] = ()


def statuses(
    db: Database, keys: Keyset, resident_id: int, number: str | None
) -> list[tuple[str, str, int, str, str, bool]]:
    """(number, kind, filed_at, state, police number, safe contact) of a resident's last three reports, newest first; or
    of the one named, if theirs."""
    only = "AND r.number = :number" if number else ""
    sql = f"""SELECT r.number, r.kind, r.filed_at, r.state, r.police_number, t.safe_contact, r.id
        FROM reports r JOIN threads t ON t.id = r.thread_id WHERE r.resident_id = :resident {only}
        ORDER BY r.id DESC LIMIT 3"""
    values = {"resident": resident_id} | ({"number": number} if number else {})
    return [
        (row[0], row[1], row[2], row[3], keys.open(bytes(row[4]), f"reports.police_number:{row[6]}") if row[4] else "",
         bool(row[5]))
        for row in db.look_all(sql, values)
    ]  # fmt: skip


def complaint_is_open(conn: Connection, thread_id: int) -> bool:
    """Whether a complaint from this thread still waits for its answer."""
    sql = "SELECT 1 FROM reports WHERE thread_id = :thread AND kind = 'complaint' AND state <> 'closed' LIMIT 1"
    return conn.execute(text(sql), {"thread": thread_id}).fetchone() is not None


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
