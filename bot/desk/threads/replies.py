"""What officers write to residents: kept, sent after a moment in which it can be taken back, and only if nothing in it is
left to fill in."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.desk.threads.changing import Also, change_thread, keep, must_hold, phrase_of
from bot.errors import NotUsable, NotYours
from bot.hotline import Hotline
from bot.line import window
from bot.line.saying import say
from bot.model import Holder, Officer
from bot.store import events, messages, translations, unsent
from bot.store.database import Connection
from bot.store.threads import Thread

_UNFILLED = re.compile(r"\{[a-z_0-9]+\}")
_MISSED = 60_000  # ms: what came due longer ago, the sweep of forgotten texts finds


@dataclass(frozen=True, slots=True)
class Waiting:
    """An officer's words that are not sent yet, and in how many ms they are."""

    words: str
    left: int


def reply(
    hotline: Hotline, officer: Officer, thread_id: int, words: str, *, wait: int = 0, also: Also | None = None
) -> None:
    """An officer's text, kept and queued; `wait` ms in which it can be taken back. Raises NotYours if somebody else holds
    the thread, or the resident opted out; NotUsable if a {place} in it was not filled."""
    check_words(words)
    _answer(hotline, officer, thread_id, lambda thread: words, "answered", wait, also)


def check_words(words: str) -> None:
    """Raises NotUsable if a {place} was not filled."""
    unfilled = _UNFILLED.findall(words)
    if unfilled:
        raise NotUsable("Fill in {places} first, or take it out.", places=", ".join(dict.fromkeys(unfilled)))


def may_answer(thread: Thread, officer: Officer, at: int) -> None:
    """Raises NotYours if this officer cannot text the resident now."""
    must_hold(thread, officer)
    if thread.stopped:
        raise NotYours("This resident sent STOP and cannot be texted. Consider a call.")
    if window.is_shut(thread.channel, thread.last_in_at, at):
        raise NotYours("WhatsApp takes no answer now: the resident last wrote more than 24 hours ago.")


def offer_meeting(hotline: Hotline, officer: Officer, thread_id: int, *, wait: int = 0) -> None:
    """Say, in the resident's language, that this is better talked about by phone or face to face, with an interpreter.
    Raises NotYours."""
    _answer(
        hotline, officer, thread_id, lambda thread: phrase_of(hotline, thread, "officer_meet"),
        "offered a call or meeting", wait,
    )  # fmt: skip


def _answer(
    hotline: Hotline,
    officer: Officer,
    thread_id: int,
    words: Callable[[Thread], str],
    verb: str,
    wait: int,
    also: Also | None = None,
) -> None:
    def change(conn: Connection, thread: Thread, at: int) -> None:
        may_answer(thread, officer, at)
        keep(conn, hotline, thread, Holder.OFFICER, officer.id)
        say(conn, hotline, thread, at, [words(thread)], officer, at + wait if wait else None)
        if verb == "answered":
            unsent.empty(conn, thread_id, officer.id, unsent.REPLY, at)
        events.write(conn, f"officer:{officer.id}", verb, f"thread:{thread_id}", at)

    change_thread(hotline, officer, thread_id, change, also)
    if not wait:
        hotline.queue.put("deliver", thread_id)


def waiting(hotline: Hotline, officer: Officer, thread_id: int) -> Waiting | None:
    """What this officer can still take back: the last they wrote, if it is not sent yet."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        parts = _last(messages.put_off(conn, hotline.keys, thread_id, officer.id, at))
        due = messages.due(conn, parts[-1].id) if parts else None
    return Waiting(_joined(parts), due - at) if due else None


def undo(hotline: Hotline, officer: Officer, thread_id: int) -> str:
    """Take the last text back; its words, which are a draft again: of a machine's words those that were translated. Raises
    NotYours once it is on its way."""
    words = ""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        nonlocal words
        must_hold(thread, officer)
        taken = _last(messages.put_off(conn, hotline.keys, thread_id, officer.id, at))
        if not taken or not all(messages.take_back(conn, one.id, at) for one in taken):
            raise NotYours("It is too late: the text is already on its way.")
        words = translations.take_back(conn, hotline.keys, taken[0].id, at) or _joined(taken)
        unsent.put_back(conn, hotline.keys, thread_id, officer.id, unsent.REPLY, words, at)
        events.write(conn, f"officer:{officer.id}", "took a text back", f"thread:{thread_id}", at)

    change_thread(hotline, officer, thread_id, change)
    return words


def _last(parts: list[messages.Message]) -> list[messages.Message]:
    """The pieces of the text that was written last: all of one text are of one instant."""
    return [one for one in parts if one.created_at == parts[-1].created_at]


def _joined(parts: list[messages.Message]) -> str:
    return " ".join(one.text for one in parts)


def ring_for_due(hotline: Hotline) -> int:
    """Ring for texts that can no longer be taken back; in how many threads. Rung for twice, they are sent once."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        due = messages.threads_come_due(conn, at - _MISSED, at)
    for thread_id in due:
        hotline.queue.put("deliver", thread_id)
    return len(due)
