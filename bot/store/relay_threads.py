"""Threads as officers know them by phone: each under a number of that officer's, from being offered until it is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.store import bars
from bot.store.ids import new_id

HIGHEST = 99  # numbers come round again after so many threads
CAME = ("received", "quarantined")  # states of a resident's text that is passed on


@dataclass(frozen=True, slots=True)
class OnPhone:
    """One thread of one officer. `state`: offered, on, over. `joined_id` is the thread that is read along with it: that of
    the same person on another channel, unless it is on the phone by itself. `careful`: somebody else may read it there."""

    id: int
    staff_id: int
    thread_id: int
    number: int
    state: str
    seen_id: int
    handle: str
    language: str | None
    joined_id: int | None
    careful: bool


_COLUMNS = """o.id, o.staff_id, o.thread_id, o.number, o.state, o.seen_id, r.handle, t.language, j.id,
    t.safe_contact OR COALESCE(j.safe_contact, false)"""
_FROM = """FROM relay_threads o JOIN threads t ON t.id = o.thread_id JOIN residents r ON r.id = t.resident_id
    LEFT JOIN threads j ON j.id = t.joined_to AND NOT EXISTS (SELECT 1 FROM relay_threads b
        WHERE b.staff_id = o.staff_id AND b.thread_id = t.joined_to AND b.state <> 'over' AND b.state = 'on')"""
_LIST = f"SELECT {_COLUMNS} {_FROM}"


def _on_phone(row: Sequence[Any]) -> OnPhone:
    id_, staff_id, thread_id, number, state, seen_id, handle, language, joined_id, careful = row
    return OnPhone(id_, staff_id, thread_id, number, state, seen_id, handle, language, joined_id, bool(careful))


@dataclass(frozen=True, slots=True)
class Asked:
    """An officer with a phone who is asked to take something and was not told by phone yet."""

    staff_id: int
    handoff_id: int
    thread_id: int
    kind: str
    reason: str
    language: str | None
    urgent: bool
    at: int


def to_offer(conn: Connection, since: int) -> list[Asked]:
    """Nobody is asked by phone for a thread they have on it, or may not see, or while they have as many as there are
    numbers."""
    sql = f"""SELECT p.staff_id, p.handoff_id, h.thread_id, h.kind, h.reason, h.language, h.urgent, p.at
        FROM pagings p JOIN handoffs h ON h.id = p.handoff_id
        JOIN relay_phones o ON o.staff_id = p.staff_id AND o.state = 'on'
        JOIN staff s ON s.id = p.staff_id AND s.phone_hash = o.phone_hash AND s.disabled = false
        WHERE p.over_at IS NULL AND p.answer IS NULL AND p.why IN ('waits', 'too long', 'no owner') AND p.at > :since
        AND h.closed_at IS NULL AND h.officer_id IS NULL
        AND NOT {bars.hides("h.thread_id", "p.staff_id")}
        AND NOT EXISTS (SELECT 1 FROM relay_threads r WHERE r.staff_id = p.staff_id
            AND (r.handoff_id = p.handoff_id AND r.at >= p.at OR r.thread_id = h.thread_id AND r.state = 'on'))
        AND (SELECT count(*) FROM relay_threads f WHERE f.staff_id = p.staff_id AND f.state <> 'over') < {HIGHEST}
        ORDER BY p.id"""
    return [
        Asked(staff, handoff, thread, kind, reason, language, bool(urgent), at)
        for staff, handoff, thread, kind, reason, language, urgent, at in conn.execute(text(sql), {"since": since})
    ]


def next_number(conn: Connection, staff_id: int) -> int:
    """A number that none of an officer's open threads has, as long unused as can be; 0 if each is taken. Whoever asks for
    one keeps others of the same officer waiting until the transaction ends."""
    waits = "UPDATE relay_phones SET last_number = last_number WHERE staff_id = :staff RETURNING last_number"
    last = int(conn.execute(text(waits), {"staff": staff_id}).scalar_one())
    sql = "SELECT number FROM relay_threads WHERE staff_id = :staff AND state <> 'over'"
    taken = set(conn.execute(text(sql), {"staff": staff_id}).scalars())
    number = next((one for one in (*range(last + 1, HIGHEST + 1), *range(1, last + 1)) if one not in taken), 0)
    if number:
        sql = "UPDATE relay_phones SET last_number = :number WHERE staff_id = :staff"
        conn.execute(text(sql), {"number": number, "staff": staff_id})
    return number


def offer(conn: Connection, asked: Asked, number: int, at: int) -> bool:
    """Whether it was not offered since it was asked for."""
    sql = """INSERT INTO relay_threads (id, staff_id, thread_id, handoff_id, number, state, at)
        SELECT :id, :staff, :thread, :handoff, :number, 'offered', :at WHERE NOT EXISTS
            (SELECT 1 FROM relay_threads WHERE staff_id = :staff AND handoff_id = :handoff AND at >= :asked_at)"""
    values = {
        "id": new_id(), "staff": asked.staff_id, "thread": asked.thread_id, "handoff": asked.handoff_id, "number": number,
        "at": at, "asked_at": asked.at,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1


def give_number(conn: Connection, staff_id: int, thread_id: int, at: int) -> int:
    """The number of a thread that they hold already; a new one if it has none; 0 if none is left for it."""
    found = conn.execute(
        text("SELECT number FROM relay_threads WHERE staff_id = :staff AND thread_id = :thread AND state <> 'over'"),
        {"staff": staff_id, "thread": thread_id},
    ).scalar()
    if found is not None:
        return int(found)
    number = next_number(conn, staff_id)
    if number:
        sql = """INSERT INTO relay_threads (id, staff_id, thread_id, number, state, at)
            VALUES (:id, :staff, :thread, :number, 'offered', :at)"""
        conn.execute(text(sql), {"id": new_id(), "staff": staff_id, "thread": thread_id, "number": number, "at": at})
    return number


def open_of(conn: Connection, staff_id: int) -> list[OnPhone]:
    """What an officer was offered or has on the phone, by number."""
    sql = f"{_LIST} WHERE o.staff_id = :staff AND o.state <> 'over' ORDER BY o.number"
    return [_on_phone(row) for row in conn.execute(text(sql), {"staff": staff_id})]


def numbered(conn: Connection, staff_id: int, number: int) -> OnPhone | None:
    """What has, or had last, this number of an officer's."""
    sql = f"""{_LIST} WHERE o.staff_id = :staff AND o.number = :number
        ORDER BY CASE WHEN o.state = 'over' THEN 1 ELSE 0 END, o.id DESC LIMIT 1"""
    row = conn.execute(text(sql), {"staff": staff_id, "number": number}).fetchone()
    return _on_phone(row) if row else None


