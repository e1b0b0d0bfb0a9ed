"""What a thread shows, in a real browser: pictures when asked, places, a number with a reason, WhatsApp's day, two channels
of one person, and the search."""

import itertools
import re
from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect
from sqlalchemy import text

from bot.desk.threads import whatsapp
from bot.fake_twilio.media import OGG
from bot.housekeeping import tick
from tests.browser.conftest import Visitor
from tests.line import Line
from tests.pictures import GPS, jpeg_with_place

SID = "HX" + "a1" * 16
_numbers = itertools.count(1)


def number() -> str:
    return f"+1500557{next(_numbers):04}"


def asks(line: Line, address: str, about: str = "un vecino ruidoso") -> int:
    """Somebody asks for an officer in Spanish; the thread's id."""
    line.twilio.text(address, "quiero hablar con un oficial")
    line.twilio.text(address, about)
    line.work()
    channel = "twilio-whatsapp" if address.startswith("whatsapp:") else "twilio-sms"
    return line.thread_of(address.removeprefix("whatsapp:"), channel)


def claimed(visit: Visitor, thread: int, width: int = 1280) -> Page:
    desk = visit.officer("rodriguez", f"/desk/{thread}", width)
    desk.get_by_role("button", name="Claim thread").click()
    expect(desk.get_by_label(re.compile("Your answer"))).to_be_visible()
    return desk


def test_a_picture_is_loaded_when_asked_and_without_its_place(visit: Visitor, line: Line) -> None:
    who = number()
    thread = asks(line, who)
    line.twilio.text(who, "", media=[("image/jpeg", jpeg_with_place())])
    line.work()
    asked: list[str] = []
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.on("request", lambda request: asked.append(request.url) if "/attachments/" in request.url else None)

    link = desk.locator(".thing--picture .thing__show")
    expect(link).to_contain_text("Picture")
    assert not asked and desk.locator(".thing__picture").count() == 0
    link.click()
    picture = desk.locator(".thing__picture")
    expect(picture).to_be_visible()
    assert picture.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") == 2
    shown = desk.request.get(visit.url + link.get_attribute("href"))
    assert GPS not in shown.body() and shown.body().startswith(b"\xff\xd8")
    assert shown.headers["content-security-policy"].endswith("sandbox")
    assert shown.headers["cache-control"] == "no-store, private"
    assert shown.headers["x-content-type-options"] == "nosniff"

    line.twilio.text(who, "¿la ve?")  # a new text leaves it open
    expect(desk.locator(".bubble--resident .bubble__text").last).to_have_text("¿la ve?")
    expect(picture).to_be_visible()
    link.click()
    expect(picture).to_have_count(0)
    stranger = visit.officer("tran")
    assert stranger.request.get(visit.url + link.get_attribute("href")).status == 404


def test_a_voice_note_plays_and_a_card_is_read_with_its_number_hidden(visit: Visitor, line: Line) -> None:
    who = number()
    thread = asks(line, who)
    card = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana & Ruiz\r\nTEL:+1 555 555 0142\r\nEND:VCARD\r\n"
    line.twilio.text(who, "", media=[("audio/ogg", OGG), ("text/vcard", card), ("application/pdf", b"%PDF-1.7\n%%EOF")])
    line.work()
    desk = visit.officer("rodriguez", f"/desk/{thread}")

    sound = desk.locator("audio")
    part = desk.request.get(visit.url + sound.get_attribute("src"), headers={"Range": "bytes=2-5"})
    assert (part.status, part.body(), part.headers["content-type"]) == (206, OGG[2:6], "audio/ogg")
    desk.get_by_role("link", name=re.compile("Contact card")).click()
    expect(desk.locator(".thing__text")).to_have_text("Name: Ana & Ruiz\nPhone: *********42")
    file = desk.get_by_role("link", name=re.compile("Download"))
    answer = desk.request.get(visit.url + file.get_attribute("href"))
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "0142" not in desk.content()


def test_a_spot_lies_among_the_towns_own_places(visit: Visitor, line: Line) -> None:
    who = number()
    thread = asks(line, who)
    line.twilio.text(who, "", Latitude="41.1080", Longitude="-92.3000", Label="<i>casa</i>")
    line.twilio.text(who, "", Latitude="19.4", Longitude="-99.1")
    desk = visit.officer("rodriguez", f"/desk/{thread}")

    near, far = desk.locator(".spot").first, desk.locator(".spot").last
    expect(near.locator(".spot__near")).to_have_text(re.compile(r"^0\.\d km \(0\.\d mi\) [a-z-]+ of [A-Z]"))
    expect(near.locator(".spot__label")).to_have_text("<i>casa</i>")
    expect(near.locator("svg .spot__name").first).to_be_visible()
    expect(far.locator(".spot__near")).to_have_text("far from all places of this town")
    assert far.locator("svg").count() == 0


