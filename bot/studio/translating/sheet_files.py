"""Files that translators take along and bring back: PO, XLSX and CSV, as rows of words. Knows the kinds of file and what may
be hidden in them; what the words mean is for `sheets`."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polib

from bot.errors import ImportRefused
from bot.studio.translating.catalogues import written

COLUMNS = ("context", "english", "translation", "state", "note", "for translators", "english before", "places", "seen")
UNSEEN = ("stale", "machine")  # states of words that nobody has looked at; fuzzy in a PO file
_NEEDED = ("context", "english", "translation")
MOST_BYTES = 1_000_000
_MOST_ROWS = 10_000
_MOST_CELL = 8_000  # characters
_MOST_UNPACKED = 8_000_000  # bytes; an export of all strings has less than one million
_MOST_PARTS = 200
_MORE_THAN_A_TABLE = ("vba", "externallink", "activex", "embedding")
_SEEN = "seen: "  # in the translators' comment of a PO entry, where a sheet has a column
# What a spreadsheet takes for a formula, or would swallow: an apostrophe before it makes it words.
_FORMULA = frozenset("=+-@＝＋－＠\t\r'")


@dataclass(frozen=True, slots=True)
class Row:
    """One string as a file has it. `number` is how the file's reader finds it: the row of a spreadsheet, the line of a PO
    file. `seen` is empty where the file does not say what its maker saw."""

    number: int
    context: str
    english: str
    translation: str
    state: str = ""
    note: str = ""
    about: str = ""
    before: str = ""
    places: str = ""
    seen: str = ""


def write_csv(rows: Iterable[Row]) -> bytes:
    """UTF-8 with its mark, by which Excel knows it."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    table.writerows([_defused(cell) for cell in _cells(row)] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def write_xlsx(rows: Iterable[Row], title: str) -> bytes:
    """One sheet, its head frozen, the columns as wide as they are read."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.append(COLUMNS)
    for row in rows:
        sheet.append([_defused(cell) for cell in _cells(row)])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFGHI", (28, 60, 60, 12, 30, 40, 40, 28, 22), strict=True):
        sheet.column_dimensions[column].width = width
        for cell in sheet[column]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.number_format = "@"  # text, also for what is typed there
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_po(rows: Iterable[Row], metadata: Mapping[str, str]) -> bytes:
    po = polib.POFile(wrapwidth=0)
    po.metadata = dict(metadata)
    for row in rows:
        comment = "\n".join(filter(None, (row.note, f"{_SEEN}{row.seen}")))
        places = [(place.rpartition(":")[0], place.rpartition(":")[2]) for place in row.places.split()]
        entry = polib.POEntry(
            msgctxt=row.context, msgid=row.english, msgstr=row.translation, comment=row.about, tcomment=comment,
            occurrences=places, previous_msgid=row.before or None, flags=["fuzzy"] if row.state in UNSEEN else [],
        )  # fmt: skip
        po.append(entry)
    return written(po).encode()


def read(name: str, body: bytes) -> list[Row]:
    """The rows of a file by what its name ends in. Raises ImportRefused with what is wrong with all of it."""
    if len(body) > MOST_BYTES:
        raise ImportRefused("This file is larger than {most} MB.", most=MOST_BYTES // 1_000_000)
    readers: Mapping[str, Callable[[bytes], list[Row]]] = {"po": _read_po, "csv": _read_csv, "xlsx": _read_xlsx}
    reader = readers.get(name.lower().rpartition(".")[2])
    if reader is None:
        raise ImportRefused("Bring a file that ends in .xlsx, .csv or .po.")
    return reader(body)


def _read_csv(body: bytes) -> list[Row]:
    text = _decoded(body)
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        table = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise ImportRefused("This is no table: a row of it cannot be read.") from error
    return _rows(table)


def _decoded(body: bytes) -> str:
    """Excel writes UTF-16 where it says Unicode, and letters of one country where it says CSV alone; those cannot be told
    apart and are refused."""
    wide = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return body.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ImportRefused("The letters of this file cannot be read. Save it as “CSV UTF-8”, or as .xlsx.") from error


def _read_xlsx(body: bytes) -> list[Row]:
    _refuse_what_hides(body)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(body), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # as large as its rows are, whatever it says
        wide = len(COLUMNS) + 20
        found = sheet.iter_rows(max_row=_MOST_ROWS + 2, max_col=wide)
        table = [[_words_of(cell, number) for cell in row] for number, row in enumerate(found, 1)]
    except ImportRefused:
        raise
    except Exception as error:  # a broken workbook breaks its reader in any of many ways
        raise ImportRefused("This is no workbook, or it is broken. Save it anew as .xlsx.") from error
    return _rows(table)


def _words_of(cell: Any, row: int) -> str:
    if cell.data_type == "f":
        raise ImportRefused("Row {row} has a formula. Put the words themselves there.", row=row)
    return "" if cell.value is None else str(cell.value)


def _refuse_what_hides(body: bytes) -> None:
    """A workbook is an archive: it may unpack to more than there is room for, run, or fetch."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
                raise ImportRefused("This workbook unpacks to more than we take.")
            if any(sign in part.filename.lower() for part in parts for sign in _MORE_THAN_A_TABLE):
                raise ImportRefused("This workbook has macros, links or other things in it. Save only its table.")
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _refuse_entities(archive.read(part))
    except ImportRefused:
        raise
    except Exception as error:  # as above
        raise ImportRefused("This is no workbook, or it is broken. Save it anew as .xlsx.") from error


