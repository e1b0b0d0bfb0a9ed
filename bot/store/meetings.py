"""Community meetings in the database: brought by calendars or planned at the desk. Reads no calendar file and knows no time
zone; what those are told who said they come is in `invitations`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select, update

from bot.model import Meeting
from bot.store.ids import new_id
from bot.store.schema import interpreter_tasks, meeting_answers, meeting_texts, meetings, rsvps

if TYPE_CHECKING:  # reading calendars is not for the web's memory
    from bot.store.calendar import PlannedMeeting

DESK = "desk"  # the source of what was planned here
LONGEST = {"title": 80, "place": 120, "officer": 40, "about": 1000}  # characters; title and place stand in every text
VERSION_SQL = "SELECT version FROM meetings LIMIT 1"  # every row carries the calendar's

# Once more for the same meeting changes what was said before.
RSVP_SQL = """
INSERT INTO rsvps (id, meeting_id, resident_id, people, need, language, code, ask_after, created_at)
SELECT CAST(:id AS BIGINT), m.id, CAST(:resident_id AS BIGINT), CAST(:people AS INTEGER), :need, :language, :code,
    CAST(:ask_after AS BOOLEAN), CAST(:created_at AS BIGINT) FROM meetings m WHERE m.id = :meeting_id
ON CONFLICT (meeting_id, resident_id) DO UPDATE
SET people = excluded.people, need = excluded.need, language = excluded.language, code = excluded.code,
    ask_after = excluded.ask_after
""".strip()
CHANGE_SQL = "UPDATE rsvps SET need = :need WHERE resident_id = :resident_id AND code = :code"
RATE_SQL = """
INSERT INTO meeting_answers (id, meeting_id, useful, words, language, created_at)
VALUES (:id, :meeting_id, :useful, :words, :language, :created_at)
""".strip()
CANCEL_SQL = "DELETE FROM rsvps WHERE resident_id = :resident_id AND code = :code"
BY_CODE_SQL = """
SELECT rsvps.meeting_id FROM rsvps JOIN meetings ON meetings.id = rsvps.meeting_id
WHERE rsvps.resident_id = :resident_id AND rsvps.code = :code ORDER BY meetings.starts_at DESC LIMIT 1
""".strip()


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, as ids. Those moved or cancelled are meetings somebody said they come to; those taken belong to
    another calendar or to the desk, and were left as they are."""

    added: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting as the desk plans it. Instants are milliseconds since 1970; `sequence` is one more with every change;
    `people` said they come, as far as only their number is left."""

    id: str
    title: str
    place: str
    about: str
    officer: str
    interpreters: tuple[str, ...]
    starts_at: int
    ends_at: int
    source: str = DESK
    published: bool = True
    cancelled: bool = False
    sequence: int = 0
    people: int | None = None


def import_meetings(conn: Connection, planned: Sequence["PlannedMeeting"], now: datetime, source: str = "") -> Changes:
    """Make a source's meetings to come those of its calendar. One that is no longer in it is cancelled if somebody wants
    to come, else gone; one that is over stays as it was. What is of another source is left alone."""
    everything = {row.id: row for row in conn.execute(select(meetings))}
    known = {id: row for id, row in everything.items() if row.source == source}
    awaited = set(conn.execute(select(rsvps.c.meeting_id)).scalars())
    rows = [_row(one) for one in planned]
    taken = [row["id"] for row in rows if row["id"] in everything and row["id"] not in known]
    rows = [row for row in rows if row["id"] not in taken]
    fresh = [row for row in rows if row["id"] not in known]
    moved = {row["id"] for row in rows if row["id"] in known and _elsewhere(row, known[row["id"]])}
    gone = {id for id in known.keys() - {row["id"] for row in rows} if known[id].ends_at > _instant(now)}
    gone = {id for id in gone if not known[id].cancelled}
    off = {row["id"] for row in rows if row["id"] in known and row["cancelled"] and not known[row["id"]].cancelled}
    for row in rows:
        if row["id"] in known:
            _update(conn, known[row["id"]], row, _instant(now), moved=row["id"] in moved)
    if fresh:
        conn.execute(meetings.insert(), [row | {"version": 0, "source": source} for row in fresh])
    for id in gone:
        if id in awaited:
            _update(conn, known[id], {"cancelled": True}, _instant(now), moved=False)
        else:
            remove(conn, id)
    set_version(conn)
    return Changes(
        tuple(row["id"] for row in fresh), tuple(row["id"] for row in rows if row["id"] in moved & awaited),
        (*(row["id"] for row in rows if row["id"] in off & awaited), *sorted(gone & awaited)), tuple(taken),
    )  # fmt: skip


def set_version(conn: Connection) -> None:
    """Whoever keeps the calendar in memory reads it anew."""
    conn.execute(update(meetings).values(version=new_id()))


def _update(conn: Connection, known: Any, row: dict[str, Any], at: int, *, moved: bool) -> None:
    """A row as its calendar has it now, with what the change means for those who come."""
    changed = any(getattr(known, name) != value for name, value in row.items())
    more: dict[str, Any] = {"sequence": known.sequence + 1} if changed else {}
    if moved:
        more["moved_at"] = at
    if row["cancelled"] != known.cancelled:
        more["cancelled_at"] = at if row["cancelled"] else None
    conn.execute(update(meetings).where(meetings.c.id == known.id).values(**row, **more))


def remove(conn: Connection, id: str) -> None:
    """A meeting to which nobody said they come, with all that was noted of it."""
    for table in (interpreter_tasks, meeting_texts, meeting_answers):
        conn.execute(delete(table).where(table.c.meeting_id == id))
    conn.execute(delete(meetings).where(meetings.c.id == id))


def all_meetings(conn: Connection) -> list[Meeting]:
    """Those that take place or took place and that residents may know of, by start; times in UTC."""
    query = select(meetings).where(~meetings.c.cancelled, meetings.c.published)
    booked = _booked(conn)
    rows = conn.execute(query.order_by(meetings.c.starts_at, meetings.c.id))
    return [_meeting(row, booked.get(row.id, ())) for row in rows]


def planned(conn: Connection, since: int, until: int | None = None) -> list[Planned]:
    """All that end between two instants, by start, with interpreters as they are booked."""
    query = select(meetings).where(meetings.c.ends_at >= since)
    if until is not None:
        query = query.where(meetings.c.ends_at < until)
    booked = _booked(conn)
    rows = conn.execute(query.order_by(meetings.c.starts_at, meetings.c.id))
    return [_planned(row, booked.get(row.id, ())) for row in rows]


def one(conn: Connection, id: str) -> Planned | None:
    row = conn.execute(select(meetings).where(meetings.c.id == id)).fetchone()
    return _planned(row, _booked(conn).get(id, ())) if row else None


def booked(conn: Connection, id: str) -> tuple[str, ...]:
    """Languages of the interpreters booked for a meeting at the desk."""
    return _booked(conn).get(id, ())


def add(conn: Connection, new: Planned) -> None:
    """A meeting planned at the desk."""
    row = {**_kept(new), "id": new.id, "uid": new.id, "cancelled": False, "version": 0}
    conn.execute(meetings.insert(), [row])
    set_version(conn)


def change(conn: Connection, new: Planned, at: int) -> bool:
    """A meeting as the desk wants it now; from then on it is the desk's. False if somebody changed it since `sequence`."""
    known = conn.execute(select(meetings).where(meetings.c.id == new.id)).fetchone()
    row = _kept(new) | {"sequence": new.sequence + 1}
    if known and known.published and _elsewhere(row | {"cancelled": known.cancelled}, known):
        row["moved_at"] = at
    changing = update(meetings).where(
        meetings.c.id == new.id, meetings.c.sequence == new.sequence, ~meetings.c.cancelled
    )
    changed = conn.execute(changing.values(**row)).rowcount == 1
    set_version(conn)
    return changed


