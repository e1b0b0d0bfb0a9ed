"""Who may be asked how our help was, and what was answered: apart from each other, so that no answer says whose it is."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.database import Statement
from bot.store.sealing import Keyset
from bot.store.sums import Sum
from bot.store.threads import IN_WINDOW

LOW = ("1", "2")
_DAY = 86_400_000  # ms
AGAIN = 30 * _DAY
# After these nobody is asked how it was: it was none of our help, or a question of ours could harm or hurt.
_NOT_AFTER = """('complaint filed', 'spam or abuse', 'test', 'opted out', 'duplicate', 'transferred to 911',
    'transferred to 988 or a domestic violence partner', 'the resident left')"""
_MAY = f"""{IN_WINDOW} AND NOT t.safe_contact AND NOT t.stopped AND NOT t.urgent AND t.holder = 'bot'
    AND COALESCE(t.muted_until, 0) < :until
    AND NOT EXISTS (SELECT 1 FROM handoffs s WHERE s.thread_id = t.id AND s.kind = 'safety' AND s.opened_at > :month)
    AND NOT EXISTS (SELECT 1 FROM reports c WHERE c.thread_id = t.id AND c.kind = 'complaint')
    AND NOT EXISTS (SELECT 1 FROM surveys v WHERE v.resident_id = t.resident_id AND v.asked_at > :month)"""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who may be asked. `kind` is help, after an officer, or needed, after a report; `began` when they had first
    asked or filed it, ms."""

    thread_id: int
    resident_id: int
    kind: str
    began: int


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person is to read."""

    id: int
    day: str
    question: str
    answer: str
    language: str
    words: str


def due(conn: Connection, since: int, until: int, *, windowed: str, opened: int) -> list[Due]:
    """Whose hand-off or report came to its end between two instants; on the channel that is `windowed` only who wrote after
    another."""
    month = until + _DAY - AGAIN
    values = {"since": since, "until": until, "month": month, "windowed": windowed, "opened": opened}
    after_officer = f"""SELECT t.id, t.resident_id, 'help', h.opened_at FROM handoffs h JOIN threads t ON t.id = h.thread_id
        WHERE h.closed_at >= :since AND h.closed_at < :until AND h.kind = 'officer' AND h.officer_id IS NOT NULL
            AND COALESCE(h.outcome, '') NOT IN {_NOT_AFTER} AND {_MAY}"""
    after_report = f"""SELECT t.id, t.resident_id, 'needed', r.filed_at FROM report_changes c
        JOIN reports r ON r.id = c.report_id JOIN threads t ON t.id = r.thread_id
        WHERE c.at >= :since AND c.at < :until AND c.state IN ('accepted', 'closed') AND {_MAY}"""
    return [Due(*row) for sql in (after_officer, after_report) for row in conn.execute(text(sql), values).fetchall()]


def claim(conn: Connection, resident_id: int, at: int) -> bool:
    """Whether somebody is ours to ask: once in thirty days, whatever they wrote by which channel."""
    sql = """INSERT INTO surveys (resident_id, asked_at) VALUES (:id, :at)
        ON CONFLICT (resident_id) DO UPDATE SET asked_at = excluded.asked_at WHERE surveys.asked_at <= :before"""
    return conn.execute(text(sql), {"id": resident_id, "at": at, "before": at - AGAIN}).rowcount == 1


def any_before(conn: Connection, before: int) -> bool:
    sql = "SELECT 1 FROM surveys WHERE asked_at < :before LIMIT 1"
    return conn.execute(text(sql), {"before": before}).first() is not None


def forget(conn: Connection, before: int) -> int:
    """Who was asked so long ago that they may be asked again need not be known; how many that were."""
    return conn.execute(text("DELETE FROM surveys WHERE asked_at < :before"), {"before": before}).rowcount


def answering(keys: Keyset, question: str, answer: str, language: str | None, day: str) -> Statement:
    """Keeps one answer. What somebody added in words, a low score, and that we did not understand, a person reads."""
    id_ = secrets.randbits(62)
    low = question in ("help", "understood") and answer in LOW
    return (
        """INSERT INTO survey_answers (id, day, question, answer, language, words, task)
            VALUES (:id, :day, :question, :answer, :language, :words, :task)""",
        {
            "id": id_, "day": day, "question": question, "language": language or "",
            "answer": "" if question == "words" else answer,
            "words": keys.seal(answer, f"survey_answers.words:{id_}") if question == "words" else None,
            "task": "open" if low or question == "words" else None,
        },
    )  # fmt: skip


def sums(conn: Connection, first: str, last: str) -> Sequence[Sum]:
    """How often what was answered between two days, both included. `what` is `survey: <question>`; scores are values."""
    sql = """SELECT substr(day, 1, 7), question, language, answer, count(*) FROM survey_answers
        WHERE day >= :first AND day <= :last AND question <> 'words'
        GROUP BY substr(day, 1, 7), question, language, answer"""
    return [
        Sum(month, f"survey: {question}", language, "", -1, answer, int(answer) if answer.isdigit() else 0, int(times))
        for month, question, language, answer, times in conn.execute(text(sql), {"first": first, "last": last})
    ]


def tasks(conn: Connection, keys: Keyset, limit: int) -> list[Task]:
    """What is still to be read, the oldest first."""
    sql = """SELECT id, day, question, answer, language, words FROM survey_answers WHERE task = 'open'
        ORDER BY day, id LIMIT :limit"""
    return [
        Task(id_, day, question, answer, language,
             keys.open(bytes(words), f"survey_answers.words:{id_}") if words else "")
        for id_, day, question, answer, language, words in conn.execute(text(sql), {"limit": limit}).fetchall()
    ]  # fmt: skip


def settle(conn: Connection, id_: int, staff_id: int) -> bool:
    """Whether it was still to be read."""
    sql = "UPDATE survey_answers SET task = 'done', done_by = :staff WHERE id = :id AND task = 'open'"
    return conn.execute(text(sql), {"id": id_, "staff": staff_id}).rowcount == 1
