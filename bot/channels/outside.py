"""One call of another system, at an address that somebody here entered: with limits of time and size, and never into our own
network. Knows nothing of what is said."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from bot.channels import reaching
from bot.channels.reaching import NotAnswered
from bot.errors import NotReached

MOST_BYTES = 1_000_000
WHOLE = 15.0  # seconds
_AGAIN = (408, 425, 429)  # and whatever is the other system's own trouble
_HOPELESS = ("private address", "too large")
_UNANSWERED = 504  # whoever stands in front of the other system got no answer of it


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def usable(url: str, *, development: bool) -> bool:
    """Whether an address may be entered: https to a named port or none; in development also http, for trying."""
    try:
        return reaching.parts(url).scheme in (("https", "http") if development else ("https",))
    except ValueError:
        return False


def ask(
    method: str, url: str, *, development: bool, form: Mapping[str, str] | None = None, accept: str = "application/json"
) -> Answer:
    """What it answers, if that is a yes (200 to 299). Raises NotReached; a POST that may have been taken is not to be tried
    again, as it would be there twice. In development our own machine may be asked."""
    if not usable(url, development=development):
        raise NotReached(retry=False, code="address")
    until = time.monotonic() + WHOLE
    headers = {"Accept": accept, "User-Agent": "Puente"}
    body = urlencode(form).encode() if form is not None else None
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with reaching.asked(
            method, reaching.parts(url), until, headers, body, silence=WHOLE, anywhere=development
        ) as answer:
            if not 200 <= answer.status < 300:
                raise NotReached(retry=_may_ask_again(method, answer.status), code=str(answer.status))
            return Answer(answer.status, reaching.whole(answer, until, MOST_BYTES))
    except NotAnswered as failure:
        perhaps_taken = method == "POST" and failure.sent
        raise NotReached(retry=not perhaps_taken and failure.code not in _HOPELESS, code=failure.code) from None


def _may_ask_again(method: str, status: int) -> bool:
    if method == "POST" and status == _UNANSWERED:
        return False
    return status >= 500 or status in _AGAIN
