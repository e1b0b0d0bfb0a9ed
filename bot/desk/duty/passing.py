"""A thread that an officer lets go of: back to the queue, or on to another officer, a team or a language. The resident never
waits unknowing, and is told once who goes on."""

from dataclasses import dataclass

from bot.desk.threads import notes
from bot.desk.threads.changing import Also, change_thread, keep, phrase_of
from bot.errors import NotUsable, NotYours, Unsure
from bot.hotline import Hotline
from bot.line.saying import say
from bot.model import Holder, Officer, Role
from bot.store import bars, events, messages, staff, teams
from bot.store import handoffs as store
from bot.store.database import Connection
from bot.store.teams import Team
from bot.store.threads import Thread

_TAKE = (Role.OFFICER, Role.SUPERVISOR)  # who is ever asked to take a thread


@dataclass(frozen=True, slots=True)
class Targets:
    """Whom a thread can be passed on to."""

    officers: tuple[Officer, ...]  # who is on shift first
    teams: tuple[Team, ...]
    languages: tuple[str, ...]  # that somebody here was tested in


@dataclass(frozen=True, slots=True)
class Target:
    """One of them: an officer's id, a team's id or a language's tag."""

    officer_id: int | None = None
    team_id: int | None = None
    language: str | None = None


def targets(hotline: Hotline, officer: Officer, thread_id: int) -> Targets:
    """Nobody from whom the thread is kept."""
    with hotline.db.read() as conn:
        able = _able(conn, hotline, thread_id)
        there = teams.everyone(conn)
    others = [one for one in able if one.id != officer.id]
    spoken = {tag for one in others for tag in one.languages if one.speaks(tag)}
    others.sort(key=lambda one: (not one.on_shift, one.name))
    return Targets(tuple(others), tuple(team for team in there if team.members), tuple(sorted(spoken | {"en"})))


def _able(conn: Connection, hotline: Hotline, thread_id: int) -> list[Officer]:
    barred = bars.of_thread(conn, thread_id)
    return [one for one in staff.everybody(conn, hotline.today()) if one.role in _TAKE and one.id not in barred]


def release(hotline: Hotline, officer: Officer, thread_id: int, also: Also | None = None) -> None:
    """Give a thread back to the queue. The resident is told only if they wait for an answer, and not if somebody else may
    read their phone. Raises NotYours."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        holder = _who_lets_go(conn, hotline, thread, officer)
        silent = thread.safe_contact or not messages.awaits_answer(conn, thread.id)
        let_go(conn, hotline, thread, at, Target(), silent=silent, holder=holder)
        events.write(conn, f"officer:{officer.id}", "released", f"thread:{thread_id}", at)

    change_thread(hotline, officer, thread_id, change, also)
    _ring(hotline, thread_id)


def transfer(
    hotline: Hotline, officer: Officer, thread_id: int, target: Target, note: str, *, sure: bool = False
) -> str:
    """Pass a thread on with a note on what is to be done; the name of whom it waits for now. Raises NotYours; NotUsable
    without a note, or if the target is not there; Unsure, unless `sure`, if the officer it goes to is off shift."""
    if not note:
        raise NotUsable("Write a note for whoever goes on: what was asked, what was promised.")
    name = ""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        nonlocal name
        holder = _who_lets_go(conn, hotline, thread, officer)
        name, subject = _look_up(conn, hotline, thread, target, sure=sure)
        let_go(conn, hotline, thread, at, target, silent=thread.safe_contact, holder=holder)
        notes.keep(conn, hotline, officer, thread_id, note, [], kind="transfer")
        events.write(conn, f"officer:{officer.id}", "passed on", f"thread:{thread_id}", at, subject)

    change_thread(hotline, officer, thread_id, change)
    _ring(hotline, thread_id)
    return name


def let_go(
    conn: Connection, hotline: Hotline, thread: Thread, at: int, target: Target, *, silent: bool, holder: Officer
) -> None:
    """Inside a change of the thread: it waits again, and unless `silent` the resident is told so. Raises Stale."""
    keep(conn, hotline, thread, Holder.WAITING, None)
    store.pass_on(
        conn, thread.id, holder.id, at,
        for_officer_id=target.officer_id, team_id=target.team_id, language=target.language,
    )  # fmt: skip
    if not silent and not thread.stopped:
        say(conn, hotline, thread, at, [phrase_of(hotline, thread, "officer_passed", {"officer": holder.name})])


def _who_lets_go(conn: Connection, hotline: Hotline, thread: Thread, officer: Officer) -> Officer:
    """The holder: whoever asks, or, for a supervisor, whoever it is. Raises NotYours."""
    supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN)
    if thread.holder == Holder.OFFICER and thread.officer_id == officer.id:
        return officer
    if thread.holder != Holder.OFFICER or not supervises:
        raise NotYours("You do not hold this thread. Claim it first.")
    return staff.find(conn, thread.officer_id or 0, hotline.today()) or officer


def _look_up(conn: Connection, hotline: Hotline, thread: Thread, target: Target, *, sure: bool) -> tuple[str, str]:
    """The target's name, and how the audit trail calls it."""
    if target.officer_id is not None:
        there = [one for one in _able(conn, hotline, thread.id) if one.id == target.officer_id]
        if not there:
            raise NotUsable("This thread cannot be passed on to this officer. Choose another.")
        if not there[0].on_shift and not sure:
            raise Unsure("{name} is not on shift now. The resident may wait for long.", name=there[0].name)
        return there[0].name, f"officer:{target.officer_id}"
    if target.team_id is not None:
        team = [one for one in teams.everyone(conn) if one.id == target.team_id]
        if not team:
            raise NotUsable("There is no such team.")
        return team[0].name, f"team:{target.team_id}"
    if not target.language:
        raise NotUsable("Choose whom to pass it on to.")
    return target.language, f"language:{target.language}"


def _ring(hotline: Hotline, thread_id: int) -> None:
    hotline.queue.put("page_officers", thread_id)
    hotline.queue.put("deliver", thread_id)
