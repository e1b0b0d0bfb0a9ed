"""Hand-offs at the desk: paged, claimed, answered, closed. Every change of a thread leaves a line in the audit trail."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.errors import NotFound, NotYours, Stale, TakenAlready
from bot.flow import engine
from bot.flow.effects import Say
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.applying import Kept, rows
from bot.line.town import Town
from bot.model import Holder, Officer, Role
from bot.store import attachments, events, messages, reports, staff, threads
from bot.store import handoffs as store
from bot.store.attachments import Attachment
from bot.store.database import Connection, carry_out
from bot.store.handoffs import Handoff
from bot.store.ids import new_id
from bot.store.messages import Message
from bot.store.reports import Report
from bot.store.threads import Thread
from bot.text import mask, sms

_log = logging.getLogger(__name__)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class ThreadView:
    """Everything an officer may see of a thread. The resident's number is not in it."""

    thread: Thread
    messages: tuple[Message, ...]
    attachments: Mapping[int, tuple[Attachment, ...]]  # what came with a text, by the text's id
    handoffs: tuple[Handoff, ...]
    reports: tuple[Report, ...]
    so_far: tuple[tuple[str, str], ...]  # what the bot asked and was answered in the flow that is open
    flow: str
    officer: str
    mine: bool


def open_for(hotline: Hotline, officer: Officer) -> list[Handoff]:
    """What waits or is being answered, as far as it is this person's: urgent first, then by age."""
    with hotline.db.read() as conn:
        found = store.all_open(conn, hotline.keys)
    return [handoff for handoff in found if may_see(officer, handoff)]


def may_see(officer: Officer, handoff: Handoff) -> bool:
    """Officers see what is theirs, their languages, what is in no known language, and every safety card."""
    if officer.role in (Role.SUPERVISOR, Role.ADMIN) or handoff.officer_id == officer.id or handoff.kind == "safety":
        return officer.role != Role.TRANSLATOR
    if officer.role != Role.OFFICER:
        return False
    return handoff.any_language or handoff.language in (None, "en") or officer.speaks(handoff.language or "en")


def view(hotline: Hotline, officer: Officer, thread_id: int) -> ThreadView:
    """Raises NotFound for a thread that is not there, or not for this person."""
    with hotline.db.read() as conn:
        thread, handoffs = _seen_by(conn, hotline, officer, thread_id)
        said = messages.of_thread(conn, hotline.keys, thread_id)
        came = attachments.of_thread(conn, thread_id)
        filed = reports.of_thread(conn, hotline.keys, thread_id)
        names = {one.id: one.name for one in staff.everybody(conn)}
    holder = names.get(thread.officer_id or 0, "")
    so_far, flow = engine.told_so_far(hotline.library, thread.memory.place)
    return ThreadView(
        thread, tuple(map(_masked, said)), came, tuple(handoffs), tuple(filed), tuple((a, mask.mask(b)) for a, b in so_far),
        flow, holder, thread.officer_id == officer.id,
    )  # fmt: skip


def _masked(message: Message) -> Message:
    return replace(message, text=mask.mask(message.text)) if message.direction == "in" else message


def _seen_by(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> tuple[Thread, list[Handoff]]:
    thread = threads.read(conn, hotline.keys, thread_id)
    handoffs = store.of_thread(conn, hotline.keys, thread_id)
    supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN)
    if not supervises and thread.officer_id != officer.id and not any(may_see(officer, one) for one in handoffs):
        raise NotFound("There is no such thread.")
    return thread, handoffs


