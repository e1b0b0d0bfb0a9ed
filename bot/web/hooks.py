"""Webhooks of providers. Keeps what comes, answers at once; never 500."""

import logging

from flask import Blueprint, Response, request

from bot.errors import DatabaseUnreachable, Forged
from bot.line import conversation, delivery
from bot.model import Answer, HookRequest, Inbound
from bot.web.doors import hotline

pages = Blueprint("hooks", __name__)
_log = logging.getLogger(__name__)


@pages.post("/hooks/twilio")
@pages.post("/hooks/twilio/fallback")
def twilio() -> Response:
    """An inbound text. 2xx only once it is kept; 503 has Twilio try again."""
    return _answer(_hook("twilio-sms"))


@pages.post("/hooks/twilio/status")
def twilio_status() -> Response:
    """What became of a text of ours. Twilio reads the answer as TwiML, so it is an empty one."""
    return _answer(_hook("twilio-sms"))


def hook_request() -> HookRequest:
    """The call as it came, for a channel to read."""
    query = request.environ.get("QUERY_STRING", "")
    url = request.environ.get("PATH_INFO", "/") + (f"?{query}" if query else "")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return HookRequest(request.method, url, headers, request.get_data(cache=False))


def _hook(name: str) -> Answer:
    line = hotline()
    channel = line.channels[name]
    try:
        said = channel.read(hook_request())
    except Forged:
        return Answer(403, "", "text/plain; charset=utf-8")
    reply = None
    try:
        for one in said:
            if isinstance(one, Inbound):
                channel = line.channels[one.channel]
                reply = conversation.receive(line, one) or reply
            else:
                delivery.receive_receipt(line, one)
    except DatabaseUnreachable as error:
        _log.error("a webhook could not be kept: %s", error)
        return Answer(503, "", "text/plain; charset=utf-8")
    return channel.acknowledge(reply)


def _answer(answer: Answer) -> Response:
    return Response(answer.body, answer.status, content_type=answer.content_type)
