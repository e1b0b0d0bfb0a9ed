"""The HTTP server in front of the fake Twilio: its REST API, its second address for media, and whatever is kept under
`/_fake/`. Here requests meet their faults; it knows nothing of what they ask for."""

import base64
import binascii
import json
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from bot.fake_twilio.faults import Fault
from bot.fake_twilio.ledger import Text
from bot.fake_twilio.resources import error
from bot.fake_twilio.rest import Refused, Rest

CDN = "/_cdn/"
CONTROL = "/_fake/"
HUGE = 1_000_000_000  # bytes

# Method, address and body of a request to the control; status and JSON of its answer.
Control = Callable[[str, str, bytes], tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. With `pours`, its body is repeated until whoever asked leaves."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    pours: bool = False


class Server(ThreadingHTTPServer):
    request_queue_size = 1024
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # whoever asked has hung up
            super().handle_error(request, client_address)


def serve(rest: Rest, created: Callable[[Text], None], control: Control, port: int = 0) -> Server:
    """A server on loopback, not yet running; its port is free if none is named. `created` is told of each new text."""

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() + rest.ahead)

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.startswith(CONTROL):
                status, told = control(self.command, self.path, body)
                self._write(Reply(status, json.dumps(told, ensure_ascii=False).encode()))
            elif self.path.startswith(CDN):
                self._answer("cdn", {}, self._from_cdn)
            else:
                form = parse_qs(body.decode(), keep_blank_values=True)
                rest.asked()
                self._answer(rest.kind_of(self.command, self.path), form, self._from_api)

        do_POST = do_DELETE = do_PATCH = do_GET  # noqa: N815

        def _answer(self, kind: Any, form: Mapping[str, list[str]], ask: Callable[..., Reply]) -> None:
            """What was asked for, or the fault it meets."""
            query = dict(parse_qsl(urlsplit(self.path).query))
            fault = rest.faults.met(kind, form.get("To", [query.get("To", "")])[0])
            try:
                reply = self._spoiled(fault, lambda: ask(form)) if fault else ask(form)
            except Refused as refused:
                reply = _error(refused)
            rest.answered(kind, reply.status if reply else 0)
            if reply:
                self._write(reply)
            else:
                self._reset()

        def _from_api(self, form: Mapping[str, list[str]]) -> Reply:
            rest.leave(_authorised(rest, self.headers.get("Authorization", "")), self.path)
            kind = rest.kind_of(self.command, self.path)
            if kind == "media":
                content_type, content = rest.content(self.path)
                if not rest.media.redirects:
                    return Reply(200, content, content_type)
                here = f"http://{self.headers.get('Host', '')}{CDN}{urlsplit(self.path).path.split('/Messages/')[1]}"
                return Reply(307, headers={"Location": here})
            status, told = rest.answer(self.command, self.path, form)
            if kind == "create" and (made := rest.ledger.get(told["sid"])):
                created(made)
            return Reply(status, json.dumps(told).encode() if told else b"")

        def _from_cdn(self, _: object) -> Reply:
            rest.media.asked_elsewhere("Authorization" in self.headers)
            home = f"/2010-04-01/Accounts/{rest.account_sid}/Messages/"
            content_type, content = rest.content(home + self.path.removeprefix(CDN))
            return Reply(200, content, content_type)

        def _spoiled(self, fault: Fault, ask: Callable[[], Reply]) -> Reply | None:
            """The answer as the fault leaves it; None: no answer, the connection goes. Raises Refused."""
            if fault.how == "refuse":
                return None
            if fault.how == "slow" and not fault.after_accepting:
                time.sleep(fault.seconds)
                return ask()
            reply = ask() if fault.after_accepting else None
            if fault.how == "slow":
                time.sleep(fault.seconds)
                return reply
            if fault.how == "hang":
                time.sleep(fault.seconds)
            return None if fault.how in ("hang", "reset") else _wrong_answer(fault)

        def _reset(self) -> None:
            self.close_connection = True
            # Lingering for no time sends a reset instead of a goodbye.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

        def _write(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.status != 204:
                self.send_header("Content-Type", reply.content_type)
            if not reply.pours:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            if reply.pours:
                self.close_connection = True
                self._pour(reply.body)

        def _pour(self, body: bytes) -> None:
            try:
                while True:
                    self.wfile.write(body)
            except OSError:
                pass  # whoever asked has had enough

        def finish(self) -> None:
            try:
                super().finish()
            except (OSError, ValueError):
                pass  # the connection was reset on purpose

        def log_message(self, *_: Any) -> None: ...

    return Server(("127.0.0.1", port), Door)


def _wrong_answer(fault: Fault) -> Reply:
    match fault.how:
        case "endless":
            return Reply(200, b"\xff" * 65536, "image/jpeg", pours=True)
        case "huge":
            return Reply(200, b"\xff" * 65536, "image/jpeg", {"Content-Length": str(HUGE)}, pours=True)
        case "type":
            return Reply(200, b"<html><script>alert(1)</script></html>", "text/html")
        case "redirect":
            return Reply(307, headers={"Location": fault.to})
    headers = {} if fault.retry_after is None else {"Retry-After": f"{fault.retry_after:g}"}
    return _error(Refused(fault.status, fault.code, "Told to fail"), headers)


def _error(refused: Refused, headers: Mapping[str, str] | None = None) -> Reply:
    told = error(refused.status, refused.code, refused.message)
    return Reply(refused.status, json.dumps(told).encode(), headers=headers or {})


def _authorised(rest: Rest, header: str) -> str:
    """Who asks."""
    try:
        name, _, password = base64.b64decode(header.removeprefix("Basic "), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        name = password = ""
    if not name or rest.credentials.get(name) != password:
        raise Refused(401, 20003, "Authenticate")
    return name
