"""Texts to and from officers' own phones, with what became of them. To them: an outbox like that of messages, in order for
each officer. From them: kept once, and then carried out in the order they came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.model import Inbound
from bot.store.database import Statement
from bot.store.ids import new_id
from bot.store.messages import further
from bot.store.sealing import Keyset

_KEPT = """
INSERT INTO relays (id, staff_id, direction, kind, channel, line, provider_id, text, media, state, thread_id, about_id,
    created_at, state_at)
VALUES (:id, :staff_id, :direction, :kind, :channel, :line, :provider_id, :text, :media, :state, :thread_id, :about_id,
    :at, :at)"""


@dataclass(frozen=True, slots=True)
class Relay:
    """One text to or from an officer."""

    id: int
    staff_id: int
    kind: str
    channel: str
    line: str
    text: str
    media: int
    state: str
    thread_id: int | None
    created_at: int
    state_at: int


_COLUMNS = "id, staff_id, kind, channel, line, text, media, state, thread_id, created_at, state_at"


def _relay(row: Any, keys: Keyset) -> Relay:
    id_, staff_id, kind, channel, line, words, media, state, thread_id, created, state_at = row
    shown = keys.open(bytes(words), f"relays.text:{id_}")
    return Relay(id_, staff_id, kind, channel, line, shown, media, state, thread_id, created, state_at)


# From officers


def received(keys: Keyset, staff_id: int, inbound: Inbound, kind: str, at: int) -> Statement:
    """Keeps an officer's text, sealed; a repeat of one that is kept breaks a unique key."""
    id_ = new_id()
    return _KEPT, {
        "id": id_, "staff_id": staff_id, "direction": "in", "kind": kind, "channel": inbound.channel, "line": inbound.line,
        "provider_id": inbound.provider_id, "text": keys.seal(inbound.text, f"relays.text:{id_}"),
        "media": len(inbound.media), "state": "received", "thread_id": None, "about_id": None, "at": at,
    }  # fmt: skip


def to_carry_out(conn: Connection) -> list[int]:
    """Officers whose texts wait to be carried out."""
    sql = """SELECT DISTINCT staff_id FROM relays WHERE state IN ('queued', 'submitting', 'received')
        AND state = 'received'"""
    return list(conn.execute(text(sql)).scalars())


def next_received(conn: Connection, keys: Keyset, staff_id: int) -> Relay | None:
    """The oldest of an officer's texts that is not carried out."""
    sql = f"""SELECT {_COLUMNS} FROM relays WHERE staff_id = :staff AND state IN ('queued', 'submitting', 'received')
        AND state = 'received' ORDER BY id LIMIT 1"""
    row = conn.execute(text(sql), {"staff": staff_id}).fetchone()
    return _relay(row, keys) if row else None


def settle(conn: Connection, relay_id: int, before: str, state: str, at: int, thread_id: int | None = None) -> bool:
    """Whether it was ours to carry out: written in the transaction that does, so that it is done once."""
    sql = """UPDATE relays SET state = :state, state_at = :at, thread_id = COALESCE(CAST(:thread AS BIGINT), thread_id)
        WHERE id = :id AND state = :before"""
    values = {"id": relay_id, "before": before, "state": state, "at": at, "thread": thread_id}
    return conn.execute(text(sql), values).rowcount == 1


