"""The card for dispatch: what a person needs on the phone with 911 for a resident in danger. The line itself calls nobody;
that somebody has read a text is said to a resident only when a person presses for it, and only after dispatch was told."""

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from bot.desk.threads import translation
from bot.desk.threads.changing import change_thread, keep, phrase_of
from bot.desk.threads.locating import Whereabouts, locate
from bot.desk.threads.translation import Machine
from bot.desk.threads.views import seen_by
from bot.errors import DatabaseUnreachable, NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.line import window
from bot.line.saying import say
from bot.model import Officer, Spot
from bot.store import dispatch, events, messages
from bot.store.database import Connection
from bot.store.dispatch import Kept
from bot.store.messages import Message
from bot.store.threads import Thread
from bot.text.mask import mask

_log = logging.getLogger(__name__)
GOAL = 120_000  # ms in which a person should have opened it
_AROUND = 120_000  # ms before the danger was found: what was written then belongs to it
_CAD = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./#-]{1,29}")


@dataclass(frozen=True, slots=True)
class SafetyCard:
    """All of it but the phone number, which is revealed for itself."""

    thread: Thread
    kept: Kept
    labels: tuple[str, ...]
    words: tuple[Message, ...]  # as written, oldest first
    where: Whereabouts | None  # where the resident last said they are
    where_at: int  # ms; when they said so
    machine: Machine  # translations of the words

    @property
    def took(self) -> int | None:
        """ms until a person opened it."""
        return None if self.kept.seen_at is None else self.kept.seen_at - self.kept.opened_at


def opened(hotline: Hotline, officer: Officer, thread_id: int) -> SafetyCard:
    """The card of a thread; who opens it first is written down. Raises NotFound."""
    _note_first(hotline, officer, thread_id)
    with hotline.db.read() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        kept = _kept(conn, thread_id)
        came = [one for one in messages.of_thread(conn, hotline.keys, thread_id) if one.direction == "in"]
        machine = translation.shown(conn, hotline, [thread_id], came)
    then = kept.opened_at - _AROUND
    words = [replace(one, text=mask(one.text)) for one in came if one.created_at >= then and one.text]
    _, _, labels = kept.reason.partition("safety: ")
    return SafetyCard(thread, kept, tuple(labels.split(", ")), tuple(words), *_last_place(hotline, came), machine)


def _note_first(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Nobody is kept from the card by a database that takes no changes; the log then is what is left of it."""
    at = hotline.instant()
    try:
        with hotline.db.write() as conn:
            seen_by(conn, hotline, officer, thread_id)
            if dispatch.mark_seen(conn, _kept(conn, thread_id).handoff_id, officer.id, at):
                events.write(conn, f"officer:{officer.id}", "opened the safety card", f"thread:{thread_id}", at)
    except DatabaseUnreachable:
        _log.warning("officer %s opened the safety card of thread %s; it could not be written", officer.id, thread_id)


def _kept(conn: Connection, thread_id: int) -> Kept:
    kept = dispatch.card(conn, thread_id)
    if kept is None:
        raise NotFound("There is no open safety card for this thread.")
    return kept


def _last_place(hotline: Hotline, came: list[Message]) -> tuple[Whereabouts | None, int]:
    for one in reversed(came):
        if spot := one.extra.get("spot"):
            return locate(hotline, Spot(*spot)), one.created_at
    return None, 0


def write_cad(hotline: Hotline, officer: Officer, thread_id: int, number: str, clock: str) -> None:
    """Write down the number dispatch gave, and when it was told, like 14:05. Raises NotUsable, NotFound."""
    if not _CAD.fullmatch(number.strip()):
        raise NotUsable("Write the event number that dispatch gave you.")
    at, told_at = hotline.instant(), _today(hotline, clock)
    with hotline.db.write() as conn:
        seen_by(conn, hotline, officer, thread_id)
        if not dispatch.write_cad(conn, _kept(conn, thread_id).handoff_id, number.strip(), told_at, officer.id):
            raise NotFound("The card was closed meanwhile.")
        events.write(conn, f"officer:{officer.id}", "told dispatch", f"thread:{thread_id}", at, number.strip())
    hotline.queue.announce(thread_id)


def _today(hotline: Hotline, clock: str) -> int:
    """The last time at which clocks showed this, ms."""
    try:
        wall = time.fromisoformat(clock.strip())
    except ValueError:
        raise NotUsable("Write the time at which you told dispatch, like 14:05.") from None
    now = hotline.now()
    told = datetime.combine(now.date(), wall.replace(tzinfo=None), hotline.config.timezone)
    return int((told if told <= now else told - timedelta(days=1)).timestamp() * 1000)


def tell_read(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Tell the resident that a person has read it. Raises NotYours before dispatch was told, after STOP, where WhatsApp takes
    no answer, and the second time."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        if thread.stopped:
            raise NotYours("This resident sent STOP and cannot be texted. Consider a call.")
        if window.is_shut(thread.channel, thread.last_in_at, at):
            raise NotYours("WhatsApp takes no answer now: the resident last wrote more than 24 hours ago.")
        keep(conn, hotline, thread, thread.holder, thread.officer_id)
        kept = _kept(conn, thread_id)
        if not kept.cad_number:
            raise NotYours("Call dispatch first, and write down the number they give you.")
        if not dispatch.mark_read_told(conn, kept.handoff_id, at):
            raise NotYours("The resident was told already.")
        say(conn, hotline, thread, at, [phrase_of(hotline, thread, "staff_read")])
        events.write(conn, f"officer:{officer.id}", "told that a person has read it", f"thread:{thread_id}", at)

    change_thread(hotline, officer, thread_id, change)
    hotline.queue.put("deliver", thread_id)
