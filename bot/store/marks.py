"""How far rounds of housekeeping have come: one instant for each name, kept over restarts and shared by all processes."""

from sqlalchemy import Connection, text


def at(conn: Connection, name: str) -> int | None:
    """The instant of a mark, or None if it was never set."""
    row = conn.execute(text("SELECT at FROM marks WHERE name = :name"), {"name": name}).fetchone()
    return int(row[0]) if row else None


def put(conn: Connection, name: str, instant: int) -> None:
    sql = "INSERT INTO marks (name, at) VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
    conn.execute(text(sql), {"name": name, "at": instant})
