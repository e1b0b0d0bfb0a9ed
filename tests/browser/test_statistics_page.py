"""Statistics as a supervisor sees them: charts with their tables, what is hidden, downloads, and the report of a year."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.demo import month
from bot.desk.statistics import counting
from tests.browser.conftest import Visitor, visitor
from tests.conftest import MONDAY
from tests.line import running_line


@pytest.fixture
def town(browser: Browser, tmp_path: Path, redis_url: str) -> Iterator[Visitor]:
    """The demo town with its two months, counted."""
    with running_line(tmp_path, redis_url, MONDAY) as line:
        assert month.load_once(line.hotline.config, MONDAY) > 200
        assert month.load_once(line.hotline.config, MONDAY) == 0
        assert counting.count_days(line.hotline) == 53  # from 1 October to 22 November
        with visitor(browser, line.url, replace(line.hotline)) as visiting:
            yield visiting


def csv_of(page: Page, name: str) -> list[list[str]]:
    link = page.locator(f"#{name} .statistic__csv").get_attribute("href") or ""
    answer = page.request.get(f"{page.url.split('/statistics')[0]}{link}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text())))


def test_a_supervisor_reads_a_month_takes_it_along_and_writes_the_report(
    town: Visitor, accessible: Callable[[Page], None]
) -> None:
    page = town.officer("santos", "/statistics")

    expect(page.get_by_role("heading", level=1)).to_have_text("Statistics: October 2026")
    expect(page.get_by_role("img", name="Residents by language")).to_be_visible()
    shown = page.locator("#contacts tbody tr").all_inner_texts()
    assert shown[0].startswith("English") and shown[-1].startswith("All")
    table = csv_of(page, "contacts")
    assert table[0][:2] == ["language", "Contacts"] and table[1][0] == "en"
    hidden = [row[0] for row in table[1:] if row[1] == "hidden"]
    assert len(hidden) != 1 and all(row[1] == "hidden" or int(row[1]) >= 10 for row in table[1:])
    accessible(page)

    page.get_by_role("link", name="Quarter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Statistics: Quarter 4 of 2026")
    expect(page.locator(".page__head")).to_contain_text("Counted up to 2026-11-22")

    page.goto(f"{town.url}/statistics/report?year=2026")
    page.get_by_role("link", name="Write in it").click()
    late = page.context.new_page()
    late.goto(page.url)
    late.get_by_label("Training of staff").fill("Twice a year.")
    page.get_by_label("Spanish").fill("4,200")
    page.get_by_label("Changes of the plan").fill("Two more officers who speak <b>Vietnamese</b>.")
    accessible(page)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("The report is kept.")).to_be_visible()
    expect(page.get_by_text("Two more officers who speak <b>Vietnamese</b>.")).to_be_visible()
    accessible(page)
    late.get_by_role("button", name="Keep").click()
    expect(late.get_by_text("Somebody changed this report meanwhile.")).to_be_visible()
    expect(late.get_by_label("Training of staff")).to_have_value("Twice a year.")
    pdf = page.request.get(f"{town.url}/statistics/report.pdf?year=2026")
    assert pdf.headers["content-type"] == "application/pdf" and pdf.body().startswith(b"%PDF-")
    assert b"BitstreamVera" in pdf.body()  # its font comes with it


@pytest.mark.parametrize("width", [390, 820])
def test_nothing_scrolls_sideways(town: Visitor, width: int) -> None:
    page = town.officer("santos", "/statistics", width)

    for path in ("/statistics?period=2026", "/statistics/report?year=2026", "/statistics/report/edit?year=2026", "/statistics/survey"):
        page.goto(town.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_officer_sees_no_statistics_and_nobody_a_time_to_come(town: Visitor) -> None:
    page = town.officer("rodriguez")
    assert page.request.get(f"{town.url}/statistics", headers={"Accept": "text/html"}).status == 403
    page = town.officer("santos")
    for wrong in ("2027", "2026-13", "2026-12", "x"):
        assert page.request.get(f"{town.url}/statistics?period={wrong}").status == 404
    for wrong in ("2027", "1999", "99999"):
        assert page.request.get(f"{town.url}/statistics/report.pdf?year={wrong}").status == 404
