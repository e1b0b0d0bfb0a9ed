"""One person who writes on two channels: their threads joined and parted, read as one, held by one. The number by which
they are found is never shown. Every join is an officer's deed, in the audit trail, and can be undone."""

from dataclasses import dataclass

from bot.desk.threads import replies
from bot.desk.threads.changing import change_thread, give_back, keep
from bot.desk.threads.views import may_see, seen_by
from bot.errors import NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.model import Holder, Officer, Role
from bot.store import bars, events, handoffs, joins, threads, unsent
from bot.store.database import Connection
from bot.store.joins import Join
from bot.store.threads import Thread

LEAST_REASON = 10  # characters
_PHONE_CHANNELS = ("twilio-sms", "twilio-whatsapp")  # whose addresses are numbers of phones


@dataclass(frozen=True, slots=True)
class Beside:
    """Another thread that is this person's, or may be. `join` is None as long as nobody joined them."""

    thread: Thread
    join: Join | None


def beside(conn: Connection, hotline: Hotline, officer: Officer, thread: Thread) -> Beside | None:
    """The thread joined to this one; else one that the same number wrote on the other channel. None also if something is
    open in it that is not for this officer's eyes."""
    other_id = joins.other(conn, thread.id)
    joined = other_id is not None
    if other_id is None:
        other_id = _same_number(conn, hotline, thread)
    if other_id is None or not _open_to(conn, hotline, officer, other_id):
        return None
    other = threads.read(conn, hotline.keys, other_id)
    return Beside(other, joins.of(conn, hotline.keys, thread.id, other_id) if joined else None)


def _same_number(conn: Connection, hotline: Hotline, thread: Thread) -> int | None:
    if thread.channel not in _PHONE_CHANNELS:
        return None
    (channel,) = (name for name in _PHONE_CHANNELS if name != thread.channel)
    if channel not in hotline.channels:
        return None
    address = threads.address(conn, hotline.keys, thread.id)
    return threads.by_address_hash(conn, hotline.keys.digest(f"{channel}:{address}"))


