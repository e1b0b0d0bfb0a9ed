"""Teams of officers. Who is in none of them sees nothing that was passed on to one."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Team:
    """A team and the ids of its members."""

    id: int
    name: str
    members: frozenset[int]


def everyone(conn: Connection) -> list[Team]:
    """All teams, by name."""
    inside = members(conn)
    rows = conn.execute(text("SELECT id, name FROM teams ORDER BY name")).fetchall()
    return [Team(id_, name, inside.get(id_, frozenset())) for id_, name in rows]


def members(conn: Connection) -> Mapping[int, frozenset[int]]:
    """Team -> who is in it, of those who still work here."""
    sql = """SELECT m.team_id, m.staff_id FROM team_members m JOIN staff s ON s.id = m.staff_id
        WHERE s.disabled = false"""
    found: dict[int, frozenset[int]] = {}
    for team, one in conn.execute(text(sql)).fetchall():
        found[team] = found.get(team, frozenset()) | {one}
    return found


def add(conn: Connection, name: str, at: int) -> int | None:
    """A team without members; its id, or None if there is one of that name."""
    id_ = new_id()
    sql = "INSERT INTO teams (id, name, created_at) VALUES (:id, :name, :at) ON CONFLICT (name) DO NOTHING"
    done = conn.execute(text(sql), {"id": id_, "name": name, "at": at}).rowcount
    return id_ if done else None


def join(conn: Connection, team_id: int, staff_id: int) -> bool:
    """Whether they were not in it before."""
    sql = """INSERT INTO team_members (team_id, staff_id) VALUES (:team, :staff)
        ON CONFLICT (team_id, staff_id) DO NOTHING"""
    return conn.execute(text(sql), {"team": team_id, "staff": staff_id}).rowcount == 1


def leave(conn: Connection, team_id: int, staff_id: int) -> bool:
    """Whether they were in it."""
    sql = "DELETE FROM team_members WHERE team_id = :team AND staff_id = :staff"
    return conn.execute(text(sql), {"team": team_id, "staff": staff_id}).rowcount == 1
