"""What an import has to say about a file: every problem with its place, in words for whoever keeps the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"  # the row, or the file, cannot be used
    WARNING = "warning"  # used, but something in it is not
    NOTE = "note"  # worth knowing; nothing is lost


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    row: int  # as a spreadsheet counts; for JSON and calendars the how-manyth; 0 is the file itself
    field: str  # column, or path in nested JSON; may be empty
    words: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = [self.file, f"row {self.row}" if self.row else "", self.field]
        return f"{self.severity}: {', '.join(filter(None, where))}: {self.words}"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in, by what it is ("services": 66), and every problem, as the file has them."""

    counts: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def __str__(self) -> str:
        told = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in self.counts.items())
        return "\n".join([*map(str, self.problems), f"Imported: {told or 'nothing'}."])

    @property
    def broken(self) -> bool:
        """Whether something could not be used."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)
