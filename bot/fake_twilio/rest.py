"""The fake Twilio's REST API: texts created, listed, fetched, redacted and deleted, their media, the account and its
numbers, as version 2010-04-01 does. Knows neither webhooks nor the server in front of it."""

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.fake_twilio import resources, whatsapp
from bot.fake_twilio.faults import Faults, Kind
from bot.fake_twilio.ledger import Ledger, Text
from bot.fake_twilio.media import Media
from bot.fake_twilio.resources import HOME

Form = Mapping[str, Sequence[str]]

_NUMBER = re.compile(r"(whatsapp:)?(\+[1-9][0-9]{6,14}|[0-9]{3,8})|whatsapp:[A-Z]{2}\.[0-9A-Za-z]{1,128}")
_TEXT = re.compile(r"/(?P<text>(?:SM|MM)[0-9a-f]{32})(?P<media>/Media(?:/(?P<one>ME[0-9a-f]{32}))?)?(?P<json>\.json)?")
_UNFINISHED = ("accepted", "scheduled", "queued", "sending")
_LARGEST_PAGE = 1000


class Refused(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message


_UNKNOWN = Refused(404, 20404, "The requested resource was not found")


@dataclass
class Rest:
    """One account with its texts and numbers."""

    ledger: Ledger
    account_sid: str
    credentials: Mapping[str, str]  # user name -> password
    faults: Faults
    check: Callable[[Form], list[str]] = lambda _: []  # what is wrong with the form of a create request
    lines: Sequence[str] = ()  # our numbers; any may send if empty
    media: Media = field(default_factory=Media)
    templates: dict[str, str] = field(default_factory=dict)  # ContentSid -> approved words with {{1}}, {{2}} in them
    opted_out: set[tuple[str, str]] = field(default_factory=set)  # (our address, the resident's)
    problems: list[str] = field(default_factory=list)  # what did not pass the check
    lists: bool = True  # false: what came in is not listed yet; what was sent is, as it is at once there
    requests: int = 0
    counts: Counter[tuple[str, int]] = field(default_factory=Counter)  # by kind, and status; 0: no answer
    status: str = "active"  # of the account; or suspended, closed
    kind: str = "Full"  # or Trial
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)  # owned number -> how it is set up
    restricted: set[str] = field(default_factory=set)  # API keys that may not list numbers
    ahead: float = 0.0  # seconds its clock is ahead
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.numbers = self.numbers or {line: {} for line in self.lines}

    def asked(self) -> None:
        with self._lock:
            self.requests += 1

    def answered(self, kind: Kind, status: int) -> None:
        with self._lock:
            self.counts[kind, status] += 1

    def leave(self, user: str, target: str) -> None:
        """Whether a user with the right password may ask for this. Raises Refused: standard keys may not see accounts
        (docs/iam/api-keys/keys-in-console), restricted ones only what they were given (docs/api/errors/70051)."""
        path = urlsplit(target).path
        if user.startswith("SK") and path == f"{self._home}.json":
            raise Refused(401, 20003, "Authenticate")
        if user in self.restricted and path.endswith("/IncomingPhoneNumbers.json"):
            raise Refused(401, 70051, "Authorization Failed")

    def kind_of(self, method: str, target: str) -> Kind:
        """What a request is about, as faults and counts name it."""
        path = urlsplit(target).path
        if path == f"{self._home}/Messages.json":
            return "create" if method == "POST" else "list"
        if not (one := self._one(path)):
            return "account"
        if method != "GET":
            return "delete" if method == "DELETE" else "redact"
        return "media" if one["one"] and not one["json"] else "fetch"

    def answer(self, method: str, target: str, form: Form) -> tuple[int, dict[str, Any]]:
        """Status and JSON; the JSON of 204 is empty. Raises Refused."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        match self.kind_of(method, target):
            case "create":
                return 201, self.resource(self.create(form))
            case "list" if method == "GET":
                return 200, self.page(path, query)
            case "account" if method == "GET" and path == f"{self._home}.json":
                return 200, resources.account(self.account_sid, self.status, self.kind)
            case "account" if method == "GET" and path == f"{self._home}/IncomingPhoneNumbers.json":
                return 200, self.owned(path, query)
            case "fetch":
                return 200, self.fetch(path, query)
            case "redact" if method == "POST":
                return 200, self.redact(path, form)
            case "delete":
                self.delete(path)
                return 204, {}
        raise _UNKNOWN

    def create(self, form: Form) -> Text:
        """A text accepted, checked as Twilio checks it and by `check`."""
        wrong = self.check(form)
        self.problems += wrong
        given = {name: values[0] for name, values in form.items()}
        sender, recipient, body = given.get("From", ""), given.get("To", ""), given.get("Body", "")
        if not _NUMBER.fullmatch(recipient):
            raise Refused(400, 21211, f"Invalid 'To' Phone Number: {recipient}")
        if not sender or (self.lines and sender.removeprefix("whatsapp:") not in self.lines):
            raise Refused(400, 21606, f"The 'From' number {sender} is not a valid message-capable number")
        if "ContentSid" in form:
            body = self._prepared(given)
        if not body and "MediaUrl" not in form:
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if (sender, recipient) in self.opted_out:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        if wrong:
            raise Refused(400, 20001, "; ".join(wrong))
        return self.ledger.add("outbound-api", sender, recipient, body, form=form)

    def _prepared(self, given: Mapping[str, str]) -> str:
        try:
            return whatsapp.said(self.templates, given["ContentSid"], given.get("ContentVariables", ""))
        except whatsapp.Unsayable as error:
            raise Refused(400, error.code, error.message) from None

    def page(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One page, newest first. A page token stands for the last text seen, so new texts do not shift pages."""
        size = min(int(query.get("PageSize", 50)), _LARGEST_PAGE)
        low, high = _sent_between(query)
        found = self.ledger.newest_first(
            query.get("From", ""), query.get("To", ""), query.get("PageToken", "").removeprefix("PA")
        )
        if low > _EVER[0] or high < _EVER[1]:
            found = (text for text in found if text.sent and low <= text.sent < high)
        if not self.lists:
            found = (text for text in found if text.direction != "inbound")
        shown = list(islice(found, size + 1))
        token = "PA" + shown[size - 1].sid if len(shown) > size else ""
        return resources.page(path, query, "messages", [self.resource(text) for text in shown[:size]], size, token)

    def fetch(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """A text, the list of its media, or one of these."""
        one, text = self._asked_for(path)
        if not one["json"]:
            raise _UNKNOWN
        if not one["media"]:
            return self.resource(text)
        kept = [resources.media(text, sid, kind, self.account_sid) for sid, kind in text.media]
        if one["one"]:
            return next(found for found in kept if found["sid"] == one["one"])
        return resources.page(path, query, "media_list", kept, 50)

    def content(self, target: str) -> tuple[str, bytes]:
        """The type and the bytes of one medium. Raises Refused."""
        one, text = self._asked_for(urlsplit(target).path)
        if not one["one"]:
            raise _UNKNOWN
        kind = dict(text.media)[one["one"]]
        return kind, self.media.content(one["one"], kind)

    def redact(self, path: str, form: Form) -> dict[str, Any]:
        """The words of a text are taken out. Raises Refused: that is all that may be changed here."""
        one, text = self._asked_for(path)
        if one["media"] or {name: list(values) for name, values in form.items()} != {"Body": [""]}:
            raise Refused(400, 20001, "Only an empty Body can be given")
        self._must_be_finished(text)
        self.ledger.redact(text)
        return self.resource(text)

    def delete(self, path: str) -> None:
        """A text with its media, or one of these. Raises Refused."""
        one, text = self._asked_for(path)
        if one["one"]:
            self.ledger.delete_media(text, one["one"])
            self.media.contents.pop(one["one"], None)
            return
        self._must_be_finished(text)
        for sid, _ in text.media:
            self.media.contents.pop(sid, None)
        self.ledger.delete(text)

    def owned(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One page of numbers; PhoneNumber finds parts of numbers too."""
        part = query.get("PhoneNumber", "").lstrip("+")
        found = [resources.number(one, self.account_sid, self.numbers[one]) for one in self.numbers if part in one]
        return resources.page(path, query, "incoming_phone_numbers", found, int(query.get("PageSize", 50)))

    def resource(self, text: Text) -> dict[str, Any]:
        return resources.message(text, self.account_sid)

    @property
    def _home(self) -> str:
        return f"{HOME}/{self.account_sid}"

    def _one(self, path: str) -> re.Match[str] | None:
        start = f"{self._home}/Messages"
        return _TEXT.fullmatch(path.removeprefix(start)) if path.startswith(start) else None

    def _asked_for(self, path: str) -> tuple[re.Match[str], Text]:
        """The parts of the path and the text it names, which has the medium it names. Raises Refused."""
        one = self._one(path)
        text = self.ledger.get(one["text"]) if one else None
        if not one or not text or (one["one"] and one["one"] not in dict(text.media)):
            raise _UNKNOWN
        return one, text

    def _must_be_finished(self, text: Text) -> None:
        if text.status in _UNFINISHED:
            raise Refused(409, 20009, "Resource not complete")


_EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def _sent_between(query: Mapping[str, str]) -> tuple[datetime, datetime]:
    """The date filters of a list as a beginning and an end. Both bounds of a filter are part of it. Raises Refused."""
    low, high = _EVER
    for name in ("DateSent", "DateSent<", "DateSent>"):
        if name not in query:
            continue
        try:
            bound = datetime.fromisoformat(query[name]).replace(tzinfo=UTC)
        except ValueError:
            raise Refused(400, 20001, f"{name} is not a date") from None
        span = _DAY if len(query[name]) == len("2026-01-01") or name == "DateSent" else _SECOND
        start = bound.replace(hour=0, minute=0, second=0) if name == "DateSent" else bound
        if name != "DateSent<":
            low = max(low, start)
        if name != "DateSent>":
            high = min(high, start + span)
    return low, high
