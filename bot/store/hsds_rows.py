"""Reads the files of an HSDS directory of help into rows: JSON (one object, a list, a page, tables) and folders of CSV.
Knows the names of tables and columns; not what the values mean."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.errors import ImportRefused
from bot.store.hsds_shapes import FIELDS, RENAMED, TABLES, modern
from bot.store.problems import Problem, Severity

csv.field_size_limit(10_000_000)  # the service areas of some directories are whole maps


@dataclass(frozen=True, slots=True)
class Row:
    """One record where it stands. `number` is as a spreadsheet counts, or the how-manyth of its list in JSON."""

    file: str
    number: int
    kind: str
    record: Mapping[str, Any]


Read = tuple[list[Row], list[Problem]]


def read_rows(path: Path) -> Read:
    """Everything in a file, or in the CSV and JSON files of a folder. Raises ImportRefused if there is nothing."""
    files = [path] if path.is_file() else sorted(f for f in path.glob("*") if f.suffix.lower() in (".csv", ".json"))
    if not files:
        raise ImportRefused(
            f"There is no CSV or JSON file in {path}." if path.is_dir() else f"There is no file {path}."
        )
    rows: list[Row] = []
    problems: list[Problem] = []
    for file in files:
        if file.name == "datapackage.json":
            problems += _package_problems(file)
            continue
        found, troubles = (_read_csv if file.suffix.lower() == ".csv" else _read_json)(file)
        rows += found
        problems += troubles
    return rows, problems


def _read_csv(file: Path) -> Read:
    kind = TABLES.get(file.stem.lower())
    if kind is None:
        return [], [Problem(file.name, 0, "", "is no table of HSDS by its name, so it is not read", Severity.ERROR)]
    text, problems = _text(file)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=text.partition("\n")[0].count))
    columns = [column.strip() for column in next(reader, [])]
    problems += [
        Problem(file.name, 1, column, "stands twice in the header; the last one counts", Severity.WARNING)
        for column in {column for column in columns if columns.count(column) > 1}
    ]
    rows = []
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            words = f"has {len(cells)} cells, the header {len(columns)}; is a comma not quoted?"
            problems.append(Problem(file.name, number, "", words, Severity.WARNING))
        names = columns + [f"column {at}" for at in range(len(columns) + 1, len(cells) + 1)]
        # A row that is too short has no further cells: what they would hold is as good as empty.
        record = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        rows.append(Row(file.name, number, kind, modern(kind, record)))
    return rows, problems


def _read_json(file: Path) -> Read:
    text, problems = _text(file)
    try:
        found = json.loads(text)
    except ValueError as error:
        return [], [*problems, Problem(file.name, 0, "", f"is no JSON: {error}")]
    rows, troubles = _rows_of(file.name, found)
    return rows, problems + troubles


def _rows_of(file: str, found: Any) -> Read:
    if isinstance(found, dict) and isinstance(found.get("contents"), list):
        found = found["contents"]  # a page, as the API gives them
    elif isinstance(found, dict) and found and all(_table(name) and isinstance(found[name], list) for name in found):
        tables = [_rows_in(f"{file}/{name}", rows, _table(name)) for name, rows in found.items()]
        return [row for rows, _ in tables for row in rows], [problem for _, troubles in tables for problem in troubles]
    return _rows_in(file, found if isinstance(found, list) else [found], "")


def _rows_in(file: str, records: list[Any], known: str) -> Read:
    rows, problems = [], []
    for number, record in enumerate(records, 1):
        kind = known or (_kind_of(record) if isinstance(record, dict) else "")
        if not isinstance(record, dict):
            problems.append(Problem(file, number, known, f"is no record but {json.dumps(record)[:60]}"))
        elif "openapi_url" in record:
            words = "describes an API and holds nothing to keep"
            problems.append(Problem(file, number, "openapi_url", words, Severity.NOTE))
        elif not kind:
            words = f"is no record of HSDS that we know, so it is not kept: it has {', '.join(list(record)[:6])}"
            problems.append(Problem(file, number, "", words))
        else:
            rows.append(Row(file, number, kind, modern(kind, record)))
    return rows, problems


def _table(name: str) -> str:
    """The kind a key of tabular JSON stands for: organizations, or organizations.csv."""
    return TABLES.get(name.lower().removesuffix(".csv"), "")


def _kind_of(record: Mapping[str, Any]) -> str:
    """What a record is that does not say so: the kind that knows most of its fields."""

    def known(kind: str) -> int:
        own = FIELDS[kind] | {old for of, old in RENAMED if of == kind} | {_INSIDE.get(kind)}
        return len(own & record.keys())

    best = max(FIELDS, key=known)
    return best if known(best) >= 2 and ("id" in record or "name" in record) else ""


# What only a record of this kind has inside.
_INSIDE = {"service": "service_at_locations", "organization": "locations", "service_at_location": "location"}


def _text(file: Path) -> tuple[str, list[Problem]]:
    raw = file.read_bytes()
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        words = f"is not UTF-8 (line {line}); read as Windows-1252, so letters may be wrong. Save it as CSV UTF-8"
        return raw.decode("cp1252", errors="replace"), [Problem(file.name, 0, "", words, Severity.WARNING)]


def _package_problems(file: Path) -> list[Problem]:
    """A data package lists the files that belong to it: say which are not there."""
    try:
        listed = [str(one["path"]) for one in json.loads(_text(file)[0])["resources"]]
    except (ValueError, KeyError, TypeError):
        words = "is no description of a data package; the CSV files beside it are read without it"
        return [Problem(file.name, 0, "", words, Severity.NOTE)]
    missing = [path for path in listed if not (file.parent / path).exists()]
    return [Problem(file.name, 0, "resources", f"lists {path}, which is not here", Severity.NOTE) for path in missing]
