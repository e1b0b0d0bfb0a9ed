"""Calls the application as Twilio calls a webhook: signed, in its time, tried again by its rules, then the fallback.
Does not know what the calls are about."""

import http.client
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from twilio.request_validator import RequestValidator

from bot.fake_twilio.ledger import Ledger
from bot.fake_twilio.twiml import Said, TwimlWrong, said

WEBHOOK = "/hooks/twilio"
_POLICIES = frozenset(("ct", "rt", "4xx", "5xx", "all"))
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the fragment of a webhook's address says, in seconds (docs/usage/webhooks/webhooks-connection-overrides)."""

    connect: float = 5.0
    read: float = 15.0
    total: float = 15.0  # of all attempts
    retries: int = 1
    policy: frozenset[str] = frozenset(("ct",))  # failures that are worth another attempt


def overrides(fragment: str) -> Overrides:
    """`#ct=2000&rt=5000&tt=15000&rc=2&rp=all`, any of them, with or without `#`. Raises ValueError as Twilio's 11243."""
    given = dict(
        parse_qsl(fragment.removeprefix("#"), keep_blank_values=True, strict_parsing=bool(fragment.strip("#")))
    )
    policy = frozenset(given.pop("rp", "ct").split(","))
    ranges = {"ct": (100, 10_000), "rt": (100, 15_000), "tt": (100, 15_000), "rc": (0, 5)}
    if not set(given) <= set(ranges) or not policy <= _POLICIES:
        raise ValueError(f"A webhook's fragment has ct, rt, tt, rc and rp (of {', '.join(sorted(_POLICIES))}) only.")
    for name, value in given.items():
        low, high = ranges[name]
        if not value.isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"`{name}` of a webhook's fragment goes from {low} to {high}.")
    return Overrides(
        connect=int(given.get("ct", 5000)) / 1000,
        read=int(given.get("rt", 15_000)) / 1000,
        total=int(given.get("tt", 15_000)) / 1000,
        retries=int(given.get("rc", 1)),
        policy=policy,
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application said to one call. `failure` names it as retry policies do; empty if there was none."""

    path: str
    status: int = 0  # 0: no answer
    content_type: str = ""
    body: str = ""
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a delivery came to: the last status, and the texts to be sent if it could be used."""

    path: str
    status: int
    verbs: tuple[Said, ...] = ()


class Webhooks:
    """Where an account's webhooks go. `errors` is Twilio's debugger: (code, path)."""

    def __init__(
        self, app_url: str, public_url: str, auth_token: str, ledger: Ledger, fragment: str = "", fallback: str = ""
    ) -> None:
        """`public_url` is what is signed, `app_url` where the calls really go; `fallback` is an address or empty."""
        self.app_url, self.public_url, self.fallback = app_url, public_url or app_url, fallback
        self.rules = overrides(fragment)
        self.errors: list[tuple[int, str]] = []
        self._ledger = ledger
        self._validator = RequestValidator(auth_token)

    def deliver(self, form: Mapping[str, str], token: str) -> Delivered:
        """A text is brought to the application: by its webhook as often as the rules say, then by the fallback."""
        answer = self._tried(form, token)
        delivered, code = self.read(answer)
        if not code:
            return delivered
        self.errors.append((code, answer.path))
        if not self.fallback:
            return delivered
        blame = {"ErrorCode": str(code), "ErrorUrl": self.public_url + WEBHOOK}
        last = self.once(self.fallback, {**form, **blame}, token)
        delivered, code = self.read(last)
        if code:
            self.errors.append((code, last.path))
        return delivered

    def read(self, answer: Answer) -> tuple[Delivered, int]:
        """What an answer asks for, and the code of what is wrong with it, or 0."""
        try:
            _must_be_heard(answer)
            return Delivered(answer.path, answer.status, tuple(said(answer.body, answer.content_type))), 0
        except TwimlWrong as wrong:
            return Delivered(answer.path, answer.status), wrong.code

    def once(
        self,
        url: str,
        form: Mapping[str, str],
        token: str = "",
        signature: str = "",
        attempt: int = 1,
        left: float = 15.0,
    ) -> Answer:
        """One signed call of an address without its fragment, which may take the seconds that are left."""
        path, address = self._place(url)
        headers = {
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
            "X-Twilio-Signature": signature or self._validator.compute_signature(url, dict(form)),
            "User-Agent": "TwilioProxy/1.1",
        }
        if token:
            headers["I-Twilio-Idempotency-Token"] = token
        at, begun = time.time(), time.monotonic()
        answer = self._exchanged(path, address, urlencode(form).encode(), headers, min(left, self.rules.total))
        spent = time.monotonic() - begun
        self._ledger.called(path, form.get("MessageSid", ""), answer.status, spent, attempt, at)
        return answer

    def _tried(self, form: Mapping[str, str], token: str) -> Answer:
        end, attempt = time.monotonic() + self.rules.total, 0
        while True:
            attempt += 1
            left = end - time.monotonic()
            answer = self.once(self.public_url + WEBHOOK, form, token, attempt=attempt, left=left)
            again = answer.failure and (answer.failure in self.rules.policy or "all" in self.rules.policy)
            if not again or attempt > self.rules.retries or time.monotonic() >= end:
                return answer

    def _exchanged(self, path: str, address: str, body: bytes, headers: Mapping[str, str], left: float) -> Answer:
        where, end = urlsplit(address), time.monotonic() + left
        connect = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        line = connect(where.netloc, timeout=min(self.rules.connect, left))
        try:
            line.connect()
            line.sock.settimeout(max(0.001, min(self.rules.read, end - time.monotonic())))
            target = where.path + (f"?{where.query}" if where.query else "")
            line.request("POST", target or "/", body, {**headers, "Connection": "close"})
        except (OSError, http.client.HTTPException):
            line.close()
            return Answer(path, failure="ct")
        try:
            found = line.getresponse()
            text = found.read().decode(errors="replace")
        except TimeoutError:
            return Answer(path, failure="rt")
        except (OSError, http.client.HTTPException):  # hung up on: nothing says that it was heard
            return Answer(path, failure="ct")
        finally:
            line.close()
        failure = f"{found.status // 100}xx" if found.status >= 400 else ""
        return Answer(path, found.status, found.headers.get("Content-Type", ""), text, failure)

    def _place(self, url: str) -> tuple[str, str]:
        """Path and query as the ledger keeps them, and where the call goes. Raises AssertionError: Twilio would call any
        address; this one never calls out."""
        if url.startswith(self.public_url + "/"):
            path = sys.intern(url.removeprefix(self.public_url))  # the ledger keeps it with every call
            return path, self.app_url + path
        if urlsplit(url).hostname in _LOOPBACK:
            return urlsplit(url).path, url
        raise AssertionError(f"This URL is neither under {self.public_url} nor on this machine: {url}")


def _must_be_heard(answer: Answer) -> None:
    """Raises TwimlWrong where the call itself failed."""
    if answer.status == 0:
        raise TwimlWrong(11205)
    if answer.status not in range(200, 300):
        raise TwimlWrong(11217 if answer.status == 429 else 11200)
