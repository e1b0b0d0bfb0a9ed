"""How an open desk keeps up and makes itself heard: streams that are cut and go on, a count, a sound, notices and push, none of
which says who wrote or what."""

import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from bot.desk.paging import pushing
from bot.web import live
from bot.web.audience import Audience
from tests.browser.conftest import Visitor
from tests.browser.test_desk_page import asks_for_an_officer, phone, say
from tests.line import Line

# What a page would play and show, kept where a test can read it; a browser without a screen has neither.
LISTENING = """
window.overheard = { tones: 0, notices: [] };
window.OscillatorNode = class extends OscillatorNode {
  start(at) { window.overheard.tones += 1; super.start(at); }
};
window.Notification = class {
  static permission = "granted";
  static requestPermission() { return Promise.resolve("granted"); }
  constructor(title, options) { window.overheard.notices.push([title, JSON.stringify(options)]); }
};
"""
URGENT = re.compile(r"^❗\(\d+\) ")
HIDDEN = "Object.defineProperty(document, 'hidden', { get: () => true })"


def overheard(visit: Visitor, login: str, path: str = "/desk") -> Page:
    page = visit.officer(login, path)
    page.add_init_script(LISTENING)
    page.reload()
    return page


def until(page: Page, script: str, wanted: object) -> None:
    """The policy of our pages forbids what playwright's own wait does."""
    for _ in range(200):
        if page.evaluate(script) == wanted:
            return
        page.wait_for_timeout(50)
    assert page.evaluate(script) == wanted


def in_danger(line: Line, who: str) -> int:
    return say(line, who, "hay un hombre con una pistola en mi casa ayuda")


def test_a_stream_that_is_cut_again_and_again_loses_nothing(
    visit: Visitor, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "_BREATH", 0.1)
    monkeypatch.setattr(live, "_LONGEST", 0.3)  # and a second until the browser comes back
    who = phone()
    thread = asks_for_an_officer(line, who)
    first, second = visit.officer("rodriguez", f"/desk/{thread}"), visit.officer("santos")
    marks: list[str] = []
    join = Audience.join
    monkeypatch.setattr(
        Audience, "join", lambda self, who, after, most: marks.append(after) or join(self, who, after, most)
    )

    for number in range(6):
        say(line, who, f"texto {number}")
        expect(first.locator(".bubble--resident .bubble__text").last).to_have_text(f"texto {number}")
        other = asks_for_an_officer(line, phone())
        expect(first.locator(f"#card-{other}")).to_be_visible()
        expect(second.locator(f"#card-{other}")).to_be_visible()

    assert any(marks)  # the browser said where it was


def test_while_there_is_no_stream_the_page_looks_by_itself(visit: Visitor, line: Line) -> None:
    page = visit.page("/signin")
    page.clock.install(time=line.hotline.now())
    page.route("**/desk/live", lambda route: route.fulfill(status=404, body=""))
    page = _signed_in(page, visit, "rodriguez")
    thread = asks_for_an_officer(line, phone())
    expect(page.locator(f"#card-{thread}")).to_have_count(0)

    page.clock.run_for(20_000)

    expect(page.locator(f"#card-{thread}")).to_be_visible()


def _signed_in(page: Page, visit: Visitor, login: str) -> Page:
    from bot.demo.load import demo_password

    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(demo_password(visit.hotline.config))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk")
    return page


def test_what_is_urgent_rings_once_unless_it_is_muted(visit: Visitor, line: Line) -> None:
    desk = overheard(visit, "rodriguez")
    calm = asks_for_an_officer(line, phone())
    expect(desk.locator(f"#card-{calm}")).to_be_visible()
    assert desk.evaluate("overheard.tones") == 0

    desk.locator("#list").click(position={"x": 2, "y": 2})
    danger = in_danger(line, phone())
    expect(desk.locator(f"#card-{danger}")).to_be_visible()
    until(desk, "overheard.tones > 0", True)
    expect(desk).to_have_title(URGENT)
    tones = desk.evaluate("overheard.tones")

    sound = desk.get_by_role("switch", name="Sound for urgent threads")
    sound.click()
    expect(sound).to_have_attribute("aria-checked", "false")
    another = in_danger(line, phone())
    expect(desk.locator(f"#card-{another}")).to_be_visible()
    assert desk.evaluate("overheard.tones") == tones
    desk.reload()
    expect(sound).to_have_attribute("aria-checked", "false")
    expect(desk).to_have_title(URGENT)


