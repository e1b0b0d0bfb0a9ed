"""The simulator in a real browser: a resident's texts, the line's answers, in any script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor


def text(page: Page, words: str) -> None:
    """Type and press Enter, and wait for what comes back."""
    page.get_by_label("Text", exact=True).fill(words)
    page.keyboard.press("Enter")
    expect(page.locator(".said--resident").last).to_contain_text(words)
    expect(page.locator(".said--dots, .said--leaving, .said--sent")).to_have_count(0)


def test_a_conversation_in_spanish_is_still_there_after_a_reload(visit: Visitor) -> None:
    page = visit.page("/simulator")

    text(page, "hola, necesito comida para mi familia")
    text(page, "99051")

    expect(page.locator(".said--bot").first).to_have_attribute("class", "said said--bot")
    assert page.locator(".said--bot .said__text").first.get_attribute("lang") == "es"
    expect(page.locator("#understood-language")).to_have_text("Español (Spanish)")
    expect(page.locator("#understood-holder")).to_have_text("the line itself")
    before = page.locator(".said__text").all_inner_texts()
    page.reload()
    expect(page.locator(".said__text")).to_have_count(len(before))
    assert page.locator(".said__text").all_inner_texts() == before


def test_each_phone_has_its_own_thread(visit: Visitor) -> None:
    page = visit.page("/simulator")
    text(page, "bonjour, je cherche un avocat")

    page.get_by_role("button", name="New phone").click()

    expect(page.locator(".said")).to_have_count(0)
    expect(page.locator("#nothing-yet")).to_be_visible()
    page.get_by_label("Phone to text from").select_option(index=0)
    expect(page.locator(".said--resident .said__text")).to_have_text("bonjour, je cherche un avocat")


@pytest.mark.parametrize("language, tag, direction", [("العربية", "ar", "rtl"), ("简体中文", "zh-Hans", "ltr")])
def test_a_ready_text_is_answered_in_its_script_and_direction(
    visit: Visitor, language: str, tag: str, direction: str
) -> None:
    page = visit.page("/simulator")

    page.get_by_role("button", name=language).click()

    answer = page.locator(".said--bot:not(.said--dots) .said__text").first
    expect(answer).to_have_attribute("lang", tag)
    assert answer.evaluate("bubble => getComputedStyle(bubble).direction") == direction


def test_a_pin_and_a_voice_note_reach_the_line(visit: Visitor) -> None:
    page = visit.page("/simulator")
    text(page, "I need food")

    page.get_by_text("Location", exact=True).click()
    page.get_by_role("button", name="Old Mill").click()
    expect(page.locator(".said__thing--spot")).to_have_text("Location: Old Mill")
    page.get_by_role("button", name="Voice note").click()

    expect(page.locator(".said__thing").last).to_have_text("Voice note")
    expect(page.locator(".said--dots, .said--leaving, .said--sent")).to_have_count(0)
    expect(page.locator(".said--resident")).to_have_count(3)


def test_markup_in_a_text_is_shown_as_it_was_typed(visit: Visitor) -> None:
    page = visit.page("/simulator")
    words = "<img src=x onerror=alert(1)> <b>hello</b>"

    text(page, words)

    expect(page.locator(".said--resident .said__text")).to_have_text(words)
    assert page.locator(".said img, .said b").count() == 0


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_axe_finds_nothing(visit: Visitor, accessible: Callable[[Page], None], width: int) -> None:
    page = visit.page("/simulator", width)

    accessible(page)
    page.get_by_role("button", name="العربية").click()
    expect(page.locator(".said--bot:not(.said--dots)")).not_to_have_count(0)
    accessible(page)
