"""Meetings at the desk: planned, changed and called off, who comes in counts, interpreters to be found, and the calendar
everybody may subscribe to. Who says they come is never shown with more than a handle."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.errors import NotFound, NotUsable, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import calendars, events, interpreters, invitations
from bot.store import meetings as store
from bot.store.database import Connection
from bot.store.ids import new_id
from bot.store.interpreters import Task
from bot.store.invitations import Called
from bot.store.meetings import DESK, Planned
from bot.text import mask
from bot.text.language_names import english_name

LONGEST = store.LONGEST
MOST_WEEKS = 26
INTERPRETER_BEFORE = 3 * 86_400_000  # ms before a meeting in which an interpreter must be found
_PAST = 90 * 86_400_000  # ms that the desk shows what is over
_LONGEST_HOURS = 24
_FEWEST_ANSWERS = 5  # fewer would say who said it


@dataclass(frozen=True, slots=True)
class Draft:
    """A meeting as somebody typed it. Times are aware."""

    title: str
    place: str
    about: str
    officer: str
    interpreters: tuple[str, ...]
    starts: datetime
    ends: datetime
    published: bool


@dataclass(frozen=True, slots=True)
class Coming:
    """Who said they come: `residents` said so, `people` are they and those with them."""

    residents: int = 0
    people: int = 0
    needs: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Listed:
    """A meeting with who comes; `calendar` names the calendar it is read from, if it is."""

    meeting: Planned
    coming: Coming
    calendar: str


@dataclass(frozen=True, slots=True)
class Answers:
    """How a meeting was: counts, and what to talk about next time. Empty while there are too few to hide who said it."""

    count: int
    useful: Mapping[str, int]
    topics: tuple[tuple[str, str | None], ...]  # words, language


@dataclass(frozen=True, slots=True)
class Whole:
    """One meeting with all that is known of it."""

    listed: Listed
    tasks: tuple[Task, ...]
    to_call: tuple[Called, ...]
    answers: Answers


def upcoming(hotline: Hotline) -> list[Listed]:
    """Those that are not over, by start; drafts and those called off too."""
    with hotline.db.read() as conn:
        return _listed(hotline, conn, store.planned(conn, hotline.instant()))


def past(hotline: Hotline) -> list[Listed]:
    """Those of the last three months, the newest first."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        return _listed(hotline, conn, store.planned(conn, at - _PAST, at))[::-1]


def whole(hotline: Hotline, id: str) -> Whole:
    """Raises NotFound."""
    with hotline.db.read() as conn:
        found = _one(conn, id)
        tasks = [task for task in interpreters.of_meetings(conn, hotline.instant()) if task.meeting_id == id]
        called = invitations.to_call(conn, id)
        return Whole(_listed(hotline, conn, [found])[0], tuple(tasks), tuple(called), _answers(hotline, conn, id))


def add(hotline: Hotline, officer: Officer, draft: Draft, weeks: int = 1) -> str:
    """A new meeting, or one a week for some weeks at the same hour on the wall; the id of the first. Raises NotUsable."""
    _check(hotline, draft)
    if not 1 <= weeks <= MOST_WEEKS:
        raise NotUsable("A meeting is planned for 1 to {most} weeks.", most=MOST_WEEKS)
    made = [_made(_later(draft, week)) for week in range(weeks)]
    at = hotline.instant()
    with hotline.db.write() as conn:
        for one in made:
            store.add(conn, one)
            events.write(conn, f"officer:{officer.id}", "meeting planned", f"meeting:{one.id}", at)
    return made[0].id


def change(hotline: Hotline, officer: Officer, id: str, draft: Draft, sequence: int) -> None:
    """What is told to those who come follows by itself. Raises NotUsable, NotFound, and Stale if somebody changed or
    called off the meeting meanwhile."""
    _check(hotline, draft)
    at = hotline.instant()
    with hotline.db.write() as conn:
        known = _one(conn, id)
        if known.published and not draft.published and any(one.meeting_id == id for one in invitations.needs(conn)):
            raise NotUsable("People said they come. Call the meeting off instead, so that they are told.")
        booked = store.booked(conn, id)  # shown with the meeting's own, and gone when their booking is
        own = tuple(tag for tag in draft.interpreters if tag not in booked)
        wanted = replace(_made(replace(draft, interpreters=own)), id=id, sequence=sequence)
        if not store.change(conn, wanted, at):
            raise Stale("Somebody changed this meeting meanwhile. Load the page again and look at what they wrote.")
        events.write(conn, f"officer:{officer.id}", "meeting changed", f"meeting:{id}", at)


