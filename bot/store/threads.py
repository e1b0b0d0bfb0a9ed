"""Threads and their residents: found by the keyed hash of an address, kept with what the line remembers of them."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from bot.errors import NotFound
from bot.flow.library import REST
from bot.flow.place import Place, from_json, to_json
from bot.model import Holder
from bot.store import marks
from bot.store.database import Database, Statement
from bot.store.sealing import Keyset
from bot.text.language_choice import Standing

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a resident writes, as far as it decides whether the line answers. Instants in ms."""

    fast: int = 0  # when each ration is full again
    many: int = 0
    idle: int = 0
    quiet_until: int = 0
    robot: bool = False
    same: int = 0  # times the same long text came
    long: int = 0  # long texts in a row
    words: int = 0  # what the last of them was, as a number
    long_at: int = 0
    notices: int = 0  # when the ration of notices is full again


@dataclass(slots=True)
class Memory:
    """What the line remembers of a thread between two texts; sealed as a whole."""

    place: Place = field(default_factory=Place)
    standing: Standing = field(default_factory=Standing)
    among: tuple[str, ...] = ()  # languages the resident was asked to choose from
    unanswered: str = ""  # the text that came before the language was known
    recent: tuple[tuple[int, str], ...] = ()  # texts of the last two minutes, read together for danger
    notices: Mapping[str, int] = field(default_factory=dict)  # label -> when the notice was last said
    evidence: tuple[str, ...] = ()  # danger words that were already met with a notice
    nine: bool = False  # the last thing said was "reply 9 to go on"
    evidence_of_language: tuple[tuple[str, float], ...] = ()
    pace: Pace = Pace()


def memory_to_json(memory: Memory) -> str:
    standing = memory.standing
    kept: dict[str, Any] = {
        "p": to_json(memory.place),
        "l": [standing.tag, standing.source, standing.sure, standing.other],
    }
    for name, value in (
        ("a", memory.among), ("u", memory.unanswered), ("r", memory.recent), ("n", memory.notices),
        ("e", memory.evidence), ("9", memory.nine), ("g", memory.evidence_of_language), ("t", _pace_out(memory.pace)),
    ):  # fmt: skip
        if value:
            kept[name] = value
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def memory_from_json(kept_text: str) -> Memory:
    kept = json.loads(kept_text)
    return Memory(
        place=from_json(kept["p"]),
        standing=Standing(*kept["l"]),
        among=tuple(kept.get("a", ())),
        unanswered=kept.get("u", ""),
        recent=tuple((at, words) for at, words in kept.get("r", ())),
        notices=kept.get("n", {}),
        evidence=tuple(kept.get("e", ())),
        nine=bool(kept.get("9")),
        evidence_of_language=tuple((tag, sure) for tag, sure in kept.get("g", ())),
        pace=Pace(*kept.get("t", ())),
    )


