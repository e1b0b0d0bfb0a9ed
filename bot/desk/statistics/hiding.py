"""What must not be shown: a figure of fewer than ten people, and what it could be worked out from. Knows no table by name.

Three ways lead to a small figure: reading it, taking the others from their total, and taking shorter periods from a longer
one. Each is shut by hiding one figure more: the next smallest of the column, or that of the longer period.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.desk.statistics.periods import Period
from bot.desk.statistics.tables import FEWEST, Cell, Counted, Row, Table, Unit

_ADD_UP = (Unit.COUNT, Unit.SHARE)  # of these a part can be worked out from the others and the whole
Make = Callable[[Counted], Table]
_Place = tuple[str, int]  # label of the row, number of the column


def shown(make: Make, counted: Counted, period: Period) -> Table:
    """A table of a period as it may be shown."""
    return _hidden(make, counted, period)[0]


def hide(table: Table, also: frozenset[_Place] = frozenset()) -> Table:
    """A table of one period with all that is too small hidden, and some places more."""
    columns = [
        _column([row.cells[n] for row in table.rows], [row.total for row in table.rows],
                [(row.label, n) in also for row in table.rows])
        for n in range(len(table.columns))
    ]  # fmt: skip
    rows = [Row(row.label, tuple(column[at] for column in columns), row.total) for at, row in enumerate(table.rows)]
    return replace(table, rows=tuple(rows))


def _hidden(make: Make, counted: Counted, period: Period) -> tuple[Table, Table]:
    """A table as it may be shown, and as it is."""
    whole = make(counted)
    parts = [_hidden(make, counted.within(part.all_months), part) for part in period.parts()]
    months = [part for part, at in zip(parts, period.parts(), strict=True) if at.months == 1]
    quarters = [part for part, at in zip(parts, period.parts(), strict=True) if at.months == 3]
    return hide(whole, _worked_out(months) | _worked_out(quarters)), whole


def _worked_out(parts: Sequence[tuple[Table, Table]]) -> frozenset[_Place]:
    """Places in a longer period that would give away what is hidden in the shorter ones it is made of."""
    lost: dict[_Place, list[int]] = {}
    for seen, whole in parts:
        for row, real in zip(seen.rows, whole.rows, strict=True):
            for n, cell in enumerate(row.cells):
                if cell.hidden and cell.unit in _ADD_UP:
                    lost.setdefault((row.label, n), []).append(_size(real.cells[n]))
    return frozenset(place for place, sizes in lost.items() if not _safe(sizes))


def _column(cells: Sequence[Cell], totals: Sequence[bool], also: Sequence[bool]) -> list[Cell]:
    """One column: what is too small goes, then the next smallest until nothing can be worked out from the total."""
    gone = [_too_small(cell) or more for cell, more in zip(cells, also, strict=True)]
    if cells and cells[0].unit in _ADD_UP:
        parts = [at for at, total in enumerate(totals) if not total]
        sums = [at for at, total in enumerate(totals) if total]
        left = sorted((at for at in parts if not gone[at] and _size(cells[at])), key=lambda at: _size(cells[at]))
        lost = [_size(cells[at]) for at in parts if gone[at]]
        while sums and not all(gone[at] for at in sums) and not _safe(lost):
            at = left.pop(0) if left else next(at for at in sums if not gone[at])
            gone[at] = True
            lost.append(_size(cells[at]))
    return [replace(cell, value=None, hidden=True) if out else cell for cell, out in zip(cells, gone, strict=True)]


def _safe(lost: Sequence[int]) -> bool:
    """Whether what was hidden can be told from nothing: it is none, or several that are together not small."""
    return not lost or (len(lost) > 1 and sum(lost) >= FEWEST)


def _too_small(cell: Cell) -> bool:
    if cell.open or cell.value is None:
        return False
    if cell.unit == Unit.COUNT:
        return _few(cell.people)
    if cell.unit == Unit.SHARE and cell.part is not None:
        return cell.people < FEWEST or _few(cell.part) or _few(cell.people - cell.part)
    return cell.people < FEWEST


def _few(people: int) -> bool:
    return 0 < people < FEWEST


def _size(cell: Cell) -> int:
    return cell.people if cell.part is None else cell.part
