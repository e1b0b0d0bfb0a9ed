"""The fake Twilio's REST API: Messages created, listed and fetched, the account and its numbers shown, as version
2010-04-01 does. Knows no webhooks."""

import base64
import binascii
import hashlib
import json
import re
import socket
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.fake_twilio_contract import create_problems
from tests.fake_twilio_ledger import Fault, Ledger, Text

_NUMBER = re.compile(r"(whatsapp:)?(\+[1-9][0-9]{6,14}|[0-9]{3,8})|whatsapp:[A-Z]{2}\.[0-9A-Za-z]{1,128}")


class Refused(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: int, message: str) -> None:
        self.status, self.code, self.message = status, code, message


@dataclass
class Rest:
    """One account with its Messages and numbers. `after_create` is told of each new text when its answer is on the way."""

    ledger: Ledger
    account_sid: str
    credentials: Mapping[str, str]  # user name -> password
    after_create: Callable[[Text], None]
    lines: Sequence[str] = ()  # our numbers; any may send if empty
    opted_out: set[tuple[str, str]] = field(default_factory=set)  # (our address, the resident's)
    problems: list[str] = field(default_factory=list)  # what did not fit Twilio's description
    lists: bool = True  # false: the list is empty, as if nothing were listed yet
    requests: int = 0
    status: str = "active"  # of the account; or suspended, closed
    kind: str = "Full"  # or Trial
    numbers: dict[str, dict[str, str]] = field(default_factory=dict)  # owned number -> how it is set up
    restricted: set[str] = field(default_factory=set)  # API keys that may not list numbers
    ahead: float = 0.0  # seconds its clock is ahead

    def __post_init__(self) -> None:
        self.numbers = self.numbers or {line: {} for line in self.lines}

    def leave(self, user: str, target: str) -> None:
        """Whether a user with the right password may ask for this. Raises Refused: standard keys may not see accounts
        (docs/iam/api-keys/keys-in-console), restricted ones only what they were given (docs/api/errors/70051)."""
        path = urlsplit(target).path
        if user.startswith("SK") and path == f"/2010-04-01/Accounts/{self.account_sid}.json":
            raise Refused(401, 20003, "Authenticate")
        if user in self.restricted and path.endswith("/IncomingPhoneNumbers.json"):
            raise Refused(401, 70051, "Authorization Failed")

    def answer(self, method: str, target: str, form: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, Any]]:
        """Status and JSON. Raises Refused."""
        path, query = urlsplit(target).path, dict(parse_qsl(urlsplit(target).query, keep_blank_values=True))
        home = f"/2010-04-01/Accounts/{self.account_sid}"
        if method == "GET" and path == f"{home}.json":
            return 200, self.account(path)
        if method == "GET" and path == f"{home}/IncomingPhoneNumbers.json":
            return 200, self.owned(path, query)
        start = f"{home}/Messages"
        rest = path.removeprefix(start) if path.startswith(start) else None
        if rest == ".json" and method == "POST":
            return 201, self.resource(self.create(form))
        if rest == ".json" and method == "GET":
            return 200, self.page(path, query)
        one = re.fullmatch(r"/((?:SM|MM)[0-9a-f]{32})(/Media)?\.json", rest or "")
        text = self.ledger.get(one[1]) if one else None
        if one and text and method == "GET":
            return 200, self.media(text, path) if one[2] else self.resource(text)
        raise Refused(404, 20404, "The requested resource was not found")

    def create(self, form: Mapping[str, Sequence[str]]) -> Text:
        """A text accepted, checked as Twilio checks it and against its description."""
        wrong = create_problems(form)
        self.problems += wrong
        given = {name: values[0] for name, values in form.items()}
        sender, recipient, body = given.get("From", ""), given.get("To", ""), given.get("Body", "")
        if not _NUMBER.fullmatch(recipient):
            raise Refused(400, 21211, f"Invalid 'To' Phone Number: {recipient}")
        if not sender or (self.lines and sender.removeprefix("whatsapp:") not in self.lines):
            raise Refused(400, 21606, f"The 'From' number {sender} is not a valid message-capable number")
        if not body and "MediaUrl" not in form and "ContentSid" not in form:
            raise Refused(400, 21602, "Message body is required.")
        if len(body) > 1600:
            raise Refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        if (sender, recipient) in self.opted_out:
            raise Refused(400, 21610, "Attempt to send to unsubscribed recipient")
        if wrong:
            raise Refused(400, 20001, "; ".join(wrong))
        return self.ledger.add("outbound-api", sender, recipient, body, form=form)

    def page(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One page, newest first. A page token stands for the last text seen, so new texts do not shift pages."""
        found = [text for text in reversed(self.ledger.all()) if self.lists and _wanted(text, query)]
        after = query.get("PageToken", "").removeprefix("PA")
        if after:
            found = found[next((at + 1 for at, text in enumerate(found) if text.sid == after), len(found)) :]
        size, number = min(int(query.get("PageSize", 50)), 1000), int(query.get("Page", 0))
        shown, more = found[:size], len(found) > size

        def uri(**changes: Any) -> str:
            kept = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
            return f"{path}?{urlencode({**kept, 'PageSize': size, **changes})}"

        return {
            "first_page_uri": uri(Page=0),
            "next_page_uri": uri(Page=number + 1, PageToken="PA" + shown[-1].sid) if more else None,
            "previous_page_uri": None,
            "uri": uri(Page=number),
            "page": number,
            "page_size": size,
            "start": number * size,
            "end": number * size + max(len(shown) - 1, 0),
            "messages": [self.resource(text) for text in shown],
        }

    def resource(self, text: Text) -> dict[str, Any]:
        base = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{text.sid}"
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": text.body,
            "date_created": _rfc2822(text.created),
            "date_sent": _rfc2822(text.sent) if text.sent else None,
            "date_updated": _rfc2822(text.sent or text.created),
            "direction": text.direction,
            "error_code": text.code,
            "error_message": None,
            "from": text.sender,
            "messaging_service_sid": None,
            "num_media": str(len(text.media)),
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": text.sid,
            "status": text.status,
            "subresource_uris": {"media": f"{base}/Media.json"},
            "to": text.recipient,
            "uri": f"{base}.json",
        }

    def account(self, path: str) -> dict[str, Any]:
        born = _rfc2822(datetime(2026, 1, 1, tzinfo=UTC))
        return {
            "auth_token": "Redacted",
            "date_created": born,
            "date_updated": born,
            "friendly_name": "The fake account",
            "owner_account_sid": self.account_sid,
            "sid": self.account_sid,
            "status": self.status,
            "subresource_uris": {"incoming_phone_numbers": path.replace(".json", "/IncomingPhoneNumbers.json")},
            "type": self.kind,
            "uri": path,
        }

    def owned(self, path: str, query: Mapping[str, str]) -> dict[str, Any]:
        """One page of numbers; PhoneNumber finds parts of numbers too."""
        part = query.get("PhoneNumber", "").lstrip("+")
        found = [self.number(path, number) for number in self.numbers if part in number]
        return {
            "first_page_uri": f"{path}?Page=0",
            "next_page_uri": None,
            "previous_page_uri": None,
            "uri": f"{path}?{urlencode(query)}",
            "page": 0,
            "page_size": int(query.get("PageSize", 50)),
            "start": 0,
            "end": max(len(found) - 1, 0),
            "incoming_phone_numbers": found,
        }

    def number(self, path: str, number: str) -> dict[str, Any]:
        sid = "PN" + hashlib.md5(number.encode()).hexdigest()
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "beta": False,
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
            "friendly_name": number,
            "phone_number": number,
            "origin": "twilio",
            "sid": sid,
            "sms_application_sid": "",
            "sms_fallback_method": "POST",
            "sms_fallback_url": "",
            "sms_method": "POST",
            "sms_url": "",
            "status": "in-use",
            "uri": path.replace(".json", f"/{sid}.json"),
            **self.numbers[number],
        }

    def media(self, text: Text, path: str) -> dict[str, Any]:
        kept = [
            {
                "sid": sid,
                "account_sid": self.account_sid,
                "parent_sid": text.sid,
                "content_type": kind,
                "date_created": _rfc2822(text.created),
                "date_updated": _rfc2822(text.created),
                "uri": f"{path.removesuffix('.json')}/{sid}.json",
            }
            for sid, kind in text.media
        ]
        return {"uri": path, "page": 0, "page_size": 50, "next_page_uri": None, "media_list": kept}


def _wanted(text: Text, query: Mapping[str, str]) -> bool:
    if query.get("To", text.recipient) != text.recipient or query.get("From", text.sender) != text.sender:
        return False
    for name, fits in _DATE_FILTERS.items():
        if name in query:
            bound = query[name]
            given = text.sent and text.sent.astimezone(UTC).isoformat()[: 10 if len(bound) == 10 else 19]
            if not given or not fits(given, bound.rstrip("Z")):
                return False
    return True


_DATE_FILTERS: Mapping[str, Callable[[str, str], bool]] = {
    "DateSent": lambda given, bound: given[:10] == bound[:10],
    "DateSent<": lambda given, bound: given <= bound,
    "DateSent>": lambda given, bound: given >= bound,
}


def _rfc2822(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))


def serve(rest: Rest, port: int = 0) -> ThreadingHTTPServer:
    """A server on loopback, not yet running; its port is free if none is named."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + rest.ahead)

        def do_GET(self) -> None:
            self._answer("list", {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._answer("create", parse_qs(body, keep_blank_values=True))

        def _answer(self, kind: str, form: dict[str, list[str]]) -> None:
            rest.requests += 1
            made: Text | None = None
            try:
                rest.leave(_authorised(rest, self.headers.get("Authorization", "")), self.path)
                fault = rest.ledger.fault(kind, form.get("To", [""])[0])
                if fault is None or fault.after_accepting:
                    status, told = rest.answer(self.command, self.path, form)
                    made = rest.ledger.get(told["sid"]) if kind == "create" else None
                if fault and self._spoiled(fault):
                    return
            except Refused as refused:
                status, told = refused.status, _error(refused.status, refused.code, refused.message)
            finally:
                if made:
                    rest.after_create(made)
            self._write(status, told)

        def _spoiled(self, fault: Fault) -> bool:
            """True if the connection is gone. Raises Refused where the fault is an answer."""
            if fault.how == "status":
                raise Refused(fault.status, fault.code, "Told to fail")
            if fault.how == "hang":
                time.sleep(fault.seconds)
            self.close_connection = True
            # Lingering for no time sends a reset instead of a goodbye.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            return True

        def _write(self, status: int, told: Mapping[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                pass  # the connection was reset on purpose

        def log_message(self, *_: Any) -> None: ...

    return ThreadingHTTPServer(("127.0.0.1", port), Door)


def _authorised(rest: Rest, header: str) -> str:
    """Who asks."""
    try:
        name, _, password = base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = password = ""
    if not name or rest.credentials.get(name) != password:
        raise Refused(401, 20003, "Authenticate")
    return name


def _error(status: int, code: int, message: str) -> dict[str, Any]:
    about = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": about, "status": status}
