"""Every text in and out of a thread, with what became of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.model import Inbound, Outbound, Template
from bot.store.database import Database, Statement
from bot.store.ids import first_id
from bot.store.sealing import Keyset

# How far a text has come. A receipt only ever moves it to the right; failures are final unless it was delivered.
STATES = ("queued", "submitting", "offered", "accepted", "sending", "sent", "delivered", "read")
FAILED = ("failed", "undelivered", "uncertain", "held back")
APART = "answer to the survey"  # kept, for it came; shown to nobody here, for answers have no name
FOR_WINDOW = "waiting for the window"  # an officer's words that go out when the resident writes again

# A turn's own two, with no more values than they need: each value costs a turn some microseconds.
_RECEIVED = """
INSERT INTO messages (id, thread_id, channel, direction, author, provider_id, text, extra, language, state, repeat_token,
    recovered, created_at, state_at)
VALUES (:id, :thread_id, :channel, 'in', 'resident', :provider_id, :text, :extra, :language, :state, :repeat_token,
    :recovered, :at, :at)"""
_ANSWERED = """
INSERT INTO messages (id, thread_id, channel, direction, author, text, language, state, answers, created_at, state_at)
VALUES (:id, :thread_id, :channel, 'out', 'bot', :text, :language, :state, :answers, :at, :at)"""
_WRITTEN = """
INSERT INTO messages (id, thread_id, channel, direction, author, officer_id, text, language, state, created_at, state_at,
    due_at, template)
