"""All strings of a language as a file to work on elsewhere, and back again: each row checked, and nothing taken in if one of
them is broken. What comes in waits for review like what is typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.errors import Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store.wordings import DRAFT, LIVE, NOTHING, Written
from bot.studio.checking.findings import must_not_fail
from bot.studio.translating import progress, sheet_files, writing
from bot.studio.translating.progress import Key, Language, String
from bot.studio.translating.sheet_files import UNSEEN, Row

KINDS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "po": "text/x-gettext-translation; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row cannot be taken in, or (as a warning) what to look at. Row 0: the file as a whole."""

    row: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a file. With `problems` nothing was taken in."""

    problems: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    drafts: int
    unchanged: int
    empty: int


def export(hotline: Hotline, tag: str, kind: str) -> bytes:
    """Every string with the newest words there are of it, as one of KINDS. Raises NotFound."""
    language = progress.language(hotline, tag)
    rows = [_row(number, one) for number, one in enumerate(language.strings, 2)]
    if kind == "xlsx":
        return sheet_files.write_xlsx(rows, tag)
    if kind == "csv":
        return sheet_files.write_csv(rows)
    header = {"Language": tag, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8"}
    return sheet_files.write_po(rows, {**header, "Content-Transfer-Encoding": "8bit"})


def bring(hotline: Hotline, officer: Officer, tag: str, name: str, body: bytes) -> Brought:
    """Take a file in, whole or not at all. Raises ImportRefused if it is none of ours, NotFound."""
    language = progress.language(hotline, tag)
    rows = sheet_files.read(name, body)
    strings = {one.key: one for one in language.strings}
    problems, changed, unchanged = _sorted_out(language, strings, rows)
    problems += _refused_safety(strings, changed)
    warnings: list[RowProblem] = []
    if changed:
        texts = {strings[key].digest: row.translation.strip() for key, row in changed.items()}
        for key, wrong in writing.wrong_of(hotline, language, texts).items():
            at = changed[key].number if key in changed else 0
            problems += [RowProblem(at, sentence) for sentence in wrong.errors]
            warnings += [RowProblem(at, sentence) for sentence in wrong.warnings]
    empty = sum(not row.translation.strip() for row in rows)
    if not problems and changed:
        try:
            writing.keep_drafts(hotline, officer, _drafts(officer, tag, strings, changed))
        except Stale as error:
            problems.append(RowProblem(0, str(error)))
    kept = 0 if problems else len(changed)
    return Brought(_in_order(problems), _in_order(warnings), kept, unchanged, empty)


def _row(number: int, one: String) -> Row:
    places = " ".join(f"{place.file}:{place.line}" for place in one.places)
    note = one.work.note if one.work else ""
    seen = str(one.work.id if one.work else NOTHING)
    return Row(
        number, one.line.context, one.line.english, one.newest, one.standing.value, note, one.line.note, one.was, places,
        seen,
    )  # fmt: skip


def _sorted_out(
    language: Language, strings: Mapping[Key, String], rows: Iterable[Row]
) -> tuple[list[RowProblem], dict[Key, Row], int]:
    """What is wrong with rows as rows, those that say something new, and how many say what is there already."""
    problems: list[RowProblem] = []
    changed: dict[Key, Row] = {}
    first: dict[Key, int] = {}
    unchanged = 0
    for row in rows:
        key = (row.context, row.english)
        if key in first:
            problems.append(RowProblem(row.number, f"{row.context} stands in row {first[key]} already."))
            continue
        first[key] = row.number
        string = strings.get(key)
        if string is None:
            problems.append(RowProblem(row.number, _unknown(language, row)))
        elif not row.translation.strip():
            continue
        elif _says_nothing_new(string, row):
            unchanged += 1
        elif _overtaken(string, row):
            problems.append(RowProblem(row.number, f"{row.context} was changed by somebody since this file was made."))
        else:
            changed[key] = row
    return problems, changed, unchanged


def _unknown(language: Language, row: Row) -> str:
    there = [one.line.english for one in language.strings if one.line.context == row.context]
    if not there:
        return f"There is no string {row.context or 'without a context'}."
    if len(there) == 1:
        return f"The English of {row.context} is now “{there[0]}”. Take a new file and translate that."
    return f"The English of {row.context} is another one now. Take a new file and translate that."


def _says_nothing_new(string: String, row: Row) -> bool:
    """A stale translation, or a machine's, counts as looked at once its mark is gone."""
    if row.translation.strip() != string.newest:
        return False
    return string.standing not in UNSEEN or row.state in UNSEEN


def _overtaken(string: String, row: Row) -> bool:
    """Whether somebody wrote since. A file that does not say what was seen writes over nothing that waits."""
    work = string.work
    if row.seen.isdecimal():
        return int(row.seen) != (work.id if work else NOTHING)
    return work is not None and work.state != LIVE


def _refused_safety(strings: Mapping[Key, String], changed: Mapping[Key, Row]) -> list[RowProblem]:
    return [
        RowProblem(row.number, f"{row.context} is a safety text, which is always translated.")
        for key, row in changed.items()
        if row.translation.strip() == row.english and must_not_fail(strings[key].line) and not strings[key].line.typed
    ]


def _drafts(
    officer: Officer, tag: str, strings: Mapping[Key, String], changed: Mapping[Key, Row]
) -> list[tuple[Written, int]]:
    kept = []
    for key, row in changed.items():
        string = strings[key]
        text, note = writing.tidy(row.translation), " ".join(row.note.split())[: writing.LONGEST_NOTE]
        seen = string.work.id if string.work else NOTHING
        kept.append((Written(tag, string.digest, *key, text, DRAFT, text == row.english, note, officer.id), seen))
    return kept


def _in_order(problems: Iterable[RowProblem]) -> tuple[RowProblem, ...]:
    return tuple(sorted(problems, key=lambda one: (one.row, one.sentence)))
