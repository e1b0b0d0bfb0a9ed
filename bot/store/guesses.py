"""Failures in a row, counted so that guessing ends. What is guessed, and where from, is known by its hash only."""

from sqlalchemy import Connection, text

REST = 15 * 60_000  # ms without a failure, after which counting begins anew
MOST = 5


def take(conn: Connection, name: str, at: int) -> int | None:
    """One more try, counted before it is known whether it is right, so that many at once are no more than one after the
    other. Which one it is; None if MOST were used up and REST is not over."""
    sql = """INSERT INTO guesses (name, tries, last_at) VALUES (:name, 1, :at)
        ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at,
            tries = CASE WHEN guesses.last_at <= excluded.last_at - :rest THEN 1 ELSE guesses.tries + 1 END
        WHERE guesses.tries < :most OR guesses.last_at <= excluded.last_at - :rest"""
    if conn.execute(text(sql), {"name": name, "at": at, "rest": REST, "most": MOST}).rowcount == 0:
        return None
    return int(conn.execute(text("SELECT tries FROM guesses WHERE name = :name"), {"name": name}).scalar_one())


def give_back(conn: Connection, name: str) -> None:
    """A try that was taken and not made."""
    conn.execute(text("UPDATE guesses SET tries = tries - 1 WHERE name = :name AND tries > 0"), {"name": name})


def count(conn: Connection, name: str, at: int) -> None:
    """One more failure, of which there may be any number."""
    sql = """INSERT INTO guesses (name, tries, last_at) VALUES (:name, 1, :at)
        ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at,
            tries = CASE WHEN guesses.last_at <= excluded.last_at - :rest THEN 1 ELSE guesses.tries + 1 END"""
    conn.execute(text(sql), {"name": name, "at": at, "rest": REST})


def tries(conn: Connection, name: str, at: int) -> int:
    """How many failures there were without a rest."""
    sql = "SELECT tries FROM guesses WHERE name = :name AND last_at > :rested"
    return int(conn.execute(text(sql), {"name": name, "rested": at - REST}).scalar() or 0)


def locked(conn: Connection, at: int) -> set[str]:
    """All that have no try left for now."""
    sql = "SELECT name FROM guesses WHERE tries >= :most AND last_at > :rested"
    return set(conn.execute(text(sql), {"most": MOST, "rested": at - REST}).scalars())


def forget(conn: Connection, name: str) -> None:
    """It was right, or an admin says that it is well."""
    conn.execute(text("DELETE FROM guesses WHERE name = :name"), {"name": name})


def drop_old(conn: Connection, at: int) -> None:
    conn.execute(text("DELETE FROM guesses WHERE last_at <= :rested"), {"rested": at - REST})
