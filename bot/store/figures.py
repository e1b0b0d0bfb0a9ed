"""Counts and ages of what is in the database, for whoever watches the line. Reads no text, number or name.

Everything here is asked many times a minute: each query goes over an index of few rows, or over the ids of the last hour.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from bot.store.database import Database
from bot.store.ids import first_id

_TEN_MINUTES, _HOUR, _DAY = 600_000, 3_600_000, 86_400_000  # ms


@dataclass(frozen=True, slots=True)
class Pile:
    """How many, and since when the oldest lies there (ms since 1970)."""

    count: int = 0
    oldest: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Residents who wait for an officer, those of them in urgent matters, those no desk was told of; and how many threads
    officers answer."""

    all: Pile
    urgent: Pile
    unpaged: Pile
    taken: int


@dataclass(frozen=True, slots=True)
class Sending:
    """Texts of ours on their way out; `codes` counts the reasons why queued ones were not taken yet."""

    queued: Pile
    submitting: Pile
    codes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Hour:
    """The last hour: texts in and out, those of ours that the line wrote by itself, threads in which anything was said,
    and why texts failed, by the provider's code."""

    texts_in: int
    texts_out: int
    automatic: int
    threads: int
    failed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Heard:
    """How residents' texts reach us. `fetched_since` is the first and last instant at which a text had to be fetched since
    the last one came by webhook, as far as a day back."""

    by_webhook: int  # in the last ten minutes
    fetched: int  # in the last ten minutes
    last: int | None  # the last one that came by webhook in the last day
    fetched_since: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Attachments:
    waiting: Pile
    refused: int  # in the last day


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes. `free` is None where the disk is not ours to see."""

    size: int
    free: int | None


def waiting(conn: Connection) -> Waiting:
    sql = """SELECT count(*), min(opened_at), sum(CASE WHEN urgent THEN 1 ELSE 0 END),
            min(CASE WHEN urgent THEN opened_at END), sum(CASE WHEN paged_at IS NULL THEN 1 ELSE 0 END),
            min(CASE WHEN paged_at IS NULL THEN opened_at END)
        FROM handoffs WHERE closed_at IS NULL AND officer_id IS NULL"""
    row = conn.execute(text(sql)).one()
    sql = "SELECT count(DISTINCT thread_id) FROM handoffs WHERE closed_at IS NULL AND officer_id IS NOT NULL"
    taken = int(conn.execute(text(sql)).scalar_one())
    return Waiting(Pile(row[0], row[1]), Pile(row[2] or 0, row[3]), Pile(row[4] or 0, row[5]), taken)


def sending(conn: Connection) -> Sending:
    sql = """SELECT state, COALESCE(code, ''), count(*), min(created_at), min(state_at) FROM messages
        WHERE state IN ('queued', 'submitting') GROUP BY state, COALESCE(code, '')"""
    queued, submitting, codes = Pile(), Pile(), {}
    for state, code, count, written, since in conn.execute(text(sql)):
        if state == "queued":
            queued = _and(queued, Pile(count, written))
            codes[code] = count
        else:
            submitting = _and(submitting, Pile(count, since))
    return Sending(queued, submitting, {code: count for code, count in codes.items() if code})


def _and(one: Pile, other: Pile) -> Pile:
    return Pile(one.count + other.count, min(x for x in (one.oldest, other.oldest) if x is not None))


def last_hour(conn: Connection, at: int) -> Hour:
    since = {"since": first_id(at - _HOUR)}
    sql = """SELECT direction, author, state, COALESCE(code, ''), count(*) FROM messages WHERE id >= :since
        GROUP BY direction, author, state, COALESCE(code, '')"""
    came = went = automatic = 0
    failed: dict[str, int] = {}
    for direction, author, state, code, count in conn.execute(text(sql), since):
        if direction == "in":
            came += count
            continue
        went += count
        automatic += count if author == "bot" else 0
        if state in ("failed", "undelivered"):
            failed[code] = failed.get(code, 0) + count
    sql = "SELECT count(DISTINCT thread_id) FROM messages WHERE id >= :since"
    threads = int(conn.execute(text(sql), since).scalar_one())
    return Hour(came, went, automatic, threads, failed)


_FROM_A_PROVIDER = "direction = 'in' AND channel <> 'simulator'"


def heard(conn: Connection, at: int) -> Heard:
    sql = f"SELECT recovered, count(*) FROM messages WHERE id >= :since AND {_FROM_A_PROVIDER} GROUP BY recovered"
    lately = {
        bool(fetched): int(count) for fetched, count in conn.execute(text(sql), {"since": first_id(at - _TEN_MINUTES)})
    }
    day = first_id(at - _DAY)
    sql = f"""SELECT id, created_at FROM messages WHERE id >= :since AND {_FROM_A_PROVIDER} AND NOT recovered
        ORDER BY id DESC LIMIT 1"""
    last = conn.execute(text(sql), {"since": day}).fetchone()
    sql = (
        f"SELECT min(created_at), max(created_at) FROM messages WHERE id > :since AND {_FROM_A_PROVIDER} AND recovered"
    )
    first, newest = conn.execute(text(sql), {"since": last[0] if last else day}).one()
    since = (int(first), int(newest)) if first is not None else None
    return Heard(lately.get(False, 0), lately.get(True, 0), last[1] if last else None, since)


def in_doubt(conn: Connection, at: int) -> Mapping[str, int]:
    """`uncertain` (not known whether they arrived) and `quarantined` (not understood) texts of the last day."""
    # The IN is what SQLite knows its partial index by.
    sql = """SELECT state, count(*) FROM messages WHERE state IN ('uncertain', 'quarantined') AND id >= :since
        GROUP BY state"""
    found = {state: int(count) for state, count in conn.execute(text(sql), {"since": first_id(at - _DAY)})}
    return {"uncertain": 0, "quarantined": 0, **found}


def attachments(conn: Connection, at: int) -> Attachments:
    sql = "SELECT count(*), min(created_at) FROM attachments WHERE state IN ('waiting', 'fetching')"
    count, oldest = conn.execute(text(sql)).one()
    sql = "SELECT count(*) FROM attachments WHERE id >= :since AND state = 'refused'"
    refused = int(conn.execute(text(sql), {"since": first_id(at - _DAY)}).scalar_one())
    return Attachments(Pile(count, oldest), refused)


def late_reports(conn: Connection, at: int) -> Pile:
    """Reports of which nobody was told anything by the day they were promised, and since when that is so."""
    sql = """SELECT count(*), min(COALESCE(late_at, promised_at)) FROM reports
        WHERE promised_at IS NOT NULL AND (promised_at < :at OR late_at IS NOT NULL)"""
    count, oldest = conn.execute(text(sql), {"at": at}).one()
    return Pile(count, oldest)


def marks(conn: Connection) -> Mapping[str, int]:
    """How far each round of housekeeping has come, by its name."""
    return {name: int(at) for name, at in conn.execute(text("SELECT name, at FROM marks"))}


def disk(conn: Connection, db: Database) -> Disk:
    if not db.sqlite:
        return Disk(int(conn.execute(text("SELECT pg_database_size(current_database())")).scalar_one()), None)
    path = Path(db.engine.url.database or "puente.db")
    files = (path, path.with_name(f"{path.name}-wal"))
    size = sum(file.stat().st_size for file in files if file.exists())
    return Disk(size, shutil.disk_usage(path.parent).free)
