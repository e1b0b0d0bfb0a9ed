"""Who works when and in which languages: the plan of a week, tests with their days, limits, who is busy, and what an officer
may not see. Asks nobody to take anything."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.desk.duty import handing_over
from bot.desk.duty.passing import Target, let_go
from bot.desk.paging.waves import page
from bot.desk.threads import joining
from bot.desk.threads.changing import change_thread
from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable
from bot.hotline import Hotline
from bot.line import duty
from bot.line.duty import ON_CALL, Hand, Stretch
from bot.model import Holder, Officer, Role, Skill
from bot.store import bars, events, messages, pagings, staff
from bot.store import duty as store
from bot.store.database import Connection, carry_out
from bot.store.duty import Limits, Shift
from bot.store.threads import Thread

WARN_DAYS = 60  # before a test runs out
KINDS = ("shift", ON_CALL)
HIGHEST = 4
_WEEK = 7
_MOST_THREADS = 50
_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{2,8})*")
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
WORKS = (Role.OFFICER, Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class Week:
    """What is planned from a Monday on, and who could answer at each open hour of it."""

    monday: date
    people: tuple[Officer, ...]
    planned: tuple[Stretch, ...]

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=n) for n in range(_WEEK)]

    def of(self, officer: Officer, day: date) -> list[Stretch]:
        return [one for one in self.planned if one.shift.staff_id == officer.id and one.day == day.isoformat()]

    def unheard(self, day: date, offered: Sequence[str]) -> list[str]:
        """Languages that nobody tested, on shift or on call, answers on a day."""
        there = {one.shift.staff_id for one in self.planned if one.day == day.isoformat()}
        heard = {tag for person in self.people if person.id in there for tag in person.languages if person.speaks(tag)}
        return [tag for tag in offered if tag != "en" and tag not in heard]


@dataclass(frozen=True, slots=True)
class Running:
    """A test that has run out, or will soon."""

    officer: Officer
    skill: Skill
    days: int  # until it runs out; below 0: since


def week(hotline: Hotline, some_day: date) -> Week:
    """The week that a day lies in."""
    monday = some_day - timedelta(days=some_day.weekday())
    with hotline.db.read() as conn:
        people = [one for one in staff.everybody(conn, hotline.today()) if one.role in WORKS]
        shifts = store.shifts(conn, monday.isoformat())
    planned = duty.stretches(shifts, monday, monday + timedelta(days=6), hotline.config.timezone)
    return Week(monday, tuple(people), tuple(planned))


def here_now(hotline: Hotline) -> Mapping[str, tuple[list[Officer], list[Officer]]]:
    """Language -> who answers in it now: tested and on shift, tested and on call."""
    with hotline.db.read() as conn:
        there = [hand for hand in duty.hands(conn, hotline) if hand.officer.role in WORKS]
    return {
        tag: (
            [hand.officer for hand in there if hand.officer.on_shift and _speaks(hand, tag)],
            [hand.officer for hand in there if hand.on_call and not hand.officer.on_shift and _speaks(hand, tag)],
        )
        for tag in hotline.config.department_languages
    }


def _speaks(hand: Hand, tag: str) -> bool:
    return hand.level(tag) >= duty.ANSWERS


def everybody(hotline: Hotline) -> list[Officer]:
    """Officers and supervisors, by name."""
    with hotline.db.read() as conn:
        return [one for one in staff.everybody(conn, hotline.today()) if one.role in WORKS]


def running_out(hotline: Hotline) -> list[Running]:
    """Tests that ran out or will in the next sixty days, the first one first."""
    with hotline.db.read() as conn:
        people = staff.everybody(conn, hotline.today())
    found = [
        Running(person, skill, (date.fromisoformat(skill.expires_on) - hotline.today()).days)
        for person in people
        for skill in person.skills
        if skill.expires_on
    ]
    return sorted((one for one in found if one.days <= WARN_DAYS), key=lambda one: one.days)


def person(hotline: Hotline, staff_id: int) -> tuple[Officer, Limits]:
    """Raises NotFound."""
    with hotline.db.read() as conn:
        return _person(conn, hotline, staff_id), store.limits(conn, hotline.keys, staff_id)


def _person(conn: Connection, hotline: Hotline, staff_id: int) -> Officer:
    found = [one for one in staff.everybody(conn, hotline.today()) if one.id == staff_id]
    if not found:
        raise NotFound("There is nobody of this name.")
    return found[0]


def plan(
    hotline: Hotline, by: Officer, staff_id: int, kind: str, day: date, begins: int, ends: int, *, weekly: bool
) -> None:
    """Plan a shift or time on call; minutes of the day. Raises NotUsable, NotFound."""
    if kind not in KINDS:
        raise NotUsable("Choose whether it is a shift or time on call.")
    if begins == ends or not (0 <= begins < 1440 and 0 <= ends <= 1440):
        raise NotUsable("A shift has a beginning and an end, like 08:00 and 16:00.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        if _person(conn, hotline, staff_id).role not in WORKS:
            raise NotUsable("Only officers and supervisors have shifts.")
        store.plan(conn, staff_id, kind, day.isoformat(), begins, ends, weekly, at)
        note = f"{kind} {day.isoformat()} {begins // 60:02}:{begins % 60:02}{', weekly' if weekly else ''}"
        events.write(conn, f"officer:{by.id}", "planned", f"staff:{staff_id}", at, note)


def unplan(hotline: Hotline, by: Officer, shift_id: int, day: date, *, all_later: bool) -> None:
    """Not on this day; or, `all_later`, from this day on. One that goes on ends first. Raises NotFound, Stale."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        shift = _shift(conn, shift_id)
        running = [one for one in duty.around(conn, hotline) if one.shift.id == shift_id and one.covers(at)]
    for one in running:
        if one.day == day.isoformat() or not shift.weekly or (all_later and one.day > day.isoformat()):
            handing_over.end_now(hotline, one)
    with hotline.db.write() as conn:
        shift = _shift(conn, shift_id)
        if shift.weekly and not all_later:
            store.leave_out(conn, shift, day.isoformat())
        else:
            store.end_before(conn, shift, (day - timedelta(days=1)).isoformat())
        note = f"{shift.kind} {day.isoformat()}{' and after' if all_later and shift.weekly else ''}"
        events.write(conn, f"officer:{by.id}", "took off the plan", f"staff:{shift.staff_id}", at, note)


