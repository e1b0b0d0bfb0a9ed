"""A phone in the browser, for development: texts go through the same channel and the same turn as everybody's.
Not registered in production."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from bot.errors import Forged
from bot.line import conversation, simulated
from bot.line.simulated import History
from bot.model import Inbound
from bot.store.attachments import Attachment
from bot.store.messages import Message
from bot.store.threads import Thread
from bot.text.language_names import direction, endonym, english_name
from bot.web.doors import from_here, hotline, open_to_all
from bot.web.hooks import hook_request

pages = Blueprint("simulator", __name__)


@dataclass(frozen=True, slots=True)
class FirstText:
    """A text to begin with, in one language."""

    tag: str
    words: str

    @property
    def language(self) -> str:
        return endonym(self.tag)

    @property
    def direction(self) -> str:
        return direction(self.tag)


FIRST_TEXTS = tuple(
    FirstText(*one)
    for one in (
        ("es", "hola, necesito comida para mi familia"),
        ("vi", "toi muon noi chuyen voi canh sat"),
        ("zh-Hans", "我的自行车被偷了"),
        ("zh-Hant", "請問哪裡可以領食物？"),
        ("ar", "أريد أن أتحدث مع شرطي"),
        ("ht", "mwen bezwen yon kote pou m dòmi aswè a"),
        ("ru", "у меня украли кошелёк"),
        ("ko", "이웃집이 밤마다 너무 시끄러워요"),
        ("tl", "nawala po ang pitaka ko kahapon"),
        ("pt", "quero saber das reuniões com a polícia"),
        ("fr", "je cherche un avocat pour mes papiers"),
        ("en", "hi, I want to report graffiti on my wall"),
    )
)


@pages.get("/simulator")
@open_to_all
def show() -> str:
    line = hotline()
    return render_template(
        "simulator.html", first_texts=FIRST_TEXTS, pins=simulated.pins(line), department=line.config.department_name
    )


@pages.post("/simulator/texts")
@open_to_all
def text() -> Response:
    """A text as the channel `simulator` reads it; answered with what came back at once."""
    if not from_here():
        abort(403)
    line = hotline()
    channel = line.channels["simulator"]
    try:
        said = channel.read(hook_request())
    except Forged:
        abort(400)
    reply = None
    for one in said:
        if isinstance(one, Inbound):
            reply = conversation.receive(line, one)
    answer = channel.acknowledge(reply)
    return Response(answer.body, answer.status, content_type=answer.content_type)


@pages.get("/simulator/messages")
@open_to_all
def messages() -> Response:
    """What has reached a phone after a text of it, and what the line makes of the thread."""
    seen = simulated.history(hotline(), request.args.get("phone", ""), request.args.get("after", 0, int))
    return jsonify(
        messages=[_bubble(one, seen.attachments.get(one.id, ())) for one in seen.messages],
        after=str(seen.settled),
        understood=_understood(seen),
    )


def _bubble(message: Message, came: Sequence[Attachment]) -> dict[str, Any]:
    """Ids are text: they are larger than a browser's numbers are exact."""
    return {
        "id": str(message.id), "author": message.author, "text": message.text, "language": message.language or "",
        "at": message.created_at, "media": [one.content_type for one in came],
        "spot": message.extra.get("spot"),
    }  # fmt: skip


def _understood(seen: History) -> dict[str, Any] | None:
    return None if seen.thread is None else _of_thread(seen.thread)


def _of_thread(thread: Thread) -> dict[str, Any]:
    standing, guesses = thread.memory.standing, thread.memory.evidence_of_language[:3]
    return {
        "language": _named(thread.language), "source": standing.source, "sure": round(standing.sure, 2),
        "guesses": [{"language": _named(tag), "sure": round(sure, 2)} for tag, sure in guesses],
        "holder": thread.holder.value, "handle": thread.handle, "stopped": thread.stopped, "urgent": thread.urgent,
    }  # fmt: skip


def _named(tag: str | None) -> dict[str, str] | None:
    if not tag:
        return None
    return {"tag": tag, "own": endonym(tag), "english": english_name(tag), "direction": direction(tag)}
