"""Work on a thread in real browsers: two officers and a resident at once, mostly by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.threads import replies, views
from tests.browser.conftest import Visitor, visitor
from tests.browser.test_desk_page import asks_for_an_officer, phone
from tests.conftest import MONDAY
from tests.line import Line, running_line


@pytest.fixture(scope="module")
def patient_line(tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """A line on which a text can be taken back for ten seconds, as it is outside tests."""
    with running_line(tmp_path_factory.mktemp("line"), redis_url, MONDAY, DESK_UNDO_SECONDS="10") as running:
        yield running


@pytest.fixture
def patient(browser: Browser, patient_line: Line) -> Iterator[Visitor]:
    with visitor(browser, patient_line.url, patient_line.hotline) as visiting:
        yield visiting


def claimed(visit: Visitor, line: Line, who: str, login: str = "rodriguez") -> tuple[int, Page]:
    thread = asks_for_an_officer(line, who)
    handoffs.claim(line.hotline, line.officer(login), thread)
    line.work()
    return thread, visit.officer(login, f"/desk/{thread}")


def sent(line: Line, thread: int) -> list[str]:
    seen = views.view(line.hotline, line.officer("santos"), thread).messages
    return [one.text for one in seen if one.direction == "out" and one.state == "delivered"]


def test_a_text_is_taken_back_within_ten_seconds_and_sent_after_them(patient: Visitor, patient_line: Line) -> None:
    line = patient_line
    thread, desk = claimed(patient, line, phone())
    desk.get_by_label("Your answer").fill("Vaya a la calle Third")
    desk.keyboard.press("Control+Enter")

    expect(desk.locator(".undo__count")).to_contain_text(" s")
    expect(desk.locator(".bubble--officer .bubble__state")).to_have_text("waiting to be sent")
    desk.keyboard.press("Escape")
    desk.keyboard.press("u")
    expect(desk.get_by_label("Your answer")).to_have_value("Vaya a la calle Third")
    expect(desk.locator(".bubble--officer")).to_have_count(0)
    expect(desk.locator(".undo")).to_have_count(0)

    desk.get_by_label("Your answer").fill("Vaya a la calle Fourth")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_role("button", name="Undo")).to_be_visible()
    line.clock.pass_by(seconds=10)
    assert replies.ring_for_due(line.hotline) == 1
    line.work()
    expect(desk.locator(".bubble--officer .bubble__state")).to_have_text("delivered")
    assert [one for one in sent(line, thread) if "Vaya" in one] == ["Vaya a la calle Fourth"]


def test_two_officers_see_each_other_write_and_a_note_is_never_sent(visit: Visitor, line: Line) -> None:
    thread, first = claimed(visit, line, phone())
    second = visit.officer("santos", f"/desk/{thread}")
    before = sent(line, thread)

    first.get_by_label("Your answer").press_sequentially("Un mom")
    expect(second.locator("#typing")).to_have_text("Marisol Rodriguez is writing an answer")
    second.keyboard.press("n")
    second.get_by_label("Note for staff").press_sequentially("The neighbour called too. ")
    expect(first.locator("#typing")).to_have_text("Rosario Santos is writing a note")
    second.get_by_text("Name somebody with @").click()
    second.get_by_role("button", name="Marisol Rodriguez").click()
    second.get_by_role("button", name="Keep note").click()

    note = first.locator(".bubbles .note")
    expect(note.locator(".note__words")).to_have_text("The neighbour called too. @rodriguez ".strip())
    expect(note).to_contain_text("Never sent to the resident")
    expect(first.get_by_label("Your answer")).to_have_value("Un mom")  # what is typed stays
    line.work()
    assert sent(line, thread) == before

    first.keyboard.press("Escape")
    first.keyboard.press("n")
    first.get_by_label("Note for staff").fill("Thank you, @santos")
    second.goto(f"{visit.url}/desk")
    first.get_by_role("button", name="Keep note").click()
    shelf = second.locator(".shelf", has_text="You are named in a note")
    shelf.locator(f"#card-{thread}").click()
    expect(second.locator(".note__words").last).to_have_text("Thank you, @santos")
    expect(second.locator(".shelf", has_text="You are named in a note")).to_have_count(0)


def test_what_was_typed_is_there_again_on_another_device(visit: Visitor, line: Line) -> None:
    thread, desk = claimed(visit, line, phone())
    desk.get_by_label("Your answer").press_sequentially("Mañana a las nueve")
    expect(desk.locator("[data-kept=reply]")).to_be_visible()

    other = visit.officer("rodriguez", f"/desk/{thread}", 390)
    expect(other.get_by_label("Your answer")).to_have_value("Mañana a las nueve")
    desk.reload()
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.get_by_label("Your answer")).to_have_value("")
    other.reload()
    expect(other.get_by_label("Your answer")).to_have_value("")


def test_a_reply_kept_ready_is_picked_by_keyboard_and_fills_the_answer(visit: Visitor, line: Line) -> None:
    thread, desk = claimed(visit, line, phone())
    desk.get_by_label("Your answer").focus()
    desk.keyboard.press("/")
    expect(desk.locator("#picker-search")).to_be_focused()
    desk.keyboard.type("nearest streets")  # the English is searched too
    expect(desk.locator(".ready__one:visible")).to_have_count(1)
    expect(desk.locator(".ready__one:visible .ready__words")).to_have_attribute("lang", "es")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")

    answer = desk.get_by_label("Your answer")
    expect(answer).to_have_value("¿Dónde pasó? Mande la dirección, por favor, o las dos calles más cercanas.")
    expect(answer).to_be_focused()
    expect(desk.locator(".bubble--officer")).to_have_count(0)

    answer.fill("")
    desk.get_by_role("link", name="Kept replies").click()
    expect(desk.locator(".ready__one").first).to_be_visible()
    desk.keyboard.type("property")
    desk.keyboard.press("Enter")
    assert answer.evaluate("one => one.value.slice(one.selectionStart, one.selectionEnd)") == "{num}"
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("alert").first).to_have_text("Fill in {num} first, or take it out.")
    expect(answer).to_have_value(
        "Para recuperar sus cosas, llame primero al 555-555-0100. Traiga una identificación y su número de reporte: {num}."
    )
    assert not [one for one in sent(line, thread) if "recuperar" in one]


def test_keys_lead_through_the_threads_and_do_nothing_while_one_writes(visit: Visitor, line: Line) -> None:
    asks_for_an_officer(line, phone())
    _thread, desk = claimed(visit, line, phone())
    desk.keyboard.press("r")
    expect(desk.get_by_label("Your answer")).to_be_focused()
    desk.keyboard.type("jkcnteu?/")  # while one writes, no key does anything
    expect(desk.get_by_label("Your answer")).to_have_value("jkcnteu?/")
    desk.get_by_label("Your answer").fill("")
    desk.keyboard.press("Escape")
    desk.keyboard.press("?")
    keys = desk.get_by_role("dialog", name="Keys")
    expect(keys.locator("dt")).to_have_count(12)
    keys.get_by_role("button", name="answer").click()  # what a key does a button does too
    expect(desk.get_by_label("Your answer")).to_be_focused()
    desk.keyboard.press("Escape")
    desk.keyboard.press("e")
    expect(desk.get_by_label("How did it end?")).to_be_focused()
    desk.keyboard.press("Escape")

    cards = desk.locator(".card__link")
    cards.first.click()
    expect(cards.first).to_have_attribute("aria-current", "page")
    desk.keyboard.press("j")
    expect(cards.nth(1)).to_have_attribute("aria-current", "page")
    desk.keyboard.press("k")
    expect(cards.first).to_have_attribute("aria-current", "page")


def test_a_thread_is_passed_on_goes_on_and_is_closed(visit: Visitor, line: Line) -> None:
    thread, desk = claimed(visit, line, phone())
    desk.keyboard.press("t")
    expect(desk.get_by_label("Pass on to")).to_be_focused()
    desk.get_by_label("Pass on to").select_option(label="Joon Park (off shift)")
    desk.get_by_label("Note for whoever goes on").fill("Wants to know about the court date.")
    desk.get_by_role("button", name="Pass on", exact=True).click()
    expect(desk.get_by_role("alert").first).to_have_text(
        "Joon Park is not on shift now. The resident may wait for long."
    )
    expect(desk.get_by_label("Note for whoever goes on")).to_have_value("Wants to know about the court date.")
    desk.get_by_label("Pass it on all the same").check()
    desk.get_by_role("button", name="Pass on", exact=True).click()
    expect(desk.get_by_role("status").first).to_have_text("The thread is passed on, with your note.")
    expect(desk.locator(f"#card-{thread}")).to_have_count(0)

    park = visit.officer("park", f"/desk/{thread}")
    expect(park.locator(".note--transfer .note__words")).to_have_text("Wants to know about the court date.")
    park.keyboard.press("c")
    expect(park.get_by_label("Your answer")).to_be_focused()
    line.work()
    assert "Joon Park leyó sus mensajes" in sent(line, thread)[-1]
    park.keyboard.press("Escape")
    park.keyboard.press("e")
    park.get_by_label("How did it end?").select_option("report rejected")
    park.get_by_label("How did you understand each other?").select_option("phone interpreter")
    park.get_by_role("button", name="Close thread").click()
    expect(park.get_by_role("alert").first).to_have_text("Say why the report was rejected.")
    park.get_by_label("Why (when a report is rejected)").fill("Another town.")
    park.get_by_role("button", name="Close thread").click()
    expect(park.get_by_role("status").first).to_contain_text("The thread is closed")
    with line.hotline.db.read() as conn:
        sql = text("SELECT outcome, language_service FROM handoffs WHERE thread_id = :thread")
        assert conn.execute(sql, {"thread": thread}).one() == ("report rejected", "phone interpreter")


def test_without_scripts_a_reply_is_picked_a_note_kept_and_a_thread_released(visit: Visitor, line: Line) -> None:
    _thread, desk = claimed(visit, line, phone())
    desk.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    desk.reload()

    desk.get_by_role("link", name="Kept replies").click()
    desk.get_by_role("link", name="Greeting").click()
    expect(desk.get_by_label("Your answer")).to_have_value(
        "Hola, soy Oficial Marisol Rodriguez, de Riverbend PD. Leí sus mensajes y estoy aquí para ayudarle."
    )
    desk.get_by_text("Not by text").click()
    desk.get_by_role("button", name="Offer a call or a meeting").click()
    expect(desk.locator(".bubble--officer .bubble__text")).to_contain_text("por teléfono o en persona")
    desk.locator("#noting > summary").click()
    desk.get_by_label("Note for staff").fill("Prefers the phone.")
    desk.get_by_role("button", name="Keep note").click()
    expect(desk.locator(".note__words")).to_have_text("Prefers the phone.")
    desk.get_by_role("button", name="Release").click()
    expect(desk.get_by_role("status").first).to_have_text("The thread waits in the queue again.")


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int) -> None:
    boss = line.officer("santos")
    thread, _desk = claimed(visit, line, phone(), "santos")
    replies.reply(line.hotline, boss, thread, "Hola")
    desk = visit.officer("santos", f"/desk/{thread}", width)
    for fold in ("noting", "careful", "passing-on", "closing"):
        desk.locator(f"#{fold} > summary").click()
        accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    desk.get_by_role("link", name="Kept replies").click()
    expect(desk.locator("#picker")).to_be_visible()
    accessible(desk)
    for path in ("/desk/replies", "/desk/teams", f"/desk/{thread}/ready"):
        desk.goto(visit.url + path)
        accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