def _shift(conn: Connection, shift_id: int) -> Shift:
    found = [one for one in store.shifts(conn, "") if one.id == shift_id]
    if not found:
        raise NotFound("This shift is no longer planned.")
    return found[0]


def keep_skill(hotline: Hotline, by: Officer, staff_id: int, skill: Skill) -> None:
    """Write down how well somebody knows a language; what was known of that language before is gone. Raises NotUsable for a
    level above 1 without a test and its days, NotFound."""
    _check(skill)
    _change_skills(hotline, by, staff_id, skill.tag, skill)


def drop_skill(hotline: Hotline, by: Officer, staff_id: int, tag: str) -> None:
    """Raises NotFound."""
    _change_skills(hotline, by, staff_id, tag, None)


def _check(skill: Skill) -> None:
    if not _TAG.fullmatch(skill.tag):
        raise NotUsable("A language is a tag like es or zh-Hans.")
    if not 0 <= skill.level <= HIGHEST:
        raise NotUsable("A level is a number from 0 to 4.")
    try:
        days = [date.fromisoformat(day) for day in (skill.tested_on, skill.expires_on) if day]
    except ValueError:
        raise NotUsable("A day is like 2027-03-12.") from None
    if skill.level > 1 and not (skill.test and len(days) == 2):
        raise NotUsable("A level above 1 needs a test, the day it was passed, and the day it runs out.")
    if len(days) == 2 and days[0] > days[1]:
        raise NotUsable("The test runs out before it was passed.")


