"""A machine's translations on the page of a thread, in real browsers: beside the resident's words, and before an answer is sent."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.desk.duty import handoffs
from bot.desk.threads import machine_replies
from tests.browser.conftest import Visitor, visitor
from tests.browser.test_thread_page import asks, number
from tests.conftest import MONDAY
from tests.desk.post import phrase
from tests.fake_translator import FakeTranslator, fake_translator
from tests.line import Line, running_line


@pytest.fixture(scope="module")
def server() -> Iterator[FakeTranslator]:
    with fake_translator() as running:
        yield running


@pytest.fixture(scope="module")
def helped_line(tmp_path_factory: pytest.TempPathFactory, redis_url: str, server: FakeTranslator) -> Iterator[Line]:
    with running_line(tmp_path_factory.mktemp("line"), redis_url, MONDAY, TRANSLATOR_URL=server.url) as running:
        yield running


@pytest.fixture
def helped(
    browser: Browser, helped_line: Line, server: FakeTranslator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Visitor]:
    monkeypatch.setattr(machine_replies, "_PATIENCE", 60.0)  # a busy machine is no slow translator
    with visitor(browser, helped_line.url, helped_line.hotline) as visiting:
        yield visiting
    server.tell()


def claimed(visit: Visitor, line: Line, who: str, width: int = 1280) -> tuple[int, Page]:
    thread = asks(line, who)
    handoffs.claim(line.hotline, line.officer("rodriguez"), thread)
    line.work()
    return thread, visit.officer("rodriguez", f"/desk/{thread}", width)


def translate(desk: Page, words: str) -> None:
    """From an empty composer, or beside a translation that is being looked at."""
    desk.locator("#words").fill(words)
    desk.get_by_role("button", name=re.compile("^Translate (to Spanish|again)$")).click()


def test_both_sides_are_translated_and_an_answer_is_looked_at_before_it_goes(helped: Visitor, helped_line: Line) -> None:
    line, who = helped_line, number()
    _thread, desk = claimed(helped, line, who)
    line.twilio.text(who, "me robaron la bicicleta")
    line.work()
    beside = desk.locator(".bubble--resident .machine").last
    expect(beside.locator(".machine__words")).to_have_text("they stole my bicycle")
    expect(beside).to_contain_text("Machine translation; check before you rely on it")
    assert beside.locator("bdi").evaluate("one => [one.lang, getComputedStyle(one).direction]") == ["en", "ltr"]
    line.twilio.text(who, "<img src=x onerror=alert(1)> ayuda por favor")
    line.work()
    expect(desk.locator(".bubble--resident .machine__words").last).to_contain_text("<img src=x onerror=alert(1)>")

    before = len(line.twilio.sent_to(who))
    translate(desk, "The case is closed at 5.")
    seen = desk.locator("#offer")
    expect(seen).to_be_focused()
    expect(seen.locator("[lang=es]").first).to_have_text("La caja está cerrada a las 7.")
    expect(seen).to_contain_text("[es to en] La caja está cerrada a las 7.")  # the way back
    expect(seen).to_contain_text("“case” has more than one meaning")
    expect(seen).to_contain_text("Not in the translation: 5.")
    expect(desk.get_by_label("Your English")).to_have_value("The case is closed at 5.")
    expect(desk.get_by_role("button", name="Send", exact=True)).to_have_count(0)  # English is not sent by mistake

    translate(desk, "Your car was towed to 12 Mill Street.")
    expect(seen).to_contain_text("The crane took your car to street Mill 12.")
    line.work()
    assert len(line.twilio.sent_to(who)) == before  # nothing goes by itself
    desk.get_by_role("button", name="Send the translation").click()
    expect(desk.get_by_label("Your answer")).to_have_value("")
    expect(seen).to_have_count(0)
    line.work()
    assert line.twilio.sent_to(who)[-1] == f"La grúa llevó su auto a la calle Mill 12.\n\n{phrase(line.hotline, 'mt_note')}"
    own = desk.locator(".bubble--officer").last
    expect(own.locator(".machine__words")).to_have_text("Your car was towed to 12 Mill Street.")
    expect(own.locator(".bubble__text")).to_contain_text("La grúa llevó")


def test_what_is_refused_leads_to_an_interpreter_and_an_absent_translator_is_said(
    helped: Visitor, helped_line: Line, server: FakeTranslator
) -> None:
    line, who = helped_line, number()
    _thread, desk = claimed(helped, line, who)
    translate(desk, "Good morning.")
    expect(desk.locator("#offer")).to_be_visible()
    translate(desk, "Do you consent to a search of your car?")
    expect(desk.get_by_role("alert").first).to_contain_text("A machine must not ask for consent")
    expect(desk.get_by_label("Your answer")).to_have_value("Do you consent to a search of your car?")
    expect(desk.locator("#offer")).to_have_count(0)
    desk.get_by_role("button", name="Offer a call or a meeting with an interpreter").click()
    offered = phrase(line.hotline, "officer_meet")
    expect(desk.locator(".bubble--officer .bubble__text").last).to_have_text(offered)
    line.work()
    assert line.twilio.sent_to(who)[-1] == offered

    server.tell(fails=503)
    translate(desk, "Good morning.")
    expect(desk.get_by_role("alert").first).to_contain_text("The translator does not answer now.")
    line.twilio.text(who, "me robaron la bicicleta")
    line.work()
    expect(desk.locator(".machine-away")).to_contain_text("You see the originals only")
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text("me robaron la bicicleta")


def test_the_card_for_dispatch_has_the_words_of_a_machine_marked_so(helped: Visitor, helped_line: Line) -> None:
    line, who = helped_line, number()
    line.twilio.text(who, "hay un hombre con un cuchillo en mi casa")
    line.work()
    desk = helped.officer("rodriguez", f"/safety/{line.thread_of(who)}")

    expect(desk.locator(".card-words__own")).to_have_text("hay un hombre con un cuchillo en mi casa")
    expect(desk.locator(".card-words .machine")).to_contain_text("Machine translation; check before you rely on it")
    expect(desk.locator(".card-words .machine__words")).to_contain_text("[es to en] hay un hombre con un cuchillo")


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_axe_finds_nothing(helped: Visitor, helped_line: Line, accessible: Callable[[Page], None], width: int) -> None:
    _thread, desk = claimed(helped, helped_line, number(), width)
    translate(desk, "The case is closed at 5.")
    expect(desk.locator("#offer")).to_be_visible()
    expect(desk.get_by_role("button", name=re.compile("^Send the translation"))).to_be_visible()
    accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
