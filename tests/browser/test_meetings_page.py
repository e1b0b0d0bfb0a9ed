"""Community meetings in real browsers: planned by an officer, come to by a resident, moved and called off, read from
calendars; and the calendar that anybody may subscribe to."""

import re
import uuid
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from bot import housekeeping
from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import phone, say
from tests.browser.test_live import signed_in
from tests.line import Line
from tests.test_meetings import ics

EVENT = {
    "UID": "parade@city",
    "DTSTART": "20261201T180000",
    "DTEND": "20261201T190000",
    "SUMMARY": "Lights",
    "LOCATION": "City Hall",
}


def plan(page: Page, title: str, *, day: str = "2026-11-24") -> None:
    page.get_by_role("link", name="Plan a meeting").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Day").fill(day)
    page.get_by_label("Begins").fill("12:00")
    page.get_by_label("Ends").fill("11:00")
    page.get_by_label("Place").fill("Lakay House, 88 Dock Street")
    page.get_by_label(re.compile("Español")).check()


def writes(line: Line, who: str, *texts: str) -> int:
    """Texts of a simulated phone, no faster than people write; the thread's id."""
    for words in texts:
        line.clock.pass_by(seconds=5)
        say(line, who, words)
    return line.thread_of(who, "simulator")


def test_a_meeting_from_plan_to_who_comes_to_calling_it_off(visit: Visitor, line: Line) -> None:
    title, who = f"Tea <b>{uuid.uuid4().hex[:6]}</b>", phone()
    page = visit.officer("rodriguez", "/meetings")
    plan(page, title)
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_have_text("A meeting ends after it begins, and within a day.")
    expect(page.get_by_label("Title")).to_have_value(title)
    page.get_by_label("Ends").fill("13:30")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    assert title in requests.get(f"{line.url}/meetings.ics", timeout=10).text

    thread = writes(line, who, "when is the next community meeting?", "1", "1", "3", "1", "1")
    page.goto(f"{visit.url}/meetings")
    row = page.get_by_role("row", name=title)
    expect(row).to_contain_text("4")
    row.get_by_role("link", name=title).click()
    expect(page.get_by_role("region", name="Who said they come")).to_contain_text("4 people")
    assert who not in page.content()

    page.get_by_role("link", name="Edit").click()
    expect(
        page.get_by_text("1 resident said they come. A new time or place is texted to them at once.")
    ).to_be_visible()
    page.get_by_label("Begins").fill("12:30")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("status").first).to_contain_text("The meeting is kept.")
    page.get_by_text("Call this meeting off").click()
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_role("row", name=title)).to_contain_text("Called off")

    housekeeping.tick(line.hotline)
    line.work()
    desk = visit.officer("santos", f"/desk/{thread}")
    expect(desk.locator(".bubble--bot .bubble__text").last).to_contain_text(
        f"Sorry, {title} on November 24 will not take place."
    )


def test_an_interpreter_is_booked_by_whoever_finds_one(visit: Visitor, line: Line) -> None:
    title = f"Evening {uuid.uuid4().hex[:6]}"
    page = visit.officer("rodriguez", "/meetings")
    plan(page, title, day="2026-11-23")
    page.get_by_label("Ends").fill("14:00")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    address = page.url
    writes(line, phone(), "lich hop cong dong", "1", "1", "0", "1", "2")
    housekeeping.tick(line.hotline)

    page.goto(address)
    task = page.get_by_role("region", name="Interpreters asked for")
    expect(task).to_contain_text("Vietnamese")
    expect(task).to_contain_text("Late")
    task.get_by_role("button", name="Booked Vietnamese").click()
    expect(page.get_by_role("region", name="The meeting")).to_contain_text("Spanish, Vietnamese")
    expect(page.get_by_role("region", name="Interpreters asked for")).to_contain_text("Booked")
    page.get_by_text("Call this meeting off").click()  # it stands first in no other test's list
    page.get_by_role("button", name="Call it off").click()
    expect(page.get_by_role("row", name=title)).to_contain_text("Called off")


def test_a_calendar_file_is_brought_and_read(visit: Visitor, line: Line) -> None:
    page = visit.officer("santos", "/meetings/calendars")
    page.get_by_label("Name").fill("The city")
    page.get_by_label("Address").fill("ftp://city.example/a.ics")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("alert")).to_contain_text("The address of a calendar begins with https://")
    page.get_by_label("Address").fill("")
    page.get_by_label("Or a file").set_input_files(
        {"name": "a.ics", "mimeType": "text/calendar", "buffer": ics(EVENT).encode()}
    )
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("region", name="Calendars we read")).to_contain_text("To be read in a moment.")

    housekeeping.tick(line.hotline)
    page.reload()
    expect(page.get_by_role("region", name="Calendars we read")).to_contain_text(
        "1 meetings: 1 new, 0 moved, 0 called off."
    )
    page.get_by_role("link", name="To come").click()
    expect(page.get_by_role("row", name="Lights")).to_contain_text("The city")
    page.get_by_role("link", name="Calendars").click()
    page.get_by_role("button", name="Read no more The city").click()
    expect(page.get_by_role("region", name="Calendars we read")).to_contain_text("None yet.")


@pytest.mark.parametrize(
    ("login", "codes"), [("rodriguez", (200, 200, 403)), ("santos", (200, 200, 200)), ("morales", (403, 403, 403))]
)
def test_who_may_plan_and_who_may_add_calendars(line: Line, login: str, codes: tuple[int, ...]) -> None:
    browser = signed_in(line, login)

    ways = ("/meetings", "/meetings/new", "/meetings/calendars")
    assert tuple(browser.get(f"{line.url}{way}", timeout=10).status_code for way in ways) == codes
    assert requests.get(f"{line.url}/meetings", timeout=10).status_code == 401
    assert (
        requests.get(f"{line.url}/meetings.ics", timeout=10).headers["Content-Type"] == "text/calendar; charset=utf-8"
    )


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_axe_finds_nothing(visit: Visitor, accessible: Callable[[Page], None], width: int) -> None:
    page = visit.officer("santos", "/meetings", width)
    ways = [f"/meetings{way}" for way in ("", "/past", "/new", "/calendars")]
    first = page.locator(".meetings tbody a").first.get_attribute("href") or ""
    for way in (*ways, first, first.replace("/one?", "/edit?")):
        page.goto(f"{visit.url}{way}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
