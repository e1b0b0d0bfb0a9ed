"""Officers, supervisors, admins, translators and auditors."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from bot.model import Officer, Role, Skill

_COLUMNS = "id, login, name, role, badge, skills, languages, on_shift, tongue, gender, most_threads, busy"


def columns(alias: str) -> str:
    """What officer_of() reads, of the table called so."""
    return ", ".join(f"{alias}.{name}" for name in _COLUMNS.split(", "))


def officer_of(row: Any, day: date) -> Officer:
    """`day` is the one on which language tests must hold: today, where the department is."""
    id_, login, name, role, badge, skills, languages, on_shift, tongue, gender, most, busy = row
    known = _skills(skills, languages)
    levels = {one.tag: one.counts(day) for one in known}
    return Officer(
        id_, login, name, Role(role), badge, levels, bool(on_shift), tongue, known, gender or "", int(most), bool(busy)
    )


def _skills(skills: str | None, languages: str) -> tuple[Skill, ...]:
    """What a release before this one wrote has levels and no tests."""
    if skills is None:
        return tuple(Skill(tag, level) for tag, level in json.loads(languages).items())
    return tuple(Skill(**one) for one in json.loads(skills))


def skills_json(skills: Iterable[Skill]) -> str:
    return json.dumps([asdict(one) for one in skills], ensure_ascii=False)


def languages_json(levels: Mapping[str, int]) -> str:
    """What a release before this one reads: tag -> level, as they count on the day they are written."""
    return json.dumps(dict(levels))


def everybody(conn: Connection, day: date) -> list[Officer]:
    """All who work here, with their languages as they count on that day; by name."""
    rows = conn.execute(text(f"SELECT {_COLUMNS} FROM staff WHERE disabled = false ORDER BY name")).fetchall()
    return [officer_of(row, day) for row in rows]


def by_login(conn: Connection, login: str, day: date) -> tuple[Officer, str] | None:
    """The person and their password hash."""
    sql = f"SELECT {_COLUMNS}, password_hash FROM staff WHERE login = :login AND disabled = false"
    row = conn.execute(text(sql), {"login": login}).fetchone()
    return (officer_of(tuple(row)[:-1], day), row[-1]) if row else None


def find(conn: Connection, staff_id: int, day: date) -> Officer | None:
    """Also somebody whose account is shut."""
    row = conn.execute(text(f"SELECT {_COLUMNS} FROM staff WHERE id = :id"), {"id": staff_id}).fetchone()
    return officer_of(tuple(row), day) if row else None


def login_taken(conn: Connection, login: str) -> bool:
    """Also by somebody whose account is shut."""
    return conn.execute(text("SELECT 1 FROM staff WHERE login = :login"), {"login": login}).fetchone() is not None


def add(conn: Connection, officer: Officer, password_hash: str, at: int) -> None:
    """Whoever is given levels without skills has no test, so that none counts above 1."""
    skills = officer.skills or tuple(Skill(tag, level) for tag, level in officer.languages.items())
    sql = """INSERT INTO staff (id, login, name, role, badge, password_hash, skills, languages, on_shift, tongue, gender,
            most_threads, busy, disabled, created_at)
        VALUES (:id, :login, :name, :role, :badge, :hash, :skills, :languages, :on_shift, :tongue, :gender, :most, :busy,
            false, :at)"""
    values = {
        "id": officer.id, "login": officer.login, "name": officer.name, "role": officer.role.value, "hash": password_hash,
        "badge": officer.badge, "skills": skills_json(skills), "languages": languages_json(officer.languages),
        "on_shift": officer.on_shift, "tongue": officer.tongue, "gender": officer.gender, "most": officer.most_threads,
        "busy": officer.busy, "at": at,
    }  # fmt: skip
    conn.execute(text(sql), values)


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody as admins see them in the list of staff. `seen_at`: the last sign of life of a session that is kept."""

    officer: Officer
    disabled: bool
    has_password: bool
    factors: int
    seen_at: int | None


def listed(conn: Connection, day: date) -> list[Listed]:
    """All there ever were; by name, those whose account is shut last."""
    sql = f"""SELECT {columns("s")}, s.disabled, s.password_hash <> '',
            (SELECT count(*) FROM factors f WHERE f.staff_id = s.id AND f.confirmed_at IS NOT NULL),
            (SELECT max(e.seen_at) FROM sessions e WHERE e.staff_id = s.id)
        FROM staff s ORDER BY s.disabled, s.name, s.id"""
    found = []
    for *person, disabled, has_password, count, seen_at in conn.execute(text(sql)):
        found.append(Listed(officer_of(person, day), bool(disabled), bool(has_password), int(count), seen_at))
    return found


def set_on_shift(conn: Connection, officer_id: int, on_shift: bool) -> None:
    conn.execute(text("UPDATE staff SET on_shift = :on WHERE id = :id"), {"on": on_shift, "id": officer_id})


def set_tongue(conn: Connection, officer_id: int, tongue: str) -> None:
    conn.execute(text("UPDATE staff SET tongue = :tongue WHERE id = :id"), {"tongue": tongue, "id": officer_id})


def password_hash(conn: Connection, officer_id: int) -> str:
    """Empty for whoever has not chosen one yet, or signs in elsewhere."""
    return str(conn.execute(text("SELECT password_hash FROM staff WHERE id = :id"), {"id": officer_id}).scalar() or "")


def set_password(conn: Connection, officer_id: int, password_hash: str) -> None:
    sql = "UPDATE staff SET password_hash = :hash WHERE id = :id"
    conn.execute(text(sql), {"hash": password_hash, "id": officer_id})


def set_role(conn: Connection, officer_id: int, role: Role, badge: str) -> None:
    sql = "UPDATE staff SET role = :role, badge = :badge WHERE id = :id"
    conn.execute(text(sql), {"role": role.value, "badge": badge, "id": officer_id})


def set_disabled(conn: Connection, officer_id: int, disabled: bool) -> None:
    """Whoever is shut out is not on shift either."""
    sql = "UPDATE staff SET disabled = :shut, on_shift = on_shift AND NOT :shut WHERE id = :id"
    conn.execute(text(sql), {"shut": disabled, "id": officer_id})


def admins(conn: Connection) -> set[int]:
    """Who may run the line, and can sign in. Held until the transaction ends, so that two admins do not shut each other
    out at once."""
    held = "" if conn.dialect.name == "sqlite" else " FOR UPDATE"
    sql = f"SELECT id FROM staff WHERE role = 'admin' AND disabled = false ORDER BY id{held}"
    return set(conn.execute(text(sql)).scalars())
