"""The story, played through by a resident and an officer in two browsers."""

from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_simulator_page import text
from tests.line import Line


def test_a_resident_asks_an_officer_answers_and_the_bot_goes_on(visit: Visitor, line: Line) -> None:
    """In Vietnamese without marks, as it is typed on a phone."""
    resident = visit.page("/simulator")
    text(resident, "toi muon noi chuyen voi canh sat")
    text(resident, "hang xom cua toi mo nhac to moi dem")
    expect(resident.locator("#understood-language")).to_have_text("Tiếng Việt (Vietnamese)")
    expect(resident.locator(".said--bot .said__text").last).to_contain_text("Tiếng Việt")

    officer = visit.officer("tran")
    officer.get_by_role("link", name="hang xom cua toi mo nhac to moi dem").first.click()
    expect(officer.locator("#conversation")).to_contain_text("hang xom cua toi mo nhac to moi dem")
    officer.get_by_role("button", name="Claim thread").click()
    officer.get_by_label("Your answer to").fill("Chào chị, tôi là sĩ quan Tran. Chị kể cho tôi nghe nhé.")
    officer.get_by_role("button", name="Send").click()
    expect(officer.locator(".bubble--officer").last).to_contain_text("tôi là sĩ quan Tran")
    line.work()

    expect(resident.locator(".said__text").filter(has_text="tôi là sĩ quan Tran")).to_have_count(1)
    text(resident, "da cam on anh")
    expect(officer.locator("#conversation")).to_contain_text("da cam on anh")  # without reloading

    officer.get_by_text("Close this thread").click()
    officer.get_by_label("How did it end?").select_option("answered")
    officer.get_by_label("How did you understand each other?").select_option("certified officer")
    officer.get_by_role("button", name="Close thread").click()
    expect(officer.get_by_role("status").first).to_contain_text("The thread is closed")
    line.work()

    expect(resident.locator(".said--bot .said__text").last).to_contain_text("Tran")
    text(resident, "0")
    expect(resident.locator(".said--bot .said__text").last).to_contain_text("7 Ngôn ngữ")
