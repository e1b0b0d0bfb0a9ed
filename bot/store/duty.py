"""Who is here when: planned shifts, who is on shift or busy now, and how much each has in hand. Days are ISO dates, times
minutes of a day by the clock on the wall."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.model import Skill
from bot.store import staff
from bot.store.ids import new_id
from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Shift:
    """A planned shift or time on call. One that ends when it begins or before ends on the next day."""

    id: int
    staff_id: int
    kind: str  # shift, on call
    day: str  # the first one, if it comes back every week
    begins: int
    ends: int
    weekly: bool
    until: str  # the last day it may begin on; empty: none
    left_out: frozenset[str]


_COLUMNS = "id, staff_id, kind, day, begins, ends, weekly, until, left_out"


def shifts(conn: Connection, since: str) -> list[Shift]:
    """All that are not over before a day, except that one which began the day before may still go on."""
    sql = f"SELECT {_COLUMNS} FROM shifts WHERE (weekly AND (until IS NULL OR until >= :since)) OR day >= :since ORDER BY id"
    return [
        Shift(id_, staff_id, kind, day, begins, ends, bool(weekly), until or "", frozenset(json.loads(left_out)))
        for id_, staff_id, kind, day, begins, ends, weekly, until, left_out in conn.execute(text(sql), {"since": since})
    ]


def plan(conn: Connection, staff_id: int, kind: str, day: str, begins: int, ends: int, weekly: bool, at: int) -> int:
    """Its id."""
    sql = """INSERT INTO shifts (id, staff_id, kind, day, begins, ends, weekly, left_out, created_at)
        VALUES (:id, :staff, :kind, :day, :begins, :ends, :weekly, '[]', :at)"""
    id_ = new_id()
    values = {"id": id_, "staff": staff_id, "kind": kind, "day": day, "begins": begins, "ends": ends, "weekly": weekly}
    conn.execute(text(sql), {**values, "at": at})
    return id_


def leave_out(conn: Connection, shift: Shift, day: str) -> None:
    """Not on this day."""
    sql = "UPDATE shifts SET left_out = :left_out WHERE id = :id"
    conn.execute(text(sql), {"left_out": json.dumps(sorted({*shift.left_out, day})), "id": shift.id})


def end_before(conn: Connection, shift: Shift, until: str) -> None:
    """No longer after a day; gone as a whole if it then never was."""
    if not shift.weekly or until < shift.day:
        conn.execute(text("DELETE FROM shifts WHERE id = :id"), {"id": shift.id})
    else:
        conn.execute(text("UPDATE shifts SET until = :until WHERE id = :id"), {"until": until, "id": shift.id})


def first_to(conn: Connection, shift_id: int, day: str, what: str, at: int) -> bool:
    """Whether nobody has done yet what is done when a shift `began` or `ended`."""
    sql = """INSERT INTO shift_turns (shift_id, day, what, at) VALUES (:shift, :day, :what, :at)
        ON CONFLICT (shift_id, day, what) DO NOTHING"""
    return conn.execute(text(sql), {"shift": shift_id, "day": day, "what": what, "at": at}).rowcount == 1


def turns(conn: Connection, since: str) -> set[tuple[int, str, str]]:
    """What was done of shifts that began on a day or after: shift, day, began or ended."""
    sql = "SELECT shift_id, day, what FROM shift_turns WHERE day >= :since"
    return {(shift, day, what) for shift, day, what in conn.execute(text(sql), {"since": since})}


def forget_turns(conn: Connection, before: str) -> None:
    conn.execute(text("DELETE FROM shift_turns WHERE day < :before"), {"before": before})


def set_busy(conn: Connection, staff_id: int, busy: bool) -> None:
    conn.execute(text("UPDATE staff SET busy = :busy WHERE id = :id"), {"busy": busy, "id": staff_id})


def in_hand(conn: Connection) -> Mapping[int, int]:
    """Staff id -> how many threads they answer now."""
    sql = """SELECT officer_id, count(DISTINCT thread_id) FROM handoffs
        WHERE closed_at IS NULL AND officer_id IS NOT NULL GROUP BY officer_id"""
    return {staff_id: int(count) for staff_id, count in conn.execute(text(sql))}


def held_by(conn: Connection, staff_ids: Collection[int]) -> list[tuple[int, int]]:
    """(staff id, thread) for each open thread that these people answer."""
    sql = """SELECT DISTINCT officer_id, thread_id FROM handoffs WHERE closed_at IS NULL AND officer_id IS NOT NULL
        ORDER BY thread_id"""
    return [(staff_id, thread) for staff_id, thread in conn.execute(text(sql)) if staff_id in staff_ids]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a supervisor says of a person beside their languages."""

    gender: str
    most_threads: int
    phone: str  # E.164; empty: not told


def limits(conn: Connection, keys: Keyset, staff_id: int) -> Limits:
    sql = "SELECT gender, most_threads, phone FROM staff WHERE id = :id"
    gender, most, phone = conn.execute(text(sql), {"id": staff_id}).one()
    return Limits(gender or "", int(most), keys.open(bytes(phone), f"staff.phone:{staff_id}") if phone else "")


def set_limits(conn: Connection, keys: Keyset, staff_id: int, told: Limits) -> None:
    sql = (
        """UPDATE staff SET gender = :gender, most_threads = :most, phone = :phone, phone_hash = :hash WHERE id = :id"""
    )
    conn.execute(text(sql), {
        "id": staff_id, "gender": told.gender or None, "most": told.most_threads,
        "phone": keys.seal(told.phone, f"staff.phone:{staff_id}") if told.phone else None,
        "hash": phone_hash(keys, told.phone) if told.phone else None,
    })  # fmt: skip


def phone_hash(keys: Keyset, phone: str) -> str:
    """What an officer's own number is found by."""
    return keys.digest(f"staff:{phone}")


def whose_phone(conn: Connection, keys: Keyset, phone: str) -> int | None:
    """Staff id of whoever has this number, if they still work here."""
    sql = "SELECT id FROM staff WHERE phone_hash = :hash AND disabled = false"
    return conn.execute(text(sql), {"hash": phone_hash(keys, phone)}).scalar()


def set_skills(conn: Connection, staff_id: int, skills: Iterable[Skill], levels: Mapping[str, int]) -> None:
    """`levels` as they count today, for a release before this one."""
    sql = "UPDATE staff SET skills = :skills, languages = :languages WHERE id = :id"
    values = {"skills": staff.skills_json(skills), "languages": staff.languages_json(levels), "id": staff_id}
    conn.execute(text(sql), values)
