"""What people did with services of the directory on its pages: what they changed by hand, when they last checked it. Also
the state by which a change is noticed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id

# Every change makes another: an import gives all that residents are told a new version, a person's deed a new revision.
STATE_SQL = "SELECT (SELECT version FROM resources LIMIT 1), (SELECT max(revision) FROM service_marks)"


@dataclass(frozen=True, slots=True)
class Mark:
    """Instants in ms. `hand` names what of the service was changed by hand."""

    hand: frozenset[str] = frozenset()
    made_here: bool = False
    changed_by: str = ""
    changed_at: int | None = None
    checked_by: str = ""
    checked_at: int | None = None


def state(conn: Connection) -> str:
    """Another after every change of the directory."""
    version, revision = conn.execute(text(STATE_SQL)).one()
    return f"{version or 0}-{revision or 0}"


def every(conn: Connection) -> Mapping[str, Mark]:
    """By the id of the service; people by name."""
    sql = """SELECT m.service_id, m.hand, m.made_here, c.name, m.changed_at, k.name, m.checked_at FROM service_marks m
        LEFT JOIN staff c ON c.id = m.changed_by LEFT JOIN staff k ON k.id = m.checked_by"""
    return {
        id: Mark(frozenset(json.loads(hand)), bool(made_here), changed or "", changed_at, checked or "", checked_at)
        for id, hand, made_here, changed, changed_at, checked, checked_at in conn.execute(text(sql))
    }


def changed(conn: Connection, service_id: str, hand: Iterable[str], made_here: bool, staff_id: int, at: int) -> None:
    """Somebody changed a service; `hand` is all that is now as a person wants it."""
    sql = """INSERT INTO service_marks (service_id, revision, hand, made_here, changed_by, changed_at)
        VALUES (:id, :revision, :hand, :here, :staff, :at) ON CONFLICT (service_id) DO UPDATE SET
        revision = excluded.revision, hand = excluded.hand, made_here = excluded.made_here,
        changed_by = excluded.changed_by, changed_at = excluded.changed_at"""
    values = {"id": service_id, "hand": json.dumps(sorted(hand)), "here": made_here, "staff": staff_id, "at": at}
    conn.execute(text(sql), {**values, "revision": new_id()})


def checked(conn: Connection, service_id: str, staff_id: int, at: int) -> None:
    """Somebody found that all of it is still right."""
    sql = """INSERT INTO service_marks (service_id, revision, hand, checked_by, checked_at)
        VALUES (:id, :revision, '[]', :staff, :at) ON CONFLICT (service_id) DO UPDATE SET
        revision = excluded.revision, checked_by = excluded.checked_by, checked_at = excluded.checked_at"""
    conn.execute(text(sql), {"id": service_id, "revision": new_id(), "staff": staff_id, "at": at})


def forget_all(conn: Connection) -> None:
    """After a file took the place of everything."""
    conn.execute(text("DELETE FROM service_marks"))