def _change_skills(hotline: Hotline, by: Officer, staff_id: int, tag: str, skill: Skill | None) -> None:
    at = hotline.instant()
    with hotline.db.write() as conn:
        officer = _person(conn, hotline, staff_id)
        kept = sorted(
            (*(one for one in officer.skills if one.tag != tag), *((skill,) if skill else ())), key=lambda one: one.tag
        )
        store.set_skills(conn, staff_id, kept, {one.tag: one.counts(hotline.today()) for one in kept})
        note = f"{tag} {skill.level}" if skill else f"{tag} taken out"
        events.write(conn, f"officer:{by.id}", "changed languages", f"staff:{staff_id}", at, note)


def set_limits(hotline: Hotline, by: Officer, staff_id: int, told: Limits) -> None:
    """Raises NotUsable, NotFound."""
    if told.gender not in ("", "woman", "man"):
        raise NotUsable("Choose woman, man, or not told.")
    if not 1 <= told.most_threads <= _MOST_THREADS:
        raise NotUsable("Threads at a time: a number from 1 to 50.")
    phone = re.sub(r"[\s().-]", "", told.phone)
    if phone and not _NUMBER.fullmatch(phone):
        raise NotUsable("A phone number begins with + and the country, like +1 555 555 0190.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        _person(conn, hotline, staff_id)
        owner = store.whose_phone(conn, hotline.keys, phone) if phone else None
        if owner not in (None, staff_id):
            raise NotUsable("Somebody else here has this phone number.")
        store.set_limits(conn, hotline.keys, staff_id, replace(told, phone=phone))
        events.write(conn, f"officer:{by.id}", "changed limits", f"staff:{staff_id}", at)


def set_busy(hotline: Hotline, officer: Officer, busy: bool) -> None:
    """Whether this officer is to be asked for nothing more for now."""
    with hotline.db.write() as conn:
        store.set_busy(conn, officer.id, busy)
        verb = "is busy" if busy else "is free again"
        events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", hotline.instant())


def read(hotline: Hotline, officer: Officer, paging_id: int) -> None:
    """What this person was told they have read."""
    with hotline.db.write() as conn:
        pagings.seen(conn, paging_id, officer.id, hotline.instant())


def know_them(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """This officer knows the resident, or somebody it is about: the thread goes on to others, and is not shown to them any
    more. Raises NotFound."""
    _keep_from(hotline, officer, officer, thread_id, "knows them")


def about(hotline: Hotline, by: Officer, thread_id: int, staff_id: int) -> None:
    """A supervisor saw that a thread is a complaint about somebody who works here: it is kept from them. Raises NotFound."""
    whom, _ = person(hotline, staff_id)
    _keep_from(hotline, by, whom, thread_id, "complaint")


def show_again(hotline: Hotline, by: Officer, thread_id: int, staff_id: int) -> None:
    """It was not about them, or they do not know the resident. Raises NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        seen_by(conn, hotline, by, thread_id)
        if bars.lift(conn, thread_id, staff_id):
            events.write(conn, f"officer:{by.id}", "shown again to", f"thread:{thread_id}", at, f"officer:{staff_id}")
    hotline.queue.announce(thread_id)


def kept_from(hotline: Hotline, thread_id: int) -> list[tuple[Officer, str]]:
    """Whom a thread is not shown to, and why."""
    with hotline.db.read() as conn:
        why = bars.of_thread(conn, thread_id)
        return [(one, why[one.id]) for one in staff.everybody(conn, hotline.today()) if one.id in why] if why else []


def _keep_from(hotline: Hotline, by: Officer, whom: Officer, thread_id: int, why: str) -> None:
    def change(conn: Connection, thread: Thread, at: int) -> None:
        if thread.holder == Holder.OFFICER and thread.officer_id == whom.id:
            waits = messages.awaits_answer(conn, thread.id)
            let_go(conn, hotline, thread, at, Target(), silent=thread.safe_contact or not waits, holder=whom)
        carry_out(conn, bars.putting(thread_id, whom.id, why, by.id, at))
        events.write(conn, f"officer:{by.id}", f"kept from, {why}", f"thread:{thread_id}", at, f"officer:{whom.id}")

    change_thread(hotline, by, thread_id, change)
    joining.keep_from(hotline, whom, thread_id)
    page(hotline, thread_id)
    hotline.queue.put("deliver", thread_id)