def test_a_page_in_the_background_says_that_a_thread_waits_and_no_more(visit: Visitor, line: Line) -> None:
    desk = overheard(visit, "rodriguez")
    desk.evaluate(HIDDEN)
    who = phone()

    asks_for_an_officer(line, who, "me robaron la bicicleta")
    until(desk, "overheard.notices.length", 1)
    in_danger(line, phone())
    until(desk, "overheard.notices.length", 2)

    notices = desk.evaluate("overheard.notices")
    assert [title for title, _ in notices] == ["A thread waits", "Urgent: read the desk"]
    assert "bicicleta" not in str(notices)


def test_other_pages_hear_it_too(visit: Visitor, line: Line) -> None:
    page = overheard(visit, "rodriguez", "/desk/alerts")
    page.locator("h1").click()

    in_danger(line, phone())

    until(page, "overheard.tones > 0", True)
    expect(page).to_have_title(URGENT)


SUBSCRIBES = """
PushManager.prototype.subscribe = async function (wish) {
  window.overheard.key = wish.applicationServerKey;
  PushManager.subscribed = { toJSON: () => (ADDRESS), unsubscribe: async () => { PushManager.subscribed = null; } };
  return PushManager.subscribed;
};
PushManager.prototype.getSubscription = async () => PushManager.subscribed || null;
"""


def test_a_browser_is_told_until_its_officer_no_longer_wants_it(
    visit: Visitor, line: Line, accessible: Callable[[Page], None]
) -> None:
    keys = {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    }
    address = {"endpoint": f"https://fcm.googleapis.com/fcm/send/{uuid.uuid4().hex}", "keys": keys}
    page = visit.officer("rodriguez", "/desk/alerts")
    page.add_init_script(LISTENING + SUBSCRIBES.replace("ADDRESS", str(address)))
    page.reload()
    accessible(page)
    expect(page.locator("#push-state")).to_have_text("You are told in this browser while the desk is open.")

    page.get_by_role("button", name="Tell me in this browser").click()

    row = page.get_by_role("row").filter(has_text="Linux")
    expect(row).to_contain_text("not yet")
    accessible(page)
    row.get_by_role("button", name="Remove").click()
    expect(page.get_by_text("That browser is no longer told.")).to_be_visible()
    assert pushing.mine(line.hotline, line.officer("rodriguez")) == []


def test_an_address_that_is_no_push_services_is_refused_in_a_sentence(visit: Visitor, line: Line) -> None:
    page = visit.officer("rodriguez", "/desk/alerts")
    page.add_init_script(LISTENING + SUBSCRIBES.replace("ADDRESS", "{endpoint: 'https://10.0.0.1/', keys: {}}"))
    page.reload()

    page.get_by_role("button", name="Tell me in this browser").click()

    expect(page.locator("#push-state")).to_contain_text("not one that this line may use")
    assert pushing.mine(line.hotline, line.officer("rodriguez")) == []


def test_what_is_pushed_is_shown_in_the_officers_language_and_opens_the_desk(visit: Visitor, line: Line) -> None:
    page = visit.officer("rodriguez", "/desk/alerts")
    context = page.context
    context.grant_permissions(["notifications"], origin=visit.url)
    found: list[dict[str, str]] = []
    door = context.new_cdp_session(page)
    door.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    door.send("ServiceWorker.enable")
    page.evaluate(
        "async (script) => { await navigator.serviceWorker.register(script, {scope: '/desk'}); await navigator.serviceWorker.ready }",
        "/desk/alerts-worker.js",
    )

    for said in ('{"kind": "urgent"}', '{"kind": "waits"}', "what is this"):
        push = {"origin": visit.url, "registrationId": found[-1]["registrationId"], "data": said}
        door.send("ServiceWorker.deliverPushMessage", push)

    shown = "navigator.serviceWorker.ready.then(one => one.getNotifications()).then(all => all.map(one => one.title).sort())"
    until(page, shown, ["A thread waits", "Urgent: read the desk"])
    assert page.evaluate(shown.replace("one.title", "one.body")) == ["", ""]
