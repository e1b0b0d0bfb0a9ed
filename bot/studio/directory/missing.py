"""What residents looked for and did not find, by what they needed and where, in each language. Counts of fewer than ten are
hidden as in all statistics."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.desk.statistics.hiding import hide
from bot.desk.statistics.tables import Row, Table, count
from bot.hotline import Hotline
from bot.store import misses


@dataclass(frozen=True, slots=True)
class Missing:
    """Of one calendar year. Columns of both tables are tags of languages, most missed first; the last row is all."""

    year: int
    languages: Sequence[str]
    by_need: Table
    by_area: Table


def missing(hotline: Hotline, year: int) -> Missing:
    """`year` between 2000 and 2100. Labels are codes of needs and names of places; both may be empty."""
    begins, ends = hotline.midnight(date(year, 1, 1)), hotline.midnight(date(year + 1, 1, 1))
    with hotline.db.read() as conn:
        found = misses.counted(conn, begins, ends)
    spoken: Counter[str] = Counter()
    needs: Counter[tuple[str, str]] = Counter()
    areas: Counter[tuple[str, str]] = Counter()
    for need, near, language, times in found:
        spoken[language] += times
        needs[need, language] += times
        areas[near, language] += times
    tags = [tag for tag, _ in spoken.most_common()]
    return Missing(year, tags, hide(_table("need", tags, needs)), hide(_table("area", tags, areas)))


def _table(rows_are: str, tags: Sequence[str], times: Counter[tuple[str, str]]) -> Table:
    totals: Counter[str] = Counter()
    for (label, _), number in times.items():
        totals[label] += number
    rows = [Row(label, tuple(count(times[label, tag]) for tag in tags)) for label, _ in totals.most_common()]
    whole = Row("", tuple(count(sum(times[label, tag] for label in totals)) for tag in tags), total=True)
    return Table(rows_are, tuple(tags), (*rows, whole))
