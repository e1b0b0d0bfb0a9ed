"""Interpreters to be found: for a meeting where somebody needs one, and for an officer's talk with one resident. Where that
is to be is sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

PHONE, IN_PERSON = "phone", "in person"
OPEN, BOOKED, DONE, NONE = "open", "booked", "done", "none"


@dataclass(frozen=True, slots=True)
class Task:
    """An interpreter for a meeting or, with a thread, for one talk. `title` is the meeting's, or the resident's handle;
    `state` is open, booked, none or, of a talk, done; instants are ms since 1970."""

    id: int
    meeting_id: str | None
    language: str
    state: str
    title: str
    starts_at: int
    residents: int
    created_at: int
    thread_id: int | None = None
    how: str = ""  # phone, in person
    place: str = ""
    service: str = ""  # who sends the interpreter
    asked_by: int | None = None
    officer: str = ""  # who asked


def wanted(conn: Connection, now: int) -> list[tuple[str, str, str]]:
    """(meeting, language, JSON of the languages it has) where somebody needs an interpreter and no task says so yet."""
    sql = """SELECT DISTINCT m.id, r.language, m.interpreters FROM rsvps r JOIN meetings m ON m.id = r.meeting_id
        WHERE r.need = 'interpreter' AND r.language IS NOT NULL AND m.starts_at > :now AND NOT m.cancelled
        AND NOT EXISTS (SELECT 1 FROM interpreter_tasks k WHERE k.meeting_id = m.id AND k.language = r.language)"""
    return [(row[0], row[1], row[2]) for row in conn.execute(text(sql), {"now": now})]


def open_for_meeting(conn: Connection, meeting_id: str, language: str, at: int) -> bool:
    """False if there is one already."""
    sql = """INSERT INTO interpreter_tasks (id, meeting_id, language, state, created_at)
        VALUES (:id, :meeting, :language, 'open', :at) ON CONFLICT (meeting_id, language) DO NOTHING"""
    values = {"id": new_id(), "meeting": meeting_id, "language": language, "at": at}
    return conn.execute(text(sql), values).rowcount == 1


def open_for_thread(
    conn: Connection, keys: Keyset, thread_id: int, *, language: str, how: str, starts_at: int, place: str, asked_by: int,
    at: int,
) -> int:  # fmt: skip
    """The id of the task."""
    id_ = new_id()
    sql = """INSERT INTO interpreter_tasks (id, thread_id, language, state, how, starts_at, place, asked_by, created_at)
        VALUES (:id, :thread, :language, 'open', :how, :starts_at, :place, :asked_by, :at)"""
    sealed = keys.seal(place, f"interpreter_tasks.place:{id_}") if place else None
    values = {"id": id_, "thread": thread_id, "language": language, "how": how, "starts_at": starts_at, "place": sealed}
    conn.execute(text(sql), values | {"asked_by": asked_by, "at": at})
    return id_


def settle(conn: Connection, task_id: int, state: str, staff_id: int, at: int, service: str = "") -> bool:
    """Booked, done, or none to be had; False if it was settled so already. Who sends the interpreter stays known."""
    sql = """UPDATE interpreter_tasks SET state = :state, staff_id = :staff, settled_at = :at,
            service = COALESCE(:service, service) WHERE id = :id AND state <> :state"""
    values = {"id": task_id, "state": state, "staff": staff_id, "at": at, "service": service or None}
    return conn.execute(text(sql), values).rowcount == 1


def of_meetings(conn: Connection, now: int) -> list[Task]:
    """For meetings that have not begun, the soonest first."""
    sql = """SELECT k.id, k.meeting_id, k.language, k.state, m.title, m.starts_at, (SELECT count(*) FROM rsvps r
            WHERE r.meeting_id = m.id AND r.language = k.language AND r.need = 'interpreter'), k.created_at
        FROM interpreter_tasks k JOIN meetings m ON m.id = k.meeting_id
        WHERE m.starts_at > :now AND NOT m.cancelled ORDER BY m.starts_at, k.id"""
    return [Task(*row) for row in conn.execute(text(sql), {"now": now})]


_TALKS = """SELECT k.id, k.language, k.state, r.handle, k.starts_at, k.created_at, k.thread_id, k.how, k.place, k.service,
    k.asked_by, s.name
FROM interpreter_tasks k JOIN threads t ON t.id = k.thread_id JOIN residents r ON r.id = t.resident_id
LEFT JOIN staff s ON s.id = k.asked_by"""


def of_threads(conn: Connection, keys: Keyset) -> list[Task]:
    """What is still to be done for talks with residents, the soonest first."""
    sql = f"{_TALKS} WHERE k.state IN ('open', 'booked') ORDER BY k.starts_at, k.id"
    return [_talk(row, keys) for row in conn.execute(text(sql))]


def of_thread(conn: Connection, keys: Keyset, thread_id: int) -> list[Task]:
    """All there were for one thread, in the order they were asked for."""
    sql = f"{_TALKS} WHERE k.thread_id = :thread ORDER BY k.id"
    return [_talk(row, keys) for row in conn.execute(text(sql), {"thread": thread_id})]


def one_of_thread(conn: Connection, keys: Keyset, task_id: int) -> Task | None:
    found = conn.execute(text(f"{_TALKS} WHERE k.id = :id"), {"id": task_id}).fetchone()
    return _talk(found, keys) if found else None


def note_service(conn: Connection, thread_id: int, at: int) -> None:
    """With the hand-offs of a thread that ended at an instant stays who sent the interpreter since they were opened."""
    sql = """UPDATE handoffs SET interpreter = (SELECT k.service FROM interpreter_tasks k
            WHERE k.thread_id = :thread AND k.state IN ('booked', 'done') AND k.created_at >= handoffs.opened_at
            ORDER BY k.id DESC LIMIT 1)
        WHERE thread_id = :thread AND closed_at = :at"""
    conn.execute(text(sql), {"thread": thread_id, "at": at})


def _talk(row: Sequence[Any], keys: Keyset) -> Task:
    id_, language, state, handle, starts_at, created_at, thread_id, how, place, service, asked_by, officer = row
    where = keys.open(bytes(place), f"interpreter_tasks.place:{id_}") if place else ""
    return Task(
        id_, None, language, state, handle, starts_at, 1, created_at, thread_id, how, where, service or "", asked_by,
        officer or "",
    )  # fmt: skip
