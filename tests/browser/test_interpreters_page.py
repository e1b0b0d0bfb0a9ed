"""An interpreter for one resident in a real browser: the officer asks, a supervisor books one, and who came is kept with how the
thread ended."""

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import asks_for_an_officer, phone
from tests.line import Line


def test_an_officer_asks_and_a_supervisor_books(visit: Visitor, line: Line, accessible: Callable[[Page], None]) -> None:
    thread = asks_for_an_officer(line, phone())
    officer = visit.officer("rodriguez", f"/desk/{thread}", 390)
    officer.get_by_role("button", name="Claim thread").click()
    expect(officer.get_by_label("Your answer to")).to_be_visible()
    officer.goto(f"{visit.url}/desk/{thread}/interpreter")
    accessible(officer)
    assert officer.evaluate("document.documentElement.scrollWidth <= innerWidth")

    officer.get_by_label("Language").select_option("es")
    officer.get_by_role("radio", name="In person").check()
    officer.get_by_label("Day").fill((line.hotline.now() - timedelta(days=1)).date().isoformat())
    officer.get_by_label("Time").fill("10:00")
    officer.get_by_label("Where, if in person").fill("Front desk, Gate Street")
    officer.get_by_role("button", name="Ask for an interpreter").click()
    expect(officer.get_by_role("alert")).to_be_visible()  # that day is over, and nothing typed is lost
    expect(officer.get_by_label("Where, if in person")).to_have_value("Front desk, Gate Street")
    officer.get_by_label("Day").fill((line.hotline.now() + timedelta(days=1)).date().isoformat())
    officer.get_by_role("button", name="Ask for an interpreter").click()
    expect(officer.locator("main")).to_contain_text("Front desk, Gate Street")

    boss = visit.officer("santos", "/meetings")
    task = boss.get_by_role("listitem").filter(has_text="Front desk, Gate Street")
    task.get_by_label("Service").fill("Valley Interpreters")
    task.get_by_role("button", name="Booked").click()
    expect(boss.locator("main")).to_contain_text("Valley Interpreters")
    accessible(boss)

    officer.goto(f"{visit.url}/desk/{thread}")
    officer.get_by_text("About this thread").click()
    expect(officer.locator(".interpreters")).to_contain_text("Valley Interpreters")