def _open_to(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> bool:
    """Whoever may see one of two threads may read the other, unless what is open in that is for others."""
    barred = officer.id in bars.of_thread(conn, thread_id)
    return not barred and all(may_see(officer, one) for one in handoffs.of_thread(conn, hotline.keys, thread_id))


def seen_together(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> tuple[Thread, ...]:
    """The thread and, if it is joined to one, that. Raises NotFound for what is not there or not for this person."""
    thread, _ = seen_by(conn, hotline, officer, thread_id)
    other_id = joins.other(conn, thread_id)
    if other_id is None or not _open_to(conn, hotline, officer, other_id):
        return (thread,)
    return (thread, threads.read(conn, hotline.keys, other_id))


def join_number(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Join a thread and the one its number wrote on the other channel. Raises NotFound if there is none."""
    with hotline.db.write() as conn:
        thread = _may_join(conn, hotline, officer, thread_id)
        found = beside(conn, hotline, officer, thread)
        if found is None:
            raise NotFound("No other thread was written from this number.")
        _join(conn, hotline, officer, thread, found.thread, "number", "")
    _told(hotline, officer, thread_id, found.thread.id)


def join_by_decision(hotline: Hotline, officer: Officer, thread_id: int, handle: str, reason: str) -> None:
    """Join a thread and one an officer says is the same person's, by its handle. Both must be theirs to see."""
    if len(reason.strip()) < LEAST_REASON:
        raise NotUsable("Write how you know that this is one person, in at least {least} characters.", least=LEAST_REASON)
    with hotline.db.write() as conn:
        thread = _may_join(conn, hotline, officer, thread_id)
        other = _by_handle(conn, hotline, officer, thread, handle)
        _join(conn, hotline, officer, thread, other, "decision", reason.strip())
    _told(hotline, officer, thread_id, other.id)


def part(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Undo a join: each thread has its own texts again. One that was only held along with the other goes back to the line."""
    with hotline.db.write() as conn:
        thread = _may_join(conn, hotline, officer, thread_id)
        other_id = joins.other(conn, thread.id)
        at = hotline.instant()
        if other_id is None or not joins.undo(conn, thread.id, other_id, officer_id=officer.id, at=at):
            raise NotFound("This thread is joined to no other any more.")
        for one, two in ((thread.id, other_id), (other_id, thread.id)):
            events.write(conn, f"officer:{officer.id}", "parted", f"thread:{one}", at, f"thread:{two}")
        along = [one for one in (thread.id, other_id) if not handoffs.of_thread(conn, hotline.keys, one)]
    for one in along:
        _give_back(hotline, one, f"officer:{officer.id}")
    for one in (thread.id, other_id):
        hotline.queue.announce(one)


def _may_join(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> Thread:
    thread, _ = seen_by(conn, hotline, officer, thread_id)
    if thread.officer_id != officer.id and officer.role not in (Role.SUPERVISOR, Role.ADMIN):
        raise NotYours("You do not hold this thread. Claim it first.")
    return thread


def _by_handle(conn: Connection, hotline: Hotline, officer: Officer, thread: Thread, handle: str) -> Thread:
    for found_id in threads.by_handle(conn, " ".join(handle.split())):
        if found_id == thread.id:
            continue
        try:
            other, _ = seen_by(conn, hotline, officer, found_id)
        except NotFound:
            continue
        if other.channel == thread.channel:
            raise NotYours("Both threads are of one channel. Only threads of different channels are joined.")
        return other
    raise NotFound("You see no thread of that name.")


def _join(
    conn: Connection, hotline: Hotline, officer: Officer, thread: Thread, other: Thread, how: str, reason: str
) -> None:
    if other.holder == Holder.OFFICER and other.officer_id != officer.id:
        raise NotYours("Another officer answers the other thread. One of you has to pass it on first.")
    at = hotline.instant()
    joins.make(conn, hotline.keys, thread.id, other.id, how=how, reason=reason, officer_id=officer.id, at=at)
    for one, two in ((thread.id, other.id), (other.id, thread.id)):
        events.write(conn, f"officer:{officer.id}", "joined", f"thread:{one}", at, f"thread:{two}, {how}")


def _told(hotline: Hotline, officer: Officer, thread_id: int, other_id: int) -> None:
    follow(hotline, officer, thread_id)
    for one in (thread_id, other_id):
        hotline.queue.announce(one)


def reply(hotline: Hotline, officer: Officer, thread_id: int, by: int, words: str) -> None:
    """Answer in the joined thread, so by its channel. Raises NotYours if it is not joined, NotUsable as `replies.reply`."""
    with hotline.db.read() as conn:
        joined = by in {one.id for one in seen_together(conn, hotline, officer, thread_id)}
    if not joined:
        raise NotYours("This thread is not joined to the other any more. Choose the channel again.")
    follow(hotline, officer, thread_id)
    replies.reply(hotline, officer, by, words)
    with hotline.db.write() as conn:
        unsent.empty(conn, thread_id, officer.id, unsent.REPLY, hotline.instant())


def follow(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """The joined thread has the holder of this one: taken with it, waiting with it, and given back with it, without a word to
    the resident. Called after a deed that changed a holder; what another officer holds is left alone."""
    with hotline.db.read() as conn:
        other_id = joins.other(conn, thread_id)
        if other_id is None:
            return
        thread = threads.read(conn, hotline.keys, thread_id)
        other = threads.read(conn, hotline.keys, other_id)
        held = any(one.officer_id == officer.id for one in handoffs.of_thread(conn, hotline.keys, other_id))
    actor = f"officer:{officer.id}"
    if thread.holder == Holder.OFFICER:
        if thread.officer_id == officer.id and other.holder != Holder.OFFICER:
            _hold(hotline, other_id, officer.id, actor)
    elif other.officer_id == officer.id:
        if thread.holder == Holder.WAITING and held:
            _let_wait(hotline, other_id, officer.id, actor)
        else:
            _give_back(hotline, other_id, actor)


def keep_from(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """Who must not see a thread no longer holds the one it is joined to: what is open there waits for others."""
    with hotline.db.read() as conn:
        other_id = joins.other(conn, thread_id)
        if other_id is None or threads.read(conn, hotline.keys, other_id).officer_id != officer.id:
            return
        held = any(one.officer_id == officer.id for one in handoffs.of_thread(conn, hotline.keys, other_id))
    if held:
        _let_wait(hotline, other_id, officer.id, "line")
    else:
        _give_back(hotline, other_id, "line")


def follow_all(hotline: Hotline) -> int:
    """The same for joined threads in which nothing is open of their own, wherever a holder changed by itself: a shift that
    ended, an officer who fell silent. How many were brought along."""
    with hotline.db.read() as conn:
        astray = joins.astray(conn)
    for thread_id, officer_id in astray:
        if officer_id is None:
            _give_back(hotline, thread_id, "line")
        else:
            _hold(hotline, thread_id, officer_id, "line")
    return len(astray)


def _hold(hotline: Hotline, thread_id: int, officer_id: int, actor: str) -> None:
    def change(conn: Connection, thread: Thread, at: int) -> None:
        if thread.officer_id == officer_id:
            return
        keep(conn, hotline, thread, Holder.OFFICER, officer_id)
        handoffs.claim(conn, thread_id, officer_id, at)
        events.write(conn, actor, "claimed with its other", f"thread:{thread_id}", at)

    change_thread(hotline, None, thread_id, change)


def _let_wait(hotline: Hotline, thread_id: int, officer_id: int, actor: str) -> None:
    def change(conn: Connection, thread: Thread, at: int) -> None:
        if thread.officer_id != officer_id:
            return
        keep(conn, hotline, thread, Holder.WAITING, None)
        handoffs.pass_on(conn, thread_id, officer_id, at)
        events.write(conn, actor, "released with its other", f"thread:{thread_id}", at)

    change_thread(hotline, None, thread_id, change)
    hotline.queue.put("page_officers", thread_id)


def _give_back(hotline: Hotline, thread_id: int, actor: str) -> None:
    def change(conn: Connection, thread: Thread, at: int) -> None:
        if thread.holder != Holder.OFFICER:
            return
        give_back(conn, hotline, thread, at)  # what it would say is said in the thread this one is joined to
        handoffs.end(conn, hotline.keys, thread_id, at, "closed with its other")
        events.write(conn, actor, "closed with its other", f"thread:{thread_id}", at)

    change_thread(hotline, None, thread_id, change)