def cancel(hotline: Hotline, officer: Officer, id: str) -> None:
    """It does not take place, and who said they come is told. Raises NotFound, and Stale if it is over or called off."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        _one(conn, id)
        if not store.cancel(conn, id, at):
            raise Stale("This meeting is over, or was called off already.")
        events.write(conn, f"officer:{officer.id}", "meeting cancelled", f"meeting:{id}", at)


def tasks(hotline: Hotline) -> Sequence[Task]:
    """Interpreters to be found or found, for meetings that have not begun, the soonest first."""
    with hotline.db.read() as conn:
        return interpreters.of_meetings(conn, hotline.instant())


def settle(hotline: Hotline, officer: Officer, task_id: int, booked: bool) -> None:
    """An interpreter is booked, and from now on told of with the meeting; or cannot be had, and who asked is told. Raises
    NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        task = next((task for task in interpreters.of_meetings(conn, at) if task.id == task_id), None)
        if task is None:
            raise NotFound("There is no such task.")
        if interpreters.settle(conn, task_id, interpreters.BOOKED if booked else interpreters.NONE, officer.id, at):
            store.set_version(conn)
            verb = "interpreter booked" if booked else "no interpreter"
            events.write(conn, f"officer:{officer.id}", verb, f"meeting:{task.meeting_id}", at)


def open_tasks(hotline: Hotline) -> int:
    """A task for each language that somebody needs at a meeting and that nobody speaks there; how many are new."""
    at, opened = hotline.instant(), 0
    with hotline.db.read() as conn:
        wanted = interpreters.wanted(conn, at)
    for meeting_id, language, there in wanted:
        if language == "en" or _base(language) in map(_base, json.loads(there)):
            continue
        with hotline.db.write() as conn:
            if interpreters.open_for_meeting(conn, meeting_id, language, at):
                opened += 1
                events.write(conn, "line", "interpreter wanted", f"meeting:{meeting_id}", at, language)
    return opened


def published(hotline: Hotline) -> Sequence[Planned]:
    """What everybody may know, by start: meetings that are not long over, also those called off."""
    with hotline.db.read() as conn:
        found = store.planned(conn, hotline.instant() - 7 * 86_400_000)
    return [one for one in found if one.published]


def _listed(hotline: Hotline, conn: Connection, found: Sequence[Planned]) -> list[Listed]:
    names = {one.tag: one.name for one in calendars.everything(conn, hotline.keys)}
    coming: dict[str, list[invitations.Need]] = {}
    for need in invitations.needs(conn):
        coming.setdefault(need.meeting_id, []).append(need)
    return [Listed(one, _coming(one, coming.get(one.id, ())), names.get(one.source, "")) for one in found]


def _coming(one: Planned, told: Sequence[invitations.Need]) -> Coming:
    needs: dict[str, int] = {}
    languages: dict[str, int] = {}
    for each in told:
        if each.need not in ("nothing", "comes_anyway", ""):
            needs[each.need] = needs.get(each.need, 0) + each.residents
        languages[each.language or ""] = languages.get(each.language or "", 0) + each.residents
    people = sum(each.people for each in told)
    return Coming(sum(each.residents for each in told), people if told else one.people or 0, needs, languages)


def _answers(hotline: Hotline, conn: Connection, id: str) -> Answers:
    told = invitations.answers(conn, id)
    if len(told) < _FEWEST_ANSWERS:
        return Answers(len(told), {}, ())
    useful: dict[str, int] = {}
    for _, how, _, _ in told:
        useful[how] = useful.get(how, 0) + 1
    open_ = hotline.keys.open
    topics = [(mask.mask(open_(words, f"meeting_answers.words:{id_}")), tag) for id_, _, words, tag in told if words]
    return Answers(len(told), useful, tuple(topics))


def _one(conn: Connection, id: str) -> Planned:
    found = store.one(conn, id)
    if found is None:
        raise NotFound("There is no such meeting.")
    return found


def _check(hotline: Hotline, draft: Draft) -> None:
    for name, most in LONGEST.items():
        if len(getattr(draft, name)) > most:
            raise NotUsable("This is too long: {name} has at most {most} characters.", name=name, most=most)
    if not draft.title or not draft.place:
        raise NotUsable("A meeting has a title and a place.")
    if any(english_name(tag) == tag for tag in draft.interpreters):
        raise NotUsable("One of the interpreters' languages is none we know.")
    if draft.ends <= draft.starts or draft.ends - draft.starts > timedelta(hours=_LONGEST_HOURS):
        raise NotUsable("A meeting ends after it begins, and within a day.")
    if draft.ends <= hotline.now():
        raise NotUsable("This is in the past.")


def _later(draft: Draft, weeks: int) -> Draft:
    later = timedelta(weeks=weeks)  # on the clock of the wall: an hour stays what it is over a change to summer time
    return replace(draft, starts=draft.starts + later, ends=draft.ends + later)


def _made(draft: Draft) -> Planned:
    return Planned(
        f"desk-{new_id():x}", draft.title, draft.place, draft.about, draft.officer, draft.interpreters,
        _instant(draft.starts), _instant(draft.ends), DESK, draft.published,
    )  # fmt: skip


def _instant(when: datetime) -> int:
    return int(when.timestamp() * 1000)


def _base(tag: str) -> str:
    return tag.partition("-")[0]
