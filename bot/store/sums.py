"""Sums kept for each day that is over: how often what happened, in which language, by which channel. What they are asked for
is a span of days; a year of a busy line is some hundred thousand short rows, read by the order of its key."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Sum:
    """`month` like 2026-11; `hour` is -1 where it is not kept; `value` as in Happening."""

    month: str
    what: str
    language: str
    channel: str
    hour: int
    detail: str
    value: int
    times: int


def claim_day(conn: Connection, day: str, at: int) -> bool:
    """Whether a day is ours to count: each is counted once, whoever looks."""
    sql = "INSERT INTO counted_days (day, at) VALUES (:day, :at) ON CONFLICT DO NOTHING"
    return conn.execute(text(sql), {"day": day, "at": at}).rowcount == 1


def last_day(conn: Connection) -> str | None:
    """The last day that was counted, as ISO date."""
    return conn.execute(text("SELECT max(day) FROM counted_days")).scalar()


def first_day(conn: Connection) -> str | None:
    return conn.execute(text("SELECT min(day) FROM counted_days")).scalar()


def keep(conn: Connection, day: str, sums: Iterable[Sum]) -> None:
    sql = """INSERT INTO sums (day, what, language, channel, hour, detail, value, times)
        VALUES (:day, :what, :language, :channel, :hour, :detail, :value, :times)"""
    rows = [
        {"day": day, "what": one.what, "language": one.language, "channel": one.channel, "hour": one.hour,
         "detail": one.detail, "value": one.value, "times": one.times}
        for one in sums
    ]  # fmt: skip
    if rows:
        conn.execute(text(sql), rows)


def of(conn: Connection, first: str, last: str) -> Sequence[Sum]:
    """All between two days, both included, added up by month."""
    sql = """SELECT substr(day, 1, 7), what, language, channel, hour, detail, value, sum(times) FROM sums
        WHERE day >= :first AND day <= :last GROUP BY substr(day, 1, 7), what, language, channel, hour, detail, value"""
    found = conn.execute(text(sql), {"first": first, "last": last})
    return [
        Sum(month, what, language, channel, hour, detail, value, int(times))
        for month, what, language, channel, hour, detail, value, times in found
    ]
