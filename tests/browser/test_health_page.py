"""The page that says how the line is: for supervisors and admins, up to date by itself, and readable by everybody."""

from collections.abc import Callable
from datetime import datetime

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import text

from bot.hotline import Hotline
from bot.store import marks
from bot.watch import alarms
from bot.watch.snapshot import WATCHING
from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import asks_for_an_officer, phone
from tests.browser.test_live import signed_in
from tests.conftest import MONDAY
from tests.line import Line


def instant(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def all_is_well(hotline: Hotline, *, except_: str = "") -> None:
    """As a line shows itself whose scheduler and worker are at work, and which asked Twilio just now; but for one mark."""
    hotline.queue.beat("worker")
    hotline.queue.connection().delete("rq:queue:puente")  # bells of other tests, which nobody will answer
    at = instant(hotline.now())
    with hotline.db.write() as conn:
        for name in (WATCHING, *(f"listed:{name}" for name in hotline.channels)):
            marks.put(conn, name, at - 600_000 if name == except_ else at)


def open_alarm(hotline: Hotline, kind: str, note: str, minutes: int, closed: int | None = None) -> None:
    """One that opened so many minutes ago and, if so, was over some minutes ago."""
    at = instant(hotline.now())
    sql = "INSERT INTO alarms VALUES (:id, :kind, :note, :opened, :at, :opened, :closed)"
    over = None if closed is None else at - closed * 60_000
    values = {"id": at + minutes, "kind": kind, "note": note, "opened": at - minutes * 60_000, "at": at, "closed": over}
    with hotline.db.write() as conn:
        conn.execute(text(sql), values)


def test_a_line_that_works_says_so(quiet: Visitor, accessible: Callable[[Page], None]) -> None:
    all_is_well(quiet.hotline)

    page = quiet.officer("santos", "/desk/health")

    expect(page.get_by_role("heading", level=1)).to_have_text("Everything works")
    expect(page.get_by_role("link", name="Health")).to_have_text("Health")
    for group in ("Residents", "Officers", "Twilio", "This machine"):
        expect(page.get_by_role("region", name=group)).to_be_visible()
    expect(page.get_by_role("region", name="Alarms of the last 7 days")).to_contain_text("There were none.")
    accessible(page)


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_what_needs_somebody_comes_first(quiet: Visitor, accessible: Callable[[Page], None], width: int) -> None:
    all_is_well(quiet.hotline, except_="listed:twilio-sms")
    open_alarm(quiet.hotline, "reconcile_late", "last listed 9 minutes ago", 4)
    open_alarm(quiet.hotline, "redis_down", "", 3000, closed=2900)

    page = quiet.officer("santos", "/desk", width)
    page.get_by_role("link", name="Health 1 alarm").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("1 thing needs somebody")
    alarm = page.locator(".alarm")
    expect(alarm).to_contain_text("The line cannot ask Twilio for its texts")
    expect(alarm).to_contain_text("Since 09:56 · last listed 10 minutes ago")
    expect(alarm).to_contain_text("python -m bot doctor")
    expect(page.locator(".past")).to_contain_text("Redis does not answer")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    accessible(page)


def test_it_looks_again_by_itself(quiet: Visitor) -> None:
    all_is_well(quiet.hotline)
    page = quiet.officer("santos", "/desk/health")
    page.evaluate("document.body.dataset.same = 'page'")

    all_is_well(quiet.hotline, except_="listed:twilio-sms")
    page.evaluate("htmx.trigger(document.body, 'look')")  # what the clock does every fifteen seconds

    expect(page.get_by_role("heading", level=1)).to_have_text("1 thing needs somebody")
    expect(page.locator("#told")).to_have_text("1 thing needs somebody")
    assert page.locator("#now").get_attribute("hx-trigger", timeout=1000) == "every 15s, look from:body"
    assert page.evaluate("document.body.dataset.same") == "page"


def test_what_did_not_change_is_not_read_out_again(line: Line) -> None:
    line.clock.time = MONDAY
    santos = signed_in(line, "santos")
    page = santos.get(f"{line.url}/desk/health/now", timeout=10).text
    whole = page.split('name="whole" value="')[1].split('"')[0]

    again = santos.get(f"{line.url}/desk/health/now", params={"whole": whole}, timeout=10).text

    assert ('id="told"' in page, 'id="told"' in again) == (True, False)


def test_the_desk_says_that_nobody_watches_any_more(quiet: Visitor) -> None:
    all_is_well(quiet.hotline, except_=WATCHING)

    page = quiet.officer("santos")

    expect(page.get_by_role("link", name="Health 1 alarm")).to_be_visible()


@pytest.mark.parametrize(("login", "code"), [("rodriguez", 403), ("morales", 403), ("santos", 200), ("whitfield", 200)])
def test_who_may_see_it(line: Line, login: str, code: int) -> None:
    browser = signed_in(line, login)

    assert [browser.get(f"{line.url}/desk/health{end}", timeout=10).status_code for end in ("", "/now", "/link")] == [
        code
    ] * 3


def test_officers_are_not_shown_the_way(line: Line) -> None:
    assert "/desk/health" not in signed_in(line, "rodriguez").get(f"{line.url}/desk", timeout=10).text


def test_nobody_sees_it_without_signing_in(line: Line) -> None:
    answer = requests.get(f"{line.url}/desk/health", headers={"Accept": "text/html"}, timeout=10)

    assert "/signin" in answer.url
    assert requests.get(f"{line.url}/desk/health/now", timeout=10).status_code == 401


def test_nothing_of_a_resident_is_on_it(line: Line) -> None:
    line.clock.time = MONDAY
    who = phone()
    asks_for_an_officer(line, who, "mi vecino Zacarias")
    alarms.watch(line.hotline)

    page = signed_in(line, "santos").get(f"{line.url}/desk/health", timeout=10).text

    assert who not in page and "Zacarias" not in page
