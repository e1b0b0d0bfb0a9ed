"""How a Twilio account and its numbers are set up, asked over REST. Changes nothing there; what is right, others say.

The account is asked with the auth token and the numbers with the API key, since a standard key may not see accounts
(https://www.twilio.com/docs/iam/api-keys/keys-in-console): so each is tried for what the line needs it for.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from bot.channels.twilio_http import code_of, quiet_http, rest_client, told_as_send_failed
from bot.config import Config
from bot.errors import SendFailed

_TIMEOUTS = (3.0, 3.0)  # seconds to connect, to read


@dataclass(frozen=True, slots=True)
class Account:
    """`clock` is our time before and after, and Twilio's between them, in whole seconds since 1970."""

    status: str  # active, suspended, closed
    trial: bool
    clock: tuple[float, float, float] | None  # ours, Twilio's, ours


@dataclass(frozen=True, slots=True)
class Number:
    """Where a number of the account sends its texts; empty where it is not said."""

    sms_url: str
    sms_method: str
    fallback_url: str
    application: str  # a TwiML application, which is asked instead of sms_url


def account(config: Config) -> Account:
    """The account, by its auth token. Raises SendFailed: Reason.ACCOUNT if Twilio refuses the token."""
    client, heard = _client(config, config.twilio_account_sid, config.twilio_auth_token)
    before = time.time()
    with _told_with_code(heard):
        found = client.api.accounts(config.twilio_account_sid).fetch()
    after = time.time()
    theirs = _seconds(heard[-1].headers.get("Date", "")) if heard else None
    return Account(
        status=str(found.status or ""),
        trial=str(found.type or "").lower() == "trial",
        clock=(before, theirs, after) if theirs is not None else None,
    )


def numbers(config: Config, *, by_token: bool = False) -> Mapping[str, Number | None]:
    """Each of LINE_NUMBERS as the account has it, None if it is not the account's. They are asked for with the API
    key as a text would be sent, or with the auth token. Raises SendFailed."""
    by_key = config.twilio_api_key and config.twilio_api_secret and not by_token
    user = config.twilio_api_key if by_key else config.twilio_account_sid
    password = config.twilio_api_secret if by_key else config.twilio_auth_token
    client, heard = _client(config, user, password)
    with _told_with_code(heard):
        return {number: _number(client, number) for number in config.line_numbers}


def may_not_look(failed: SendFailed) -> bool:
    """Whether the API key itself is fine, but a restricted one without leave to list numbers:
    https://www.twilio.com/docs/api/errors/70051"""
    return failed.code == "70051"


def _number(client: Any, number: str) -> Number | None:
    for found in client.incoming_phone_numbers.list(phone_number=number, limit=20):  # also finds parts of numbers
        if found.phone_number == number:
            return Number(
                sms_url=found.sms_url or "",
                sms_method=found.sms_method or "POST",
                fallback_url=found.sms_fallback_url or "",
                application=found.sms_application_sid or "",
            )
    return None


@contextmanager
def _told_with_code(heard: Sequence[Any]) -> Iterator[None]:
    """Every failure as SendFailed, also of a list, whose error keeps the code in its body."""
    try:
        with told_as_send_failed():
            yield
    except SendFailed as failed:
        code = failed.code or (code_of(heard[-1].text) if heard else "")
        raise SendFailed(failed.reason, retry=failed.retry, code=code, wait=failed.wait) from None


def _client(config: Config, user: str, password: str) -> tuple[Any, Sequence[Any]]:
    """Twilio's client, and the answers it is going to hear."""
    heard: list[Any] = []
    http = quiet_http(config.twilio_api_url)
    http.timeout = _TIMEOUTS
    http.log_response = lambda _, response: heard.append(response)
    return rest_client(config.twilio_account_sid, user, password, http), heard


def _seconds(date: str) -> float | None:
    try:
        return parsedate_to_datetime(date).timestamp()
    except ValueError:
        return None
