"""Notes on communities beside a thread and as pages, edited by a supervisor, and cases practised by an officer."""

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import phone, say
from tests.browser.test_live import signed_in
from tests.line import Line


def test_how_to_write_to_a_resident_stands_beside_the_thread(visit: Visitor, line: Line) -> None:
    who = phone()
    thread = say(line, who, "quiero hablar con un oficial", "un vecino ruidoso")
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    card = desk.locator(".writing")

    card.get_by_text("Writing to this resident").click()
    expect(card).to_contain_text("Several communities write this language. Ask before you choose.")
    card.get_by_text("Mexican and Central American (Spanish)").click()
    greeting = card.get_by_text("¿Con qué nombre le llamo?")
    expect(greeting).to_be_visible()
    assert greeting.get_attribute("lang") == "es"

    say(line, who, "está muy fuerte")  # the thread changes, and what is being read stays open
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text("está muy fuerte")
    expect(greeting).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_supervisor_changes_notes_and_officers_read_it(visit: Visitor) -> None:
    supervisor, officer = visit.officer("santos", "/communities/korean"), visit.officer("park", "/communities/korean")
    expect(officer.get_by_text("To be verified by the department")).to_be_visible()
    expect(officer.get_by_role("link", name="Edit")).to_have_count(0)

    supervisor.get_by_role("link", name="Edit").click()
    supervisor.get_by_label("Languages").fill("korean!")
    supervisor.get_by_label("Handle with care").fill("Ask before you call the church.\n<b>not bold</b>")
    supervisor.get_by_role("button", name="Keep").click()
    expect(supervisor.get_by_role("alert")).to_contain_text("“korean!” is no language tag")
    expect(supervisor.get_by_label("Handle with care")).to_have_value(
        "Ask before you call the church.\n<b>not bold</b>"
    )
    supervisor.get_by_label("Languages").fill("ko")
    supervisor.get_by_label("Read by").fill("Rev. Oh, Lantern Hill")
    supervisor.get_by_role("button", name="Keep").click()
    expect(supervisor.get_by_role("status").first).to_contain_text("The notes are kept.")

    officer.reload()
    expect(officer.get_by_role("region", name="Handle with care")).to_have_text(
        "Handle with care Ask before you call the church. <b>not bold</b>", use_inner_text=True
    )
    expect(officer.get_by_text("Read by: Rev. Oh, Lantern Hill")).to_be_visible()
    expect(officer.get_by_text("To be verified by the department")).to_have_count(0)
    supervisor.get_by_role("button", name="Put back as shipped").click()
    expect(supervisor.get_by_role("region", name="Handle with care")).to_contain_text("Losing face weighs much.")
    expect(supervisor.get_by_role("region", name="History")).to_contain_text("put back as shipped")


def test_an_officer_practises_and_the_supervisor_sees_it(visit: Visitor) -> None:
    officer = visit.officer("tran", "/communities/practice")
    officer.get_by_role("link", name="Begin").click()
    expect(officer.get_by_text("signs with three names")).to_be_visible()

    officer.get_by_label("Write Ali, since it comes last.").check()
    officer.get_by_role("button", name="Answer").click()
    expect(officer.get_by_text("There is no family name.")).to_be_visible()
    officer.get_by_role("link", name="Try again").click()
    officer.get_by_label("Ask which name papers show").check()
    officer.get_by_role("button", name="Answer").click()
    expect(officer.get_by_role("status").first).to_have_text("Right.")
    officer.get_by_role("link", name="All cases").click()
    expect(officer.locator("#progress-words")).to_have_text("1 of 15 answered right")

    supervisor = visit.officer("santos", "/communities/practised")
    cells = supervisor.get_by_role("row", name="Minh Tran").get_by_role("cell")
    expect(cells.nth(0)).to_have_text("1")
    expect(cells.nth(1)).to_have_text("0")


@pytest.mark.parametrize(
    ("login", "codes"),
    [("rodriguez", (200, 403, 403)), ("santos", (200, 200, 200)), ("morales", (200, 403, 403))],
)
def test_who_may_read_edit_and_see_who_practised(line: Line, login: str, codes: tuple[int, ...]) -> None:
    browser = signed_in(line, login)

    ways = ("/communities", "/communities/korean/edit", "/communities/practised")
    assert tuple(browser.get(f"{line.url}{way}", timeout=10).status_code for way in ways) == codes
    assert requests.get(f"{line.url}/communities", timeout=10).status_code == 401


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_axe_finds_nothing(visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int) -> None:
    thread = say(line, phone(), "أريد أن أتحدث مع شرطي", "جاري يصرخ كل ليلة")
    page = visit.officer("santos", "/communities", width)
    for way in ("", "/general", "/somali", "/somali/edit", "/practice", "/practice/fnu", "/practised"):
        page.goto(f"{visit.url}/communities{way}")
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), way
    page.goto(f"{visit.url}/desk/{thread}")
    if width < 992:
        page.get_by_text("About this thread").click()
    page.get_by_text("Writing to this resident").click()
    expect(page.locator(".writing").get_by_text("What not to write or ask")).to_be_visible()
    accessible(page)
