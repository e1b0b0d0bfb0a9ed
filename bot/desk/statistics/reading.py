"""Statistics of a period as they may be shown: every table with what is too small hidden, and what a chief asks first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.desk.statistics import figures, hiding
from bot.desk.statistics.figures import STATISTICS, Statistic
from bot.desk.statistics.periods import Period
from bot.desk.statistics.tables import Cell, Counted, Row, Table, Unit, count, plain
from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.line import duty
from bot.model import Role
from bot.store import duty as shifts
from bot.store import staff, sums, surveys
from bot.store.database import Connection

_HOUR = 3_600_000  # ms
_WORKS = (Role.OFFICER, Role.SUPERVISOR)
_MOST_TASKS = 100

WORKFORCE = Statistic(
    "workforce", "language", "Officers and demand",
    "Tested: by a test that holds today. Hours: as planned for the period. Asked: residents who wanted an officer.",
    lambda counted: Table("language", ("Tested officers", "Hours on shift", "Hours on call", "Asked for an officer"), ()),
    drawn=None,
)  # fmt: skip
# The figures above all others: what they are called, in which table and column they stand.
HEADS: Mapping[str, tuple[str, int]] = {
    "Contacts": ("contacts", 0), "First answer of a person, half of them within": ("human_answers", 1),
    "Widest gap to English": ("human_answers", 3), "Understood by a certified officer or interpreter": ("language_match", 1),
    "Gave up waiting": ("left", 1), "Reports decided in time": ("reports_by_language", 2),
}  # fmt: skip
SENTENCES = (
    *HEADS,
    *(words for one in (*STATISTICS.values(), WORKFORCE)
      for words in (one.title, one.about, *one.make(Counted([])).columns)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """All of one period. `until` is the last day that is counted in it, None if none is."""

    period: Period
    until: date | None
    tables: Mapping[str, Table]
    heads: Mapping[str, Cell]


def sheet(hotline: Hotline, period: Period) -> Sheet:
    """Raises NotUsable for a period that has not begun."""
    if period.first > hotline.today():
        raise NotUsable("This has not begun yet.")
    with hotline.db.read() as conn:
        counted, until = _counted(conn, period), _until(conn, period)
        staffed = _workforce(conn, hotline, period, counted)
    tables = {name: hiding.shown(one.make, counted, period) for name, one in STATISTICS.items()}
    tables["workforce"] = hiding.hide(staffed)
    return Sheet(period, until, tables, _heads(tables))


def statistics() -> Sequence[Statistic]:
    """Every statistic in the order in which it is shown."""
    order = list(figures.GROUPS)
    return sorted((*STATISTICS.values(), WORKFORCE), key=lambda one: order.index(one.group))


def first_period(hotline: Hotline, like: Period) -> date:
    """The first day that was counted, or that of the period if none was: nothing before it can be asked for."""
    with hotline.db.read() as conn:
        found = sums.first_day(conn)
    return date.fromisoformat(found) if found else like.first


def tasks(hotline: Hotline) -> list[surveys.Task]:
    """What residents said of us that somebody is to read, the oldest first; a hundred at most."""
    with hotline.db.read() as conn:
        return surveys.tasks(conn, hotline.keys, _MOST_TASKS)


def settle(hotline: Hotline, staff_id: int, task_id: int) -> None:
    """Raises NotFound if it was read already."""
    with hotline.db.write() as conn:
        if not surveys.settle(conn, task_id, staff_id):
            raise NotFound("There is nothing like this to be read.")


def _counted(conn: Connection, period: Period) -> Counted:
    first, last = period.first.isoformat(), period.last.isoformat()
    return Counted([*sums.of(conn, first, last), *surveys.sums(conn, first, last)])


def _until(conn: Connection, period: Period) -> date | None:
    last = sums.last_day(conn)
    if last is None or date.fromisoformat(last) < period.first:
        return None
    return min(date.fromisoformat(last), period.last)


def _workforce(conn: Connection, hotline: Hotline, period: Period, counted: Counted) -> Table:
    people = [one for one in staff.everybody(conn, hotline.today()) if one.role in _WORKS]
    planned = duty.stretches(
        shifts.shifts(conn, period.first.isoformat()), period.first - timedelta(days=1), period.last, hotline.config.timezone
    )
    first, last = period.first.isoformat(), period.last.isoformat()
    asked = counted.by("language", "asked for an officer")
    rows = []
    for tag in dict.fromkeys((*hotline.config.department_languages, *(tag for tag in asked if tag))):
        speak = {one.id for one in people if tag == "en" or one.speaks(tag)}
        here = [one for one in planned if one.shift.staff_id in speak and first <= one.day <= last]
        hours = {
            kind: sum(one.ends_at - one.begins_at for one in here if (one.shift.kind == duty.ON_CALL) == kind) / _HOUR
            for kind in (False, True)
        }
        cells = (plain(len(speak)), plain(hours[False], Unit.HOURS), plain(hours[True], Unit.HOURS), count(asked.get(tag, 0)))
        rows.append(Row(tag, cells))
    none = Cell(Unit.HOURS, None)
    whole = Row("", (plain(len(people)), none, none, count(sum(asked.values()))), total=True)
    return replace(WORKFORCE.make(counted), rows=(*rows, whole))


def _heads(tables: Mapping[str, Table]) -> Mapping[str, Cell]:
    return {words: _head(tables[name], column) for words, (name, column) in HEADS.items()}


def _head(table: Table, column: int) -> Cell:
    """The figure of all; the widest of those that have none for all."""
    whole = next((row.cells[column] for row in table.rows if row.total), None)
    if whole is not None and whole.unit != Unit.RATIO:
        return whole
    told = [row.cells[column] for row in table.rows if row.label != "en" and row.cells[column].value is not None]
    return max(told, key=lambda cell: cell.value or 0.0, default=Cell(Unit.RATIO, None))
