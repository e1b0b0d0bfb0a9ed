"""Unfinished reports: their residents are reminded once, and after some days they are dropped."""

from dataclasses import replace

from bot.errors import NotFound
from bot.flow import reports
from bot.flow.place import Place
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.saying import say
from bot.line.town import Town
from bot.model import Holder
from bot.store import events, threads
from bot.store.database import carry_out

_DAY = 86_400_000  # ms
_REMINDED = "draft_remind"
_AGAIN = 30 * _DAY
_WAKING = range(9, 20)  # hours in which nobody is woken by a text that can wait
_SMS = ("twilio-sms", "simulator")  # WhatsApp takes no words of ours a day after the resident's


def remind(hotline: Hotline) -> int:
    """Tell who left a report unfinished a day ago that it is kept: once, in the daytime, and not who must be texted with
    care. How many were told."""
    now, told = hotline.now(), 0
    if now.hour not in _WAKING:
        return 0
    at = int(now.timestamp() * 1000)
    with hotline.db.read() as conn:
        left = threads.drafts_left(conn, at - 2 * _DAY, at - _DAY)
    for thread_id in left:
        told += _remind(hotline, thread_id, at)
    return told


def _remind(hotline: Hotline, thread_id: int, at: int) -> bool:
    with hotline.db.write() as conn:
        thread = threads.read(conn, hotline.keys, thread_id)
        memory = thread.memory
        if thread.holder != Holder.BOT or thread.channel not in _SMS or at - memory.notices.get(_REMINDED, -_AGAIN) < _AGAIN:
            return False
        if thread.stopped or thread.safe_contact or thread.muted_until > at or thread.last_in_at > at - _DAY:
            return False
        if _set_aside(hotline, memory.place).draft is None:
            return False
        memory.notices = {**memory.notices, _REMINDED: at}
        if not carry_out(conn, threads.keep_memory(hotline.keys, thread, thread.holder, None, thread.language)):
            return False  # they just wrote
        voice = hotline.library.voice(thread.language or "en")
        walk = Walk(hotline.library, voice, Town(hotline, thread.channel, thread.resident_id), memory.place)
        words = walk.fill(hotline.library.phrase(_REMINDED))
        say(conn, hotline, thread, at, [words])
        events.write(conn, "line", "reminded of a draft", f"thread:{thread_id}", at)
    hotline.queue.put("deliver", thread_id)
    return True


def _set_aside(hotline: Hotline, place: Place) -> Place:
    """At the menu, with the open report as a draft; as it is if nothing is being told."""
    draft = reports.set_aside(hotline.library, place)
    return replace(place, frames=[], trail=[], misses=0, changing=None, draft=draft) if draft else place


def forget_old(hotline: Hotline) -> int:
    """Drop drafts that are older than the department keeps them, set aside or still open; how many."""
    now, dropped = hotline.instant(), 0
    with hotline.db.read() as conn:
        due = threads.drafts_due(conn, now)
    for thread_id in due:
        with hotline.db.write() as conn:
            try:
                thread = threads.read(conn, hotline.keys, thread_id)
            except NotFound:
                continue
            left = _set_aside(hotline, thread.memory.place)
            thread.memory.place = replace(left, draft=None)
            if carry_out(conn, threads.without_draft(hotline.keys, thread)):
                events.write(conn, "line", "draft dropped", f"thread:{thread_id}", now, _where(left))
                dropped += 1
    return dropped


def _where(place: Place) -> str:
    """The question at which a report was left: its flow and step."""
    return f"{place.draft.frames[-1].flow}.{place.draft.frames[-1].step}" if place.draft and place.draft.frames else ""
