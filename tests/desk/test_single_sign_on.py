"""Signing in with the department's identity provider: a real one, in a process of its own."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
import requests
from flask import Flask
from werkzeug.test import TestResponse

from bot.desk.identity import accounts, second_factors, signing_in
from bot.hotline import Hotline
from bot.live_texts import HOME
from bot.model import Role
from bot.store.sealing import new_keyset
from bot.web.app import create
from tests.line import build_hotline, settings

CLIENT, SECRET = "puente-line", "a secret of the tests"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.identity_provider", CLIENT, SECRET], cwd=HOME, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def line(tmp_path: Path, redis_url: str, provider: str) -> Iterator[Hotline]:
    more = {
        "OIDC_ISSUER": provider, "OIDC_CLIENT_ID": CLIENT, "OIDC_CLIENT_SECRET": SECRET, "OIDC_LOGIN_CLAIM": "email",
        "OIDC_SECOND_FACTOR": "mfa,hwk", "PUBLIC_URL": "http://line.example.gov", "SEAL_KEYS": new_keyset(),
    }  # fmt: skip
    built = build_hotline(settings(tmp_path, REDIS_URL=redis_url, **more), demo=False)
    accounts.add(built, "rivera@example.gov", "Ines Rivera", Role.OFFICER, "seven purple teapots", "2147", {})
    yield built
    built.db.close()


def tell(provider: str, lie: str = "", **person: object) -> None:
    who = {"email": "Rivera@example.gov", "email_verified": True, "amr": ["pwd", "mfa"], **person}
    requests.post(f"{provider}/as", json={"person": who, "lie": lie}, timeout=10).raise_for_status()


def add_app(line: Hotline) -> None:
    """A second factor of ours."""
    _, who = signing_in.sign_in(line, "rivera@example.gov", "seven purple teapots")
    second_factors.begin_app(line, who.officer)
    begun = second_factors.begun_app(line, who.officer)
    assert begun
    second_factors.confirm_app(line, who, pyotp.TOTP(begun.secret).at(line.now()), "")


class Browser:
    """One person's browser: our pages through the application, the provider's over the network."""

    def __init__(self, app: Flask) -> None:
        self._client = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, headers=HTML, base_url="http://line.example.gov")

    def leave(self, query: str = "") -> str:
        """To the provider and to the address it sends back to, which is not opened yet."""
        away = self.get(f"/signin/elsewhere{query}")
        assert away.status_code == 303
        asked = parse_qs(urlsplit(away.headers["Location"]).query)
        assert asked["code_challenge_method"] == ["S256"] and asked["scope"] == ["openid profile email"]
        back = requests.get(away.headers["Location"], allow_redirects=False, timeout=10).headers["Location"]
        assert back.startswith("http://line.example.gov/signin/elsewhere/back?")
        return back.removeprefix("http://line.example.gov")

    def sign_in(self, query: str = "") -> TestResponse:
        return self.get(self.leave(query))


@pytest.fixture
def browser(line: Hotline) -> Browser:
    return Browser(create(line))


def test_whom_the_provider_vouches_for_gets_in_where_they_wanted(browser: Browser, provider: str) -> None:
    tell(provider)

    answer = browser.sign_in("?next=/desk/health/../../account")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/health/../../account")
    assert "Ines Rivera" in browser.get("/account").text


def test_nobody_gets_in_who_has_no_account_here(browser: Browser, provider: str) -> None:
    tell(provider, email="stranger@example.gov")

    answer = browser.sign_in()

    assert answer.status_code == 422 and "You have no account here" in answer.text
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize("lie", ["nonce", "audience", "issuer", "late", "unsigned", "key"])
def test_what_is_not_said_to_us_and_now_is_not_believed(browser: Browser, provider: str, lie: str) -> None:
    tell(provider, lie)

    answer = browser.sign_in()

    assert answer.status_code == 422 and "cannot be believed" in answer.text
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize("said", [False, "false", None])
def test_an_address_nobody_confirmed_is_nobodys(browser: Browser, provider: str, said: object) -> None:
    tell(provider, email_verified=said)

    assert browser.sign_in().status_code == 422


@pytest.mark.parametrize("amr", [None, ["pwd", None]])
def test_who_says_nothing_of_a_second_factor_is_asked_for_ours(line: Hotline, provider: str, amr: object) -> None:
    add_app(line)
    tell(provider, amr=amr)

    assert Browser(create(line)).sign_in("?next=/desk").headers["Location"] == "/signin/second?next=/desk"


def test_an_answer_counts_in_the_browser_that_asked_and_once(line: Hotline, browser: Browser, provider: str) -> None:
    tell(provider)
    back = browser.leave()
    other = Browser(create(line))
    assert other.get(back).status_code == 422
    other.leave()
    assert other.get(back).status_code == 422, "another question's answer"

    assert browser.get(back.replace("state=", "state=x")).status_code == 422
    back = browser.leave()
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 422


def test_ours_is_asked_for_where_the_providers_second_factor_does_not_count(line: Hotline, provider: str) -> None:
    add_app(line)
    app = create(line)

    tell(provider, amr=["pwd"])
    weak = Browser(app)
    assert weak.sign_in("?next=/desk").headers["Location"] == "/signin/second?next=/desk"
    assert weak.get("/desk").headers["Location"].startswith("/signin/second")

    tell(provider, amr=["hwk"])
    strong = Browser(app)
    assert strong.sign_in("?next=/desk").headers["Location"] == "/desk"
    assert strong.get("/desk").status_code == 200


def test_what_is_grave_is_asked_of_the_provider_again(line: Hotline, browser: Browser, provider: str) -> None:
    tell(provider)
    browser.sign_in()
    line.db.keep([("UPDATE sessions SET proven_at = 0", {})])
    assert browser.get("/account/factor").headers["Location"] == "/signin/confirm?next=/account/factor"

    tell(provider, "asleep")
    assert browser.sign_in("?again&next=/account/factor").status_code == 422
    tell(provider, email="somebody.else@example.gov")
    assert browser.sign_in("?again&next=/account/factor").status_code == 422
    tell(provider)
    assert browser.sign_in("?again&next=/account/factor").headers["Location"] == "/account/factor"
    assert browser.get("/account/factor").status_code == 200
