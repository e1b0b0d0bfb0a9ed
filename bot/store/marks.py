"""How far rounds of housekeeping have come: one instant for each name, kept over restarts and shared by all processes."""

from sqlalchemy import Connection, text

LIMIT = "cap until"  # read with every text: see threads.look


def at(conn: Connection, name: str) -> int | None:
    """The instant of a mark, or None if it was never set."""
    row = conn.execute(text("SELECT at FROM marks WHERE name = :name"), {"name": name}).fetchone()
    return int(row[0]) if row else None


def put(conn: Connection, name: str, instant: int) -> None:
    sql = "INSERT INTO marks (name, at) VALUES (:name, :at) ON CONFLICT (name) DO UPDATE SET at = excluded.at"
    conn.execute(text(sql), {"name": name, "at": instant})


def claim(conn: Connection, name: str, now: int, every: int) -> bool:
    """Whether a round is ours to make: one in so many ms, whoever asks. A mark in the future was made before the clock was
    put back."""
    sql = """INSERT INTO marks (name, at) VALUES (:name, :now) ON CONFLICT (name) DO UPDATE SET at = excluded.at
        WHERE marks.at > excluded.at OR marks.at <= excluded.at - :every"""
    return conn.execute(text(sql), {"name": name, "now": now, "every": every}).rowcount == 1


def lease(conn: Connection, name: str, now: int, until: int, longest: int) -> bool:
    """Whether work that one of us does at a time is ours to do, until an instant; whoever does it takes longer leases as it
    goes on. A lease that ends later than the longest one was taken before the clock was put back."""
    sql = """INSERT INTO marks (name, at) VALUES (:name, :until) ON CONFLICT (name) DO UPDATE SET at = excluded.at
        WHERE marks.at <= :now OR marks.at > :now + :longest"""
    return conn.execute(text(sql), {"name": name, "now": now, "until": until, "longest": longest}).rowcount == 1
