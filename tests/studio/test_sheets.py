"""Sheets that leave and come back: whole or not at all, whatever a spreadsheet or somebody else put into them."""

import csv
import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace

import polib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from bot.errors import ImportRefused
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import wordings
from bot.studio.translating import progress, sheet_files, sheets, writing
from bot.studio.translating.progress import Standing
from bot.studio.translating.sheet_files import COLUMNS, Row
from bot.translators.libretranslate import LibreTranslate
from tests.fake_translator import FakeTranslator
from tests.studio.test_wordings import DOGS_WORDS, MUSIC, of_context, reworded, string, work

KINDS = list(sheets.KINDS)
NUM = "line.wa_template"


def changed(kind: str, body: bytes, words: Mapping[str, str], column: str = "translation") -> bytes:
    """A file with other words at some contexts (or `context#english`), as its own program would write it."""
    if kind == "po":
        po = polib.pofile(body.decode())
        for entry in po:
            if (said := words.get(entry.msgctxt)) is not None:
                setattr(entry, {"translation": "msgstr", "english": "msgid"}[column], said)
        return str(po).encode()
    if kind == "csv":
        table = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
        for row in table[1:]:
            row[COLUMNS.index(column)] = words.get(row[0], row[COLUMNS.index(column)])
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=";").writerows(table)
        return b"\xff\xfe" + out.getvalue().encode("utf-16-le")
    book = load_workbook(io.BytesIO(body))
    for row in book.active.iter_rows(min_row=2):
        cell = row[COLUMNS.index(column)]
        cell.value = words.get(row[0].value, cell.value)
        cell.data_type = "s" if cell.value else cell.data_type  # as typed behind an apostrophe
    out_book = io.BytesIO()
    book.save(out_book)
    return out_book.getvalue()


def drafts(hotline: Hotline) -> int:
    with hotline.db.read() as conn:
        return len(wordings.of_language(conn, "es"))


@pytest.mark.parametrize("kind", KINDS)
def test_what_leaves_comes_back_unchanged(hotline: Hotline, ana: Officer, kind: str) -> None:
    stale = reworded(hotline, "Music or party", "Loud music or a party")
    brought = sheets.bring(stale, ana, "es", f"Spanish.{kind.upper()}", sheets.export(stale, "es", kind))
    assert (brought.problems, brought.drafts) == ((), 0)
    assert brought.unchanged + brought.empty == len(progress.language(stale, "es").strings)
    assert drafts(stale) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_changed_rows_wait_for_review(hotline: Hotline, ana: Officer, bo: Officer, kind: str) -> None:
    fire = of_context(hotline, "notices.em_fire")
    better = {
        "notices.em_fire": f"{fire.live} ¡Ya!",
        "line.voice_note": "=No puedo oír\r\nnotas de voz. Escriba, por favor.",
    }
    brought = sheets.bring(hotline, ana, "es", f"a.{kind}", changed(kind, sheets.export(hotline, "es", kind), better))
    assert (brought.problems, brought.drafts) == ((), 2)
    kept = of_context(hotline, "line.voice_note").work
    assert kept
    assert (kept.text, kept.state, kept.author) == (
        "=No puedo oír\nnotas de voz. Escriba, por favor.",
        "draft",
        "Ana Ruiz",
    )
    assert writing.agree(hotline, bo, "es", {kept.digest: kept.id}) == 1
    again = sheets.bring(hotline, bo, "es", f"b.{kind}", sheets.export(hotline, "es", kind))
    assert (again.problems, again.drafts) == ((), 0)


@pytest.mark.parametrize("kind", KINDS)
def test_one_broken_row_keeps_the_whole_file_out(hotline: Hotline, ana: Officer, kind: str) -> None:
    exported = sheets.export(hotline, "es", kind)
    worse = {
        NUM: "{dept}: tenemos una respuesta.",
        "line.voice_note": "No puedo oír notas de voz.",
        "line.photo": "Foto " * 90,
    }
    body = changed(kind, exported, worse)
    brought = sheets.bring(hotline, ana, "es", f"a.{kind}", body)
    assert brought.drafts == drafts(hotline) == 0
    (lost,) = [one for one in brought.problems if "{num} is lost" in one.sentence]
    assert any("characters long" in one.sentence for one in brought.problems)
    assert next(row for row in sheet_files.read(f"a.{kind}", body) if row.number == lost.row).context == NUM


