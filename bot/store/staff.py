"""Officers, supervisors, admins and translators, and their signed-in sessions."""

import json
from typing import Any

from sqlalchemy import Connection, text

from bot.model import Officer, Role

_COLUMNS = "id, login, name, role, badge, languages, on_shift"


def _officer(row: Any) -> Officer:
    id_, login, name, role, badge, languages, on_shift = row
    return Officer(id_, login, name, Role(role), badge, json.loads(languages), bool(on_shift))


def everybody(conn: Connection) -> list[Officer]:
    rows = conn.execute(text(f"SELECT {_COLUMNS} FROM staff WHERE disabled = false ORDER BY name")).fetchall()
    return [_officer(row) for row in rows]


def by_login(conn: Connection, login: str) -> tuple[Officer, str] | None:
    """The person and their password hash."""
    sql = f"SELECT {_COLUMNS}, password_hash FROM staff WHERE login = :login AND disabled = false"
    row = conn.execute(text(sql), {"login": login}).fetchone()
    return (_officer(tuple(row)[:-1]), row[-1]) if row else None


def add(conn: Connection, officer: Officer, password_hash: str, at: int) -> None:
    sql = """INSERT INTO staff (id, login, name, role, badge, password_hash, languages, on_shift, disabled, created_at)
        VALUES (:id, :login, :name, :role, :badge, :hash, :languages, :on_shift, false, :at)"""
    values = {
        "id": officer.id, "login": officer.login, "name": officer.name, "role": officer.role.value, "hash": password_hash,
        "badge": officer.badge, "languages": json.dumps(dict(officer.languages)), "on_shift": officer.on_shift, "at": at,
    }  # fmt: skip
    conn.execute(text(sql), values)


def set_on_shift(conn: Connection, officer_id: int, on_shift: bool) -> None:
    conn.execute(text("UPDATE staff SET on_shift = :on WHERE id = :id"), {"on": on_shift, "id": officer_id})


def open_session(conn: Connection, token_hash: str, officer_id: int, csrf: str, at: int) -> None:
    sql = """INSERT INTO sessions (token_hash, staff_id, csrf, created_at, seen_at)
        VALUES (:token, :staff, :csrf, :at, :at)"""
    conn.execute(text(sql), {"token": token_hash, "staff": officer_id, "csrf": csrf, "at": at})


def session(
    conn: Connection, token_hash: str, not_seen_before: int, not_made_before: int
) -> tuple[Officer, str, int] | None:
    """Who a session belongs to, its CSRF secret and when it was last seen; None if it ran out or was ended."""
    columns = ", ".join(f"s.{name}" for name in _COLUMNS.split(", "))
    sql = f"""SELECT {columns}, e.csrf, e.seen_at FROM sessions e JOIN staff s ON s.id = e.staff_id
        WHERE e.token_hash = :token AND e.seen_at >= :seen AND e.created_at >= :made AND s.disabled = false"""
    values = {"token": token_hash, "seen": not_seen_before, "made": not_made_before}
    row = conn.execute(text(sql), values).fetchone()
    return (_officer(tuple(row)[:-2]), row[-2], int(row[-1])) if row else None


def see_session(conn: Connection, token_hash: str, at: int) -> None:
    conn.execute(text("UPDATE sessions SET seen_at = :at WHERE token_hash = :token"), {"at": at, "token": token_hash})


def close_session(conn: Connection, token_hash: str) -> None:
    conn.execute(text("DELETE FROM sessions WHERE token_hash = :token"), {"token": token_hash})


def drop_old_sessions(conn: Connection, not_seen_before: int) -> None:
    conn.execute(text("DELETE FROM sessions WHERE seen_at < :seen"), {"seen": not_seen_before})
