"""Closed threads that supervisors look through a second time, and what they found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

SAMPLE, MACHINE = "sample", "machine translation"  # why a thread was drawn
_MOST_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Closed:
    """A thread that was closed in a time. `machine`: with a machine's words, in a matter of danger or rights."""

    thread_id: int
    closed_at: int
    machine: bool


@dataclass(frozen=True, slots=True)
class Review:
    """One drawn thread. Instants in ms; `reviewer_id` None as long as nobody has looked through it."""

    id: int
    thread_id: int
    handle: str
    language: str | None
    month: str
    why: str
    closed_at: int
    reviewer_id: int | None
    reviewer: str
    reviewed_at: int | None
    verdict: str
    needless: int
    missed: int
    note: str


@dataclass(frozen=True, slots=True)
class Month:
    """What came of the reviews of a month."""

    month: str
    drawn: int
    reviewed: int
    needless: int  # notices that nobody needed
    missed: int  # notices that should have been said


def closed_between(conn: Connection, since: int, before: int) -> list[Closed]:
    """Threads that an officer closed, each once, by when that was."""
    sql = """SELECT h.thread_id, max(h.closed_at),
            max(CASE WHEN h.language_service IN ('machine translation only', 'text translation, reviewed') THEN 1 WHEN EXISTS
                (SELECT 1 FROM translations m WHERE m.thread_id = h.thread_id AND m.state IN ('made', 'sent')) THEN 1
                ELSE 0 END),
            max(CASE WHEN h.kind = 'safety' OR h.sensitive THEN 1 ELSE 0 END)
        FROM handoffs h WHERE h.closed_at >= :since AND h.closed_at < :before AND h.officer_id IS NOT NULL
            AND h.outcome <> 'test'
        GROUP BY h.thread_id ORDER BY max(h.closed_at), h.thread_id"""
    rows = conn.execute(text(sql), {"since": since, "before": before}).fetchall()
    return [Closed(thread, at, bool(machine and careful)) for thread, at, machine, careful in rows]


def draw(conn: Connection, closed: Closed, month: str, why: str, at: int) -> bool:
    """Whether it was not drawn already."""
    sql = """INSERT INTO reviews (id, thread_id, month, why, closed_at, drawn_at)
        VALUES (:id, :thread, :month, :why, :closed, :at) ON CONFLICT (thread_id, month) DO NOTHING"""
    values = {
        "id": new_id(),
        "thread": closed.thread_id,
        "month": month,
        "why": why,
        "closed": closed.closed_at,
        "at": at,
    }
    return conn.execute(text(sql), values).rowcount == 1


_REVIEW = """SELECT v.id, v.thread_id, r.handle, t.language, v.month, v.why, v.closed_at, v.reviewer_id, s.name,
    v.reviewed_at, v.verdict, v.needless, v.missed, v.note
FROM reviews v JOIN threads t ON t.id = v.thread_id JOIN residents r ON r.id = t.resident_id
LEFT JOIN staff s ON s.id = v.reviewer_id"""


def listed(conn: Connection, keys: Keyset, since: str) -> list[Review]:
    """Those of a month and later; what nobody has looked through first, then as they were closed."""
    sql = f"""{_REVIEW} WHERE v.month >= :since
        ORDER BY CASE WHEN v.reviewed_at IS NULL THEN 0 ELSE 1 END, v.why, v.closed_at, v.id"""
    return [_review(row, keys) for row in conn.execute(text(sql), {"since": since}).fetchall()]


def one(conn: Connection, keys: Keyset, review_id: int) -> Review | None:
    row = conn.execute(text(f"{_REVIEW} WHERE v.id = :id"), {"id": review_id}).fetchone()
    return _review(row, keys) if row else None


def _review(row: Any, keys: Keyset) -> Review:
    (id_, thread_id, handle, language, month, why, closed_at, reviewer_id, reviewer, reviewed_at, verdict, needless, missed,
     note) = row  # fmt: skip
    words = keys.open(bytes(note), f"reviews.note:{id_}") if note else ""
    return Review(
        id_, thread_id, handle, language, month, why, closed_at, reviewer_id, reviewer or "", reviewed_at, verdict or "",
        needless or 0, missed or 0, words,
    )  # fmt: skip


def settle(
    conn: Connection,
    keys: Keyset,
    review_id: int,
    by: int,
    verdict: str,
    needless: int,
    missed: int,
    note: str,
    at: int,
) -> bool:
    """Whether nobody had done it yet: each is reviewed once."""
    sql = """UPDATE reviews SET reviewer_id = :by, reviewed_at = :at, verdict = :verdict, needless = :needless,
        missed = :missed, note = :note WHERE id = :id AND reviewed_at IS NULL"""
    sealed = keys.seal(note, f"reviews.note:{review_id}") if note else None
    values = {"by": by, "at": at, "verdict": verdict, "needless": needless, "missed": missed, "note": sealed}
    return conn.execute(text(sql), {**values, "id": review_id}).rowcount == 1


def answered_by(conn: Connection, thread_id: int) -> frozenset[int]:
    """Who ever wrote to the resident of a thread, or closed it."""
    sql = """SELECT officer_id FROM handoffs
        WHERE thread_id = :thread AND closed_at IS NOT NULL AND officer_id IS NOT NULL
        UNION SELECT officer_id FROM messages
        WHERE thread_id = :thread AND author = 'officer' AND officer_id IS NOT NULL"""
    return frozenset(conn.execute(text(sql), {"thread": thread_id}).scalars())


def months(conn: Connection) -> Sequence[Month]:
    """The last twelve, the newest first."""
    sql = f"""SELECT month, count(*), count(reviewed_at), COALESCE(sum(needless), 0), COALESCE(sum(missed), 0) FROM reviews
        GROUP BY month ORDER BY month DESC LIMIT {_MOST_MONTHS}"""
    return [Month(month, *map(int, counts)) for month, *counts in conn.execute(text(sql))]
