"""Replies kept ready, in the resident's language with the English beside it: the shipped ones, which are translated like
the flows, and the department's own. They fill the composer; nothing here sends."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable
from bot.flow.phrases import fill, placeholders
from bot.hotline import Hotline
from bot.line.town import Town
from bot.live_texts import HOME
from bot.model import Officer
from bot.store import canned as store
from bot.store import events, reports
from bot.store.canned import Own
from bot.text.mask import mask

_SHIPPED = "canned."  # the context of these texts
_FROM_TOWN = ("dept", "city", "phone", "url")
PLACES = ("officer", "num", *_FROM_TOWN)  # what may stand in braces
LONGEST = 600  # characters
_REVIEWED = re.compile(r'"X-Reviewed-By: (.*?)\\n"')


@dataclass(frozen=True, slots=True)
class Ready:
    """A reply as an officer may pick it for one thread. Places that cannot be filled still stand in braces."""

    key: str
    title: str
    words: str
    language: str
    english: str
    reviewed_by: str  # empty: by nobody yet


def ready(hotline: Hotline, officer: Officer, thread_id: int) -> list[Ready]:
    """What there is in the language of a thread. Raises NotFound."""
    with hotline.db.read() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        filed = reports.of_thread(conn, hotline.keys, thread_id)
        own = store.everything(conn)
    town = Town(hotline, thread.channel, thread.resident_id).values
    values = {name: town[name] for name in _FROM_TOWN} | {"officer": officer.name}
    if filed:
        values["num"] = max(filed, key=lambda one: one.filed_at).number
    tag = thread.language or "en"
    return [*_shipped(hotline, tag, values), *_own(own, tag, values)]


def _shipped(hotline: Hotline, tag: str, values: Mapping[str, str]) -> list[Ready]:
    voice = hotline.library.voice(tag)
    found = []
    for name, line in hotline.library.phrases.items():
        if not line.context.startswith(_SHIPPED) or not voice.has(line):
            continue
        words, english = _filled(voice.text(line), values), _filled(line.english, values)
        found.append(Ready(name, title_of(name), words, tag, english, reviewer(tag)))
    return found


def _own(own: list[Own], tag: str, values: Mapping[str, str]) -> list[Ready]:
    return [
        Ready(
            str(one.id), one.title, _filled(one.words[tag].words, values), tag,
            _filled(one.words["en"].words, values) if "en" in one.words else "", one.words[tag].reviewed_by,
        )
        for one in own if tag in one.words
    ]  # fmt: skip


def _filled(words: str, values: Mapping[str, str]) -> str:
    return fill(words, lambda name: values.get(name, f"{{{name}}}"))


def title_of(name: str) -> str:
    """How a shipped reply is called in the list."""
    return name.replace("_", " ").capitalize()


def shipped(hotline: Hotline) -> list[tuple[str, str]]:
    """Title and English of what comes with the line."""
    lines = hotline.library.phrases.items()
    return [(title_of(name), line.english) for name, line in lines if line.context.startswith(_SHIPPED)]


@cache
def reviewer(tag: str) -> str:
    """Who said that the line's texts in a language are right; empty if nobody has yet."""
    path = HOME / "locales" / tag / "LC_MESSAGES" / "bot.po"
    head = path.open(encoding="utf-8").read(2000) if path.exists() else ""
    found = _REVIEWED.search(head)
    return found.group(1) if found and found.group(1) != "nobody yet" else ""


def own(hotline: Hotline) -> list[Own]:
    with hotline.db.read() as conn:
        return store.everything(conn)


def add(hotline: Hotline, who: Officer, title: str, english: str) -> None:
    """A new reply of the department's, in English first. Raises NotUsable."""
    if not 0 < len(title) <= 60:
        raise NotUsable("A reply has a title of at most 60 characters.")
    _check(english)
    at = hotline.instant()
    with hotline.db.write() as conn:
        id_ = store.add(conn, title, at)
        if id_ is None:
            raise NotUsable("There is already a reply of this title.")
        store.put(conn, id_, "en", english, who.name, who.id, at)
        events.write(conn, f"officer:{who.id}", "reply kept ready", f"canned:{id_}", at, "en")


def put(hotline: Hotline, who: Officer, canned_id: int, language: str, words: str, reviewed_by: str) -> None:
    """The words of a reply in one language. Other English drops it in the other languages: nobody has read those as
    words for this. Raises NotUsable; NotFound."""
    _check(words)
    if language not in ("en", *hotline.config.department_languages):
        raise NotUsable("Choose a language that this line is offered in.")
    if not reviewed_by:
        raise NotUsable("Say who read these words and found them right: only reviewed replies are kept ready.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        here = {one.id: one for one in store.everything(conn)}
        if canned_id not in here:
            raise NotFound("There is no such reply.")
        before = here[canned_id].words["en"].words
        english = words if language == "en" else before
        if set(placeholders(words)) != set(placeholders(english)):
            wanted = ", ".join(f"{{{name}}}" for name in placeholders(english)) or "none"
            raise NotUsable("The places to fill are not those of the English: {places}.", places=wanted)
        if english != before:
            store.drop_translations(conn, canned_id)
        store.put(conn, canned_id, language, words, reviewed_by, who.id, at)
        events.write(conn, f"officer:{who.id}", "reply kept ready", f"canned:{canned_id}", at, language)


def drop(hotline: Hotline, who: Officer, canned_id: int) -> None:
    with hotline.db.write() as conn:
        store.drop(conn, canned_id)
        events.write(conn, f"officer:{who.id}", "reply dropped", f"canned:{canned_id}", hotline.instant())


def _check(words: str) -> None:
    if not 0 < len(words) <= LONGEST:
        raise NotUsable("A reply has at most {most} characters, and is not empty.", most=LONGEST)
    unknown = [name for name in placeholders(words) if name not in PLACES]
    if unknown:
        raise NotUsable(
            "Nobody can fill {unknown}. These can be filled: {places}.",
            unknown=", ".join(f"{{{name}}}" for name in unknown), places=", ".join(f"{{{name}}}" for name in PLACES),
        )  # fmt: skip
    if mask(words) != words:
        raise NotUsable("There is a number in this that looks private. Take it out.")
