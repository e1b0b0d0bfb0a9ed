"""Shifts, the end of a shift, who is asked, and the card for dispatch, in real browsers: officers and residents at once."""

import uuid
from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, expect

from bot.desk.duty import handoffs, rota
from bot.desk.threads import views
from bot.store import staff
from tests.browser.conftest import Visitor
from tests.line import Line


@pytest.fixture(autouse=True)
def _as_it_was(line: Line) -> Iterator[None]:
    """The line is everybody's: whoever went off shift comes back, and what officers hold is closed, also what others'
    tests left, since whoever holds many threads is asked for no more."""
    _calm(line)
    yield
    _calm(line)


def _calm(line: Line) -> None:
    for login in ("rodriguez", "santos"):
        officer = line.officer(login)
        rota.set_busy(line.hotline, officer, False)
        with line.hotline.db.write() as conn:
            staff.set_on_shift(conn, officer.id, True)
        for one in views.open_for(line.hotline, officer):
            if one.officer_id == officer.id:
                handoffs.close(line.hotline, officer, one.thread_id, "answered")


def say(line: Line, phone: str, *texts: str) -> int:
    """Texts of a simulated phone, and whoever is to be asked for it is; the thread's id."""
    for words in texts:
        body = {"id": uuid.uuid4().hex, "phone": phone, "text": words}
        requests.post(f"{line.url}/simulator/texts", json=body, timeout=10).raise_for_status()
    line.work()
    return line.thread_of(phone, "simulator")


def asks(line: Line) -> int:
    return say(line, f"resident-{uuid.uuid4().hex[:12]}", "quiero hablar con un oficial", "un vecino ruidoso")


def handle(line: Line, thread: int) -> str:
    return views.view(line.hotline, line.officer("santos"), thread).thread.handle


def test_officers_are_asked_one_declines_and_the_other_takes_it(visit: Visitor, line: Line) -> None:
    first, second = visit.officer("rodriguez"), visit.officer("santos")
    thread = asks(line)
    name = handle(line, thread)

    # It appears on both desks by itself.
    asked = first.locator(".for-you__one", has_text=name)
    expect(asked).to_contain_text("waits for you")
    expect(second.locator(".for-you__one", has_text=name)).to_be_visible()
    asked.get_by_role("button", name="I cannot now").click()
    expect(first.locator(".for-you__one", has_text=name)).to_have_count(0)

    second.locator(".for-you__one", has_text=name).get_by_role("link", name="Open").click()
    second.get_by_role("button", name="Claim thread").click()
    expect(second.get_by_label("Your answer")).to_be_visible()
    expect(second.locator(".for-you__one", has_text=name)).to_have_count(0)


def test_who_goes_off_shift_hands_over_with_five_lines(visit: Visitor, line: Line) -> None:
    thread = asks(line)
    name = handle(line, thread)
    leaves, goes_on = visit.officer("rodriguez", f"/desk/{thread}"), visit.officer("santos")
    leaves.get_by_role("button", name="Claim thread").click()
    expect(leaves.get_by_label("Your answer")).to_be_visible()

    leaves.get_by_role("switch", name="On shift").click()
    leaves.wait_for_url("**/duty/handover")
    part = leaves.locator("section", has_text=name)
    expect(part.get_by_label("What it is about")).to_have_value("asked for an officer; un vecino ruidoso")
    part.get_by_label("What was promised").fill("A call tomorrow at nine.")
    part.get_by_label("Who goes on").select_option(label="Rosario Santos (speaks it)")
    part.get_by_role("button", name="Hand over").click()

    expect(leaves.get_by_role("status").first).to_contain_text("the resident is told")
    goes_on.locator(".for-you__one", has_text=name).get_by_role("link", name="Open").click()
    expect(goes_on.locator("main")).to_contain_text("Promised: A call tomorrow at nine.")
    goes_on.get_by_role("button", name="Claim thread").click()
    expect(goes_on.locator(".bubble--bot .bubble__text").last).to_contain_text("Rosario Santos")


