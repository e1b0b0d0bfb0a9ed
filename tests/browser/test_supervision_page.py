"""The supervisors' pages and the audit trail in a real browser: a resident is muted and unmuted, another supervisor agrees, a
review is written, the trail is narrowed and taken along."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.identity import accounts
from bot.desk.supervision import reviewing
from bot.desk.threads import views
from bot.model import Role
from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import asks_for_an_officer, phone, say
from tests.line import Line

QUEUES = "Queues by language"


def row(page: Page, table: str, words: str) -> Locator:
    return page.get_by_role("region", name=table).get_by_role("row").filter(has_text=words)


def handle_of(line: Line, thread: int) -> str:
    return views.view(line.hotline, line.officer("santos"), thread).thread.handle


def test_queues_stand_by_language_and_look_again_by_themselves(visit: Visitor, line: Line) -> None:
    with line.hotline.db.write() as conn:
        conn.execute(text("UPDATE handoffs SET closed_at = 1 WHERE closed_at IS NULL"))
    asks_for_an_officer(line, phone())
    boss = visit.officer("santos", "/supervise")
    spanish = row(boss, QUEUES, "Spanish")
    expect(spanish).to_contain_text("Marisol Rodriguez")  # who is here for it
    expect(spanish.get_by_role("cell").nth(0)).to_have_text("1")

    say(line, phone(), "hay un incendio en la casa de al lado, ayuda")
    boss.evaluate("document.body.dispatchEvent(new Event('look'))")
    expect(spanish.get_by_role("cell").nth(0)).to_have_text("2")
    expect(spanish.get_by_role("cell").nth(1)).to_have_text("1")
    officer = visit.officer("rodriguez")
    expect(officer.get_by_role("link", name="Supervise")).to_have_count(0)
    answer = officer.goto(f"{visit.url}/supervise")
    assert answer and answer.status == 403


def test_a_resident_is_muted_for_long_only_by_two(visit: Visitor, line: Line) -> None:
    who = phone()
    thread = asks_for_an_officer(line, who)
    handle = handle_of(line, thread)
    boss = visit.officer("santos", f"/desk/{thread}")
    boss.get_by_role("link", name="Mute", exact=True).click()
    boss.get_by_label("Why").fill("short")
    boss.get_by_label("For how long").select_option("720")
    boss.locator("form.form").evaluate("form => { form.noValidate = true }")
    boss.get_by_role("button", name="Mute", exact=True).click()
    expect(boss.get_by_role("alert").first).to_have_text("Write why, in at least 10 characters.")
    expect(boss.get_by_label("For how long")).to_have_value("720")
    boss.get_by_label("Why").fill("insults <b>every</b> minute")
    boss.get_by_role("button", name="Mute", exact=True).click()
    expect(boss.get_by_role("status").first).to_contain_text("Another supervisor is asked to agree")
    asked = boss.get_by_role("listitem").filter(has_text=handle)
    expect(asked).to_contain_text("Another supervisor decides this.")
    expect(row(boss, "Muted residents", handle)).to_contain_text("insults <b>every</b> minute")

    other = visit.officer("whitfield", "/supervise")
    other.get_by_role("button", name=f"Agree {handle}").click()
    expect(other.get_by_role("status").first).to_have_text("Decided.")
    expect(row(other, "Muted residents", handle)).to_contain_text("Dec 23")
    boss.goto(f"{visit.url}/desk/{thread}")
    expect(boss.locator(".facts")).to_contain_text("The line keeps their texts and answers none, but for danger.")
    boss.goto(f"{visit.url}/supervise")
    boss.get_by_role("button", name=f"Lift {handle}").click()
    expect(boss.get_by_role("status").first).to_have_text("The line answers again.")
    expect(row(boss, "Muted residents", handle)).to_have_count(0)


def test_an_officer_asks_for_a_redaction_and_it_is_decided_and_done(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.get_by_role("link", name="Delete or black out").click()
    desk.get_by_label("What, and why").fill("the name of a child in the second text")
    desk.get_by_role("button", name="Ask").click()
    expect(desk).to_have_url(f"{visit.url}/desk/{thread}")

    boss = visit.officer("santos", "/supervise")
    asked = boss.get_by_role("listitem").filter(has_text="the name of a child in the second text")
    expect(asked).to_contain_text("Black out in the record")
    asked.get_by_role("button", name="Agree").click()
    expect(asked).to_contain_text("agreed to by Rosario Santos")
    asked.get_by_role("button", name="The records office did it").click()
    expect(asked).to_have_count(0)


def test_the_demo_s_sample_is_reviewed_once(visit: Visitor, line: Line) -> None:
    reviewing.draw(line.hotline)
    boss = visit.officer("santos", "/supervise")
    expect(boss.get_by_role("listitem").filter(has_text="to review")).to_be_visible()
    boss.get_by_role("link", name="Review", exact=True).click()
    first = boss.get_by_role("row").filter(has_text="Amber Crane 8874")
    expect(first).to_contain_text("machine translation")
    first.get_by_role("link").click()
    expect(boss.locator(".said__text").first).to_have_attribute("lang", "ar")
    boss.get_by_label("Could be better").check()
    boss.get_by_label("Needless safety texts").fill("1")
    boss.get_by_role("button", name="Keep review").click()
    expect(boss.get_by_role("alert").first).to_have_text("Write what should have been otherwise.")
    expect(boss.get_by_label("Needless safety texts")).to_have_value("1")
    boss.get_by_label("Note").fill("It was burnt food.")
    boss.get_by_role("button", name="Keep review").click()
    expect(boss.get_by_role("status").first).to_have_text("Reviewed. Thank you.")
    expect(boss.get_by_role("row").filter(has_text="Amber Crane 8874")).to_contain_text("Could be better".lower())
    expect(row(boss, "What reviews found", "2026-10")).to_contain_text("1")


def auditor(visit: Visitor, line: Line) -> Page:
    """Somebody who sees the trail and nothing else; the demo town has nobody."""
    with line.hotline.db.read() as conn:
        known = conn.execute(text("SELECT 1 FROM staff WHERE login = 'audrey'")).fetchone()
    if known is None:
        accounts.add(line.hotline, "audrey", "Audrey Bell", Role.AUDITOR, "ink-otter-basket-71", "", {})
    page = visit.page("/signin?next=/audit")
    page.get_by_label("Login").fill("audrey")
    page.get_by_label("Password").fill("ink-otter-basket-71")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/audit")
    return page


def test_the_trail_is_narrowed_and_taken_along_without_a_word_of_a_resident(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone(), "un perro que se llama Firulais")
    handoffs.claim(line.hotline, line.officer("rodriguez"), thread)
    visit.officer("rodriguez", f"/desk/{thread}")
    page = auditor(visit, line)
    page.get_by_label("Thread, by name or id").fill(handle_of(line, thread))
    page.get_by_role("button", name="Show").click()
    found = page.get_by_role("region", name="Audit trail").get_by_role("row")
    expect(found.filter(has_text="claimed")).to_contain_text("Marisol Rodriguez")
    expect(found.filter(has_text="opened")).to_have_count(1)
    assert page.get_by_role("region", name="Audit trail").get_by_role("link").count() == 0, "nothing to open for an auditor"
    page.get_by_label("Person").select_option("Marisol Rodriguez")
    page.get_by_label("And what the line did by itself").check()
    page.get_by_role("button", name="Show").click()
    expect(found).to_have_count(3)  # with the heading
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take along as CSV").click()
    table = list(csv.reader(io.StringIO(Path(taken.value.path()).read_text(encoding="utf-8-sig"))))
    assert [line_[2] for line_ in table[1:]] == ["opened", "claimed"]
    assert {line_[3] for line_ in table[1:]} == {handle_of(line, thread)}
    assert "Firulais" not in str(table)
    answer = page.goto(f"{visit.url}/audit?from=yesterday&_external=1")
    assert answer and answer.status == 422


def test_on_a_phone_the_way_to_the_page_shown_is_in_view(visit: Visitor) -> None:
    boss = visit.officer("santos", "/supervise", 390)
    boss.goto(f"{visit.url}/audit")
    expect(boss.locator(".ways [aria-current]")).to_have_text("Audit")
    expect(boss.locator(".ways [aria-current]")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int) -> None:
    thread = asks_for_an_officer(line, phone())
    reviewing.draw(line.hotline)
    [review, *_] = reviewing.listed(line.hotline, line.officer("santos"))
    boss = visit.officer("santos", "/supervise", width)
    paths = (
        "/supervise", f"/supervise/mute/{thread}", f"/desk/{thread}/records", "/supervise/reviews",
        f"/supervise/reviews/{review.id}", "/audit?line=yes",
    )  # fmt: skip
    for path in paths:
        boss.goto(visit.url + path)
        accessible(boss)
        assert boss.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