def _refuse_entities(part: bytes) -> None:
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part or b"\0" in part[:40]:  # the last: UTF-16, unread
        raise ImportRefused("This workbook is not as a spreadsheet program writes it. Save it anew as .xlsx.")


def _read_po(body: bytes) -> list[Row]:
    try:
        po = polib.pofile(body.decode("utf-8-sig").replace("\r\n", "\n") + "\n", wrapwidth=0)
    except UnicodeDecodeError as error:
        raise ImportRefused("The letters of this file cannot be read. Save it as UTF-8.") from error
    except Exception as error:  # as above
        raise ImportRefused("This is no PO file, or it is broken.") from error
    rows = []
    for entry in po:
        if entry.obsolete:
            continue
        lines = entry.tcomment.split("\n")
        seen = next((line.removeprefix(_SEEN) for line in lines if line.startswith(_SEEN)), "")
        note = "\n".join(line for line in lines if not line.startswith(_SEEN))
        state = UNSEEN[0] if entry.fuzzy else ""
        words = _lines(entry.msgid), _lines(entry.msgstr)
        rows.append(Row(entry.linenum, entry.msgctxt or "", *words, state, note, seen=seen.strip()))
    return _bounded(rows)


def _rows(table: Sequence[Sequence[str]]) -> list[Row]:
    """What stands under a head that names the columns, in any order."""
    if not table:
        raise ImportRefused("This file is empty.")
    head = [cell.strip().lower() for cell in table[0]]
    lacking = [name for name in _NEEDED if head.count(name) != 1]
    if lacking:
        raise ImportRefused("The first row names the columns; {name} is not there once.", name=f"“{lacking[0]}”")
    at = {name: head.index(name) for name in COLUMNS if name in head}
    rows = []
    for number, cells in enumerate(table[1:], 2):
        said = {name: _undone(cells[place]) if place < len(cells) else "" for name, place in at.items()}
        if any(cell.strip() for cell in said.values()):
            rows.append(_row(number, said))
    return _bounded(rows)


def _row(number: int, said: Mapping[str, str]) -> Row:
    words: dict[str, Any] = {
        "about": said.get("for translators", ""), "before": said.get("english before", ""),
        **{name: said.get(name, "").strip() for name in ("state", "note", "places", "seen")},
    }  # fmt: skip
    return Row(number, said["context"].strip(), _lines(said["english"]), _lines(said["translation"]), **words)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _cells(row: Row) -> tuple[str, ...]:
    return row.context, row.english, row.translation, row.state, row.note, row.about, row.before, row.places, row.seen


def _defused(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _FORMULA and cell else cell


def _undone(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and len(cell) > 1 else cell


def _bounded(rows: list[Row]) -> list[Row]:
    if not rows:
        raise ImportRefused("There is no string in this file.")
    if len(rows) > _MOST_ROWS:
        raise ImportRefused("This file has more than {most} rows.", most=_MOST_ROWS)
    for row in rows:
        if max(len(row.english), len(row.translation), len(row.context), len(row.note)) > _MOST_CELL:
            raise ImportRefused("Row {row} has more than {most} characters in a cell.", row=row.number, most=_MOST_CELL)
    return rows