def ended_since(conn: Connection, staff_id: int, since: int) -> bool:
    """Whether a thread that an officer had taken on the phone was over after an instant."""
    sql = "SELECT 1 FROM relay_threads WHERE staff_id = :staff AND seen_id > 0 AND over_at > :since LIMIT 1"
    return conn.execute(text(sql), {"staff": staff_id, "since": since}).first() is not None


def take(conn: Connection, one: OnPhone, seen_id: int) -> None:
    """It is on the phone from here on; the same thread under another number is not."""
    conn.execute(
        text("UPDATE relay_threads SET state = 'on', seen_id = :seen WHERE id = :id"), {"seen": seen_id, "id": one.id}
    )
    sql = """UPDATE relay_threads SET state = 'over', seen_id = 0
        WHERE staff_id = :staff AND thread_id = :thread AND state = 'offered'"""
    conn.execute(text(sql), {"staff": one.staff_id, "thread": one.thread_id})


def end(conn: Connection, one_id: int, at: int) -> bool:
    """Whether it was not over yet."""
    sql = "UPDATE relay_threads SET state = 'over', over_at = :at WHERE id = :id AND state <> 'over'"
    return conn.execute(text(sql), {"at": at, "id": one_id}).rowcount == 1


def end_all(conn: Connection, staff_id: int, at: int) -> None:
    sql = "UPDATE relay_threads SET state = 'over', over_at = :at WHERE staff_id = :staff AND state <> 'over'"
    conn.execute(text(sql), {"at": at, "staff": staff_id})


def see(conn: Connection, one: OnPhone, seen_id: int) -> bool:
    """Whether it was ours to give them the texts up to this one. Only while they hold the thread."""
    sql = """UPDATE relay_threads SET seen_id = :seen WHERE id = :id AND seen_id = :before AND state = 'on'
        AND EXISTS (SELECT 1 FROM threads t WHERE t.id = relay_threads.thread_id AND t.officer_id = relay_threads.staff_id
            AND t.holder = 'officer')"""
    return conn.execute(text(sql), {"seen": seen_id, "id": one.id, "before": one.seen_id}).rowcount == 1


def all_on(conn: Connection) -> Sequence[OnPhone]:
    """Every thread that is on some phone."""
    return [_on_phone(row) for row in conn.execute(text(f"{_LIST} WHERE o.state <> 'over' AND o.state = 'on'"))]


def unseen(conn: Connection) -> Sequence[OnPhone]:
    """Those whose resident wrote since."""
    sql = f"""{_LIST} WHERE o.state <> 'over' AND o.state = 'on' AND EXISTS (SELECT 1 FROM messages m
        WHERE m.thread_id IN (o.thread_id, j.id) AND m.id > o.seen_id AND m.direction = 'in' AND m.state IN :came)"""
    found = conn.execute(text(sql).bindparams(bindparam("came", expanding=True)), {"came": CAME})
    return [_on_phone(row) for row in found]


def lost(conn: Connection) -> Sequence[tuple[OnPhone, str]]:
    """Those that the officer holds no more, with who does: bot, waiting, officer."""
    sql = f"""SELECT t.holder, {_COLUMNS} {_FROM} WHERE o.state <> 'over' AND o.state = 'on'
        AND (t.holder <> 'officer' OR t.officer_id IS NULL OR t.officer_id <> o.staff_id)"""
    return [(_on_phone(row[1:]), row[0]) for row in conn.execute(text(sql))]


_OFFERED_NO_MORE = """SELECT o.id FROM relay_threads o LEFT JOIN handoffs h ON h.id = o.handoff_id
    JOIN threads t ON t.id = o.thread_id
    WHERE o.state <> 'over' AND o.state = 'offered' AND CASE WHEN o.handoff_id IS NULL
        THEN t.officer_id IS NULL OR t.officer_id <> o.staff_id
        ELSE h.closed_at IS NOT NULL OR h.officer_id IS NOT NULL AND h.officer_id <> o.staff_id END"""


def offered_no_more(conn: Connection) -> list[int]:
    """What was offered, and is closed or was taken since."""
    return list(conn.execute(text(_OFFERED_NO_MORE)).scalars())
