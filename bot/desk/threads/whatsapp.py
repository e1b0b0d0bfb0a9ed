"""WhatsApp's rule of a day at the desk: how long a resident may still be written to freely, and what is left after that:
the approved template in their language, upon which the officer's answer waits until they write; else another way."""

import re
from dataclasses import dataclass
from typing import Literal

from bot.desk.threads.changing import change_thread, keep, must_hold, phrase_of
from bot.desk.threads.replies import check_words
from bot.errors import NotUsable, NotYours
from bot.hotline import Hotline
from bot.line import window
from bot.model import Holder, Officer
from bot.model import Template as Prepared
from bot.store import events, joins, messages, reports, templates, threads, unsent
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.templates import Template
from bot.store.threads import Thread
from bot.text import sms

PHRASE, BEFORE_ANSWER = "wa_template", "wa_closed"
_SID = re.compile(r"HX[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Window:
    """Until when a resident may be written to freely, and what can be done afterwards. `way` is template (in `language`),
    sms (another thread of theirs, `sms_thread`) or none."""

    shuts_at: int
    shut: bool
    way: Literal["template", "sms", "none"]
    language: str = ""
    says: str = ""  # what the template says, in that language
    asked: bool = False  # the template was sent, and the resident has not written since
    sms_thread: int = 0


def of(conn: Connection, hotline: Hotline, thread: Thread) -> Window | None:
    """None on channels without such a rule."""
    shuts_at = window.shuts_at(thread.channel, thread.last_in_at)
    if shuts_at is None:
        return None
    shut = hotline.instant() >= shuts_at or messages.told_shut(conn, thread.id, thread.last_in_at, window.SHUT)
    if not shut:
        return Window(shuts_at, shut, "none")
    template = _template(conn, thread)
    if template:
        asked = messages.template_since(conn, thread.id, thread.last_in_at)
        says = _said(conn, hotline, thread, template.language, PHRASE)
        return Window(shuts_at, shut, "template", template.language, says, asked)
    sms_thread = _sms(conn, hotline, thread)
    return Window(shuts_at, shut, "sms" if sms_thread else "none", sms_thread=sms_thread)


def _template(conn: Connection, thread: Thread) -> Template | None:
    """In the resident's language, else in the other one they have shown to read."""
    standing = thread.memory.standing
    wanted = dict.fromkeys(tag for tag in (thread.language, standing.tag, standing.other) if tag)
    return next((found for tag in wanted if (found := templates.approved(conn, tag))), None)


def _sms(conn: Connection, hotline: Hotline, thread: Thread) -> int:
    """The thread of the same person on SMS, who has written there and has not asked for silence; 0 if there is none."""
    other_id = joins.other(conn, thread.id)
    if other_id is None:
        return 0
    other = threads.read(conn, hotline.keys, other_id)
    return other.id if other.channel == "twilio-sms" and not other.stopped else 0


def answer_later(hotline: Hotline, officer: Officer, thread_id: int, words: str) -> None:
    """Keep an answer until the resident writes, and ask them to by the template, once. Raises NotYours where a text could
    go out now, or no template can; NotUsable if a {place} was not filled."""
    check_words(words)

    def change(conn: Connection, thread: Thread, at: int) -> None:
        must_hold(thread, officer)
        if thread.stopped:
            raise NotYours("This resident sent STOP and cannot be texted. Consider a call.")
        now = of(conn, hotline, thread)
        if now is None or not now.shut:
            raise NotYours("The resident has written meanwhile: you can answer now.")
        if now.way != "template":
            raise NotYours("No approved template is there in this language. The text cannot be sent: call or wait.")
        keep(conn, hotline, thread, Holder.OFFICER, officer.id)
        if not now.asked:
            _ask(conn, hotline, thread, now.language, at)
        if words.strip():
            _let_wait(conn, hotline, thread, officer, words, at)
            unsent.empty(conn, thread_id, officer.id, unsent.REPLY, at)
        events.write(conn, f"officer:{officer.id}", "answered for later", f"thread:{thread_id}", at, now.language)

    change_thread(hotline, officer, thread_id, change)
    hotline.queue.put("deliver", thread_id)


def _ask(conn: Connection, hotline: Hotline, thread: Thread, language: str, at: int) -> None:
    template = templates.approved(conn, language)
    assert template
    says = _said(conn, hotline, thread, language, PHRASE)
    number = _number(conn, hotline, thread)
    prepared = Prepared(template.content_sid, {"1": hotline.config.department_name, "2": number})
    statement = messages.written(
        hotline.keys, id=new_id(), thread_id=thread.id, channel=thread.channel, words=says, language=language, at=at,
        officer_id=None, template=prepared,
    )  # fmt: skip
    carry_out(conn, statement)


def _let_wait(conn: Connection, hotline: Hotline, thread: Thread, officer: Officer, words: str, at: int) -> None:
    said: list[tuple[str, int | None]] = []
    if not messages.waits_for_window(conn, thread.id):
        said.append((_said(conn, hotline, thread, thread.language or "en", BEFORE_ANSWER), None))
    said += [(part, officer.id) for part in hotline.channels[thread.channel].split(sms.plain(words))]
    for part, author in said:
        statement = messages.written(
            hotline.keys, id=new_id(), thread_id=thread.id, channel=thread.channel, words=part, language=thread.language,
            at=at, officer_id=author, state=messages.FOR_WINDOW,
        )  # fmt: skip
        carry_out(conn, statement)


def _said(conn: Connection, hotline: Hotline, thread: Thread, language: str, name: str) -> str:
    return phrase_of(hotline, thread, name, {"num": _number(conn, hotline, thread)}, language)


def _number(conn: Connection, hotline: Hotline, thread: Thread) -> str:
    """What resident and officer may both call the question: the number of their report, else that of their handle."""
    filed = reports.of_thread(conn, hotline.keys, thread.id)
    return filed[-1].number if filed else thread.handle.rpartition(" ")[2]


def release_waiting(hotline: Hotline) -> int:
    """Send what waited, wherever the resident has written; in how many threads that was."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        found = messages.threads_for_window(conn, at - window.DAY)
    for thread_id in found:
        with hotline.db.write() as conn:
            if not messages.release(conn, thread_id, at):
                continue
        hotline.queue.put("deliver", thread_id)
        hotline.queue.announce(thread_id)
    return len(found)


def listed(hotline: Hotline) -> list[Template]:
    with hotline.db.read() as conn:
        return templates.every(conn)


def set_template(hotline: Hotline, officer: Officer, language: str, content_sid: str, state: str) -> None:
    """The template of a language, or that it has none any more if the provider's id is empty. Raises NotUsable."""
    sid = content_sid.strip()
    if language not in hotline.config.department_languages:
        raise NotUsable("Choose one of the languages this line offers.")
    if sid and not _SID.fullmatch(sid):
        raise NotUsable("A ContentSid begins with HX, and 32 signs from 0-9 and a-f follow.")
    if state not in templates.STATES:
        raise NotUsable("Choose how far the approval has come.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        if sid:
            templates.put(conn, language, sid, state, officer.id, at)
        else:
            templates.drop(conn, language)
        note = f"{language} {state}" if sid else f"{language} removed"
        events.write(conn, f"officer:{officer.id}", "changed a template", "whatsapp", at, note)


def wording(hotline: Hotline, language: str) -> str:
    """What the template of a language must say to be approved, with its numbered gaps."""
    words = hotline.library.voice(language).text(hotline.library.phrase(PHRASE))
    return words.replace("{dept}", "{{1}}").replace("{num}", "{{2}}")
