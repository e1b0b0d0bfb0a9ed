"""Officers' own phones that may answer threads, and how a text is known to come from one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.database import Database
from bot.store.duty import phone_hash
from bot.store.sealing import Keyset

# A number counts only while it is the one that was proved, and its owner works here.
_OWNED = (
    """FROM relay_phones p JOIN staff s ON s.id = p.staff_id AND s.phone_hash = p.phone_hash AND s.disabled = false"""
)


@dataclass(frozen=True, slots=True)
class Phone:
    """How far an officer has come with their phone. `state`: asked, on, stopped, off."""

    staff_id: int
    state: str
    since: int
    on_duty: bool


def whose(db: Database, keys: Keyset, number: str) -> int | None:
    """Staff id of whoever answers threads from this number; one look at an index. Raises DatabaseUnreachable."""
    row = db.look(
        f"SELECT s.id {_OWNED} WHERE s.phone_hash = :hash AND p.state IN ('on', 'stopped')",
        {"hash": phone_hash(keys, number)},
    )
    return int(row[0]) if row else None


def of_staff(conn: Connection, staff_id: int) -> Phone | None:
    """None also for whoever has another number since."""
    sql = f"SELECT p.staff_id, p.state, p.since, p.on_duty {_OWNED} WHERE p.staff_id = :staff"
    row = conn.execute(text(sql), {"staff": staff_id}).fetchone()
    return Phone(row[0], row[1], row[2], bool(row[3])) if row else None


def all_on(conn: Connection) -> Sequence[Phone]:
    """Those that are texted."""
    rows = conn.execute(text(f"SELECT p.staff_id, p.state, p.since, p.on_duty {_OWNED} WHERE p.state = 'on'"))
    return [Phone(staff_id, state, since, bool(on_duty)) for staff_id, state, since, on_duty in rows]


def number(conn: Connection, keys: Keyset, staff_id: int) -> str:
    """Where an officer is texted; empty if they have no such number any more. For sending only."""
    found = conn.execute(text(f"SELECT s.phone {_OWNED} WHERE p.staff_id = :staff"), {"staff": staff_id}).scalar()
    return keys.open(bytes(found), f"staff.phone:{staff_id}") if found else ""


def ask(conn: Connection, staff_id: int, code_hash: str, at: int) -> None:
    """A code is on its way to the number they have now."""
    sql = """INSERT INTO relay_phones (staff_id, phone_hash, state, code_hash, since)
        SELECT id, phone_hash, 'asked', :code, :at FROM staff WHERE id = :staff
        ON CONFLICT (staff_id) DO UPDATE SET phone_hash = excluded.phone_hash, state = excluded.state,
            code_hash = excluded.code_hash, since = excluded.since"""
    conn.execute(text(sql), {"staff": staff_id, "code": code_hash, "at": at})


def prove(conn: Connection, staff_id: int, code_hash: str, asked_since: int, at: int) -> bool:
    """Whether this is the code that was sent, to the number they still have."""
    sql = f"""UPDATE relay_phones SET state = 'on', code_hash = NULL, since = :at, on_duty = false
        WHERE staff_id = :staff AND state = 'asked' AND code_hash = :code AND since > :asked_since
        AND EXISTS (SELECT 1 {_OWNED} WHERE p.staff_id = relay_phones.staff_id)"""
    values = {"staff": staff_id, "code": code_hash, "asked_since": asked_since, "at": at}
    return conn.execute(text(sql), values).rowcount == 1


def set_state(conn: Connection, staff_id: int, state: str, at: int) -> bool:
    """Whether it was another. Only a number that was proved can be on again."""
    sql = """UPDATE relay_phones SET state = :state, since = :at, on_duty = false, code_hash = NULL
        WHERE staff_id = :staff AND state <> :state AND (:state = 'off' OR state IN ('on', 'stopped'))"""
    return conn.execute(text(sql), {"staff": staff_id, "state": state, "at": at}).rowcount == 1


def set_on_duty(conn: Connection, staff_id: int, on_duty: bool) -> bool:
    """Whether that is news."""
    sql = "UPDATE relay_phones SET on_duty = :now WHERE staff_id = :staff AND on_duty <> :now AND state = 'on'"
    return conn.execute(text(sql), {"staff": staff_id, "now": on_duty}).rowcount == 1