VALUES (:id, :thread_id, :channel, 'out', :author, :officer_id, :text, :language, :state, :at, :at, :due_at, :template)"""


@dataclass(frozen=True, slots=True)
class Message:
    """One text as the desk and the sender know it."""

    id: int
    thread_id: int
    channel: str
    direction: str
    author: str
    officer_id: int | None
    text: str
    extra: dict[str, Any]
    language: str | None
    state: str
    code: str
    created_at: int
    recovered: bool = False
    template: Template | None = None
    answers: int | None = None  # the resident's text that the bot answers with this


def received(
    keys: Keyset,
    id_: int,
    thread_id: int,
    inbound: Inbound,
    extra: dict[str, Any],
    language: str | None,
    at: int,
    state: str = "received",
) -> Statement:
    """Keeps a resident's text, sealed: `received`, `quarantined` (it could not be understood) or `conflict` (another
    wording of one we have), or apart (an answer to the survey)."""
    return _RECEIVED, {
        "id": id_,
        "thread_id": thread_id,
        "channel": inbound.channel,
        "provider_id": inbound.provider_id,
        "text": keys.seal(inbound.text, f"messages.text:{id_}"),
        "extra": keys.seal(json.dumps(extra, ensure_ascii=False), f"messages.extra:{id_}") if extra else None,
        "language": language,
        "state": state,
        "repeat_token": inbound.repeat_token or None,
        "recovered": inbound.recovered,
        "at": at,
    }


def answered(keys: Keyset, reply: Outbound, inbound_id: int, language: str | None, state: str, at: int) -> Statement:
    """Keeps what the bot answers to a text, sealed."""
    return _ANSWERED, {
        "id": reply.id,
        "thread_id": reply.thread_id,
        "channel": reply.channel,
        "text": keys.seal(reply.text, f"messages.text:{reply.id}"),
        "language": language,
        "state": state,
        "answers": inbound_id,
        "at": at,
    }


def written(
    keys: Keyset,
    *,
    id: int,
    thread_id: int,
    channel: str,
    words: str,
    language: str | None,
    at: int,
    officer_id: int | None,
    due_at: int | None = None,
    state: str = "queued",
    template: Template | None = None,
) -> Statement:
    """Keeps, sealed and to be sent, what an officer writes, or the bot without being asked; not before `due_at`."""
    return _WRITTEN, {
        "id": id,
        "thread_id": thread_id,
        "channel": channel,
        "author": "bot" if officer_id is None else "officer",
        "officer_id": officer_id,
        "text": keys.seal(words, f"messages.text:{id}"),
        "language": language,
        "at": at,
        "due_at": due_at,
        "state": state,
        "template": json.dumps([template.content_sid, dict(template.values)]) if template else None,
    }


_COLUMNS = """id, thread_id, channel, direction, author, officer_id, text, extra, language, state, code, created_at,
    recovered, template, answers"""


def _message(row: Sequence[Any], keys: Keyset) -> Message:
    (id_, thread_id, channel, direction, author, officer_id, words, extra, language, state, code, created_at, late,
     prepared, answers) = row  # fmt: skip
    return Message(
        id_, thread_id, channel, direction, author, officer_id,
        keys.open(bytes(words), f"messages.text:{id_}"),
        json.loads(keys.open(bytes(extra), f"messages.extra:{id_}")) if extra else {},
        language, state, code or "", created_at, bool(late), Template(*json.loads(prepared)) if prepared else None,
        answers,
    )  # fmt: skip


def of_thread(conn: Connection, keys: Keyset, thread_id: int, after: int = 0, limit: int = 500) -> list[Message]:
    """The newest texts of a thread, oldest first."""
    sql = f"""SELECT {_COLUMNS} FROM messages WHERE thread_id = :thread AND id > :after AND state <> :apart
        ORDER BY id DESC LIMIT :limit"""
    values = {"thread": thread_id, "after": after, "limit": limit, "apart": APART}
    rows = conn.execute(text(sql), values).fetchall()
    return [_message(row, keys) for row in reversed(rows)]


def one(db: Database, keys: Keyset, message_id: int) -> Message | None:
    """A text by our id. Raises DatabaseUnreachable."""
    row = db.look(f"SELECT {_COLUMNS} FROM messages WHERE id = :id", {"id": message_id})
    return _message(row, keys) if row else None


def replies_to(db: Database, keys: Keyset, inbound_id: int) -> Message | None:
    """The first reply a text was given, for a repeat of the same delivery."""
    sql = f"SELECT {_COLUMNS} FROM messages WHERE answers = :answers ORDER BY id LIMIT 1"
    row = db.look(sql, {"answers": inbound_id})
    return _message(row, keys) if row else None


def to_deliver(conn: Connection, keys: Keyset, thread_id: int, at: int) -> list[Message]:
    """What is queued in a thread and due, in order. No text is put off for more than ten minutes: what seems due later was
    put off before the clock was put back."""
    sql = f"""SELECT {_COLUMNS} FROM messages WHERE thread_id = :thread AND state = 'queued'
        AND (due_at IS NULL OR due_at NOT BETWEEN :at + 1 AND :at + 600000) ORDER BY id"""
    return [_message(row, keys) for row in conn.execute(text(sql), {"thread": thread_id, "at": at}).fetchall()]


def threads_with_queued(conn: Connection, before: int, at: int) -> list[int]:
    """Threads with texts that were queued before an instant, are due, and were not picked up; who waits longest first."""
    # The IN is what SQLite knows its partial index by.
    sql = """SELECT thread_id FROM messages
        WHERE state IN ('queued', 'submitting') AND state = 'queued' AND created_at < :before
            AND (due_at IS NULL OR due_at NOT BETWEEN :at + 1 AND :at + 600000)
        GROUP BY thread_id ORDER BY MIN(id)"""
    return [row[0] for row in conn.execute(text(sql), {"before": before, "at": at}).fetchall()]


def threads_come_due(conn: Connection, since: int, at: int) -> list[int]:
    """Threads with a text that was put off until an instant between these two and still waits."""
    sql = """SELECT DISTINCT thread_id FROM messages
        WHERE state IN ('queued', 'submitting') AND state = 'queued' AND due_at > :since AND due_at <= :at"""
    return [row[0] for row in conn.execute(text(sql), {"since": since, "at": at}).fetchall()]


def put_off(conn: Connection, keys: Keyset, thread_id: int, officer_id: int, at: int) -> list[Message]:
    """An officer's texts that are not sent before a later instant, and were never tried, oldest first."""
    sql = f"""SELECT {_COLUMNS} FROM messages WHERE thread_id = :thread AND officer_id = :officer
        AND state IN ('queued', 'submitting') AND state = 'queued' AND tries = 0 AND due_at > :at ORDER BY id"""
    values = {"thread": thread_id, "officer": officer_id, "at": at}
    return [_message(row, keys) for row in conn.execute(text(sql), values).fetchall()]


def due(conn: Connection, message_id: int) -> int | None:
    """Until when a text is put off."""
    found = conn.execute(text("SELECT due_at FROM messages WHERE id = :id"), {"id": message_id}).scalar()
    return None if found is None else int(found)


def unanswered_since(conn: Connection, thread_id: int) -> int | None:
    """When the resident wrote the first of the texts that came after the last words of an officer, here or in the thread
    this one is joined to, ms; None if there is none."""
    sql = """SELECT min(created_at) FROM messages WHERE thread_id = :thread AND direction = 'in'
        AND id > COALESCE((SELECT max(id) FROM messages WHERE thread_id = :thread AND author = 'officer'), 0)
        AND id > COALESCE((SELECT max(m.id) FROM messages m JOIN threads t ON m.thread_id = t.joined_to
            WHERE t.id = :thread AND m.author = 'officer'), 0)"""
    found = conn.execute(text(sql), {"thread": thread_id}).scalar()
    return int(found) if found is not None else None


def awaits_answer(conn: Connection, thread_id: int) -> bool:
    """Whether the resident wrote after the last words of an officer."""
    return unanswered_since(conn, thread_id) is not None


