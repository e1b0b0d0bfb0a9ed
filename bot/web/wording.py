"""How values are worded on pages: instants, channels, delivery, and signs nobody can see. Asks no database."""

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from bot.channels.twilio_errors import trouble
from bot.store.attachments import Attachment
from bot.store.messages import Message
from bot.store.threads import Memory
from bot.text.language_names import direction, endonym, english_name
from bot.web.doors import hotline

_CHANNELS = {"twilio-sms": "SMS", "twilio-whatsapp": "WhatsApp", "simulator": "Simulator"}
_STATES = {
    "queued": "waiting to be sent", "submitting": "being sent", "sending": "being sent", "offered": "sent",
    "accepted": "sent", "sent": "sent", "delivered": "delivered", "read": "read",
    "uncertain": "not sure whether it arrived", "held back": "not sent: the resident asked for no more texts",
}  # fmt: skip
_THINGS = {"image": "Picture", "audio": "Voice note", "video": "Video"}
_REFUSED = {
    "too large": "larger than 20 MB", "kind": "of a kind that is not safe to keep", "address": "the phone company did not "
    "say where it is", "simulated": "the simulator sends no files",
}  # fmt: skip
# Controls, and signs that turn the order of what follows or cannot be seen at all. Joiners and the plain direction
# marks stay: Persian, Indic scripts and emoji are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


def visible(text: str) -> Markup:
    """The text, safe to stand in a page, with each unseen sign shown by its number."""
    shown, at = Markup(""), 0
    for found in _UNSEEN.finditer(text):
        sign = found.group()
        name = unicodedata.name(sign, "control character").lower()
        shown += escape(text[at : found.start()])
        shown += Markup('<span class="unseen" title="{}">U+{:04X}</span>').format(name, ord(sign))
        at = found.end()
    return shown + escape(text[at:])


def clock(instant: int) -> Markup:
    """An instant in the department's time: "14:05" today, "Nov 21, 14:05" before."""
    zone = hotline().config.timezone
    local = datetime.fromtimestamp(instant / 1000, zone)
    today = local.date() == hotline().now().astimezone(zone).date()
    words = f"{local:%H:%M}" if today else f"{local:%b} {local.day}, {local:%H:%M}"
    exact = f"{local:%Y-%m-%d %H:%M:%S %Z}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(_iso(instant), exact, words)


def age(instant: int) -> Markup:
    """An instant whose distance the page keeps up to date; without scripts it is said as a time of day."""
    local = datetime.fromtimestamp(instant / 1000, hotline().config.timezone)
    return Markup('<time datetime="{}" data-age>since {}</time>').format(_iso(instant), f"{local:%H:%M}")


def language(tag: str | None) -> Markup:
    """A language as its speakers and as officers call it."""
    if not tag:
        return Markup("Language not known yet")
    own, english = endonym(tag), english_name(tag)
    if own == english:
        return Markup("<span>{}</span>").format(english)
    both = Markup('<span lang="{}" dir="{}">{}</span> <span class="soft">{}</span>')
    return both.format(tag, direction(tag), own, english)


def known_by(memory: Memory) -> str:
    """How a thread's language came to be known, as "0.97, confirmed by the resident"."""
    standing = memory.standing
    seen = dict(memory.evidence_of_language).get(standing.tag or "")
    if standing.source == "chosen":
        return f"{seen:.2f}, confirmed by the resident" if seen else "chosen by the resident"
    if standing.source == "detected":
        return f"{standing.sure:.2f}, recognised by the line"
    return "asked, no answer yet" if standing.source == "asked" else "not known"


def channel(name: str) -> str:
    return _CHANNELS.get(name, name)


def delivery(message: Message) -> str:
    """What became of a text of ours, in words for an officer."""
    if message.state in ("failed", "undelivered"):
        return f"not delivered: {trouble(message.code).sentence}"
    return _STATES.get(message.state, message.state)


def arrival(message: Message) -> str:
    """What is unusual in how a resident's text came; empty if nothing is."""
    if message.state == "quarantined":
        return "The line could not read this text, so it did not answer it. It is shown sign by sign."
    if message.state == "conflict":
        return (
            "The phone company sent one text twice, with different words. These came second; nothing was done on them."
        )
    return "Came late: it was found in the phone company's list." if message.recovered else ""


def attached(message: Message, came: Sequence[Attachment]) -> list[str]:
    """What came with a text besides words, and how far it has come. Pictures are named, not shown."""
    named = [f"{_thing(one.content_type)}{_fetched(one)}" for one in came]
    if spot := message.extra.get("spot"):
        latitude, longitude, label = spot
        place = f"{label}, " if label else ""
        named.append(f"Location: {place}{latitude:.4f}, {longitude:.4f}")
    return named


def _thing(content_type: str) -> str:
    if content_type in ("text/vcard", "text/x-vcard"):
        return "Contact card"
    return _THINGS.get(content_type.partition("/")[0], "File")


def _fetched(one: Attachment) -> str:
    match one.state:
        case "kept":
            return f", kept, {_size(one.size or 0)}"
        case "refused":
            return f", not kept: {_REFUSED.get(one.code, 'the phone company did not give it')}"
        case "gone":
            return ", could not be fetched for a day; it is not tried any more"
        case _:
            return ", could not be fetched yet: trying again" if one.code else ", being fetched"


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(round(size / 1000), 1)} kB"


def mark(html: str) -> str:
    """Same mark, same content: a page that shows it need not be given it again."""
    return f"{zlib.crc32(html.encode()):08x}"


FILTERS: dict[str, Callable[..., Any]] = {
    "visible": visible, "clock": clock, "age": age, "language": language, "known_by": known_by, "channel": channel,
    "arrival": arrival, "delivery": delivery, "attached": attached, "mark": mark,
}  # fmt: skip


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
