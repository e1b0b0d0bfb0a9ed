"""The directory of help in real browsers: a service by form, what is due, what was not found, and a file looked at before it
changes anything."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

DEMO = Path(__file__).parent.parent.parent / "bot" / "demo" / "directory.json"
PAGES = ["/studio/directory", "/studio/directory/new", "/studio/directory/missed", "/studio/directory/files"]


def opened(desk: Page, name: str) -> None:
    desk.get_by_label("Words").fill(name)
    desk.get_by_role("button", name="Show", exact=True).click()
    desk.get_by_role("link", name=name).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(name)


def test_a_service_is_added_with_help_at_each_field_and_shown_as_residents_get_it(quiet: Visitor) -> None:
    desk = quiet.officer("santos", "/studio/directory")
    desk.get_by_role("link", name="Add a service").click()
    desk.get_by_label("Name", exact=True).fill("Sewing Circle")
    desk.get_by_label("What it does").fill("Mends clothes. Tea is free.")
    desk.get_by_label("Helps with, first of all").select_option("Work, unpaid pay")
    desk.get_by_text("Languages spoken there").first.click()
    desk.get_by_label("Korean").check()
    desk.get_by_label("Hours", exact=True).fill("nine to five")
    desk.get_by_label("Phones").fill("+1-555-555-0177")
    desk.get_by_role("button", name="Keep").click()
    expect(desk.get_by_role("alert")).to_contain_text("Nothing is kept yet")
    expect(desk.locator("#hours-wrong")).to_contain_text("Write them like Mo-Fr 08:00-20:00")
    expect(desk.get_by_label("Phones")).to_have_value("+1-555-555-0177")

    desk.get_by_label("Hours", exact=True).fill("Mo-Fr 09:00-17:00")
    desk.get_by_role("button", name="Show what is typed now").click()
    expect(desk.locator("#preview")).to_contain_text("Sewing Circle: Mends clothes. +1-555-555-0177. Languages: Korean. Open now, until 5:00 PM")
    expect(desk.locator("#preview")).to_contain_text("1 SMS segment")
    desk.get_by_role("button", name="Keep").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Sewing Circle")
    expect(desk.locator("main")).to_contain_text("The service is added.")
    desk.get_by_role("button", name="Close", exact=True).click()
    expect(desk.locator("main")).to_contain_text("Closed: residents are not told of it")
    desk.get_by_role("button", name="Open again").click()
    expect(desk.locator("main")).to_contain_text("Residents are told of it again.")


def test_the_second_who_saves_sees_what_the_first_wrote(quiet: Visitor) -> None:
    first, second = quiet.officer("santos", "/studio/directory"), quiet.officer("whitfield", "/studio/directory")
    for desk in (first, second):
        opened(desk, "Harvest Table Pantry")
    first.get_by_label("Cost").fill("One dollar")
    first.get_by_role("button", name="Keep").click()
    expect(first.locator("main")).to_contain_text("Residents are told this from now on.")
    second.get_by_label("What it does").fill("Groceries on Fridays.")
    second.get_by_role("button", name="Keep").click()
    expect(second.get_by_role("alert")).to_contain_text("Somebody changed this service meanwhile")
    expect(second.get_by_role("region", name="What it says now")).to_contain_text("One dollar")
    expect(second.get_by_label("What it does")).to_have_value("Groceries on Fridays.")


def test_what_is_due_is_checked_in_one_press(quiet: Visitor) -> None:
    desk = quiet.officer("santos", "/studio/directory")
    desk.get_by_label("Show").select_option(value="due")
    desk.get_by_label("Due after days").fill("30")
    desk.get_by_role("button", name="Show", exact=True).click()
    rows = desk.locator("tbody tr")
    found = desk.get_by_text(re.compile(r"^\d+ services?$"))
    before = int(found.inner_text().split()[0])
    assert before > 1
    name = rows.first.get_by_role("link").inner_text()
    rows.first.get_by_role("button", name="I checked this today").click()
    expect(found).to_have_text(f"{before - 1} service{'s' * (before > 2)}")
    expect(desk.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_a_file_is_looked_at_before_it_changes_anything(quiet: Visitor, tmp_path: Path, accessible: Callable[[Page], None]) -> None:
    desk = quiet.officer("santos", "/studio/directory")
    opened(desk, "Harvest Table Pantry")
    desk.get_by_label("Cost").fill("One dollar")
    desk.get_by_role("button", name="Keep").click()
    expect(desk.locator("main")).to_contain_text("Kept.")
    records = json.loads(DEMO.read_text(encoding="utf-8"))
    next(one for one in records if one["name"] == "Harvest Table Pantry")["description"] = "Bread <b>only</b>"
    file = tmp_path / "directory.json"
    file.write_text(json.dumps(records), encoding="utf-8")
    desk.get_by_role("link", name="Files").click()
    desk.get_by_label("File", exact=True).set_input_files(file)
    desk.get_by_role("button", name="Look at its changes").click()

    expect(desk.locator("main")).to_contain_text("1 service is changed")
    row = desk.get_by_role("row", name="What it does")
    expect(row).to_contain_text("Free groceries each week, one bag a person")
    expect(row).to_contain_text("Bread <b>only</b>")
    expect(desk.get_by_role("row", name="Cost")).to_contain_text("Changed by hand here: stays")
    accessible(desk)
    desk.get_by_role("button", name="Import these changes").click()
    expect(desk.locator("main")).to_contain_text("The changes are imported.")
    desk.get_by_role("link", name="Services").click()
    opened(desk, "Harvest Table Pantry")
    expect(desk.get_by_label("What it does")).to_have_value("Bread <b>only</b>")
    expect(desk.get_by_label("Cost")).to_have_value("One dollar")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(quiet: Visitor, accessible: Callable[[Page], None], width: int) -> None:
    desk = quiet.officer("santos", "/studio/directory", width)
    for path in PAGES:
        desk.goto(quiet.url + path)
        accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    desk.goto(quiet.url + "/studio/directory")
    opened(desk, "Harvest Table Pantry")
    accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
