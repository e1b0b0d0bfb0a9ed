"""Community meetings in the database, and who said they come. Reads no calendar file and knows no time zone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select, update

from bot.model import Meeting
from bot.store.ids import new_id
from bot.store.schema import meetings, rsvps

if TYPE_CHECKING:  # reading calendars is not for the web's memory
    from bot.store.calendar import PlannedMeeting

VERSION_SQL = "SELECT version FROM meetings LIMIT 1"  # every row carries the calendar's

# Once more for the same meeting changes what was said before.
RSVP_SQL = """
INSERT INTO rsvps (id, meeting_id, resident_id, people, need, language, code, created_at)
SELECT CAST(:id AS BIGINT), m.id, CAST(:resident_id AS BIGINT), CAST(:people AS INTEGER), :need, :language, :code,
    CAST(:created_at AS BIGINT) FROM meetings m WHERE m.id = :meeting_id
ON CONFLICT (meeting_id, resident_id) DO UPDATE
SET people = excluded.people, need = excluded.need, language = excluded.language, code = excluded.code
""".strip()
CANCEL_SQL = "DELETE FROM rsvps WHERE resident_id = :resident_id AND code = :code"
BY_CODE_SQL = """
SELECT rsvps.meeting_id FROM rsvps JOIN meetings ON meetings.id = rsvps.meeting_id
WHERE rsvps.resident_id = :resident_id AND rsvps.code = :code ORDER BY meetings.starts_at DESC LIMIT 1
""".strip()


@dataclass(frozen=True, slots=True)
class Changes:
    """What an import did, as ids. Those moved or cancelled are meetings somebody said they come to."""

    added: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()


def import_meetings(conn: Connection, planned: Sequence["PlannedMeeting"], now: datetime) -> Changes:
    """Make the meetings to come those of the calendar. One that is no longer in it is cancelled if somebody wants to
    come, else gone; one that is over stays as it was."""
    known = {row.id: row for row in conn.execute(select(meetings))}
    awaited = set(conn.execute(select(rsvps.c.meeting_id)).scalars())
    version, rows = new_id(), [_row(one) for one in planned]
    fresh = [row for row in rows if row["id"] not in known]
    moved = [row["id"] for row in rows if row["id"] in awaited and _elsewhere(row, known[row["id"]])]
    gone = known.keys() - {row["id"] for row in rows}
    gone = {id for id in gone if known[id].ends_at > _instant(now) and not known[id].cancelled}
    cancelled = [
        row["id"] for row in rows if row["id"] in awaited and row["cancelled"] and not known[row["id"]].cancelled
    ]
    for row in rows:
        if row["id"] in known:
            conn.execute(update(meetings).where(meetings.c.id == row["id"]).values(**row))
    if fresh:
        conn.execute(meetings.insert(), [row | {"version": version} for row in fresh])
    for id in gone - awaited:
        conn.execute(delete(meetings).where(meetings.c.id == id))
    for id in gone & awaited:
        conn.execute(update(meetings).where(meetings.c.id == id).values(cancelled=True))
    conn.execute(update(meetings).values(version=version))
    return Changes(tuple(row["id"] for row in fresh), tuple(moved), (*cancelled, *sorted(gone & awaited)))


def all_meetings(conn: Connection) -> list[Meeting]:
    """Those that take place or took place, by start; times in UTC."""
    query = select(meetings).where(~meetings.c.cancelled).order_by(meetings.c.starts_at, meetings.c.id)
    return [_meeting(row) for row in conn.execute(query)]


def _elsewhere(row: dict[str, Any], known: Any) -> bool:
    return not row["cancelled"] and any(row[name] != getattr(known, name) for name in ("starts_at", "ends_at", "place"))


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


def _meeting(row: Any) -> Meeting:
    starts, ends = (datetime.fromtimestamp(at / 1000, UTC) for at in (row.starts_at, row.ends_at))
    return Meeting(row.id, row.title, starts, ends, row.place, row.officer, tuple(json.loads(row.interpreters)))


def _instant(when: datetime) -> int:
    return round(when.timestamp() * 1000)