def claim(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Take a thread. Of two officers exactly one gets it; the other gets TakenAlready, which names who has it."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        _keep(conn, hotline, thread, Holder.OFFICER, officer.id)  # the thread before its hand-offs, as in a turn
        if thread.holder == Holder.OFFICER and thread.officer_id == officer.id:
            store.claim(conn, thread_id, officer.id, at)  # pressed twice, or for a safety card that came since
            return
        taken = thread.holder == Holder.OFFICER and thread.officer_id != officer.id
        if taken or not store.claim(conn, thread_id, officer.id, at):
            raise TakenAlready(_who_has(conn, hotline, thread_id))
        _say(conn, hotline, thread, at, [_phrase(hotline, thread, "officer_join", officer)])
        events.write(conn, f"officer:{officer.id}", "claimed", f"thread:{thread_id}", at)

    _change(hotline, officer, thread_id, change)
    hotline.queue.put("deliver", thread_id)


def _who_has(conn: Connection, hotline: Hotline, thread_id: int) -> str:
    holders = [one.officer for one in store.of_thread(conn, hotline.keys, thread_id) if one.officer_id]
    return holders[0] if holders else "Nobody waits here any more, or another officer"


def reply(hotline: Hotline, officer: Officer, thread_id: int, words: str) -> None:
    """An officer's text, kept and queued. Raises NotYours if somebody else holds the thread, or the resident opted out."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        _must_hold(thread, officer)
        if thread.stopped:
            raise NotYours("This resident sent STOP and cannot be texted. Consider a call.")
        _keep(conn, hotline, thread, Holder.OFFICER, officer.id)
        _say(conn, hotline, thread, at, [words], officer)
        events.write(conn, f"officer:{officer.id}", "answered", f"thread:{thread_id}", at)

    _change(hotline, officer, thread_id, change)
    hotline.queue.put("deliver", thread_id)


def close(hotline: Hotline, officer: Officer, thread_id: int, outcome: str) -> None:
    """Give the thread back: the bot says so and goes on at the very step it left."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        _must_hold(thread, officer)
        said = [_phrase(hotline, thread, "officer_end", officer)]
        voice = hotline.library.voice(thread.language or "en")
        walk = Walk(hotline.library, voice, Town(hotline, thread.channel, thread.resident_id), thread.memory.place)
        walk.officer_left()
        thread.memory.place = walk.place
        said += [effect.text for effect in walk.effects if isinstance(effect, Say)]
        _keep(conn, hotline, thread, Holder.BOT, None)
        kept = Kept(hotline, thread.resident_id, thread.id, thread.language, at)
        for effect in walk.effects:
            for statement in rows(kept, effect):
                carry_out(conn, statement)
        carry_out(conn, store.closing(thread_id, outcome, at))
        if not thread.stopped:
            _say(conn, hotline, thread, at, ["\n\n".join(said)])
        events.write(conn, f"officer:{officer.id}", "closed", f"thread:{thread_id}", at, outcome)

    _change(hotline, officer, thread_id, change)
    hotline.queue.put("deliver", thread_id)


def page(hotline: Hotline, thread_id: int) -> int:
    """Tell open desks of a new hand-off, once; how many hand-offs that were."""
    paged = 0
    with hotline.db.write() as conn:
        for handoff in store.of_thread(conn, hotline.keys, thread_id):
            paged += store.mark_paged(conn, handoff.id, hotline.instant())
    if paged:
        hotline.queue.announce(thread_id)
    return paged


def page_forgotten(hotline: Hotline) -> int:
    """Hand-offs nobody was rung for."""
    with hotline.db.read() as conn:
        forgotten = {one.thread_id for one in store.all_open(conn, hotline.keys) if one.paged_at is None}
    return sum(page(hotline, thread_id) for thread_id in forgotten)


def tell_who_waits(hotline: Hotline) -> int:
    """Residents who have waited too long are told so, in open hours, every half hour at most; how many were."""
    told, now = 0, hotline.instant()
    first_after = hotline.config.department_answer_minutes * 60_000
    with hotline.db.read() as conn:
        waiting = [
            one for one in store.all_open(conn, hotline.keys) if one.officer_id is None and one.kind == "officer"
        ]
    for handoff in waiting:
        due = handoff.told_at + 1_800_000 if handoff.told_at else handoff.opened_at + first_after
        if now < due or handoff.stopped or handoff.safe_contact:
            continue
        told += _tell_waiting(hotline, handoff, now)
    return told


def _tell_waiting(hotline: Hotline, handoff: Handoff, now: int) -> bool:
    town = Town(hotline, handoff.channel, None)
    if town.officer_now(handoff.language or "en") == "closed":
        return False
    with hotline.db.write() as conn:
        thread = threads.read(conn, hotline.keys, handoff.thread_id)
        if thread.holder != Holder.WAITING:
            return False
        if not store.mark_told(conn, handoff.id, handoff.told_at, now):
            return False
        voice = hotline.library.voice(thread.language or "en")
        walk = Walk(hotline.library, voice, town, thread.memory.place)
        _say(conn, hotline, thread, now, [walk.fill(hotline.library.phrase("officer_wait"))])
        events.write(conn, "line", "told that they still wait", f"thread:{thread.id}", now)
    hotline.queue.put("deliver", handoff.thread_id)
    return True


def _change(
    hotline: Hotline, officer: Officer, thread_id: int, change: Callable[[Connection, Thread, int], None]
) -> None:
    """One transaction; again if a text of the resident came in between."""
    for _ in range(_TRIES):
        try:
            with hotline.db.write() as conn:
                thread, _handoffs = _seen_by(conn, hotline, officer, thread_id)
                change(conn, thread, hotline.instant())
        except Stale:
            continue
        hotline.queue.announce(thread_id)
        return
    raise Stale("The thread kept changing. Please try again.")


def _keep(conn: Connection, hotline: Hotline, thread: Thread, holder: Holder, officer_id: int | None) -> None:
    if not carry_out(conn, threads.keep_memory(hotline.keys, thread, holder, officer_id, thread.language)):
        raise Stale("The thread changed meanwhile.")


def _must_hold(thread: Thread, officer: Officer) -> None:
    if thread.holder != Holder.OFFICER or thread.officer_id != officer.id:
        raise NotYours("You do not hold this thread. Claim it first.")


def _say(
    conn: Connection, hotline: Hotline, thread: Thread, at: int, said: list[str], officer: Officer | None = None
) -> None:
    for words in said:
        for part in hotline.channels[thread.channel].split(sms.plain(words)):
            statement = messages.written(
                hotline.keys,
                id=new_id(),
                thread_id=thread.id,
                channel=thread.channel,
                words=part,
                language=thread.language,
                at=at,
                officer_id=officer.id if officer else None,
            )
            carry_out(conn, statement)


def _phrase(hotline: Hotline, thread: Thread, name: str, officer: Officer) -> str:
    voice = hotline.library.voice(thread.language or "en")
    town = Town(hotline, thread.channel, thread.resident_id)
    walk = Walk(hotline.library, voice, town, thread.memory.place)
    return walk.fill(hotline.library.phrase(name), {"officer": officer.name})
