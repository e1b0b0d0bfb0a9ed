"""Twilio's own REST client, made quiet and given limits, and its failures as ours. Knows no text and no account."""

import json
import logging
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from bot.channels.twilio_errors import trouble_of
from bot.errors import Reason, SendFailed

TIMEOUTS = (3.0, 10.0)  # seconds to connect, to read
_LONGEST_WAIT = 300.0  # seconds: nobody is kept from sending for longer by one answer
_TOO_MANY = 429


def rest_client(account_sid: str, user: str, password: str, http: Any) -> Any:
    """Twilio's client for an account, asking by an API key or by the account's own token."""
    from twilio.rest import Client

    nothing = {"TWILIO_REGION": ""}  # given, or the client would read the environment behind our back
    return Client(user, password, account_sid, http_client=http, environment=nothing)


def quiet_http(api_url: str) -> Any:
    """Twilio's HTTP client with timeouts, without its log of numbers and addresses, at another host if told so."""
    from twilio.http.http_client import TwilioHttpClient

    class QuietHttp(TwilioHttpClient):  # type: ignore[misc]
        def request(self, method: str, url: str, *more: Any, **named: Any) -> Any:
            answer = super().request(method, _moved(url, api_url), *more, **named)
            if answer.status_code == _TOO_MANY:  # said here, since the client's own error has no headers
                wait = _seconds(answer.headers.get("Retry-After", ""))
                raise SendFailed(Reason.BUSY, retry=True, code=code_of(answer.text) or "20429", wait=wait)
            return answer

        def log_request(self, kwargs: Mapping[str, Any]) -> None: ...

        def log_response(self, status_code: int, response: Any) -> None: ...

    logging.getLogger("urllib3").setLevel(logging.WARNING)  # at DEBUG it writes query strings: residents' numbers
    http = QuietHttp(max_retries=0)  # a repeated POST is a second text
    http.timeout = TIMEOUTS
    return http


@contextmanager
def told_as_send_failed() -> Iterator[None]:
    """Every failure of a REST call as SendFailed. The cause is not kept: its text holds numbers and words."""
    from twilio.base.exceptions import TwilioException

    try:
        yield
    except (TwilioException, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        found, code = trouble_of(error)
        raise SendFailed(found.reason, retry=found.retry, code=code) from None


def code_of(body: str) -> str:
    """Twilio's code in the body of an error; empty if there is none."""
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""


def _moved(url: str, api_url: str) -> str:
    return api_url + urlsplit(url)._replace(scheme="", netloc="").geturl() if api_url else url


def _seconds(retry_after: str) -> float | None:
    """A Retry-After in seconds or as a date (RFC 9110, 10.2.3); None if there is none that can be read."""
    try:
        wait = float(retry_after)
    except ValueError:
        try:
            wait = (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):
            return None
    return min(max(wait, 0.0), _LONGEST_WAIT) if not math.isnan(wait) else None