def _pace_out(pace: Pace) -> list[int]:
    """Its fields in order, without those at the end that say nothing."""
    out = [int(value) for value in (getattr(pace, name) for name in Pace.__slots__)]
    while out and not out[-1]:
        out.pop()
    return out


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread as it was read. `version` guards it against being written over."""

    id: int
    resident_id: int
    handle: str
    channel: str
    line: str
    version: int
    holder: Holder
    officer_id: int | None
    language: str | None
    stopped: bool
    urgent: bool
    safe_contact: bool
    last_in_at: int
    memory: Memory
    muted_until: int = 0  # ms; 0 if the line answers


COLUMNS = """t.id, t.resident_id, r.handle, t.channel, t.line, t.version, t.holder, t.officer_id, t.language,
    t.stopped, t.urgent, t.safe_contact, t.last_in_at, t.state, t.muted_until"""

# Of a thread `t`: on a channel that is `windowed` it takes a text of ours only while the resident wrote after `opened`, ms.
IN_WINDOW = "(t.channel <> :windowed OR t.last_in_at > :opened)"

# One row always: a text we have already, its thread, both or neither; and until when answers are limited.
_LOOK = f"""
SELECT m.id, m.repeat_token, limited.at, {COLUMNS}
FROM (SELECT 1 AS one) always
LEFT JOIN marks limited ON limited.name = '{marks.LIMIT}'
LEFT JOIN messages m ON m.channel = :channel AND m.provider_id = :provider_id
LEFT JOIN residents r ON r.address_hash = :address_hash
LEFT JOIN threads t ON t.resident_id = r.id AND t.channel = :channel
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known when a text comes in: the thread, if there is one, and whether the text is a repeat."""

    thread: Thread | None
    repeat_of: int | None
    repeat_token: str
    limited_until: int  # ms; 0 if answers are not limited


def look(db: Database, keys: Keyset, channel: str, provider_id: str, address_hash: str) -> Seen:
    """One round trip. Raises DatabaseUnreachable."""
    values = {"channel": channel, "provider_id": provider_id, "address_hash": address_hash}
    row = db.look(_LOOK, values)
    assert row is not None
    thread = thread_of_row(row[3:], keys) if row[3] is not None else None
    return Seen(thread, row[0], row[1] or "", row[2] or 0)


def thread_of_row(row: tuple[Any, ...], keys: Keyset) -> Thread:
    (
        id_,
        resident_id,
        handle,
        channel,
        line,
        version,
        holder,
        officer_id,
        language,
        stopped,
        urgent,
        safe,
        last,
        state,
        muted_until,
    ) = row
    try:
        memory = memory_from_json(keys.open(bytes(state), f"threads.state:{id_}"))
    except (
        ValueError
    ):  # its key is gone, or it was tampered with: the resident begins anew, and is not left without answer
        _log.error("the memory of thread %s cannot be opened", id_)
        memory = Memory()
    return Thread(
        id_, resident_id, handle, channel, line, version, Holder(holder), officer_id, language, bool(stopped),
        bool(urgent), bool(safe), last, memory, muted_until or 0,
    )  # fmt: skip


def read(conn: Connection, keys: Keyset, thread_id: int) -> Thread:
    """Raises NotFound."""
    sql = f"SELECT {COLUMNS} FROM threads t JOIN residents r ON r.id = t.resident_id WHERE t.id = :id"
    row = conn.execute(text(sql), {"id": thread_id}).fetchone()
    if row is None:
        raise NotFound("There is no such thread.")
    return thread_of_row(tuple(row), keys)


def officer(conn: Connection, thread_id: int) -> int | None:
    """Who holds it, if an officer does."""
    row = conn.execute(text("SELECT officer_id FROM threads WHERE id = :id"), {"id": thread_id}).fetchone()
    return row[0] if row else None


def address(conn: Connection, keys: Keyset, thread_id: int) -> str:
    """Where the resident is texted. For sending only: no screen shows it."""
    sql = "SELECT r.id, r.address FROM residents r JOIN threads t ON t.resident_id = r.id WHERE t.id = :id"
    row = conn.execute(text(sql), {"id": thread_id}).fetchone()
    if row is None:
        raise NotFound("There is no such thread.")
    return keys.open(bytes(row[1]), f"residents.address:{row[0]}")


def by_address_hash(conn: Connection, address_hash: str) -> int | None:
    """The thread of whoever has this address."""
    sql = "SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id WHERE r.address_hash = :hash"
    found = conn.execute(text(sql), {"hash": address_hash}).scalar()
    return int(found) if found is not None else None


def by_handle(conn: Connection, handle: str) -> list[int]:
    """Threads of the residents staff know by this name, in any case; chance may have given it twice."""
    sql = """SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id
        WHERE lower(r.handle) = lower(:handle) ORDER BY t.last_in_at DESC LIMIT 5"""
    return list(conn.execute(text(sql), {"handle": handle}).scalars())


INSERT_RESIDENT = """
INSERT INTO residents (id, handle, address_hash, address, created_at)
VALUES (:id, :handle, :address_hash, :address, :created_at)"""

INSERT_THREAD = """
INSERT INTO threads (id, resident_id, channel, line, holder, language, state, version, stopped, urgent, safe_contact,
    last_in_at, draft_until, at_flow, at_step, at_version, created_at)
