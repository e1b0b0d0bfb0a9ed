"""A directory of help in the HSDS standard, read from files: its records as they came, what residents are told of them,
and everything that is wrong with them. Knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.store.hsds_checks import value_problems
from bot.store.hsds_graph import gather
from bot.store.hsds_listing import listings
from bot.store.hsds_rows import read_rows
from bot.store.listing import Listing
from bot.store.problems import ImportReport, Problem


@dataclass(frozen=True, slots=True)
class Directory:
    """`records` are by kind and id, under HSDS 3.0's names; `listings` are for residents."""

    records: Mapping[str, Mapping[str, Mapping[str, Any]]]
    listings: tuple[Listing, ...]
    problems: tuple[Problem, ...]

    @property
    def report(self) -> ImportReport:
        counts = {kind: len(records) for kind, records in sorted(self.records.items())}
        return ImportReport(counts | {"listings": len(self.listings)}, self.problems)


def read(path: Path, today: date) -> Directory:
    """A JSON or CSV file, or a folder of them: HSDS 3.0 (full, in lists, in pages, in tables), 1.1, 2.0 or Ohana's CSV.
    `today` decides which schedules have ended. Raises ImportRefused if there is nothing to read."""
    rows, problems = read_rows(path)
    graph = gather(rows)
    found, troubles = listings(graph, today)
    every = [*problems, *graph.problems, *value_problems(graph.nodes.values()), *troubles]
    every.sort(key=lambda problem: (problem.file, problem.row))
    return Directory(graph.records, tuple(found), tuple(every))
