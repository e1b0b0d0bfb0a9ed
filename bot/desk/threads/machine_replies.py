"""Answers that an officer writes in English and a machine puts into the resident's language: shown with their way back before
anything is sent, refused where a wrong word does harm, told to the resident as a machine's, each one written down."""

import time
from dataclasses import dataclass

from bot.desk.threads.changing import change_thread, keep, must_hold, phrase_of
from bot.desk.threads.replies import check_words, may_answer
from bot.desk.threads.views import seen_by
from bot.errors import NotTranslated, NotUsable, NotYours, Untranslated
from bot.hotline import Hotline
from bot.line.saying import say
from bot.model import Holder, Officer
from bot.store import events, unsent
from bot.store import translations as store
from bot.store.database import Connection
from bot.store.threads import Thread
from bot.text import sms
from bot.text.machine_limits import changed_numbers, never_by_machine
from bot.text.mask import mask
from bot.text.wording_warnings import Ambiguous, ambiguous
from bot.translators.base import Translator

ENGLISH = "en"  # what officers write for it
NOTE = "mt_note"
_PATIENCE = 2.8  # seconds for there and back: an officer waits no longer than three
_LASTS = 1_800_000  # ms after which an offer is forgotten
_SURE = 0.9
_REFUSED = {
    "consent": "A machine must not ask for consent: a wrong word can undo it in court. Get an interpreter.",
    "rights": "A machine must not tell of rights or an arrest: a wrong word can undo them. Get an interpreter.",
    "legal papers": "A machine must not explain or have signed legal papers: each word in them counts. Get an interpreter.",
    "a statement": "A machine must not take a statement or lead an interview: its mistakes would stand in the file. Get an"
    " interpreter.",
    "knowing somebody again": "Nobody is asked through a machine whether they know a person again. Get an interpreter.",
    "a promise": "A machine must not promise anything: what it says may be more than you meant. Get an interpreter.",
    "immigration": "A machine must not talk about immigration status. Use a kept reply, which was reviewed, or get an"
    " interpreter.",
    "a death": "Nobody learns of a death from a machine, or by text at all. Get an interpreter and meet.",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a machine would say for an officer, and what to look at before it is sent."""

    id: int
    language: str
    original: str
    words: str
    back: str  # the words, translated back
    ambiguous: tuple[Ambiguous, ...]
    numbers: tuple[str, ...]  # of the original, that are not in the translation
    note: str  # what is said below it; empty if it was said today


def may_offer(hotline: Hotline, thread: Thread) -> bool:
    """Whether there is a translator, and another language to translate to. It is not asked."""
    return hotline.translator is not None and thread.language not in (None, ENGLISH)


def make(hotline: Hotline, officer: Officer, thread_id: int, words: str) -> None:
    """Have words translated there and back, and offer them to the officer, instead of what they were offered before. Raises
    NotYours; NotUsable if a machine must not or cannot be given them; NotTranslated."""
    with hotline.db.write() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        must_hold(thread, officer)
        store.drop(conn, thread_id, officer.id, hotline.instant())
    machine, target = hotline.translator, thread.language
    if machine is None or target is None or not may_offer(hotline, thread):
        raise NotUsable("There is nothing to translate here.")
    _check(hotline, words, target)
    _check_topic(hotline, officer, machine, thread_id, words, target)
    until = time.monotonic() + _PATIENCE
    there = machine.translate(words, ENGLISH, target, within=_PATIENCE)
    _check_length(hotline, thread, there.words)
    back = machine.translate(there.words, target, ENGLISH, within=max(until - time.monotonic(), 0.0))
    at = hotline.instant()
    with hotline.db.write() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        must_hold(thread, officer)
        store.offer(
            conn, hotline.keys, thread_id=thread_id, officer_id=officer.id, engine=machine.name, source=ENGLISH,
            target=target, original=words, words=there.words, back=back.words, at=at,
        )  # fmt: skip
        unsent.keep(conn, hotline.keys, thread_id, officer.id, unsent.REPLY, words, at, at)
        note = f"{machine.name} {ENGLISH} to {target}"
        events.write(conn, f"officer:{officer.id}", "asked for a machine translation", f"thread:{thread_id}", at, note)


def _check(hotline: Hotline, words: str, target: str) -> None:
    if not words:
        raise NotUsable("There is nothing to translate yet. Write a text first, in English.")
    check_words(words)
    if mask(words) != words:
        raise NotUsable("There is a number in this that looks private. Take it out.")
    seen = hotline.detect(words)
    if seen and seen[0][0] == target and seen[0][1] >= _SURE:
        raise NotUsable("This is in the resident's language already. Send it as it is.")


def _check_length(hotline: Hotline, thread: Thread, words: str) -> None:
    """Raises NotTranslated for what would not go out as one text, with its note, beside which the English stands."""
    said = _said(words, phrase_of(hotline, thread, NOTE))
    if len(hotline.channels[thread.channel].split(sms.plain(said))) > 1:
        raise NotTranslated(Untranslated.LONG)


def _check_topic(
    hotline: Hotline, officer: Officer, machine: Translator, thread_id: int, words: str, target: str
) -> None:
    topic = never_by_machine(words)
    if topic is None:
        return
    at = hotline.instant()
    with hotline.db.write() as conn:
        store.refuse(
            conn, thread_id=thread_id, officer_id=officer.id, engine=machine.name, source=ENGLISH, target=target, code=topic,
            at=at,
        )  # fmt: skip
        events.write(conn, f"officer:{officer.id}", "was refused a machine translation", f"thread:{thread_id}", at, topic)
    raise NotUsable(_REFUSED[topic])


def offered(hotline: Hotline, officer: Officer, thread: Thread) -> Offer | None:
    """What this officer may send in a thread, if they have just asked for it."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        one = store.offered(conn, hotline.keys, thread.id, officer.id)
        if one is None or one.target != thread.language or at - one.created_at > _LASTS:
            return None
        note = _note(conn, hotline, thread)
    return Offer(
        one.id, one.target, one.original, one.words, one.back, tuple(ambiguous(one.original)),
        changed_numbers(one.original, one.words), note,
    )  # fmt: skip


def send(hotline: Hotline, officer: Officer, thread_id: int, offer_id: int, *, wait: int = 0) -> None:
    """Send what was offered, as it was shown; `wait` ms in which it can be taken back. Raises NotYours."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        may_answer(thread, officer, at)
        keep(conn, hotline, thread, Holder.OFFICER, officer.id)
        one = store.offered(conn, hotline.keys, thread_id, officer.id)
        if one is None or one.id != offer_id or one.target != thread.language or at - one.created_at > _LASTS:
            raise NotYours("This translation is too old, or another was made. Translate again.")
        note = _note(conn, hotline, thread)
        ids = say(conn, hotline, thread, at, [_said(one.words, note)], officer, at + wait if wait else None)
        store.sent(conn, one.id, ids[0], at)
        unsent.empty(conn, thread_id, officer.id, unsent.REPLY, at)
        told = f"{one.engine} {one.source} to {one.target}"
        events.write(conn, f"officer:{officer.id}", "answered by a machine translation", f"thread:{thread_id}", at, told)

    change_thread(hotline, officer, thread_id, change)
    if not wait:
        hotline.queue.put("deliver", thread_id)


def drop(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """What was offered is not sent; what was written in English stays. Raises NotFound."""
    with hotline.db.write() as conn:
        seen_by(conn, hotline, officer, thread_id)
        store.drop(conn, thread_id, officer.id, hotline.instant())


def forget_old(hotline: Hotline) -> None:
    """The words of offers that nobody sent."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        if not store.is_old(conn, at - _LASTS):
            return
    with hotline.db.write() as conn:
        store.drop_old(conn, at - _LASTS, at)


def _said(words: str, note: str) -> str:
    return f"{words}\n\n{note}" if note else words


def _note(conn: Connection, hotline: Hotline, thread: Thread) -> str:
    """That a computer translated this, in the resident's language: below the first such text of a day."""
    if store.sent_since(conn, thread.id, hotline.midnight(hotline.today())):
        return ""
    return phrase_of(hotline, thread, NOTE)
