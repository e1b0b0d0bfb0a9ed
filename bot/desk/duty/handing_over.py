"""The beginning and the end of a shift. At its end nobody is left without somebody who goes on: every open thread is passed
on with five lines, and the resident is told."""

from dataclasses import dataclass, replace
from datetime import timedelta

from bot.desk.duty.passing import Target, let_go
from bot.desk.paging import waves
from bot.desk.paging.routing import Route, next_wave, supervisors
from bot.desk.threads import notes
from bot.desk.threads.changing import change_thread, must_hold
from bot.errors import NotFound, NotUsable, NotYours, Stale
from bot.hotline import Hotline
from bot.line import complaints, duty
from bot.line.duty import Hand, Stretch
from bot.model import Officer, Role
from bot.store import duty as store
from bot.store import events, handovers, messages, pagings, reports, staff, threads
from bot.store import handoffs as handoff_rows
from bot.store.database import Connection
from bot.store.handoffs import Handoff
from bot.store.handovers import Summary
from bot.store.threads import Thread
from bot.text.language_names import english_name
from bot.text.mask import mask

SOON = 15 * 60_000  # ms before the end of a shift at which one is reminded of what is to be handed over
_TURNS_KEPT = timedelta(days=7)  # no shift that began so long ago is looked at again
_LONGEST = 300  # characters of a resident's words in a summary
_LINES = (("who", "Who"), ("what", "What"), ("asked", "Asked"), ("promised", "Promised"), ("next", "Next"))


@dataclass(frozen=True, slots=True)
class Open:
    """A thread to be handed over: what the line knows of it, and who could go on."""

    thread_id: int
    handle: str
    language: str | None
    known: Summary
    others: tuple[Officer, ...]  # who is here, those who speak it first
    best: int | None  # whom the line would pass it on to


def open_threads(hotline: Hotline, officer: Officer) -> list[Open]:
    """What an officer holds."""
    with hotline.db.read() as conn:
        there = duty.hands(conn, hotline)
        held = [_open(conn, hotline, officer, thread_id, there) for _, thread_id in store.held_by(conn, {officer.id})]
    return [one for one in held if one]


def hand_over(
    hotline: Hotline, officer: Officer, thread_id: int, told: Summary, to: int | None, *, checked: bool
) -> None:
    """Pass a thread on with its five lines, to one officer or back to the queue. Raises NotUsable if there is no next step;
    NotYours; NotFound if there is no such officer."""
    if checked and not told.next.strip():
        raise NotUsable("Write what is to be done next, so that whoever goes on can begin.")

    def change(conn: Connection, thread: Thread, at: int) -> None:
        must_hold(thread, officer)
        if to is not None and all(one.id != to for one in _here(duty.hands(conn, hotline))):
            raise NotFound("This officer is not on shift any more. Choose another.")
        _pass_on(conn, hotline, officer, thread, told, to, at, checked=checked)

    change_thread(hotline, officer, thread_id, change)
    waves.page(hotline, thread_id)
    hotline.queue.put("deliver", thread_id)


def ends_soon(hotline: Hotline, officer: Officer) -> int | None:
    """When the planned shift of this person ends, ms, if that is soon and they hold threads."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        ends = [one.ends_at for one in duty.ending(conn, hotline, officer.id) if one.ends_at - at <= SOON]
        return min(ends) if ends and store.held_by(conn, {officer.id}) else None


def holds_threads(hotline: Hotline, officer: Officer) -> bool:
    with hotline.db.read() as conn:
        return bool(store.held_by(conn, {officer.id}))


def begin_and_end_shifts(hotline: Hotline) -> int:
    """Who is planned to be here comes on shift; who is planned to go home has their threads handed over and goes off it, each
    once. How many did."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        planned = [one for one in duty.around(conn, hotline) if one.shift.kind != duty.ON_CALL]
        done = store.turns(conn, min((one.day for one in planned), default=hotline.today().isoformat()))
    changed = 0
    for one in planned:
        began = (one.shift.id, one.day, "began") in done
        if one.covers(at) and not began:
            changed += _begin(hotline, one, at)
        elif one.ends_at <= at and began and (one.shift.id, one.day, "ended") not in done:
            changed += _end(hotline, one, at, goes_on=_goes_on(planned, one, at))
    if changed:
        with hotline.db.write() as conn:
            store.forget_turns(conn, (hotline.today() - _TURNS_KEPT).isoformat())
    return changed


