"""Rehearsals that this department saved, by name. Does not know what one says, nor which were shipped."""

from collections.abc import Mapping

from sqlalchemy import Connection, text


def all_bodies(conn: Connection) -> Mapping[str, str]:
    """Name -> YAML. An empty one hides the shipped rehearsal of that name."""
    rows = conn.execute(text("SELECT name, body FROM rehearsals ORDER BY name")).fetchall()
    return {name: body for name, body in rows}  # noqa: C416 (rows of a query are no pairs to a type checker)


def names(conn: Connection) -> list[str]:
    """Of those that say something."""
    return list(conn.execute(text("SELECT name FROM rehearsals WHERE body <> '' ORDER BY name")).scalars())


def body(conn: Connection, name: str) -> str | None:
    """None if nothing was saved under this name."""
    found = conn.execute(text("SELECT body FROM rehearsals WHERE name = :name"), {"name": name}).scalar()
    return str(found) if found is not None else None


def put(conn: Connection, name: str, body: str, staff_id: int, at: int) -> None:
    """Save one, in place of what was saved under its name; an empty body takes the shipped one away."""
    sql = """INSERT INTO rehearsals (name, body, staff_id, at) VALUES (:name, :body, :staff, :at)
        ON CONFLICT (name) DO UPDATE SET body = excluded.body, staff_id = excluded.staff_id, at = excluded.at"""
    conn.execute(text(sql), {"name": name, "body": body, "staff": staff_id, "at": at})


def drop(conn: Connection, name: str) -> None:
    """What was saved under this name is gone; a shipped rehearsal of that name counts again."""
    conn.execute(text("DELETE FROM rehearsals WHERE name = :name"), {"name": name})