VALUES (:id, :resident_id, :channel, :line, :holder, :language, :state, 1, :stopped, :urgent, :safe_contact,
    :last_in_at, :draft_until, :at_flow, :at_step, :at_version, :last_in_at)"""

# The guard of a turn: it changes its row only if nobody else did since it was read.
UPDATE_THREAD = """
UPDATE threads SET holder = :holder, language = :language, state = :state, version = version + 1, line = :line,
    stopped = :stopped, urgent = :urgent, safe_contact = :safe_contact, last_in_at = :last_in_at,
    draft_until = :draft_until, at_flow = :at_flow, at_step = :at_step, at_version = :at_version
WHERE id = :id AND version = :version"""


def standing_at(place: Place) -> dict[str, str | None]:
    """Where a resident stands, as columns to count by; nowhere while they rest at the menu."""
    top = place.top if place.frames and (place.top.flow, place.top.step) != REST else None
    names = (top.flow, top.step, top.version) if top else (None, None, None)
    return dict(zip(("at_flow", "at_step", "at_version"), names, strict=True))


def keep_memory(
    keys: Keyset, thread: Thread, holder: Holder, officer_id: int | None, language: str | None
) -> Statement:
    """What a use case of the desk changes of a thread: the same guard. The first statement of its transaction."""
    sql = """
    UPDATE threads SET holder = :holder, officer_id = :officer_id, state = :state, language = :language,
        at_flow = :at_flow, at_step = :at_step, at_version = :at_version, version = version + 1
    WHERE id = :id AND version = :version"""
    state = keys.seal(memory_to_json(thread.memory), f"threads.state:{thread.id}")
    values = {
        "holder": holder.value, "officer_id": officer_id, "state": state, "language": language,
        "id": thread.id, "version": thread.version, **standing_at(thread.memory.place),
    }  # fmt: skip
    return sql, values


def standing(conn: Connection, flow: str, since: int) -> list[tuple[str, str, int, int]]:
    """Step, version, how many residents who wrote since then stand at it, and how many who did not write again."""
    sql = """SELECT at_step, at_version, count(CASE WHEN last_in_at >= :since THEN 1 END),
            count(CASE WHEN last_in_at < :since THEN 1 END)
        FROM threads WHERE at_flow = :flow AND holder = 'bot' AND NOT stopped GROUP BY at_step, at_version"""
    rows = conn.execute(text(sql), {"flow": flow, "since": since}).fetchall()
    return [(step, version, here, left) for step, version, here, left in rows]


def silence(conn: Connection, thread_id: int) -> None:
    """The provider says that this resident opted out."""
    conn.execute(text("UPDATE threads SET stopped = true, version = version + 1 WHERE id = :id"), {"id": thread_id})


def drafts_due(conn: Connection, now: int) -> list[int]:
    """Threads whose set-aside report is older than the department keeps it."""
    sql = "SELECT id FROM threads WHERE draft_until IS NOT NULL AND draft_until < :now"
    return [row[0] for row in conn.execute(text(sql), {"now": now}).fetchall()]


def drafts_left(conn: Connection, since: int, before: int) -> list[int]:
    """Threads with an unfinished report whose residents last wrote between two instants."""
    sql = """SELECT id FROM threads
        WHERE draft_until IS NOT NULL AND last_in_at >= :since AND last_in_at < :before AND holder = 'bot'"""
    return [row[0] for row in conn.execute(text(sql), {"since": since, "before": before}).fetchall()]


def without_draft(keys: Keyset, thread: Thread) -> Statement:
    """The thread with its set-aside report gone, under the same guard as a turn."""
    sql = """UPDATE threads SET state = :state, draft_until = NULL, version = version + 1
        WHERE id = :id AND version = :version"""
    state = keys.seal(memory_to_json(thread.memory), f"threads.state:{thread.id}")
    return sql, {"state": state, "id": thread.id, "version": thread.version}
