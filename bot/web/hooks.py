"""Webhooks of providers: kept, then answered at once; never 500.

Plain WSGI in front of the Flask pages: nearly every call is one of these, and routing, context and response objects
would take as long as the turn itself.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import request

from bot.desk.relay.receiving import receive
from bot.errors import DatabaseUnreachable, Forged
from bot.hotline import Hotline
from bot.line import delivery
from bot.model import Answer, HookRequest, Inbound
from bot.store.patience import WEBHOOK, within
from bot.web.headers import HEADERS, MOST_BYTES

_log = logging.getLogger(__name__)

# Which channel reads a path. Twilio's reads both its media.
PATHS = {
    "/hooks/twilio": "twilio-sms",
    "/hooks/twilio/fallback": "twilio-sms",
    "/hooks/twilio/status": "twilio-sms",
}
_SENTENCES = {200: "200 OK", 403: "403 Forbidden", 405: "405 Method Not Allowed", 413: "413 Content Too Large"}
_UNAVAILABLE = "503 Service Unavailable"
_ALWAYS = [*HEADERS.items(), ("Cache-Control", "no-store")]

Environ = Mapping[str, Any]
Application = Callable[[Any, Any], Iterable[bytes]]


class Hooks:
    """Answers the paths of providers, and passes everything else to the pages."""

    def __init__(self, latest: Callable[[], Hotline], pages: Application) -> None:
        self._latest, self._pages = latest, pages

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        channel = PATHS.get(environ["PATH_INFO"])
        if channel is None:
            return self._pages(environ, start_response)
        answer = self._answer(channel, environ)
        body = answer.body.encode()
        headers = [("Content-Type", answer.content_type), ("Content-Length", str(len(body))), *_ALWAYS]
        start_response(_SENTENCES.get(answer.status, _UNAVAILABLE), headers)
        return [body]

    def _answer(self, channel: str, environ: Environ) -> Answer:
        if environ["REQUEST_METHOD"] != "POST":
            return _bare(405)
        body = _body(environ)
        if body is None:
            return _bare(413)
        try:
            with within(WEBHOOK):
                return self._keep(channel, hook_request_of(environ, body))
        except Forged:
            return _bare(403)
        except DatabaseUnreachable as error:
            _log.error("a webhook could not be kept: %s", error)
        except Exception as error:  # not kept, so never 2xx: the provider tries again, or its fallback does
            _log.error("a webhook failed: %s", type(error).__name__)
        return _bare(503)

    def _keep(self, name: str, call: HookRequest) -> Answer:
        """2xx is said only of what is kept."""
        hotline = self._latest()
        channel = hotline.channels[name]
        reply = None
        for one in channel.read(call):
            if one.channel not in hotline.channels:
                raise Forged("This channel is not switched on.")
            if isinstance(one, Inbound):
                channel = hotline.channels[one.channel]
                reply = receive(hotline, one) or reply
            else:
                delivery.receive_receipt(hotline, one)
        return channel.acknowledge(reply)


def hook_request_of(environ: Environ, body: bytes) -> HookRequest:
    """The call as it came, for a channel to read."""
    query = environ.get("QUERY_STRING", "")
    url = environ["PATH_INFO"] + (f"?{query}" if query else "")
    headers = {name[5:].lower().replace("_", "-"): value for name, value in environ.items() if name.startswith("HTTP_")}
    headers["content-type"] = environ.get("CONTENT_TYPE", "")
    return HookRequest(environ["REQUEST_METHOD"], url, headers, body)


def hook_request() -> HookRequest:
    """The same of the request Flask is at."""
    return hook_request_of(request.environ, request.get_data())


def _body(environ: Environ) -> bytes | None:
    """None if it is larger than we take."""
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit() and int(length) > MOST_BYTES:
        return None
    body: bytes = environ["wsgi.input"].read(int(length) if length.isdigit() else MOST_BYTES + 1)
    return body if len(body) <= MOST_BYTES else None


def _bare(status: int) -> Answer:
    return Answer(status, "", "text/plain; charset=utf-8")