def held(conn: Connection, keys: Keyset, staff_id: int) -> list[Relay]:
    """An officer's texts of which nobody knows whom they are for, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM relays WHERE staff_id = :staff AND direction = 'in' AND state = 'held' ORDER BY id"
    return [_relay(row, keys) for row in conn.execute(text(sql), {"staff": staff_id}).fetchall()]


# To officers


def told(
    conn: Connection, keys: Keyset, staff_id: int, kind: str, channel: str, line: str, words: str, at: int,
    *, thread_id: int | None = None, about_id: int | None = None,
) -> bool:  # fmt: skip
    """Keep a text to an officer, sealed and to be sent. False if there is one about the same text of theirs."""
    id_ = new_id()
    kept = conn.execute(text(f"{_KEPT} ON CONFLICT (about_id) WHERE about_id IS NOT NULL DO NOTHING"), {
        "id": id_, "staff_id": staff_id, "direction": "out", "kind": kind, "channel": channel, "line": line,
        "provider_id": None, "text": keys.seal(words, f"relays.text:{id_}"), "media": 0, "state": "queued",
        "thread_id": thread_id, "about_id": about_id, "at": at,
    })  # fmt: skip
    return kept.rowcount == 1


def with_queued(conn: Connection, at: int) -> list[int]:
    """Officers to whom something is to be sent now, who waits longest first."""
    sql = """SELECT staff_id FROM relays WHERE state IN ('queued', 'submitting', 'received') AND state = 'queued'
        AND (due_at IS NULL OR due_at NOT BETWEEN :at + 1 AND :at + 600000) GROUP BY staff_id ORDER BY MIN(id)"""
    return list(conn.execute(text(sql), {"at": at}).scalars())


def to_deliver(conn: Connection, keys: Keyset, staff_id: int, at: int) -> list[Relay]:
    """What is queued for an officer and due, in order."""
    sql = f"""SELECT {_COLUMNS} FROM relays WHERE staff_id = :staff AND state IN ('queued', 'submitting', 'received')
        AND state = 'queued' AND (due_at IS NULL OR due_at NOT BETWEEN :at + 1 AND :at + 600000) ORDER BY id"""
    return [_relay(row, keys) for row in conn.execute(text(sql), {"staff": staff_id, "at": at}).fetchall()]


def claim(conn: Connection, relay_id: int, at: int) -> bool:
    """Take a queued text to send it. False if somebody else did, or one before it to this officer is not sent yet."""
    sql = """UPDATE relays SET state = 'submitting', state_at = :at, tries = tries + 1
        WHERE id = :id AND state = 'queued'
        AND NOT EXISTS (SELECT 1 FROM relays r WHERE r.staff_id = relays.staff_id AND r.id < relays.id
            AND r.state IN ('queued', 'submitting'))"""
    return conn.execute(text(sql), {"id": relay_id, "at": at}).rowcount == 1


def accepted(conn: Connection, relay_id: int, state: str, provider_id: str, at: int) -> None:
    """The provider took a text. Its receipts may have come before its answer: they are not written over."""
    sql = """UPDATE relays SET provider_id = :provider_id,
        state = CASE WHEN state IN ('queued', 'submitting') THEN :state ELSE state END,
        state_at = CASE WHEN state IN ('queued', 'submitting') THEN CAST(:at AS BIGINT) ELSE state_at END
        WHERE id = :id"""
    conn.execute(text(sql), {"id": relay_id, "state": state, "provider_id": provider_id, "at": at})


def put_back(conn: Connection, relay_id: int, at: int, due_at: int, code: str = "") -> None:
    """A text that was not taken waits for its next try."""
    sql = """UPDATE relays SET state = 'queued', state_at = :at, due_at = :due_at, code = :code
        WHERE id = :id AND state = 'submitting'"""
    conn.execute(text(sql), {"id": relay_id, "at": at, "due_at": due_at, "code": code or None})


def mark(conn: Connection, relay_id: int, state: str, at: int, code: str = "") -> None:
    """What became of a text."""
    sql = "UPDATE relays SET state = :state, state_at = :at, code = :code WHERE id = :id"
    conn.execute(text(sql), {"id": relay_id, "state": state, "at": at, "code": code or None})


def doubt(conn: Connection) -> None:
    """All that is queued counts as taken by somebody who never said what became of it; and what officers wrote, as too old
    to be passed on: perhaps it was already."""
    conn.execute(text("UPDATE relays SET state = 'submitting', state_at = 0, tries = tries + 1 WHERE state = 'queued'"))
    conn.execute(text("UPDATE relays SET kind = 'late' WHERE state = 'received' AND kind = 'text'"))


def tries(conn: Connection, relay_id: int) -> int:
    return int(conn.execute(text("SELECT tries FROM relays WHERE id = :id"), {"id": relay_id}).scalar_one())


def known_ids(conn: Connection, channel: str, provider_ids: Sequence[str]) -> set[str]:
    """Which of a provider's ids are of these texts, in or out."""
    if not provider_ids:
        return set()
    sql = text("SELECT provider_id FROM relays WHERE channel = :channel AND provider_id IN :ids")
    rows = conn.execute(sql.bindparams(bindparam("ids", expanding=True)), {"channel": channel, "ids": provider_ids})
    return set(rows.scalars())


def left_submitting(conn: Connection, keys: Keyset, before: int) -> list[Relay]:
    """Texts a worker took before an instant and never said what became of."""
    sql = f"""SELECT {_COLUMNS} FROM relays WHERE state IN ('queued', 'submitting', 'received')
        AND state = 'submitting' AND state_at < :before ORDER BY id"""
    return [_relay(row, keys) for row in conn.execute(text(sql), {"before": before}).fetchall()]


def receive_receipt(
    conn: Connection, relay_id: int | None, channel: str, provider_id: str, state: str, at: int, code: str
) -> None:
    """A provider's receipt: only ever forward, never over a final state."""
    found = "id = :id" if relay_id is not None else "channel = :channel AND provider_id = :provider_id"
    lock = " FOR UPDATE" if conn.dialect.name == "postgresql" else ""
    values = {"id": relay_id, "channel": channel, "provider_id": provider_id}
    row = conn.execute(
        text(f"SELECT id, state FROM relays WHERE {found} AND direction = 'out'{lock}"), values
    ).fetchone()
    if row is None or not further(row[1], state):
        return
    sql = """UPDATE relays SET state = :state, state_at = :at, code = :code,
        provider_id = COALESCE(provider_id, :provider_id) WHERE id = :id"""
    conn.execute(text(sql), {"state": state, "at": at, "code": code or None, "provider_id": provider_id, "id": row[0]})


def latest_out(conn: Connection, staff_id: int) -> tuple[str, int] | None:
    """State and instant of the last text to an officer."""
    sql = (
        """SELECT state, state_at FROM relays WHERE staff_id = :staff AND direction = 'out' ORDER BY id DESC LIMIT 1"""
    )
    row = conn.execute(text(sql), {"staff": staff_id}).fetchone()
    return (row[0], row[1]) if row else None


def not_arrived(conn: Connection, thread_id: int, staff_id: int, since: int) -> list[int]:
    """Officer's texts in a thread, written after an instant, that did not reach the resident and were not spoken of yet."""
    sql = """SELECT m.id FROM messages m WHERE m.thread_id = :thread AND m.created_at > :since AND m.officer_id = :staff
        AND m.state IN ('failed', 'undelivered', 'uncertain', 'held back')
        AND NOT EXISTS (SELECT 1 FROM relays r WHERE r.about_id = m.id)"""
    values = {"thread": thread_id, "staff": staff_id, "since": since}
    return list(conn.execute(text(sql), values).scalars())


def forget(conn: Connection, sent_before: int, came_before: int) -> None:
    """What was texted long ago. Theirs are kept for longer, so that the provider's list brings none of them anew."""
    sql = """DELETE FROM relays WHERE (direction = 'out' AND created_at < :sent
        AND state NOT IN ('queued', 'submitting')) OR (direction = 'in' AND created_at < :came AND state <> 'received')"""
    conn.execute(text(sql), {"sent": sent_before, "came": came_before})
