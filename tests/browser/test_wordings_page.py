"""Translators in real browsers: a sheet taken along and brought back, one string worded and looked at, a second person who
reads it, and what residents then read. Only texts are shown to them, never a resident."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
import requests
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from bot.demo.load import demo_password
from bot.desk.identity import accounts
from bot.live_texts import live
from bot.model import Role
from bot.studio.releasing import releases
from bot.studio.translating import progress
from tests.browser.conftest import Visitor
from tests.browser.test_live import signed_in
from tests.line import Line

THANKS = "line.thanks"
SECOND = "vega"


@pytest.fixture(scope="module")
def second(line: Line) -> str:
    """Another translator; gives their login."""
    known = {one.officer.login for one in accounts.everybody(line.hotline)}
    if SECOND not in known:
        accounts.add(line.hotline, SECOND, "Rosa Vega", Role.TRANSLATOR, demo_password(line.hotline.config), "", {})
    return SECOND


@pytest.fixture
def put_back(line: Line) -> Iterator[None]:
    """The texts are as shipped again for the tests behind this one."""
    yield
    if live(line.hotline.db).number:
        releases.restore(line.hotline, line.officer("whitfield"), 0)


def sheet(page: Page, words: dict[str, str]) -> bytes:
    """The workbook as it is taken along, with other translations at some contexts."""
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take along as XLSX").click()
    book = load_workbook(io.BytesIO(taken.value.path().read_bytes()))
    for row in book.active.iter_rows(min_row=2):
        if row[0].value in words:
            row[2].value = words[row[0].value]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bring(page: Page, body: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("Bring a file").set_input_files({"name": "es.xlsx", "mimeType": kind, "buffer": body})
    page.get_by_role("button", name="Bring", exact=True).click()


def test_a_sheet_a_review_and_what_residents_read(visit: Visitor, line: Line, second: str, put_back: None) -> None:
    page = visit.officer("morales", "/studio/languages")
    page.get_by_role("link", name="Español").click()
    better = {THANKS: "¡Muchas gracias a usted!"}
    broken = sheet(page, {**better, "line.wa_template": "{dept}: tenemos una respuesta. Responda SÍ para leerla."})
    bring(page, broken)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was taken in.")
    told = page.get_by_role("region", name="Your file")
    expect(told).to_contain_text(re.compile(r"Row \d+ line\.wa_template: \{num\} is lost\."))

    bring(page, sheet(page, better))
    expect(page.get_by_role("region", name="Your file")).to_contain_text("1 draft waits for review.")
    page.get_by_role("link", name="To review").click()
    expect(page.get_by_text("1 of your own waits for somebody else.")).to_be_visible()
    expect(page.get_by_role("button", name=f"Agree {THANKS}")).to_have_count(0)

    other = visit.officer(second, "/studio/languages/es/review")
    box = other.get_by_role("region", name=THANKS)
    expect(box).to_contain_text("¡Muchas gracias a usted!")
    box.get_by_label("What is to be changed").fill("Say what for")
    box.get_by_role("button", name="Send back").click()
    expect(other.get_by_text("Nothing of others waits for you.")).to_be_visible()

    string = next(one for one in progress.language(line.hotline, "es").strings if one.line.context == THANKS)
    page.goto(f"{visit.url}/studio/languages/es/{string.digest}")
    expect(page.get_by_role("region", name="Sent back by Rosa Vega")).to_contain_text("Say what for")
    page.get_by_label("Spanish").fill("¡Muchas gracias por escribir {x}!")
    expect(page.locator("#preview .finding--error")).to_contain_text("{x} is not in the English")
    page.get_by_label("Spanish").fill("¡Muchas gracias por escribirnos!")
    expect(page.locator("#preview")).to_contain_text("1 SMS segment")
    expect(page.locator("#preview .finding--error")).to_have_count(0)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("Somebody else reads it before residents do.")

    other.reload()
    other.get_by_role("region", name=THANKS).get_by_role("button", name="Agree").click()
    other.get_by_role("link", name="Put live").click()
    expect(other.get_by_role("region", name="What goes live")).to_contain_text("¡Muchas gracias por escribirnos!")
    for box in other.get_by_role("checkbox").all():
        box.check()
    other.get_by_label("What is changed and why").fill("Friendlier thanks")
    other.get_by_role("button", name="Put live").click()
    expect(other.get_by_role("status").first).to_contain_text("This is live now.")
    page.reload()
    expect(page.get_by_role("region", name="History")).to_contain_text("Read by Rosa Vega")
    expect(page.get_by_role("region", name="History")).to_contain_text("agreed to a wording")


def test_one_string_word_by_word(visit: Visitor, line: Line) -> None:
    language = progress.language(line.hotline, "ar")
    template = next(one for one in language.strings if one.line.context == "line.wa_template")
    page = visit.officer("morales", f"/studio/languages/ar/{template.digest}")
    expect(page.locator("#preview .said__text")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("region", name="WhatsApp template")).to_contain_text("{{1}}")
    expect(page.get_by_label("Arabic")).to_have_value(template.live)
    page.get_by_label("Arabic").fill("{dept} فقط")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("line.wa_template: {num} is lost.")
    expect(page.get_by_label("Arabic")).to_have_value("{dept} فقط")
    page.get_by_role("link", name="Next").click()
    expect(page.locator("h1 + p")).not_to_have_text("line.wa_template")

    page.goto(f"{visit.url}/studio/languages/ar?q=wa_template")
    expect(page.get_by_role("status").first).to_have_text("1 string")
    page.goto(f"{visit.url}/studio/languages/ar?standing=missing&flow=notices")
    expect(page.get_by_text("Nothing fits.")).to_be_visible()


def test_who_saves_second_reads_what_the_first_wrote(visit: Visitor, line: Line, second: str) -> None:
    string = next(one for one in progress.language(line.hotline, "ko").strings if one.line.context == THANKS)
    pages = [visit.officer(login, f"/studio/languages/ko/{string.digest}") for login in ("morales", second)]
    for page, words in zip(pages, ("감사합니다!", "고맙습니다!"), strict=True):
        page.get_by_label("Korean").fill(words)
        page.get_by_role("button", name="Save").click()
    expect(pages[1].get_by_role("alert")).to_contain_text("Somebody changed this string meanwhile.")
    expect(pages[1].get_by_role("region", name="What stands there now")).to_contain_text("감사합니다!")
    expect(pages[1].get_by_label("Korean")).to_have_value("고맙습니다!")
    pages[1].get_by_role("button", name="Save").click()
    expect(pages[1].get_by_role("status").first).to_contain_text("Kept.")
    pages[1].get_by_role("button", name="Throw away what is not live").click()
    expect(pages[1].get_by_label("Korean")).to_have_value(string.live)


def test_the_glossary(visit: Visitor) -> None:
    page = visit.officer("morales", "/studio/glossary")
    page.get_by_label("English").fill("Dock Street")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("row", name="Dock Street")).to_be_visible()
    page.get_by_role("button", name="Drop Dock Street").click()
    expect(page.get_by_role("row", name="Dock Street")).to_have_count(0)


def test_translators_see_languages_and_never_residents(visit: Visitor, line: Line) -> None:
    page = visit.officer("morales", "/studio/languages")
    assert page.get_by_role("navigation", name="Pages").get_by_role("link").all_inner_texts() == [
        "Communities",
        "Languages",
    ]
    translator, officer = signed_in(line, "morales"), signed_in(line, "rodriguez")
    for way in ("/desk", "/reports", "/statistics", "/audit", "/supervise", "/meetings"):
        assert translator.get(f"{line.url}{way}", timeout=10).status_code == 403, way
    assert officer.get(f"{line.url}/studio/languages", timeout=10).status_code == 403
    assert requests.get(f"{line.url}/studio/languages/es/sheet/csv", timeout=10).status_code == 401


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(
    visit: Visitor, accessible: Callable[[Page], None], line: Line, second: str, width: int
) -> None:
    strings = progress.language(line.hotline, "vi").strings
    found = next(one for one in strings if one.line.context == "line.photo")
    page = visit.officer(second, f"/studio/languages/vi/{found.digest}", width)
    page.get_by_label("Vietnamese").fill(f"{found.live} ({width})")
    page.get_by_role("button", name="Save").click()
    reader = visit.officer("morales", "/studio/languages", width)
    ways = ("", "/vi", "/vi?standing=draft", f"/vi/{found.digest}", "/vi/review", "/vi/live")
    for way in (*(f"/studio/languages{way}" for way in ways), "/studio/glossary"):
        reader.goto(f"{visit.url}{way}")
        accessible(reader)
        assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