def take_back(conn: Connection, message_id: int, at: int) -> bool:
    """Drop a text that is not to be sent before a later instant. False if its time has come meanwhile."""
    sql = "DELETE FROM messages WHERE id = :id AND state = 'queued' AND tries = 0 AND due_at > :at"
    return conn.execute(text(sql), {"id": message_id, "at": at}).rowcount == 1


def claim(conn: Connection, message_id: int, at: int) -> bool:
    """Take a queued text to send it. False if somebody else did, if one before it in the thread is not sent yet, or if
    the resident opted out meanwhile."""
    sql = """UPDATE messages SET state = 'submitting', state_at = :at, tries = tries + 1
        WHERE id = :id AND state = 'queued'
        AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.thread_id = messages.thread_id AND m.id < messages.id
            AND m.state IN ('queued', 'submitting'))
        AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.id = messages.thread_id AND t.stopped)"""
    return conn.execute(text(sql), {"id": message_id, "at": at}).rowcount == 1


def mark(
    conn: Connection, message_id: int, state: str, at: int, *, provider_id: str | None = None, code: str = ""
) -> None:
    """What became of a text we were sending."""
    sql = """UPDATE messages SET state = :state, state_at = :at, code = :code,
        provider_id = COALESCE(CAST(:provider_id AS TEXT), provider_id) WHERE id = :id"""
    values = {"id": message_id, "state": state, "at": at, "code": code or None, "provider_id": provider_id}
    conn.execute(text(sql), values)


def put_back(conn: Connection, message_id: int, at: int, due_at: int, code: str = "") -> None:
    """A text that was not taken waits for its next try."""
    sql = """UPDATE messages SET state = 'queued', state_at = :at, due_at = :due_at, code = :code
        WHERE id = :id AND state = 'submitting'"""
    conn.execute(text(sql), {"id": message_id, "at": at, "due_at": due_at, "code": code or None})


def offered_unheard(conn: Connection, keys: Keyset, since: int, before: int) -> list[Message]:
    """Replies that rode on a webhook's answer between two instants and of which nothing was heard since."""
    sql = f"""SELECT {_COLUMNS} FROM messages
        WHERE id >= :since AND id < :before AND state = 'offered' AND provider_id IS NULL ORDER BY id"""
    values = {"since": first_id(since), "before": first_id(before)}
    return [_message(row, keys) for row in conn.execute(text(sql), values).fetchall()]


def threads_for_window(conn: Connection, wrote_since: int) -> list[int]:
    """Threads with words that wait until the resident writes, and in which the resident has since."""
    sql = """SELECT DISTINCT m.thread_id FROM messages m JOIN threads t ON t.id = m.thread_id
        WHERE m.state = 'waiting for the window' AND t.last_in_at > :since AND t.last_in_at > m.created_at
            AND NOT t.stopped"""
    return list(conn.execute(text(sql), {"since": wrote_since}).scalars())


def waits_for_window(conn: Connection, thread_id: int) -> bool:
    sql = "SELECT 1 FROM messages WHERE thread_id = :thread AND state = 'waiting for the window' LIMIT 1"
    return conn.execute(text(sql), {"thread": thread_id}).fetchone() is not None


def release(conn: Connection, thread_id: int, at: int) -> int:
    """What waited for the resident to write is to be sent now, as if it were written now; how many that are."""
    sql = """UPDATE messages SET state = 'queued', created_at = :at, state_at = :at, code = NULL, due_at = NULL,
            provider_id = NULL
        WHERE thread_id = :thread AND state = 'waiting for the window'"""
    return conn.execute(text(sql), {"thread": thread_id, "at": at}).rowcount


def wait_after_all(conn: Connection, channel: str, provider_id: str, at: int, code: str) -> int | None:
    """An officer's words that the provider took and then could not pass on, as the resident has been silent for too long:
    they wait. The thread's id; None if there are no such words."""
    sql = """UPDATE messages SET state = 'waiting for the window', state_at = :at, code = :code
        WHERE channel = :channel AND provider_id = :provider_id AND author = 'officer' AND template IS NULL
            AND state IN ('accepted', 'sending', 'sent') RETURNING thread_id"""
    values = {"channel": channel, "provider_id": provider_id, "at": at, "code": code}
    found = conn.execute(text(sql), values).scalar()
    return int(found) if found is not None else None


def told_shut(conn: Connection, thread_id: int, since: int, code: str) -> bool:
    """Whether the provider said so of a text since an instant."""
    sql = """SELECT 1 FROM messages WHERE thread_id = :thread AND direction = 'out' AND code = :code
        AND created_at >= :since LIMIT 1"""
    return conn.execute(text(sql), {"thread": thread_id, "since": since, "code": code}).fetchone() is not None


