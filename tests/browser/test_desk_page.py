"""The desk in real browsers: officers and residents at once, by mouse and by keyboard, and nobody's number anywhere."""

import re
import uuid
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import text

from tests.browser.conftest import Visitor
from tests.line import Line


def say(line: Line, phone: str, *texts: str) -> int:
    """Texts from a simulated phone; the thread's id."""
    for words in texts:
        body = {"id": uuid.uuid4().hex, "phone": phone, "text": words}
        requests.post(f"{line.url}/simulator/texts", json=body, timeout=10).raise_for_status()
    return line.thread_of(phone, "simulator")


def phone() -> str:
    return f"resident-{uuid.uuid4().hex[:12]}"


def asks_for_an_officer(line: Line, who: str, about: str = "un vecino ruidoso") -> int:
    return say(line, who, "quiero hablar con un oficial", about)


def test_signing_in_says_what_is_wrong_and_leads_on(visit: Visitor) -> None:
    page = visit.page("/desk")
    expect(page).to_have_url(f"{visit.url}/signin?next=/desk")

    page.get_by_label("Login").fill("rodriguez")
    page.get_by_label("Password").fill("not the password")
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_have_text("Login and password do not fit together.")
    expect(page.get_by_label("Login")).to_have_value("rodriguez")


@pytest.mark.parametrize(
    "wanted", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "/\t/elsewhere.example"]
)
def test_signing_in_leads_to_no_other_site(line: Line, wanted: str) -> None:
    page = requests.get(f"{line.url}/signin", params={"next": wanted}, timeout=10).text

    assert 'name="next" value=""' in page


def test_a_form_of_another_site_signs_nobody_in(line: Line) -> None:
    answer = requests.post(f"{line.url}/signin", headers={"Sec-Fetch-Site": "cross-site"}, timeout=10)

    assert answer.status_code == 403


def test_a_thread_from_question_to_answer_to_close(visit: Visitor, line: Line) -> None:
    who = phone()
    desk = visit.officer("rodriguez")
    thread = asks_for_an_officer(line, who)

    # It appears by itself; no reload.
    desk.locator(f"#card-{thread}").click()
    desk.get_by_role("button", name="Claim thread").click()
    desk.get_by_label("Your answer").fill("Buenos días, ¿dónde vive usted?")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator(".bubble--officer .bubble__text")).to_have_text("Buenos días, ¿dónde vive usted?")
    expect(desk.get_by_label("Your answer")).to_have_value("")
    expect(desk.get_by_label("Your answer")).to_be_focused()
    line.work()
    expect(desk.locator(".bubble--officer .bubble__state")).to_have_text("delivered")
    say(line, who, "en la calle Lantern")
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text("en la calle Lantern")
    expect(desk.locator("#told")).to_contain_text("New text from")
    assert who not in desk.content()

    desk.get_by_text("Close this thread").click()
    desk.get_by_label("How did it end?").select_option("answered")
    desk.get_by_label("How did you understand each other?").select_option("certified officer")
    desk.get_by_role("button", name="Close thread").click()
    expect(desk.get_by_role("status").first).to_contain_text("The thread is closed")
    expect(desk.locator(f"#card-{thread}")).to_have_count(0)


def test_the_second_of_two_officers_reads_who_was_first(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    first, second = visit.officer("rodriguez", f"/desk/{thread}"), visit.officer("santos", f"/desk/{thread}")
    # The second page is cut off, so that it still offers the thread when the first has it.
    second.route("**/conversation*", lambda route: route.fulfill(status=204))

    first.get_by_role("button", name="Claim thread").click()
    expect(first.get_by_label("Your answer")).to_be_visible()
    second.get_by_role("button", name="Claim thread").click()

    expect(second.get_by_role("alert").first).to_have_text("Marisol Rodriguez has already taken this thread.")
    expect(second.locator("#actions")).to_contain_text("Marisol Rodriguez answers this thread.")


def test_what_is_typed_stays_while_texts_come_in(visit: Visitor, line: Line) -> None:
    who = phone()
    thread = asks_for_an_officer(line, who)
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.get_by_role("button", name="Claim thread").click()
    desk.get_by_label("Your answer").press_sequentially("Un mom")

    say(line, who, "¿hola?")
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text("¿hola?")
    desk.keyboard.type("ento")

    expect(desk.get_by_label("Your answer")).to_have_value("Un momento")


def test_everything_works_without_scripts(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    desk = visit.officer("rodriguez")
    desk.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))

    desk.goto(f"{visit.url}/desk/{thread}")
    desk.get_by_role("button", name="Claim thread").click()
    desk.get_by_label("Your answer").fill("Hola")
    desk.get_by_role("button", name="Send").click()

    expect(desk.locator(".bubble--officer .bubble__text")).to_have_text("Hola")
    desk.get_by_role("switch", name="On shift").click()
    expect(desk).to_have_url(f"{visit.url}/duty/handover")  # whoever goes hands over first
    expect(desk.get_by_role("switch", name="On shift")).to_have_attribute("aria-checked", "false")
    desk.get_by_role("switch", name="On shift").click()
    expect(desk.get_by_role("switch", name="On shift")).to_have_attribute("aria-checked", "true")


