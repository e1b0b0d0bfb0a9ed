"""Reports in real browsers: the list and its filters, a report brought on its way by one of two officers, and the pages on
which admins set up the city's systems."""

import csv
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import text

from bot.desk.reports import city
from bot.store import city as stored_city
from bot.store.city import Route
from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import phone, say
from tests.desk.reporting import NOISE_ES
from tests.line import Line


def files(line: Line, who: str) -> tuple[int, str]:
    for words in NOISE_ES:
        line.clock.pass_by(seconds=5)  # nobody writes faster than they read
        say(line, who, words.replace("Calle Lantern 12", "mi casa"))
    row = line.hotline.db.look("SELECT id, number FROM reports ORDER BY id DESC LIMIT 1", {})
    assert row
    return int(row[0]), str(row[1])


def test_a_report_is_found_asked_about_and_closed(visit: Visitor, line: Line) -> None:
    who = phone()
    _, number = files(line, who)
    desk = visit.officer("rodriguez", "/reports")
    desk.get_by_label("Language").select_option("es")
    desk.get_by_role("button", name="Show").click()
    desk.get_by_role("link", name=number).click()

    dogs = desk.locator(".report__form bdi", has_text="Dogs")
    assert dogs.get_attribute("lang") == "en"
    assert desk.locator(".report__form bdi", has_text="todas las noches").get_attribute("lang") == "es"
    desk.get_by_text("Ask for one more thing").click()
    asking = desk.locator("details", has_text="Ask for one more thing")
    asking.get_by_label("Or in your own words, in Spanish").fill("¿De qué casa viene el ruido?")
    asking.get_by_role("button", name="Ask the resident").click()
    expect(desk.get_by_role("status").first).to_contain_text("The resident is told.")
    line.work()
    say(line, who, "de la casa azul <b>14</b>")
    desk.reload()
    expect(desk.locator(".report__form").last).to_contain_text("de la casa azul <b>14</b>")

    desk.get_by_text("Close", exact=True).click()
    closing = desk.locator("details[open]")
    closing.get_by_label("Or in your own words, in Spanish").fill("We talked to the owner of the dogs.")
    closing.get_by_role("button", name="Say why and close").click()
    expect(desk.get_by_role("alert").first).to_contain_text("This seems to be English")
    closing = desk.locator("details[open]")
    expect(closing.get_by_label("Or in your own words, in Spanish")).to_have_value(
        "We talked to the owner of the dogs."
    )
    closing.get_by_label("Why? The resident is told it.").select_option("reason_done")
    closing.get_by_role("button", name="Say why and close").click()

    expect(desk.locator(".report__line")).to_contain_text("Closed")
    assert who not in desk.content()
    assert desk.locator(".report__form b").count() == 0


def test_the_second_of_two_officers_reads_who_was_first(visit: Visitor, line: Line) -> None:
    report, _ = files(line, phone())
    first, second = (visit.officer(login, f"/reports/{report}") for login in ("rodriguez", "tran"))
    for page in (first, second):
        page.get_by_text("Accept as an official report").click()
        page.get_by_label("Police number").fill("26-004711")
    first.get_by_role("button", name="Accept").click()
    expect(first.locator(".report__line")).to_contain_text("Accepted")

    second.get_by_role("button", name="Accept").click()

    expect(second.get_by_role("alert").first).to_contain_text("Marisol Rodriguez changed this report in the meantime.")
    expect(second.locator(".report__line")).to_contain_text("Accepted")


def test_who_cannot_be_texted_is_said_before(visit: Visitor, line: Line) -> None:
    who = phone()
    report, _ = files(line, who)
    say(line, who, "STOP")

    desk = visit.officer("rodriguez", f"/reports/{report}")

    expect(desk.locator(".steps__untold")).to_contain_text("sent STOP")
    desk.get_by_text("Say that it is being read").click()
    desk.get_by_role("button", name="I am reading it").click()
    expect(desk.get_by_role("status").first).to_contain_text("The resident was not told: they sent STOP.")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int
) -> None:
    report, _ = files(line, phone())
    desk = visit.officer("whitfield", "/reports", width)
    for path in ("/reports", f"/reports/{report}", "/reports/city", "/reports/inbox"):
        desk.goto(f"{visit.url}{path}")
        desk.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_an_officer_says_what_the_city_is_told_of_the_place(
    visit: Visitor, line: Line, accessible: Callable[[Page], None]
) -> None:
    nobody = Route("noise", "Riverbend 311", "555-555-0311", "http://127.0.0.1:9/open311/v2", "", "NOISE")
    city.set_route(line.hotline, line.officer("whitfield"), nobody)
    report, _ = files(line, phone())
    desk = visit.officer("rodriguez", f"/reports/{report}")
    desk.get_by_text("Send to another office").first.click()
    place = desk.get_by_label("Place, as the city is told")
    expect(place).to_have_value("mi casa")
    accessible(desk)

    place.fill("12 Lantern Street")
    desk.locator("details[open]").get_by_role("button", name="Send to another office").click()

    expect(desk.get_by_role("status").first).to_contain_text("It goes to the city.")
    with line.hotline.db.read() as conn:
        request = stored_city.of_report(conn, line.hotline.keys, report)
    assert request and request.content["address_string"] == "12 Lantern Street"
    city.drop_route(line.hotline, line.officer("whitfield"), "noise")


def test_an_admin_shows_a_kind_and_gives_a_key(visit: Visitor, line: Line) -> None:
    desk = visit.officer("whitfield", "/reports/city")
    shown = desk.locator("details", has=desk.locator("form[action$='/service']"), has_text="Damage, graffiti")
    shown.locator("summary").click()
    shown.get_by_role("button", name="Show these").click()
    expect(desk.get_by_role("status").first).to_contain_text("Saved.")

    desk.get_by_label("Whose key").fill("Riverbend 311")
    desk.get_by_role("button", name="Make a key").click()

    key = desk.locator(".secret").inner_text()
    assert len(key) >= 24
    desk.goto(f"{visit.url}/reports/city")
    assert key not in desk.content()
    expect(desk.get_by_role("row", name="Riverbend 311")).to_be_visible()


def test_the_list_for_a_spreadsheet_runs_nothing_in_it(visit: Visitor, line: Line) -> None:
    report, number = files(line, phone())
    with line.hotline.db.write() as conn:
        conn.execute(text("UPDATE reports SET kind = '=cmd()' WHERE id = :id"), {"id": report})
    desk = visit.officer("rodriguez", "/reports")

    answer = desk.request.get(f"{visit.url}/reports.csv?state=all")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    (row,) = (one for one in csv.reader(answer.text().splitlines()) if one[0] == number)
    assert row[1:5] == ["'=cmd()", "received", "yes", "es"]
    assert "mi casa" not in answer.text()