def test_a_safety_card_is_opened_dispatch_is_told_and_then_the_resident(visit: Visitor, line: Line) -> None:
    thread = say(line, f"resident-{uuid.uuid4().hex[:12]}", "hay un hombre con una pistola en mi puerta")
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.get_by_role("link", name="Card for dispatch").click()

    expect(desk.locator("main")).to_contain_text("Opened in time")
    expect(desk.locator("bdi[lang=es]").first).to_have_text("hay un hombre con una pistola en mi puerta")
    expect(desk.get_by_role("button", name="Send “I have read this”")).to_have_count(0)
    desk.get_by_label("Event number of dispatch (CAD)").fill("?")
    desk.get_by_role("button", name="Write down").click()
    expect(desk.get_by_role("alert").first).to_contain_text("event number")
    desk.get_by_label("Event number of dispatch (CAD)").fill("E-26-118")
    desk.get_by_role("button", name="Write down").click()
    desk.get_by_role("button", name="Send “I have read this”").click()

    expect(desk.get_by_role("status").first).to_contain_text("The resident is told")
    said = views.view(line.hotline, line.officer("rodriguez"), thread).messages[-1]
    assert said.author == "bot" and "911" in said.text


def test_a_supervisor_plans_a_week_and_keeps_a_test(visit: Visitor, line: Line) -> None:
    page = visit.officer("santos", "/duty")
    expect(page.locator("main")).to_contain_text("ran out on 2026-06-30")
    row = page.get_by_role("row", name="Irina Sokolova")
    expect(row.locator(".planned--shift")).to_have_count(0)

    page.get_by_label("Who", exact=True).select_option(label="Irina Sokolova")
    page.get_by_label("Day").fill("2026-11-24")
    page.get_by_label("From").fill("22:00")
    page.get_by_label("To", exact=True).fill("06:00")
    page.get_by_label("Every week").check()
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(row.locator(".planned--shift .planned__times")).to_have_text(["22:00–06:00"])
    page.get_by_role("link", name="Week after").click()
    expect(row.locator(".planned--shift")).to_have_count(1)
    row.locator(".planned--shift summary").click()
    row.get_by_role("button", name="Not from this day on").click()
    expect(row.locator(".planned--shift")).to_have_count(0)

    page.get_by_role("link", name="Irina Sokolova").click()
    page.get_by_label("Language, a tag").fill("pl")
    page.get_by_label("Level").select_option("2")
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("alert").first).to_contain_text("needs a test")
    page.get_by_label("Test", exact=True).fill("County oral test")
    page.get_by_label("Passed on").fill("2026-05-01")
    page.get_by_label("Runs out on").fill("2028-05-01")
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("row", name="Polish")).to_contain_text("2028-05-01")
    assert line.officer("sokolova").speaks("pl")
    page.get_by_role("row", name="Polish").get_by_role("button", name="Take out").click()
    expect(page.get_by_role("row", name="Polish")).to_have_count(0)


def test_an_officer_says_busy_and_sees_no_thread_of_somebody_they_know(visit: Visitor, line: Line) -> None:
    thread = asks(line)
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.get_by_role("switch", name="Busy").click()
    expect(desk.get_by_role("switch", name="Busy")).to_have_attribute("aria-checked", "true")
    assert line.officer("rodriguez").busy

    desk.goto(f"{visit.url}/desk/{thread}")
    desk.get_by_text("Not for me").click()
    desk.get_by_role("button", name="I know this person").click()
    desk.wait_for_url("**/desk?done=passed")
    expect(desk.locator(f"#card-{thread}")).to_have_count(0)
    assert desk.goto(f"{visit.url}/desk/{thread}").status == 404  # type: ignore[union-attr]


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_no_page_goes_sideways(
    visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int
) -> None:
    danger = say(line, f"resident-{uuid.uuid4().hex[:12]}", "hay un incendio en mi casa")
    mine = asks(line)
    handoffs.claim(line.hotline, line.officer("santos"), mine)
    asks(line)
    page = visit.officer("santos", width=width)
    staff_id = line.officer("haddad").id
    for path in (
        "/desk",
        "/duty",
        f"/duty/people/{staff_id}?tag=fr",
        "/duty/handover",
        f"/safety/{danger}",
        f"/desk/{danger}",
    ):
        page.goto(visit.url + path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