def cancel(conn: Connection, id: str, at: int) -> bool:
    """It does not take place. False if it was cancelled already, or is over."""
    off = {"cancelled": True, "cancelled_at": at, "source": DESK, "sequence": meetings.c.sequence + 1}
    still = update(meetings).where(meetings.c.id == id, ~meetings.c.cancelled, meetings.c.ends_at > at)
    cancelled = conn.execute(still.values(**off)).rowcount == 1
    set_version(conn)
    return cancelled


def leave_to_desk(conn: Connection, source: str, now: int) -> None:
    """A calendar is no longer read: its meetings to come that somebody awaits are the desk's, the others gone."""
    of_it = select(meetings.c.id).where(meetings.c.source == source, meetings.c.ends_at > now)
    awaited = set(conn.execute(select(rsvps.c.meeting_id)).scalars())
    for id in conn.execute(of_it).scalars().all():
        if id not in awaited:
            remove(conn, id)
    conn.execute(update(meetings).where(meetings.c.source == source).values(source=DESK))
    set_version(conn)


def _elsewhere(row: dict[str, Any], known: Any) -> bool:
    return not row["cancelled"] and any(row[name] != getattr(known, name) for name in ("starts_at", "ends_at", "place"))


def _booked(conn: Connection) -> dict[str, tuple[str, ...]]:
    """Languages of interpreters booked at the desk, by meeting."""
    query = select(interpreter_tasks.c.meeting_id, interpreter_tasks.c.language).where(
        interpreter_tasks.c.state == "booked", interpreter_tasks.c.meeting_id.is_not(None)
    )
    booked: dict[str, tuple[str, ...]] = {}
    for meeting_id, language in conn.execute(query.order_by(interpreter_tasks.c.id)):
        booked[meeting_id] = (*booked.get(meeting_id, ()), language)
    return booked


def _kept(new: Planned) -> dict[str, Any]:
    names = ("title", "place", "about", "officer", "starts_at", "ends_at", "published")
    return {name: getattr(new, name) for name in names} | {"interpreters": json.dumps(new.interpreters), "source": DESK}


def _planned(row: Any, booked: tuple[str, ...]) -> Planned:
    return Planned(
        row.id, row.title, row.place, row.about, row.officer, _languages(row, booked), row.starts_at, row.ends_at,
        row.source, row.published, row.cancelled, row.sequence, row.people,
    )  # fmt: skip


def _languages(row: Any, booked: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*json.loads(row.interpreters), *booked)))


def _row(one: "PlannedMeeting") -> dict[str, Any]:
    return {
        "id": one.id,
        "uid": one.uid,
        "title": one.title,
        "place": one.place,
        "about": one.about,
        "officer": one.officer,
        "interpreters": json.dumps(one.interpreters),
        "starts_at": _instant(one.starts),
        "ends_at": _instant(one.ends),
        "cancelled": one.cancelled,
    }


def _meeting(row: Any, booked: tuple[str, ...]) -> Meeting:
    starts, ends = (datetime.fromtimestamp(at / 1000, UTC) for at in (row.starts_at, row.ends_at))
    return Meeting(row.id, row.title, starts, ends, row.place, row.officer, _languages(row, booked))


def _instant(when: datetime) -> int:
    return round(when.timestamp() * 1000)
