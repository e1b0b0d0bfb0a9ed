"""What residents looked for in the directory and did not find, counted. Nothing says who they were."""

from sqlalchemy import Connection, text


def counted(conn: Connection, begins: int, ends: int) -> list[tuple[str, str, str, int]]:
    """Need, name of a place, language and how many times, from one instant (ms) to before another. Place and language are
    empty where they were not known."""
    sql = """SELECT need, near, COALESCE(language, ''), count(*) FROM misses
        WHERE created_at >= :begins AND created_at < :ends GROUP BY need, near, COALESCE(language, '')"""
    rows = conn.execute(text(sql), {"begins": begins, "ends": ends})
    return [(need, near, language, int(times)) for need, near, language, times in rows]
