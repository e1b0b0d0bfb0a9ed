"""What somebody asked for and another supervisor must agree to. Which deed waits for that is not known here."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

_MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class Approval:
    """One, as supervisors read of it. Instants in ms."""

    id: int
    kind: str  # mute, deletion, redaction
    thread_id: int
    handle: str
    mute_id: int | None
    until_at: int | None  # up to when the resident is to be muted
    reason: str
    asker_id: int
    asker: str
    asked_at: int
    state: str  # asked, agreed, refused, withdrawn, done
    decider: str
    decided_at: int | None


def ask(
    conn: Connection, keys: Keyset, kind: str, thread_id: int, reason: str, by: int, at: int, *,
    mute_id: int | None = None, until_at: int | None = None,
) -> int:  # fmt: skip
    """Its id."""
    id_ = new_id()
    sql = """INSERT INTO approvals (id, kind, thread_id, mute_id, until_at, reason, asked_by, asked_at, state)
        VALUES (:id, :kind, :thread, :mute, :until, :reason, :by, :at, 'asked')"""
    conn.execute(text(sql), {
        "id": id_, "kind": kind, "thread": thread_id, "mute": mute_id, "until": until_at, "by": by, "at": at,
        "reason": keys.seal(reason, f"approvals.reason:{id_}"),
    })  # fmt: skip
    return id_


def decide(conn: Connection, approval_id: int, state: str, by: int, at: int) -> bool:
    """Whether nobody had decided yet: of two supervisors at once exactly one does."""
    sql = """UPDATE approvals SET state = :state, decided_by = :by, decided_at = :at
        WHERE id = :id AND state = 'asked'"""
    return conn.execute(text(sql), {"id": approval_id, "state": state, "by": by, "at": at}).rowcount == 1


def mark_done(conn: Connection, approval_id: int, by: int, at: int) -> bool:
    """Whether what was agreed to was still to be done."""
    sql = """UPDATE approvals SET state = 'done', done_by = :by, done_at = :at
        WHERE id = :id AND state = 'agreed' AND kind <> 'mute'"""
    return conn.execute(text(sql), {"id": approval_id, "by": by, "at": at}).rowcount == 1


def withdraw_mutes(conn: Connection, thread_id: int) -> None:
    """A mute that is over need not be longer."""
    sql = """UPDATE approvals SET state = 'withdrawn'
        WHERE thread_id = :thread AND kind = 'mute' AND state = 'asked'"""
    conn.execute(text(sql), {"thread": thread_id})


_APPROVAL = """SELECT a.id, a.kind, a.thread_id, r.handle, a.mute_id, a.until_at, a.reason, a.asked_by, s.name, a.asked_at,
    a.state, d.name, a.decided_at
FROM approvals a JOIN threads t ON t.id = a.thread_id JOIN residents r ON r.id = t.resident_id
JOIN staff s ON s.id = a.asked_by LEFT JOIN staff d ON d.id = a.decided_by"""


def open_ones(conn: Connection, keys: Keyset) -> list[Approval]:
    """To be decided, and agreed to but not yet done; the oldest first."""
    # The IN is what SQLite knows its partial index by.
    sql = f"""{_APPROVAL} WHERE a.state IN ('asked', 'agreed') AND (a.state = 'asked' OR a.kind <> 'mute')
        ORDER BY a.id LIMIT {_MOST_LISTED}"""
    return [_approval(row, keys) for row in conn.execute(text(sql)).fetchall()]


def one(conn: Connection, keys: Keyset, approval_id: int) -> Approval | None:
    row = conn.execute(text(f"{_APPROVAL} WHERE a.id = :id"), {"id": approval_id}).fetchone()
    return _approval(row, keys) if row else None


def _approval(row: Any, keys: Keyset) -> Approval:
    id_, kind, thread_id, handle, mute_id, until_at, reason, asker_id, asker, asked_at, state, decider, decided_at = row
    words = keys.open(bytes(reason), f"approvals.reason:{id_}")
    return Approval(
        id_,
        kind,
        thread_id,
        handle,
        mute_id,
        until_at,
        words,
        asker_id,
        asker,
        asked_at,
        state,
        decider or "",
        decided_at,
    )