def test_rows_that_cannot_be_told_apart_or_are_of_another_english(hotline: Hotline, ana: Officer) -> None:
    before = sheets.export(hotline, "es", "csv").decode("utf-8-sig")
    line = reworded(hotline, "Music or party", "Loud music or a party")
    table = list(csv.reader(io.StringIO(before, newline="")))
    twice = next(row for row in table if row[0] == NUM)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(
        [*table, twice, ["nowhere.at.all", "Hello", "Hola"], [" "] * 9, ["line.help", "Help!", "¡Ayuda!"]]
    )
    problems = sheets.bring(line, ana, "es", "a.csv", out.getvalue().encode()).problems
    told = {one.row: one.sentence for one in problems}
    end = len(table)
    assert told[end + 1] == f"{NUM} stands in row {table.index(twice) + 1} already."
    assert told[end + 2] == "There is no string nowhere.at.all."
    assert told[end + 4].startswith("The English of line.help is now “")
    music = next(number for number, row in enumerate(table, 1) if row[1] == MUSIC[1])
    assert told[music] == f"The English of {MUSIC[0]} is another one now. Take a new file and translate that."
    assert len(told) == 4


def test_words_that_would_mean_two_things_are_found_across_rows(hotline: Hotline, ana: Officer) -> None:
    body = sheets.export(hotline, "es", "csv").decode("utf-8-sig")
    dogs = string(hotline, DOGS_WORDS).live
    cell = f"{dogs}|fuegos artificiales"
    problems = sheets.bring(hotline, ana, "es", "a.csv", body.replace(f",{dogs},", f",{cell},").encode()).problems
    assert any("would be both" in one.sentence for one in problems)
    assert drafts(hotline) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_never_writes_over_what_somebody_wrote_since(
    hotline: Hotline, ana: Officer, bo: Officer, kind: str
) -> None:
    exported = sheets.export(hotline, "es", kind)
    key = of_context(hotline, "line.voice_note").key
    writing.write(hotline, bo, "es", progress.digest_of(key), "Escriba, no oigo notas de voz.", 0)
    body = changed(kind, exported, {"line.voice_note": "No oigo notas de voz. Escriba."})
    brought = sheets.bring(hotline, ana, "es", f"a.{kind}", body)
    assert [one.sentence for one in brought.problems] == [
        "line.voice_note was changed by somebody since this file was made."
    ]
    assert work(hotline, key).author == "Bo Lind"
    bare = b"context,english,translation\n" + ",".join(["line.voice_note", f'"{key[1]}"', "Escriba."]).encode()
    assert sheets.bring(hotline, ana, "es", "b.csv", bare).drafts == 0, "a file of their own saw nothing"


def test_a_stale_translation_is_taken_once_its_mark_is_gone(hotline: Hotline, ana: Officer) -> None:
    line = reworded(hotline, "Music or party", "Loud music or a party")
    key = (MUSIC[0], "Loud music or a party")
    exported = sheets.export(line, "es", "csv").decode("utf-8-sig")
    assert ",stale,," in exported
    assert ",Music or party," in exported, "the English it was made from stands beside it"
    assert sheets.bring(line, ana, "es", "a.csv", exported.replace(",stale,", ",looked at,").encode()).drafts == 1
    assert (work(line, key).text, string(line, key).standing) == (string(hotline, MUSIC).live, Standing.DRAFT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_machines_words_are_nobodys_until_their_mark_is_gone(
    hotline: Hotline, ana: Officer, machine: FakeTranslator, kind: str
) -> None:
    helped = replace(hotline, translator=LibreTranslate(machine.url))
    writing.draft_by_machine(helped, ana, "es", progress.digest_of(MUSIC), 0)
    exported = sheets.export(hotline, "es", kind)
    assert sheets.bring(hotline, ana, "es", f"a.{kind}", exported).drafts == 0
    if kind == "po":
        looked = exported.replace(b"#, fuzzy\n", b"")
    else:
        looked = changed(kind, exported, {MUSIC[0]: "looked at"}, "state")
    assert sheets.bring(hotline, ana, "es", f"a.{kind}", looked).drafts == 1
    assert (work(hotline, MUSIC).state, work(hotline, MUSIC).author) == ("draft", "Ana Ruiz")


def test_a_sheet_says_no_formula(hotline: Hotline, ana: Officer) -> None:
    for start in "=+-@＝\t'":
        text = f"{start}cmd|' /C calc'!A0"
        one = [Row(2, "a.b", "English", text, note=text)]
        assert sheet_files.read("a.csv", sheet_files.write_csv(one))[0].translation == text
        (plain,) = list(csv.reader(io.StringIO(sheet_files.write_csv(one).decode("utf-8-sig"))))[1:]
        book = load_workbook(io.BytesIO(sheet_files.write_xlsx(one, "es"))).active
        for cells in (plain, [cell.value for cell in book[2]]):
            assert cells[2] == "'" + text
            assert cells[4] == "'" + text
        assert {cell.data_type for cell in book[2] if cell.value} == {"s"}


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n"), min_size=1, max_size=60).filter(
    lambda text: text.strip() and "_x" not in text and not set(text) & {"\ufffe", "\uffff", "\x85"}
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=CELL, english=CELL)
def test_any_words_survive_a_file(kind: str, words: str, english: str) -> None:
    rows = [Row(2, "a.b", english, words, seen="123456789012345678")]
    writers: Mapping[str, Callable[[], bytes]] = {
        "csv": lambda: sheet_files.write_csv(rows),
        "xlsx": lambda: sheet_files.write_xlsx(rows, "es"),
        "po": lambda: sheet_files.write_po(rows, {"Content-Type": "text/plain; charset=UTF-8"}),
    }
    (back,) = sheet_files.read(f"a.{kind}", writers[kind]())
    assert (back.context, back.english, back.translation, back.seen) == ("a.b", english, words, "123456789012345678")


