"""A real browser for tests: Debian's chromium, driven by playwright, that asks nobody outside for anything."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NO_CHROMIUM = "chromium is not on this machine: apt-get install chromium"
_FLAGS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--force-color-profile=srgb",
)  # fmt: skip


def program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser. Root needs --no-sandbox."""
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(_FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=flags)
        try:
            yield browser
        finally:
            browser.close()


def watch(context: BrowserContext, url: str) -> list[str]:
    """A list that fills with whatever a page does that it should not: ask elsewhere, break the policy, fail to load."""
    wrong: list[str] = []
    context.on("request", lambda request: None if request.url.startswith((url, "data:")) else wrong.append(request.url))
    context.on("weberror", lambda error: wrong.append(f"script: {error.error}"))

    def said(message: object) -> None:
        text = str(getattr(message, "text", ""))
        refused = "responded with a status of 4" in text or "Status Error Code 4" in text  # as the tests want it
        cut = text == "[object Event]"  # what htmx says of a stream that ended
        if getattr(message, "type", "") == "error" and not refused and not cut:
            wrong.append(f"console: {text}")

    context.on("console", said)
    context.on(
        "response",
        lambda answer: (
            wrong.append(f"{answer.status} {answer.url}") if answer.status >= 500 or _missing(answer) else None
        ),
    )
    return wrong


def _missing(answer: object) -> bool:
    return getattr(answer, "status", 0) == 404 and "/static/" in str(getattr(answer, "url", ""))
