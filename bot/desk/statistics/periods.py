"""Spans of time that statistics are asked for: a month, a quarter, a year. Knows no figure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.errors import NotUsable

_CODE = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|(0[1-9]|1[0-2])))?")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months of one year; `months` is 1, 3 or 12."""

    year: int
    month: int  # the first
    months: int

    @property
    def code(self) -> str:
        """2026-11, 2026-Q4 or 2026, as addresses have it."""
        if self.months == 1:
            return f"{self.year}-{self.month:02}"
        return f"{self.year}-Q{(self.month + 2) // 3}" if self.months == 3 else str(self.year)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return self.next().first - timedelta(days=1)

    @property
    def all_months(self) -> frozenset[str]:
        return frozenset(f"{self.year}-{month:02}" for month in range(self.month, self.month + self.months))

    def next(self) -> "Period":
        return self._moved(1)

    def previous(self) -> "Period":
        return self._moved(-1)

    def parts(self) -> Sequence["Period"]:
        """The shorter periods within it that statistics can be asked for too."""
        if self.months == 1:
            return ()
        months = [Period(self.year, month, 1) for month in range(self.month, self.month + self.months)]
        return [*months, *(Period(self.year, month, 3) for month in (1, 4, 7, 10))] if self.months == 12 else months

    def _moved(self, by: int) -> "Period":
        years, month = divmod(self.month - 1 + by * self.months, 12)
        return Period(self.year + years, month + 1, self.months)


def read(code: str) -> Period:
    """Raises NotUsable."""
    found = _CODE.fullmatch(code)
    if found is None:
        raise NotUsable("This is no month, quarter or year.")
    year, quarter, month = found.groups()
    if quarter:
        return Period(int(year), int(quarter) * 3 - 2, 3)
    return Period(int(year), int(month), 1) if month else Period(int(year), 1, 12)


def around(day: date, months: int = 1) -> Period:
    """The month, quarter or year that a day lies in."""
    return Period(day.year, (day.month - 1) // months * months + 1, months)
