"""One's own phone, on the account's page: proved with a code, ended by STOP, and taken up again."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.desk.relay import rounds
from tests.browser.conftest import Visitor, visitor
from tests.conftest import MONDAY
from tests.line import Line, running_line

PHONE = "+15555550190"


@pytest.fixture(scope="module")
def relaying(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    with running_line(tmp_path_factory.mktemp("relay-page"), redis_url, MONDAY, RELAY="on") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, relaying: Line) -> Iterator[Visitor]:
    with visitor(browser, relaying.url, relaying.hotline) as visiting:
        yield visiting


def texts(line: Line) -> list[str]:
    """What came to the phone by now."""
    rounds.work(line.hotline)
    line.twilio.settle()
    return line.twilio.sent_to(PHONE)


def test_an_officer_proves_their_phone_and_stop_ends_it(
    visit: Visitor, relaying: Line, accessible: Callable[[Page], None]
) -> None:
    page = visit.officer("rodriguez", "/account")
    page.get_by_role("link", name="Set it up").click()
    page.get_by_label("Your phone number").fill("555")
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_text("begins with + and the country")).to_be_visible()
    page.get_by_label("Your phone number").fill("+1 555 555 0190")
    page.get_by_role("button", name="Send a code").click()
    expect(page.get_by_role("heading", name="Waiting for your code")).to_be_visible()
    accessible(page)

    page.get_by_label("The code that was sent").fill("000 00x")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("That is not the code")).to_be_visible()
    page.get_by_label("The code that was sent").fill(texts(relaying)[-1].partition("code is ")[2][:6])
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="On", exact=True)).to_be_visible()
    assert "#help" in texts(relaying)[-1]
    accessible(page)

    relaying.twilio.text(PHONE, "STOP")
    assert "#help" in texts(relaying)[-1], "nothing is sent any more"
    desk = visit.officer("rodriguez", "/desk", 390)
    bar = desk.get_by_text("Your phone sent STOP: no thread comes to it any more.")
    expect(bar).to_be_visible()
    accessible(desk)
    desk.get_by_role("region", name="Your own phone").get_by_role("link").click()
    expect(desk.get_by_text("text START to")).to_be_visible()
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(desk)
    relaying.twilio.text(PHONE, "START")
    texts(relaying)
    desk.reload()
    desk.get_by_role("button", name="Switch it off").click()
    expect(desk.get_by_text("No thread comes to your phone any more")).to_be_visible()


def test_where_it_is_off_nobody_is_offered_it(quiet: Visitor) -> None:
    page = quiet.officer("rodriguez", "/account")
    expect(page.get_by_role("heading", name="Language of the desk")).to_be_visible()
    assert page.get_by_text("Your own phone").count() == 0
    assert page.goto(quiet.url + "/account/phone").status == 404  # type: ignore[union-attr]
