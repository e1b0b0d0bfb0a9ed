"""Browsers for the tests of pages. A context that asked elsewhere, broke the policy or ran into an error fails its test."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from bot.desk.identity import signing_in
from bot.hotline import Hotline
from bot.web.app import create
from tests.browser.chromium import NO_CHROMIUM, chromium, program, watch
from tests.conftest import MONDAY
from tests.line import Clock, Line, build_hotline, settings

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if program() is None:
        pytest.skip(NO_CHROMIUM)
    with chromium() as started:
        yield started


@dataclass(frozen=True)
class Visitor:
    """Opens pages of one line; each in a context of its own, as on another person's machine."""

    url: str
    hotline: Hotline
    open: Callable[[int], Page]

    def page(self, path: str, width: int = 1280) -> Page:
        page = self.open(width)
        page.goto(self.url + path)
        return page

    def officer(self, login: str, path: str = "/desk", width: int = 1280) -> Page:
        """A page of somebody who just signed in; the form is for the tests of signing in."""
        token, _ = signing_in.sign_in_elsewhere(self.hotline, login, "a test", second_factor=False)
        page = self.open(width)
        page.context.add_cookies([{"name": "puente", "value": token, "url": self.url}])
        page.goto(self.url + path)
        return page


@contextmanager
def visitor(browser: Browser, url: str, hotline: Hotline) -> Iterator[Visitor]:
    """Visits to a line; what went wrong in any of their pages is told at the end."""
    wrong: list[list[str]] = []
    with ExitStack() as opened:

        def open_page(width: int) -> Page:
            context = opened.enter_context(browser.new_context(viewport={"width": width, "height": 860}))
            wrong.append(watch(context, url))
            context.set_default_timeout(10_000)
            page = context.new_page()
            page.clock.set_system_time(hotline.now())
            return page

        yield Visitor(url, hotline, open_page)
    assert [one for each in wrong for one in each] == []


@pytest.fixture
def visit(browser: Browser, line: Line) -> Iterator[Visitor]:
    """Pages of the running line, on a Monday morning."""
    line.clock.time = MONDAY
    with visitor(browser, line.url, line.hotline) as visiting:
        yield visiting


@pytest.fixture
def quiet(browser: Browser, tmp_path: Path, redis_url: str) -> Iterator[Visitor]:
    """Pages of a line that nobody has texted yet."""
    hotline = replace(build_hotline(settings(tmp_path, REDIS_URL=redis_url), demo=True), now=Clock(MONDAY))
    server = make_server("127.0.0.1", 0, create(hotline), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with visitor(browser, f"http://127.0.0.1:{server.server_port}", hotline) as visiting:
            yield visiting
    finally:
        server.shutdown()
        hotline.db.close()


@pytest.fixture
def accessible() -> Callable[[Page], None]:
    """Fails with what axe finds on a page as it is now."""

    def check(page: Page) -> None:
        # Preloading makes axe copy stylesheets into the page, which our policy forbids it as it forbids everybody.
        found = Axe().run(page, options={"runOnly": RULES, "preload": False})
        assert found.violations_count == 0, found.generate_report()

    return check