def test_a_number_is_shown_for_a_reason_for_ten_minutes_and_the_supervisor_is_told(visit: Visitor, line: Line) -> None:
    who = number()
    thread = asks(line, who)
    desk = claimed(visit, thread)
    shown = f"+1 {who[2:5]}-{who[5:8]}-{who[8:]}"

    desk.get_by_role("link", name="Show it with a reason").click()
    if desk.url.endswith(f"/desk/{thread}/number") is False:  # asked to confirm first
        confirm(desk, visit)
    desk.get_by_label("Why do you need the number?").fill("to call         ")
    desk.locator("form.panel").evaluate("form => { form.noValidate = true }")
    desk.get_by_role("button", name="Show the number").click()
    expect(desk.get_by_role("alert").first).to_contain_text("at least 10 characters")
    assert shown not in desk.content()
    desk.get_by_label("Why do you need the number?").fill("She asked me to call her back now")
    desk.get_by_role("button", name="Show the number").click()
    expect(desk.locator(".figure__number")).to_have_text(shown)

    desk.goto(f"{visit.url}/desk/{thread}")
    assert shown not in desk.content() and who not in desk.content()
    line.clock.pass_by(minutes=11)
    desk.clock.set_system_time(line.clock())
    desk.goto(f"{visit.url}/desk/{thread}/number")
    assert shown not in desk.content()

    boss = visit.officer("santos")
    boss.get_by_role("link", name=re.compile("Numbers shown")).click()
    row = boss.get_by_role("row").filter(has_text="She asked me to call her back now").first
    expect(row).to_contain_text("Marisol Rodriguez")
    row.get_by_role("button", name=re.compile("I have looked at it")).click()
    expect(boss.get_by_role("row").filter(has_text="She asked me to call her back now").first).to_contain_text("Rosario Santos")
    assert who not in boss.content() and shown not in boss.content()


def confirm(desk: Page, visit: Visitor) -> None:
    """Whoever has no second factor here shows their password once more."""
    from bot.demo.load import demo_password

    desk.get_by_label("Password").fill(demo_password(visit.hotline.config))
    desk.get_by_role("button").filter(has_text=re.compile("Confirm|Go on|Continue")).click()


def test_after_a_day_whatsapp_takes_a_template_and_the_answer_waits(visit: Visitor, line: Line) -> None:
    admin = visit.officer("whitfield", "/whatsapp")
    spanish = admin.locator("#template-es")
    expect(admin.locator(".page__head")).to_contain_text("Allowed in writing by the tests on 2026-01-05.")
    spanish.get_by_label(re.compile("ContentSid")).fill("HX12")
    spanish.get_by_role("button", name=re.compile("Save")).click()
    expect(admin.get_by_role("alert").first).to_contain_text("begins with HX")
    spanish.get_by_label(re.compile("ContentSid")).fill(SID)
    spanish.get_by_label(re.compile("Approval")).select_option("approved")
    spanish.get_by_role("button", name=re.compile("Save")).click()
    line.twilio.rest.templates[SID] = whatsapp.wording(line.hotline, "es")
    who = f"whatsapp:{number()}"
    thread = asks(line, who)
    desk = claimed(visit, thread)
    expect(desk.locator(".window")).to_have_text(re.compile(r"Can be answered for 23 h 5\d min"))

    desk.close()  # the session is over by then
    line.clock.pass_by(hours=25)
    line.twilio.rest.ahead = 25 * 3600.0
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    expect(desk.locator(".locked__why")).to_contain_text("WhatsApp takes no answer now.")
    desk.get_by_label(re.compile("Your answer")).fill("Ya hablé con su vecino.")
    desk.get_by_role("button", name="Send the template").click()
    expect(desk.locator(".bubble--officer .bubble__state").last).to_contain_text("waits until the resident writes")
    line.work()
    assert line.twilio.sent_to(who)[-1].startswith("Riverbend PD:")
    assert line.twilio.sent[-1].form["ContentSid"] == [SID]

    line.twilio.rest.ahead = 0.0
    line.twilio.text(who, "SI")
    tick(line.hotline)
    line.work()
    assert line.twilio.sent_to(who)[-1] == "Ya hablé con su vecino."
    desk.reload()
    expect(desk.locator(".bubble--officer .bubble__state").last).to_have_text("delivered")
    expect(desk.get_by_role("button", name="Send", exact=True)).to_be_visible()


