"""Texts whose understanding was begun and is not known to have ended, and how often: what kills whoever reads it is not
tried for ever."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, text

_APART = 10_000  # ms: several who begin within it meet by chance, and are one try


def begin(conn: Connection, channel: str, provider_id: str, at: int) -> int:
    """One more try of a text; how many there were with this one."""
    sql = """INSERT INTO attempts (channel, provider_id, tries, last_at) VALUES (:channel, :provider_id, 1, :at)
        ON CONFLICT (channel, provider_id) DO UPDATE SET tries = attempts.tries + 1, last_at = excluded.last_at
            WHERE attempts.last_at NOT BETWEEN excluded.last_at - :apart + 1 AND excluded.last_at"""
    values = {"channel": channel, "provider_id": provider_id, "at": at, "apart": _APART}
    conn.execute(text(sql), values)
    tries = "SELECT tries FROM attempts WHERE channel = :channel AND provider_id = :provider_id"
    return int(conn.execute(text(tries), {"channel": channel, "provider_id": provider_id}).scalar_one())


def end(conn: Connection, channel: str, provider_id: str) -> None:
    """The text was kept."""
    sql = "DELETE FROM attempts WHERE channel = :channel AND provider_id = :provider_id"
    conn.execute(text(sql), {"channel": channel, "provider_id": provider_id})


def tried(conn: Connection, channel: str, provider_ids: Sequence[str]) -> set[str]:
    """Which of these were begun before."""
    if not provider_ids:
        return set()
    sql = text("SELECT provider_id FROM attempts WHERE channel = :channel AND provider_id IN :ids")
    rows = conn.execute(sql.bindparams(bindparam("ids", expanding=True)), {"channel": channel, "ids": provider_ids})
    return set(rows.scalars())


def drop_old(conn: Connection, before: int) -> None:
    """Tries of texts that came in some other way since."""
    conn.execute(text("DELETE FROM attempts WHERE last_at < :before"), {"before": before})