def test_a_thread_is_taken_and_answered_by_keyboard_alone(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    desk = visit.officer("rodriguez")

    _tab_to(desk, f"#card-{thread}")
    desk.keyboard.press("Enter")
    desk.wait_for_url(f"**/desk/{thread}")
    _tab_to(desk, "#claim")
    desk.keyboard.press("Enter")
    expect(desk.get_by_label("Your answer")).to_be_focused()
    desk.keyboard.type("Ya estoy aquí")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")

    expect(desk.locator(".bubble--officer .bubble__text")).to_have_text("Ya estoy aquí")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(200):  # other tests' threads stand before it
        page.keyboard.press("Tab")
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=1">',
    "{{ 7*7 }} ${7*7} <b onclick=x>bold</b>",
    "hello \u202egnp.exe\u202c <!-- --> &lt;i&gt; \u200bend",
)


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_text_is_shown_as_what_it_is(visit: Visitor, line: Line, words: str) -> None:
    thread = say(line, phone(), "I want to talk to an officer", words)

    desk = visit.officer("rodriguez", f"/desk/{thread}")

    shown = words.replace("\u202e", "U+202E").replace("\u202c", "U+202C").replace("\u200b", "U+200B")
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text(shown)
    expect(desk.locator(f"#card-{thread} .card__about")).to_have_text(shown)
    assert desk.locator(".bubble img, .bubble b, .card b, .card img, script:not([src])").count() == 0
    assert "Desk" in desk.title()


def test_each_bubble_has_its_own_language_and_direction(visit: Visitor, line: Line) -> None:
    thread = say(line, phone(), "أريد أن أتحدث مع شرطي", "جاري يصرخ كل ليلة")

    desk = visit.officer("haddad", f"/desk/{thread}")

    bubble = desk.locator(".bubble--resident .bubble__text").last
    assert bubble.evaluate("element => [element.lang, getComputedStyle(element).direction]") == ["ar", "rtl"]
    assert desk.locator("html").evaluate("page => getComputedStyle(page).direction") == "ltr"


def test_who_signs_out_in_another_tab_sees_nothing_further(visit: Visitor, line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    other_tab = desk.context.new_page()
    other_tab.goto(f"{visit.url}/desk")
    other_tab.get_by_role("button", name="Sign out").click()
    expect(other_tab.get_by_role("status")).to_have_text("You are signed out.")

    line.hotline.queue.announce(thread)

    desk.wait_for_url("**/signin?next=**")


def test_the_empty_desk(quiet: Visitor, accessible: Callable[[Page], None]) -> None:
    desk = quiet.officer("park")

    expect(desk.locator("main")).to_contain_text("Nobody is waiting")
    accessible(desk)


@pytest.mark.parametrize("width", [1280, 768, 390])
def test_axe_finds_nothing(visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int) -> None:
    who = phone()
    say(line, phone(), "hay un incendio en mi casa")
    thread = asks_for_an_officer(line, who)
    accessible(visit.page("/signin", width))
    accessible(visit.page("/nowhere", width))
    desk = visit.officer("rodriguez", width=width)
    accessible(desk)
    desk.goto(f"{visit.url}/desk/{thread}")
    accessible(desk)
    desk.get_by_role("button", name="Claim thread").click()
    expect(desk.get_by_label("Your answer")).to_be_visible()
    desk.get_by_text("Close this thread").click()
    accessible(desk)
    accessible(visit.officer("santos", f"/desk/{thread}", width))


def test_how_the_language_is_known_stands_beside_the_thread(visit: Visitor, line: Line) -> None:
    """The line's own recognition with how sure it was and what else it might have been; then the resident's word."""
    who = phone()
    thread = asks_for_an_officer(line, who)
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    known = desk.locator(".facts dd").first
    expect(known).to_contain_text("Español")
    expect(known).to_contain_text(re.compile(r"\b(0\.[789]\d|1\.00), recognised by the line"))

    say(line, who, "español")
    desk.reload()
    expect(desk.locator(".facts dd").first).to_contain_text(re.compile(r"(\d\.\d\d, confirmed|chosen) by the resident"))

    with line.hotline.db.read() as conn:
        notes = conn.execute(
            text("SELECT note FROM events WHERE subject = :subject AND verb = 'language' ORDER BY id"),
            {"subject": f"thread:{thread}"},
        ).scalars()
        assert [re.sub(r"[\d.]+", "N", note).partition(" of ")[0] for note in notes] == ["es detected N", "es chosen N"]