def test_one_person_on_two_channels_is_read_as_one_and_parted_again(visit: Visitor, line: Line) -> None:
    who = number()
    line.twilio.text(who, "hola, otra vez yo por mensaje")
    thread = asks(line, f"whatsapp:{who}")
    desk = claimed(visit, thread)

    expect(desk.locator(".facts")).to_contain_text("This number also writes on SMS")
    desk.get_by_role("button", name="Join the two threads").click()
    expect(desk.locator(".bubble--resident").first).to_contain_text("hola, otra vez yo por mensaje")
    expect(desk.locator(".bubble--resident").first).to_contain_text("SMS")
    expect(desk.locator(".bubble--resident").last).to_contain_text("WhatsApp")
    desk.get_by_label("SMS").check()
    desk.get_by_label(re.compile("Your answer")).fill("Por mensaje, entonces.")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(desk.locator(".bubble--officer")).to_contain_text("SMS")
    line.work()
    assert line.twilio.sent_to(who)[-1] == "Por mensaje, entonces."

    desk.reload()
    desk.get_by_role("button", name="Part them again").click()
    expect(desk.locator(".bubble--resident").first).not_to_contain_text("por mensaje")
    assert who not in desk.content()


def test_threads_are_found_by_what_is_known_of_them(visit: Visitor, line: Line) -> None:
    thread = asks(line, number())
    with line.hotline.db.read() as conn:
        handle = conn.execute(
            text("SELECT r.handle FROM residents r JOIN threads t ON t.resident_id = r.id WHERE t.id = :id"), {"id": thread}
        ).scalar_one()
    desk = visit.officer("rodriguez")
    desk.get_by_role("link", name="Search threads").click()
    desk.get_by_label("Handle or report number").fill(handle.lower())
    desk.get_by_role("button", name="Search").click()
    found = desk.locator(".found__link")
    expect(found.first).to_contain_text(handle)
    desk.get_by_label("Language").select_option("ko")
    desk.get_by_role("button", name="Search").click()
    expect(desk.locator(".found")).to_contain_text("Nothing fits.")
    other = visit.officer("tran", "/desk/search")  # who does not read Spanish
    other.get_by_label("Handle or report number").fill(handle)
    other.get_by_role("button", name="Search").click()
    expect(other.locator(".found")).to_contain_text("Nothing fits.")


def test_arabic_and_english_stand_side_by_side_each_in_its_direction(visit: Visitor, line: Line) -> None:
    who = number()
    line.twilio.text(who, "أريد أن أتحدث مع شرطي")
    line.twilio.text(who, "جاري يصرخ كل ليلة at 12B Lantern Street")
    thread = line.thread_of(who)
    desk = visit.officer("haddad", f"/desk/{thread}")
    bubble = desk.locator(".bubble--resident .bubble__text").last
    seen = bubble.evaluate("one => [one.lang, getComputedStyle(one).direction, getComputedStyle(one).unicodeBidi]")
    assert seen == ["ar", "rtl", "isolate"]


def test_who_opened_what_is_in_the_trail_once(visit: Visitor, line: Line) -> None:
    thread = asks(line, number())
    desk = visit.officer("rodriguez", f"/desk/{thread}")
    desk.reload()
    sql = text("SELECT count(*) FROM events WHERE verb = 'opened' AND subject = :subject")

    def times() -> int:
        with line.hotline.db.read() as conn:
            return int(conn.execute(sql, {"subject": f"thread:{thread}"}).scalar_one())

    assert times() == 1
    line.clock.pass_by(minutes=11)
    desk.reload()
    assert times() == 2


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_axe_finds_nothing(visit: Visitor, line: Line, accessible: Callable[[Page], None], width: int) -> None:
    who = number()
    thread = asks(line, who)
    line.twilio.text(who, "", media=[("image/jpeg", jpeg_with_place()), ("audio/ogg", OGG), ("application/pdf", b"%PDF-1.7")])
    line.twilio.text(who, "", Latitude="41.1080", Longitude="-92.3000")
    line.work()
    desk = claimed(visit, thread, width)
    desk.locator(".facts__fold").evaluate("fold => { fold.open = true }")
    desk.locator(".thing__show").first.click()
    expect(desk.locator(".thing__picture")).to_be_visible()
    accessible(desk)
    assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for path in ("/desk/search?q=a", f"/desk/{thread}/number"):
        desk.goto(visit.url + path)
        accessible(desk)
        assert desk.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boss = visit.officer("whitfield", "/whatsapp", width)
    accessible(boss)
    boss.goto(f"{visit.url}/desk/numbers")
    accessible(boss)
    assert requests.get(f"{visit.url}/desk/numbers", timeout=5, allow_redirects=False).status_code in (302, 303, 401)


