"""Machine translations beside what was written, for staff who do not read it: made by a worker once a person may be reading
the thread, never while anybody waits. What leaves for the translator has its private numbers hidden."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.errors import NotTranslated, Untranslated
from bot.hotline import Hotline
from bot.store import events, marks, messages
from bot.store import translations as store
from bot.store.database import Connection
from bot.store.messages import Message
from bot.store.translations import Translation
from bot.text.mask import mask
from bot.translators.base import UNKNOWN, Translator

ENGLISH = "en"  # what staff read
ASKS_AGAIN = ("?", "？", "؟", "¿?", "??")  # what the note under a machine's words asks residents to write
_AWAY = "translator away"  # mark: since when it has not answered; 0: it does
_SURE = 0.9  # of the language of one text, against that of its thread
_RECENT = 3_600_000  # ms: older texts are translated when somebody opens the thread
_AT_ONCE = 100
_ONE, _ALL = 10.0, 40.0  # seconds for one text, and for one bell
_AGAIN = 60_000  # ms before words at which the translator failed are tried again
_RINGS = 30  # seconds in which an open page rings once
_TRIED = (Untranslated.FAILED, Untranslated.LATE)  # at these very words: tried a few times, and none waits for them


@dataclass(frozen=True, slots=True)
class Machine:
    """What a page shows of machines. `waits`: some text has no translation yet; `away`: since the translator does not answer;
    `lacks`: it does not know the language; `unclear`: texts that say its words were not understood."""

    beside: Mapping[int, Translation]  # by text
    waits: bool
    away: bool
    lacks: bool
    unclear: frozenset[int]


def shown(conn: Connection, hotline: Hotline, thread_ids: Sequence[int], said: Sequence[Message]) -> Machine:
    """Of texts that somebody was given to read, oldest first. Of what they may not read there is nothing."""
    found = store.beside(conn, hotline.keys, list(thread_ids))
    beside = {one.id: found[one.id] for one in said if one.text and one.id in found}
    on = hotline.translator is not None
    waits = on and any(one.text and one.author != "bot" and one.id not in beside for one in said)
    newest = next((beside[one.id] for one in reversed(said) if one.id in beside), None)
    lacks = on and newest is not None and newest.code == Untranslated.LANGUAGE
    return Machine(beside, waits, waits and bool(marks.at(conn, _AWAY)), lacks, _unclear(said, beside))


def _unclear(said: Sequence[Message], beside: Mapping[int, Translation]) -> frozenset[int]:
    found, by_machine = set(), False
    for one in said:
        if one.author == "officer":
            by_machine = one.id in beside and beside[one.id].direction == "out"
        elif by_machine and one.author == "resident" and one.text.strip() in ASKS_AGAIN:
            found.add(one.id)
    return frozenset(found)


def ring(hotline: Hotline, thread_id: int) -> None:
    """Somebody has the thread open, and texts in it wait."""
    if hotline.queue.first(f"translate:{thread_id}", _RINGS):
        hotline.queue.put("translate", thread_id)


def ring_for_forgotten(hotline: Hotline) -> int:
    """Ring for open threads with texts that wait, unless bells wait already; how many threads that is."""
    if hotline.translator is None:
        return 0
    at = hotline.instant()
    with hotline.db.read() as conn:
        found = store.threads_lacking(conn, at - _RECENT, at)
    if found and not hotline.queue.waits("translate"):
        for thread_id in found:
            hotline.queue.put("translate", thread_id)
    return len(found)


def make(hotline: Hotline, thread_id: int) -> int:
    """Translate what waits in a thread, the newest first; how many texts that were. If the translator does not answer, this
    is written down, and the rest waits for the sweep."""
    machine, until = hotline.translator, time.monotonic() + _ALL
    if machine is None:
        return 0
    with hotline.db.read() as conn:
        waiting = store.lacking(conn, thread_id, hotline.instant(), _AT_ONCE)
    made, away = 0, False
    for message_id in waiting:
        if time.monotonic() >= until:
            break
        message = messages.one(hotline.db, hotline.keys, message_id)
        try:
            made += message is not None and _put_beside(hotline, machine, message)
        except NotTranslated:
            away = True
            break
    turned = _write_down(hotline, away=away) if waiting else False
    if made or turned:
        hotline.queue.announce(thread_id)
    return made


def _put_beside(hotline: Hotline, machine: Translator, message: Message) -> bool:
    """Whether there is a translation now, or none for a while. Raises NotTranslated if the translator is away."""
    source = _language(hotline, message)
    words, code, state = "", "", "none"
    if source != ENGLISH:
        try:
            told = machine.translate(mask(message.text), source, ENGLISH, within=_ONE)
            words, source, state = told.words, told.source, "made"
        except NotTranslated as refusal:
            if not (refusal.lasting or refusal.why in _TRIED):
                raise
            code, state = refusal.why.value, "failed" if refusal.why in _TRIED else "none"
    at = hotline.instant()
    with hotline.db.write() as conn:
        kept = store.put_beside(
            conn, hotline.keys, message, engine=machine.name, source=source, target=ENGLISH, at=at, words=words, state=state,
            code=code, due_at=at + _AGAIN if state == "failed" else None,
        )  # fmt: skip
        if kept and words:
            note = f"{machine.name} {source} to {ENGLISH}"
            events.write(conn, "line", "had a text translated by a machine", f"thread:{message.thread_id}", at, note)
    return kept and (bool(words) or bool(code))


def _language(hotline: Hotline, message: Message) -> str:
    """What a text is read as: its own language if that is plain, else that of its thread. English if there is nothing to
    translate in it."""
    seen = hotline.detect(message.text)
    if not seen:
        return ENGLISH
    tag, sure = seen[0]
    return tag if sure >= _SURE else message.language or UNKNOWN


def _write_down(hotline: Hotline, *, away: bool) -> bool:
    """Whether the translator answers, for pages that must not ask it; True if that is new."""
    with hotline.db.read() as conn:
        known = bool(marks.at(conn, _AWAY))
    if known == away:
        return False
    with hotline.db.write() as conn:
        marks.put(conn, _AWAY, hotline.instant() if away else 0)
    return True
