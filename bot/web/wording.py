"""How values are worded on pages: instants, channels, delivery, places, and signs nobody can see. Asks no database."""

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

from bot.channels.twilio_errors import trouble
from bot.desk.threads.locating import Whereabouts
from bot.store.attachments import Attachment
from bot.store.messages import Message
from bot.store.threads import Memory
from bot.text.language_names import direction, endonym, english_name
from bot.web.doors import hotline
from bot.web.tongue import gettext as _

_CHANNELS = {"twilio-sms": "SMS", "twilio-whatsapp": "WhatsApp", "simulator": "Simulator"}
_STATES = {
    "queued": "waiting to be sent", "submitting": "being sent", "sending": "being sent", "offered": "sent",
    "accepted": "sent", "sent": "sent", "delivered": "delivered", "read": "read",
    "uncertain": "not sure whether it arrived", "held back": "not sent: the resident asked for no more texts",
    "waiting for the window": "waits until the resident writes: WhatsApp takes no answer after 24 hours",
}  # fmt: skip
_THINGS = {"image": "Picture", "audio": "Voice note", "video": "Video"}
_CARDS = ("text/vcard", "text/x-vcard")
_REFUSED = {
    "too large": "larger than 20 MB", "kind": "of a kind that is not safe to keep", "address": "the phone company did not "
    "say where it is", "simulated": "the simulator sends no files",
}  # fmt: skip
# How a browser may show what was kept; the rest is downloaded.
_WAYS = {
    "image/jpeg": "picture", "image/png": "picture", "image/gif": "picture", "image/webp": "picture",
    "audio/ogg": "sound", "audio/mp4": "sound", "audio/mpeg": "sound", "video/mp4": "film",
    "text/vcard": "words", "text/plain": "words",
}  # fmt: skip
_COMPASS = {
    "north": "north of {place}", "north-east": "north-east of {place}", "east": "east of {place}",
    "south-east": "south-east of {place}", "south": "south of {place}", "south-west": "south-west of {place}",
    "west": "west of {place}", "north-west": "north-west of {place}",
}  # fmt: skip
_MILE = 1.609344  # km
_AT = 0.15  # km: no further than a building or two
# Controls, and signs that turn the order of what follows or cannot be seen at all. Joiners and the plain direction
# marks stay: Persian, Indic scripts and emoji are written with them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)


@dataclass(frozen=True, slots=True)
class Thing:
    """One of the things that came with a text. `way` is how it can be looked at: picture, sound, film, words, file (to be
    downloaded), or nothing as long as it is not kept."""

    id: int
    words: str
    way: str


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
    words = f"{local:%H:%M}" if today else f"{_(f'{local:%b}')} {local.day}, {local:%H:%M}"
    exact = f"{local:%Y-%m-%d %H:%M:%S %Z}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(_iso(instant), exact, words)


def age(instant: int) -> Markup:
    """An instant whose distance the page keeps up to date; without scripts it is said as a time of day."""
    local = datetime.fromtimestamp(instant / 1000, hotline().config.timezone)
    words = _("since {time}").format(time=f"{local:%H:%M}")
    return Markup('<time datetime="{}" data-age>{}</time>').format(_iso(instant), words)


def left(instant: int) -> Markup:
    """How long it is until an instant, kept up to date by the page; without scripts as it was when the page was made."""
    minutes = max(0, instant - hotline().instant()) // 60_000
    words = _("{hours} h {minutes} min").format(hours=minutes // 60, minutes=minutes % 60)
    local = datetime.fromtimestamp(instant / 1000, hotline().config.timezone)
    exact = f"{local:%Y-%m-%d %H:%M:%S %Z}"
    return Markup('<time datetime="{}" title="{}" data-until>{}</time>').format(_iso(instant), exact, words)


def language(tag: str | None) -> Markup:
    """A language as its speakers and as officers call it."""
    if not tag:
        return Markup("{}").format(_("Language not known yet"))
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
        if not seen:
            return _("chosen by the resident")
        return _("{sure}, confirmed by the resident").format(sure=f"{seen:.2f}")
    if standing.source == "detected":
        return _("{sure}, recognised by the line").format(sure=f"{standing.sure:.2f}")
    return _("asked, no answer yet") if standing.source == "asked" else _("not known")


def channel(name: str) -> str:
    return _CHANNELS.get(name, name)


def delivery(message: Message) -> str:
    """What became of a text of ours, in words for an officer."""
    if message.state in ("failed", "undelivered"):
        return _("not delivered: {why}").format(why=_(trouble(message.code).sentence))
    return _(_STATES.get(message.state, message.state))


def arrival(message: Message) -> str:
    """What is unusual in how a resident's text came; empty if nothing is."""
    if message.state == "quarantined":
        return _("The line could not read this text, so it did not answer it. It is shown sign by sign.")
    if message.state == "conflict":
        return _(
            "The phone company sent one text twice, with different words. These came second; nothing was done on them."
        )
    return _("Came late: it was found in the phone company's list.") if message.recovered else ""


def things(came: Sequence[Attachment]) -> list[Thing]:
    """What came with a text besides words, how far it has come, and how it can be looked at."""
    return [
        Thing(one.id, f"{thing(one.content_type)}{_fetched(one)}", _WAYS.get(one.content_type, "file") if kept else "")
        for one in came
        for kept in (one.state == "kept",)
    ]


def thing(content_type: str) -> str:
    """What a kind of file is called."""
    if content_type in _CARDS:
        return _("Contact card")
    return _(_THINGS.get(content_type.partition("/")[0], "File"))


def _fetched(one: Attachment) -> str:
    match one.state:
        case "kept":
            return f", {_size(one.size or 0)}"
        case "refused":
            why = _(_REFUSED.get(one.code, "the phone company did not give it"))
            return _(", not kept: {why}").format(why=why)
        case "gone":
            return _(", could not be fetched for a day; it is not tried any more")
        case _:
            return _(", could not be fetched yet: trying again") if one.code else _(", being fetched")


def _size(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(round(size / 1000), 1)} kB"


def whereabouts(where: Whereabouts) -> str:
    """Where a spot lies, as "0.8 km (0.5 mi) north-east of Old Mill"; empty if nothing is near it."""
    if not where.near:
        return ""
    if where.km < _AT:
        return _("at {place}").format(place=where.near)
    far = f"{where.km:.1f} km ({where.km / _MILE:.1f} mi)"
    return f"{far} {_(_COMPASS[where.direction]).format(place=where.near)}"


def coordinates(where: Whereabouts) -> str:
    return f"{where.spot.latitude:.5f}, {where.spot.longitude:.5f}"


def mark(html: str) -> str:
    """Same mark, same content: a page that shows it need not be given it again."""
    return f"{zlib.crc32(html.encode()):08x}"


FILTERS: dict[str, Callable[..., Any]] = {
    "english": english_name,
    "visible": visible, "clock": clock, "age": age, "left": left, "language": language, "known_by": known_by,
    "channel": channel, "arrival": arrival, "delivery": delivery, "things": things, "whereabouts": whereabouts,
    "coordinates": coordinates, "mark": mark,
}  # fmt: skip


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
