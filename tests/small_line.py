"""A line as small as can be: it reads with Twilio's channel and answers what it is told to. The fake Twilio is tested
against it, where the real line would hide what goes over the wire."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bot.channels import twilio
from bot.channels.twilio import Twilio
from bot.config import Config
from bot.errors import Forged
from bot.fake_twilio import FakeTwilio
from bot.model import Answer, HookRequest, Inbound, Outbound, Receipt
from tests.twilio_contract import create_problems

PUBLIC = "https://hotline.example.gov"
LINE, ANA, LI = "+15005550100", "+15005550006", "whatsapp:US.13491208655302741918"


def channel_of(fake: FakeTwilio, medium: twilio.Medium = "sms", **changes: Any) -> Twilio:
    config = Config(
        twilio_account_sid=fake.account_sid,
        twilio_auth_token=fake.auth_token,
        twilio_api_url=fake.url,
        public_url=fake.public_url or PUBLIC,
        line_numbers=(LINE,),
    )
    return replace(twilio.of(config, medium), **changes)


class App:
    """A line as small as can be: it reads with Twilio's channel and answers what it is told to."""

    def __init__(self) -> None:
        self.channel: Twilio | None = None
        self.read: list[Inbound | Receipt] = []
        self.answer: Callable[[HookRequest, Inbound | Receipt], Answer] = lambda *_: Answer(200, "<Response/>")

    def take(self, request: HookRequest) -> Answer:
        assert self.channel
        try:
            (one,) = self.channel.read(request)
        except Forged as forged:
            return Answer(403, str(forged), "text/plain")
        self.read.append(one)
        if isinstance(one, Receipt) and "action" not in request.url:
            return Answer(200, "<Response/>")
        return self.answer(request, one)

    def says(self, *parts: str) -> None:
        """Every text is answered with this."""
        channel = self.channel
        assert channel
        reply = Outbound(7, 1, "twilio-sms", ANA, LINE, "\n".join(parts), parts)
        self.answer = lambda *_: channel.acknowledge(reply)


@contextmanager
def serving(app: App) -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = app.take(HookRequest("POST", self.path, headers, body))
            if answer.status == 0:
                self.connection.close()
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: Any) -> None: ...

    class Server(ThreadingHTTPServer):
        request_queue_size = 128  # many webhooks may knock at once

    server = Server(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def acquainted(app: App, **more: Any) -> Iterator[FakeTwilio]:
    """A Twilio and a line that know each other; what is asked of it fits Twilio's description."""
    with serving(app) as url, FakeTwilio(url, public_url=PUBLIC, check=create_problems, **more) as made:
        app.channel = channel_of(made)
        yield made
    assert made.rest.problems == []


def outbound(text: str = "Hola, ¿qué necesita?", **changes: Any) -> Outbound:
    return replace(Outbound(4821, 1, "twilio-sms", ANA, LINE, text, (text,)), **changes)