def workbook(**parts: bytes) -> bytes:
    """A good workbook with other parts in it."""
    book, out = Workbook(), io.BytesIO()
    book.active.append(COLUMNS)
    book.active.append(["line.help", "English", "Hola"])
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def formula() -> bytes:
    book, out = Workbook(), io.BytesIO()
    book.active.append(COLUMNS)
    book.active.append(["line.help", "English", "=1+1"])
    book.save(out)
    return out.getvalue()


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.docx", b"anything"),
        ("a.xlsx", b"PK\x03\x04 not really"),
        ("a.xlsx", b""),
        ("a.xlsx", workbook(xl__vbaProject_dot_bin=b"x")),
        ("a.xlsx", workbook(xl__externalLinks__externalLink1_dot_xml=b"<a/>")),
        ("a.xlsx", workbook(xl__theme__more_dot_xml=BOMB)),
        ("a.xlsx", workbook(xl__theme__more_dot_xml=BOMB.decode().encode("utf-16"))),
        ("a.xlsx", workbook(xl__theme__large_dot_xml=b"<a>" + b" " * 30_000_000 + b"</a>")),
        ("a.xlsx", workbook(**{f"p{number}": b"" for number in range(300)})),
        ("a.csv", b""),
        ("a.csv", "context,english,translation\nline.help,H,Año".encode("latin-1")),
        ("a.csv", b"context,english,english,translation\n"),
        ("a.csv", b"english,translation\nHelp,Ayuda\n"),
        ("a.csv", b'context,english,translation\n"a,b,c\n'),
        ("a.csv", b"context,english,translation\na,b," + b"c" * 9_000),
        ("a.csv", b"context,english,translation\n" + b"a,b,c\n" * 10_001),
        ("a.csv", b"context,english,translation\n" + b"x" * 1_000_000),
        ("a.po", b"\xff\xfe"),
        ("a.po", b"no po\n"),
        ("a.po", b"\n"),
        ("a.csv", b"context,english,translation\n , , \n"),
        ("a.xlsx", formula()),
        ("a.po", b'msgstr[9] "a"\nmsgid_plural'),
    ],
)  # fmt: skip
def test_what_is_no_sheet_of_ours_is_refused_with_a_sentence(name: str, body: bytes) -> None:
    with pytest.raises(ImportRefused) as refused:
        sheet_files.read(name, body)
    assert str(refused.value).endswith((".", "”, or as .xlsx."))


def test_a_workbook_that_lies_about_its_size_is_read_by_its_rows() -> None:
    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(COLUMNS)
    sheet.append(["line.help", "English", "Hola"])
    sheet.cell(row=1_000_000, column=1, value="far away")
    book.save(out)
    rows = sheet_files.read("a.xlsx", out.getvalue())
    assert [(row.number, row.context, row.translation) for row in rows] == [(2, "line.help", "Hola")]
