"""Signing in step by step in a real browser: a link, a password, a passkey, and an account that is one's own."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pyotp
import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect
from werkzeug.serving import make_server

from bot.demo.load import demo_password
from bot.desk.identity import accounts
from bot.hotline import Hotline
from bot.model import Role
from bot.web.app import create
from tests.browser.chromium import watch
from tests.browser.conftest import Visitor
from tests.conftest import MONDAY
from tests.line import Clock, build_hotline, settings

PASSWORD = "seven purple teapots"
PATIENCE = 20_000  # ms; a machine that is busy hashes slowly


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def strict(browser: Browser, tmp_path: Path, redis_url: str) -> Iterator[tuple[Hotline, Callable[[], Page]]]:
    """A line that lets nobody in without a second factor, and pages of it, at a name that passkeys can be bound to."""
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    url = f"http://localhost:{server.server_port}"
    line = build_hotline(settings(tmp_path, REDIS_URL=redis_url, PUBLIC_URL=url), demo=False)
    config = replace(line.config)
    object.__setattr__(config, "env", "production")  # whose other settings a test has not
    line = replace(line, config=config, now=Clock(MONDAY))
    app = create(line)
    Thread(target=server.serve_forever, daemon=True).start()
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    context.set_default_timeout(PATIENCE)
    wrong = watch(context, url)

    def page() -> Page:
        opened = context.new_page()
        opened.goto(url)
        return opened

    try:
        yield line, page
        assert wrong == []
    finally:
        context.close()
        server.shutdown()
        line.db.close()


def with_keys(page: Page) -> CDPSession:
    """A security key that says yes."""
    machine = page.context.new_cdp_session(page)
    machine.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    machine.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return machine


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_from_the_link_to_a_passkey_and_in_again(
    strict: tuple[Hotline, Callable[[], Page]], accessible: Callable[[Page], None]
) -> None:
    line, open_page = strict
    officer = accounts.add(line, "rivera", "Ines Rivera", Role.OFFICER, "another old password", "2147", {})
    page = open_page()
    with_keys(page)

    page.goto(accounts.link(line, None, officer))
    expect(page.get_by_label("Code from the link")).to_be_hidden()
    assert "#" not in page.url, "the code is out of the bar"
    accessible(page)
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same once more").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("status")).to_have_text("Your password is set. Sign in with it.")
    sign_in(page, "rivera")

    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    page.goto(page.url.split("/account")[0] + "/desk")
    expect(page.get_by_role("heading", name="Set up a second factor")).to_be_visible()
    accessible(page)
    page.get_by_label("What you call it").fill("My phone")
    page.get_by_role("button", name="Add a passkey").click()
    codes = page.locator(".codes li")
    expect(codes).to_have_count(10)
    accessible(page)
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("link", name="Account")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "rivera")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_text("My phone").first).to_be_visible()


def test_an_app_is_set_up_and_asked_for(visit: Visitor, accessible: Callable[[Page], None]) -> None:
    page = visit.officer("sokolova", "/account")
    page.get_by_role("link", name="Set one up").click()
    page.get_by_role("button", name="Set up an app").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    accessible(page)
    app = pyotp.TOTP((page.locator(".secret").text_content() or "").replace(" ", ""))
    page.get_by_label("The code it shows now").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong or too old")
    page.get_by_label("The code it shows now").fill(app.at(visit.hotline.now()))
    page.get_by_role("button", name="Confirm").click()
    paper = page.locator(".codes li").first.text_content() or ""

    again = visit.page("/signin?next=/account")
    sign_in(again, "sokolova", demo_password(visit.hotline.config))
    again.get_by_label("Code").fill(app.at(visit.hotline.now()))
    again.get_by_role("button", name="Go on").click()
    expect(again.get_by_role("alert")).to_contain_text("was used before")
    again.get_by_label("Code").fill(paper)
    again.get_by_role("button", name="Go on").click()
    expect(again.get_by_text("9 codes on paper are left.")).to_be_visible()


def test_sessions_are_seen_and_ended(visit: Visitor) -> None:
    here, there = visit.officer("lin", "/account"), visit.officer("lin", "/account")
    here.reload()
    rows = here.locator("tbody tr", has=here.get_by_role("button", name=re.compile("^End")))
    expect(rows).to_have_count(1)

    rows.get_by_role("button", name=re.compile("^End")).click()

    expect(here.get_by_role("status").first).to_have_text("That session has ended.")
    there.reload()
    expect(there.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_desk_is_read_in_the_language_one_chose(visit: Visitor) -> None:
    page = visit.officer("tran", "/account")

    page.get_by_label("Show the desk in").select_option("es")
    page.get_by_role("button", name="Keep").click()

    expect(page.locator("html")).to_have_attribute("lang", "es")
    # What the page says by itself, too.
    page.evaluate("document.dispatchEvent(new CustomEvent('htmx:sendError', {detail: {requestConfig: {verb: 'post'}}}))")
    expect(page.get_by_role("alert")).to_have_text("No hay conexión con la línea. No se envió nada.")
    page.locator("#chosen").select_option("")
    page.locator("#chosen").locator("xpath=ancestor::form").get_by_role("button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_an_admin_invites_and_hands_over_a_link(visit: Visitor, accessible: Callable[[Page], None]) -> None:
    admin = visit.officer("whitfield", "/staff")
    accessible(admin)
    admin.get_by_role("link", name="Invite somebody").click()
    admin.get_by_label("Name").fill("Jae Kim")
    admin.get_by_label("Login").fill("jaekim")
    admin.get_by_label("Role").select_option("auditor")
    admin.get_by_role("button", name="Make account and link").click()
    link = admin.get_by_label("Link").input_value()
    accessible(admin)

    guest = visit.page(link.removeprefix(visit.hotline.config.url))
    guest.get_by_label("New password").fill(PASSWORD)
    guest.get_by_label("The same once more").fill(PASSWORD)
    guest.get_by_role("button", name="Set password").click()
    sign_in(guest, "jaekim")
    expect(guest.get_by_role("link", name="Account")).to_be_visible()

    admin.get_by_role("button", name="Shut this account").click()
    expect(admin.get_by_role("status").first).to_contain_text("The account is shut")
    guest.reload()
    expect(guest.get_by_role("button", name="Sign in")).to_be_visible()


def test_what_is_grave_is_asked_for_again(visit: Visitor) -> None:
    admin = visit.officer("whitfield", "/staff")
    with visit.hotline.db.write() as conn:
        conn.exec_driver_sql("UPDATE sessions SET proven_at = 0")

    admin.get_by_role("link", name="Invite somebody").click()
    expect(admin.get_by_role("heading", name="Is it you?")).to_be_visible()
    admin.get_by_label("Password").fill(demo_password(visit.hotline.config))
    admin.get_by_role("button", name="Go on").click()

    expect(admin.get_by_role("heading", name="Invite somebody")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 820, 390])
def test_no_page_scrolls_sideways_and_axe_finds_nothing(
    visit: Visitor, accessible: Callable[[Page], None], width: int
) -> None:
    page = visit.officer("whitfield", "/account", width)
    somebody = accounts.everybody(visit.hotline)[0].officer.id
    for path in ("/account", "/account/factor", "/staff", "/staff/new", f"/staff/{somebody}", "/signin/confirm"):
        page.goto(visit.url + path)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
