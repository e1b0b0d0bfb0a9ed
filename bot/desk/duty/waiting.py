"""Nobody waits unseen: who waits too long is told so and shown to supervisors, and a thread whose officer falls silent goes
back to the queue. Rounds, each piece of them claimed in the database."""

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.duty.passing import Target, let_go
from bot.desk.paging import waves
from bot.desk.paging.routing import supervisors
from bot.desk.threads.changing import keep
from bot.errors import NotFound, Stale
from bot.flow import awaiting
from bot.flow.reading import Line
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line import duty
from bot.line.hours import open_since
from bot.line.saying import say
from bot.line.town import Town
from bot.model import Holder, Officer
from bot.store import events, messages, pagings, staff, threads, unsent
from bot.store import handoffs as store
from bot.store.database import Connection
from bot.store.handoffs import Handoff
from bot.store.threads import Thread

_STILL = "officer_wait"
_AGAIN = 1_800_000  # ms between two texts that say that the resident still waits
_UNSEEN = 120_000  # ms in which a person should have opened an urgent card
_JUST_NOW = 7_200_000  # ms: who wrote so shortly before officers came back knows that they are coming
_TYPING = 120_000  # ms: who typed so lately is no silent officer


def tell_who_waits(hotline: Hotline) -> int:
    """Residents who have waited too long are told so, in open hours, every half hour at most; how many were."""
    now, first_after = hotline.instant(), hotline.config.department_answer_minutes * 60_000
    told = 0
    for handoff in _unclaimed(hotline):
        since = _since(hotline, handoff.opened_at)
        if handoff.kind != "officer" or since is None or handoff.stopped or handoff.safe_contact:
            continue
        if now >= (handoff.told_at + _AGAIN if handoff.told_at else since + first_after):
            told += _tell(hotline, handoff, _STILL, "told that they still wait", now)
    return told


def say_good_morning(hotline: Hotline) -> int:
    """Who wrote while officers were away is told once that they are back, as soon as one is here; how many were."""
    told, now = 0, hotline.instant()
    with hotline.db.read() as conn:
        anybody = any(one.on_shift for one in staff.everybody(conn, hotline.today()))
    if not anybody:
        return 0
    for handoff in _unclaimed(hotline):
        since = _since(hotline, handoff.opened_at)
        if handoff.kind != "officer" or since is None or handoff.opened_at >= since or handoff.search.morning_at:
            continue
        with hotline.db.write() as conn:
            if not store.mark_morning(conn, handoff.id, now):
                continue
        if not (handoff.stopped or handoff.safe_contact or since - handoff.opened_at < _JUST_NOW):
            told += _tell(hotline, handoff, "officers_back", "told that officers are back", now)
    return told


def call_supervisors(hotline: Hotline) -> int:
    """What nobody took in the time in which an officer should answer, or a safety card that nobody opened, is shown to the
    supervisors who are here, else to those on call, else to all; how many hand-offs those were."""
    now, called = hotline.instant(), 0
    with hotline.db.read() as conn:
        there = duty.hands(conn, hotline)
    for handoff in _unclaimed(hotline):
        if handoff.search.escalated_at or not _waits_too_long(hotline, handoff, now):
            continue
        with hotline.db.write() as conn:
            if not store.mark_escalated(conn, handoff.id, now):
                continue
            pagings.ask(conn, handoff.id, supervisors(there, handoff.barred), "too long", now)
            events.write(conn, "line", "showed supervisors that it waits", f"thread:{handoff.thread_id}", now)
        waves.ring(hotline, handoff.thread_id, supervisors(there, handoff.barred), urgent=handoff.urgent)
        called += 1
    return called


def take_back(hotline: Hotline) -> int:
    """Threads whose resident waits for an answer of the officer who took them, for too long and in open hours, wait for
    others again; the officer is told. How many those were."""
    taken = 0
    with hotline.db.read() as conn:
        held = {one.thread_id: one for one in store.all_open(conn) if one.officer_id is not None}
        here = staff.everybody(conn, hotline.today()) if held else []
        may_answer = {one.id for one in here if access.may(one, Deed.THREADS)}
        silent = [one for one in held.values() if one.officer_id not in may_answer or _is_silent(conn, hotline, one)]
        officers = {one.officer_id: staff.find(conn, one.officer_id or 0, hotline.today()) for one in silent}
    for handoff in silent:
        officer = officers[handoff.officer_id]
        if officer and _take_back(hotline, handoff, officer, gone=officer.id not in may_answer):
            waves.page(hotline, handoff.thread_id)
            hotline.queue.put("deliver", handoff.thread_id)
            taken += 1
    return taken