def end_now(hotline: Hotline, one: Stretch) -> None:
    """A shift that is to be taken off the plan while it goes on ends as it would have by itself. Raises Stale if texts kept
    coming in for what is to be handed over."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        done = store.turns(conn, one.day)
        planned = duty.around(conn, hotline)
    if (one.shift.id, one.day, "began") not in done or (one.shift.id, one.day, "ended") in done:
        return
    if not _end(hotline, one, at, goes_on=_goes_on(planned, one, at)):
        raise Stale("A thread of theirs kept changing. Please try again.")


def _goes_on(planned: list[Stretch], one: Stretch, at: int) -> bool:
    """Whether whoever is here for this shift is here for another as well."""
    same = [each for each in planned if each.shift.staff_id == one.shift.staff_id and each.shift.kind != duty.ON_CALL]
    return any(each.covers(at) and each != one for each in same)


def _begin(hotline: Hotline, one: Stretch, at: int) -> bool:
    with hotline.db.write() as conn:
        if not store.first_to(conn, one.shift.id, one.day, "began", at):
            return False
        staff.set_on_shift(conn, one.shift.staff_id, True)
        events.write(conn, "line", "came on shift as planned", f"staff:{one.shift.staff_id}", at)
    return True


def _end(hotline: Hotline, one: Stretch, at: int, *, goes_on: bool) -> bool:
    """The threads first, each for itself: whatever stops us in the middle, the next round goes on from there."""
    if not goes_on:
        with hotline.db.read() as conn:
            leaves = [officer for officer in staff.everybody(conn, hotline.today()) if officer.id == one.shift.staff_id]
        if not all(_hand_over_all(hotline, officer) for officer in leaves):
            return False
    with hotline.db.write() as conn:
        if not store.first_to(conn, one.shift.id, one.day, "ended", at):
            return False
        if not goes_on:
            staff.set_on_shift(conn, one.shift.staff_id, False)
            store.set_busy(conn, one.shift.staff_id, False)
            events.write(conn, "line", "went off shift as planned", f"staff:{one.shift.staff_id}", at)
    return True


def _hand_over_all(hotline: Hotline, officer: Officer) -> bool:
    """Whether nothing is left."""
    for one in open_threads(hotline, officer):
        try:
            hand_over(hotline, officer, one.thread_id, one.known, one.best, checked=False)
        except (NotYours, NotFound, Stale):
            continue  # somebody took it, or texts keep coming in: the next round looks again
    with hotline.db.read() as conn:
        return not store.held_by(conn, {officer.id})


def _pass_on(
    conn: Connection,
    hotline: Hotline,
    officer: Officer,
    thread: Thread,
    told: Summary,
    to: int | None,
    at: int,
    *,
    checked: bool,
) -> None:
    let_go(conn, hotline, thread, at, Target(officer_id=to), silent=thread.safe_contact, holder=officer)
    notes.keep(conn, hotline, officer, thread.id, in_words(told, checked=checked), [], kind="transfer")
    handovers.keep(conn, hotline.keys, thread.id, officer.id, to, told, checked, at)
    events.write(
        conn, f"officer:{officer.id}", "handed over", f"thread:{thread.id}", at, f"officer:{to}" if to else "queue"
    )
    if to is None:
        _tell_supervisors(conn, hotline, thread, at)


def _tell_supervisors(conn: Connection, hotline: Hotline, thread: Thread, at: int) -> None:
    """A thread without an owner is theirs."""
    there = duty.hands(conn, hotline)
    for handoff in handoff_rows.of_thread(conn, hotline.keys, thread.id):
        pagings.ask(conn, handoff.id, supervisors(there, handoff.barred), "no owner", at)


def in_words(told: Summary, *, checked: bool) -> str:
    """The five lines as one note."""
    lines = [f"{title}: {getattr(told, name) or '-'}" for name, title in _LINES]
    if told.next_on:
        lines[-1] += f" (on {told.next_on})"
    if not checked:
        lines.append("Put together by the line at the end of the shift; the officer did not check it.")
    return "\n".join(lines)


def _here(there: list[Hand]) -> list[Officer]:
    return [
        hand.officer for hand in there if hand.officer.on_shift and hand.officer.role in (Role.OFFICER, Role.SUPERVISOR)
    ]


def _open(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int, there: list[Hand]) -> Open | None:
    """None for what was closed just now."""
    thread = threads.read(conn, hotline.keys, thread_id)
    handoff = next(iter(handoff_rows.of_thread(conn, hotline.keys, thread_id)), None)
    if handoff is None:
        return None
    wanted = waves.need(hotline, handoff)
    wanted = replace(wanted, for_officer=None, barred=wanted.barred | {officer.id})
    wave = next_wave(wanted, [hand for hand in there if hand.officer.on_shift])
    others = [one for one in _here(there) if one.id != officer.id and one.id not in handoff.barred]
    others.sort(key=lambda one: (not one.speaks(thread.language or "en"), one.name))
    best = wave.staff_ids[0] if wave and wave.route in (Route.CERTIFIED, Route.INTERPRETER) else None
    return Open(thread_id, thread.handle, thread.language, _known(conn, hotline, thread, handoff), tuple(others), best)


def _known(conn: Connection, hotline: Hotline, thread: Thread, handoff: Handoff) -> Summary:
    """What the line can say of a thread by itself."""
    who = [thread.handle, english_name(thread.language) if thread.language else "language not known"]
    if thread.safe_contact:
        who.append("safe contact: somebody else may read the phone")
    if handoff.search.gender:
        who.append(f"wishes for a {handoff.search.gender}")
    filed = [f"report {one.number}" for one in reports.of_thread(conn, hotline.keys, thread.id)]
    waits = messages.unanswered_since(conn, thread.id) is not None
    lately = messages.of_thread(conn, hotline.keys, thread.id, limit=20)
    said = [one.text for one in lately if one.direction == "in" and one.extra.get("about") != complaints.TOLD]
    return Summary(
        who=", ".join(who),
        what="; ".join(filter(None, (handoff.reason, _short(handoff.about), *filed))),
        asked=_short(said[-1]) if said else "",
        promised="",
        next="Answer their last text." if waits else "Wait for the resident's answer.",
        next_on=hotline.today().isoformat(),
    )


def _short(words: str) -> str:
    shown = " ".join(mask(words).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
