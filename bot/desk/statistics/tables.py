"""Figures in rows and columns, each with what it is founded on, so that a small number can be told from a large one. Knows
neither what is counted nor how it is shown."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from math import ceil

from bot.store.sums import Sum

FEWEST = 10  # residents: a figure of fewer could tell who they are


class Unit(StrEnum):
    """How a figure is to be written."""

    COUNT = "count"
    SHARE = "share"  # of 1
    SECONDS = "seconds"
    DAYS = "days"
    RATIO = "ratio"
    SCORE = "score"  # of 5
    HOURS = "hours"
    RATE = "rate"  # for each thousand


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure. `people` is how many it counts or is founded on, and `part` how many of them a share counts. `open`:
    says nothing of residents, so it is shown however small it is."""

    unit: Unit
    value: float | None  # None: there is none
    people: int = 0
    part: int | None = None
    open: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`label` is a tag of a language, a code or a word; `total` if it adds up those above it."""

    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`rows_are` says what labels are: language, channel, hour, kind …; `columns` are words in English."""

    rows_are: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def count(times: int) -> Cell:
    return Cell(Unit.COUNT, times, times)


def plain(value: float, unit: Unit = Unit.COUNT) -> Cell:
    """A figure about staff, not residents."""
    return Cell(unit, value, open=True)


def share(part: int, of: int) -> Cell:
    return Cell(Unit.SHARE, part / of if of else None, of, part)


class Spread:
    """How long something took, all times it happened."""

    def __init__(self, rows: Iterable[Sum]) -> None:
        lasted: Counter[int] = Counter()
        for row in rows:
            lasted[row.value] += row.times
        self._lasted, self.n = sorted(lasted.items()), lasted.total()

    def at(self, part: float) -> float | None:
        """The shortest time within which this part of all was over."""
        seen, wanted = 0, ceil(round(part * self.n, 9))
        for value, times in self._lasted:
            seen += times
            if seen >= wanted:
                return value
        return None

    def cell(self, part: float, unit: Unit = Unit.SECONDS) -> Cell:
        return Cell(unit, self.at(part), self.n)


class Counted:
    """The sums of a period, as those who make figures of them ask for them."""

    def __init__(self, rows: Sequence[Sum], parts: "dict[frozenset[str], Counted] | None" = None) -> None:
        self._of: defaultdict[str, defaultdict[str, list[Sum]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            self._of[row.what][row.language].append(row)
        self._parts = {} if parts is None else parts

    def within(self, months: frozenset[str]) -> "Counted":
        """Only some months of it; made once, however many ask."""
        if months not in self._parts:
            every = (row for spoken in self._of.values() for rows in spoken.values() for row in rows)
            self._parts[months] = Counted([row for row in every if row.month in months], self._parts)
        return self._parts[months]

    def rows(self, what: str, *details: str, language: str | None = None) -> list[Sum]:
        spoken: Mapping[str, Sequence[Sum]] = self._of.get(what, {})
        found = chain.from_iterable(spoken.values()) if language is None else spoken.get(language, ())
        return [row for row in found if not details or row.detail in details]

    def total(self, what: str, *details: str, language: str | None = None) -> int:
        return sum(row.times for row in self.rows(what, *details, language=language))

    def by(self, name: str, what: str, *details: str) -> Mapping[str, int]:
        """How often, by language, channel, hour or detail; the most first."""
        found: Counter[str] = Counter()
        for row in self.rows(what, *details):
            found[str(getattr(row, name))] += row.times
        return dict(found.most_common())

    def spreads(self, name: str, what: str, *details: str) -> Mapping[str, Spread]:
        found: defaultdict[str, list[Sum]] = defaultdict(list)
        for row in self.rows(what, *details):
            found[str(getattr(row, name))].append(row)
        return {label: Spread(rows) for label, rows in found.items()}

    def languages(self, *whats: str) -> list[str]:
        """Those in which any of it happened: English first, to compare with, then the most frequent first."""
        times: Counter[str] = Counter()
        for what in whats:
            times.update(self.by("language", what))
        found = [tag for tag, _ in sorted(times.items(), key=lambda one: (-one[1], one[0]))]
        return sorted(found, key=lambda tag: (tag != "en", tag == ""))