def _unclaimed(hotline: Hotline) -> list[Handoff]:
    with hotline.db.read() as conn:
        return [one for one in store.all_open(conn) if one.officer_id is None]


def _since(hotline: Hotline, instant: int) -> int | None:
    """Since when somebody waits who came at an instant: then, or when officers began to answer today, ms; None while they
    do not answer."""
    town = Town(hotline, "", None)
    opened = open_since(town.hours, town.now) if town.open_now() else None
    return max(instant, int(opened.timestamp() * 1000)) if opened else None


def _tell(hotline: Hotline, handoff: Handoff, phrase: str, verb: str, now: int) -> bool:
    try:
        with hotline.db.write() as conn:
            thread = threads.read(conn, hotline.keys, handoff.thread_id)
            if thread.holder != Holder.WAITING or thread.muted_until > now:
                return False
            town = Town(hotline, thread.channel, None)
            walk = Walk(hotline.library, hotline.library.voice(thread.language or "en"), town, thread.memory.place)
            words = _offered(conn, hotline, thread, walk) if phrase == _STILL else hotline.library.phrase(phrase)
            if not store.mark_told(conn, handoff.id, handoff.told_at, now):  # after the thread, as in a turn
                raise Stale("They were told already.")
            say(conn, hotline, thread, now, [walk.fill(words)])
            events.write(conn, "line", verb, f"thread:{thread.id}", now)
    except Stale:  # or they just wrote: in the next round
        return False
    hotline.queue.put("deliver", handoff.thread_id)
    return True


def _offered(conn: Connection, hotline: Hotline, thread: Thread, walk: Walk) -> Line:
    """What is said to who still waits: with the ways out by number, unless they are at something else. Raises Stale."""
    choices = hotline.library.phrase("wait_choices")
    if not walk.voice.has(choices) or not awaiting.offer_to_wait_on(walk):
        return hotline.library.phrase(_STILL)
    thread.memory.place = walk.place
    keep(conn, hotline, thread, thread.holder, thread.officer_id)
    return choices


def _waits_too_long(hotline: Hotline, handoff: Handoff, now: int) -> bool:
    if handoff.kind == "safety":
        return handoff.search.seen_at is None and now - handoff.opened_at >= _UNSEEN
    since = _since(hotline, max(handoff.opened_at, handoff.search.passed_at or 0))
    return since is not None and now - since >= hotline.config.department_answer_minutes * 60_000


def _is_silent(conn: Connection, hotline: Hotline, handoff: Handoff) -> bool:
    if handoff.stopped:
        return False  # nobody can text them
    asked = messages.unanswered_since(conn, handoff.thread_id)
    since = _since(hotline, max(asked, handoff.claimed_at or 0)) if asked else None
    now = hotline.instant()
    if since is None or now - since < hotline.config.department_silent_minutes * 60_000:
        return False
    return not unsent.types(conn, handoff.thread_id, handoff.officer_id or 0, now - _TYPING)


def _take_back(hotline: Hotline, handoff: Handoff, officer: Officer, *, gone: bool) -> bool:
    """`gone`: the officer works here no more, or in a role that answers nobody."""
    at = hotline.instant()
    try:
        with hotline.db.write() as conn:
            thread = threads.read(conn, hotline.keys, handoff.thread_id)
            if thread.officer_id != officer.id or not (gone or _is_silent(conn, hotline, handoff)):
                return False
            # Who somebody else may read along with is not written to unasked.
            let_go(conn, hotline, thread, at, Target(), silent=thread.safe_contact, holder=officer)
            for one in store.of_thread(conn, hotline.keys, thread.id):
                pagings.note_silent(conn, one.id, officer.id, at)
            note = f"officer:{officer.id}"
            events.write(conn, "line", "took back from a silent officer", f"thread:{thread.id}", at, note)
    except (Stale, NotFound):
        return False  # something just happened there: the next round looks again
    return True