def template_since(conn: Connection, thread_id: int, since: int) -> bool:
    """Whether a resident was asked by a template since an instant, and it did not fail."""
    sql = """SELECT 1 FROM messages WHERE thread_id = :thread AND created_at >= :since AND template IS NOT NULL
        AND state NOT IN ('failed', 'undelivered', 'held back') LIMIT 1"""
    return conn.execute(text(sql), {"thread": thread_id, "since": since}).fetchone() is not None


def claim_offered(conn: Connection, message_id: int, at: int) -> bool:
    """Take a reply that the provider does not have, to send it. False if something was heard of it meanwhile."""
    sql = """UPDATE messages SET state = 'submitting', state_at = :at, tries = tries + 1
        WHERE id = :id AND state = 'offered' AND provider_id IS NULL
        AND NOT EXISTS (SELECT 1 FROM threads t WHERE t.id = messages.thread_id AND t.stopped)"""
    return conn.execute(text(sql), {"id": message_id, "at": at}).rowcount == 1


def answers_since(conn: Connection, since: int) -> int:
    """How many texts the line itself sent, or was going to send, since an instant."""
    sql = "SELECT count(*) FROM messages WHERE id >= :since AND direction = 'out' AND author = 'bot'"
    return int(conn.execute(text(sql), {"since": first_id(since)}).scalar_one())


def doubt_queued(conn: Connection) -> None:
    """All that is queued counts as taken by somebody who never said what became of it."""
    sql = "UPDATE messages SET state = 'submitting', state_at = 0, tries = tries + 1 WHERE state = 'queued'"
    conn.execute(text(sql))


def tries(conn: Connection, message_id: int) -> int:
    return int(conn.execute(text("SELECT tries FROM messages WHERE id = :id"), {"id": message_id}).scalar_one())


def known_ids(conn: Connection, channel: str, provider_ids: Sequence[str]) -> set[str]:
    """Which of a provider's ids we have, in or out."""
    if not provider_ids:
        return set()
    sql = text("SELECT provider_id FROM messages WHERE channel = :channel AND provider_id IN :ids")
    rows = conn.execute(sql.bindparams(bindparam("ids", expanding=True)), {"channel": channel, "ids": provider_ids})
    return set(rows.scalars())


def left_submitting(conn: Connection, keys: Keyset, before: int) -> list[Message]:
    """Texts a worker took before an instant and never said what became of."""
    sql = f"SELECT {_COLUMNS} FROM messages WHERE state = 'submitting' AND state_at < :before ORDER BY id"
    return [_message(row, keys) for row in conn.execute(text(sql), {"before": before}).fetchall()]


def accepted(conn: Connection, message_id: int, state: str, provider_id: str, at: int) -> None:
    """The provider took a text. Its receipts may have come before its answer: they are not written over."""
    sql = """UPDATE messages SET provider_id = :provider_id,
        state = CASE WHEN state IN ('queued', 'submitting', 'offered') THEN :state ELSE state END,
        state_at = CASE WHEN state IN ('queued', 'submitting', 'offered') THEN CAST(:at AS BIGINT) ELSE state_at END
        WHERE id = :id"""
    conn.execute(text(sql), {"id": message_id, "state": state, "provider_id": provider_id, "at": at})


def receive_receipt(conn: Connection, message_id: int, state: str, at: int, provider_id: str, code: str) -> int | None:
    """A provider's receipt: only ever forward, never over a final state. The thread's id if it changed something. Of a text
    that was read the instant stays at which the carrier was done with it."""
    sql = "SELECT thread_id, state, provider_id, state_at FROM messages WHERE id = :id AND direction = 'out'"
    if conn.dialect.name == "postgresql":
        sql += " FOR UPDATE"  # two receipts at once are taken one after the other; SQLite has one writer anyway
    row = conn.execute(text(sql), {"id": message_id}).fetchone()
    if row is None or not further(row[1], state):
        return None
    arrived = row[3] if state == "read" and row[1] in ("sent", "delivered") else at
    mark(conn, message_id, state, arrived, provider_id=provider_id if row[2] is None else None, code=code)
    return int(row[0])


def further(old: str, new: str) -> bool:
    """Whether a state is news of a text that is in another."""
    if new in FAILED:
        return old not in ("delivered", "read") and old not in FAILED
    if new not in STATES:
        return False
    if old in FAILED:
        return new in ("delivered", "read")  # it arrived after all
    return STATES.index(new) > STATES.index(old)


def by_provider_id(conn: Connection, channel: str, provider_id: str) -> int | None:
    """Our id of a text the provider knows."""
    sql = "SELECT id FROM messages WHERE channel = :channel AND provider_id = :provider_id AND direction = 'out'"
    row = conn.execute(text(sql), {"channel": channel, "provider_id": provider_id}).fetchone()
    return int(row[0]) if row else None
