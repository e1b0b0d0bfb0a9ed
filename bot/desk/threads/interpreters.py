"""An interpreter for a talk with one resident: asked for by their officer, found by a supervisor or by the officer, and who
sent one kept with how the thread ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable, NotYours, Stale
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events
from bot.store import interpreters as store
from bot.store.interpreters import BOOKED, DONE, IN_PERSON, NONE, OPEN, PHONE, Task
from bot.text.language_names import english_name

HOWS = (PHONE, IN_PERSON)
LONGEST = {"place": 120, "service": 80}  # characters
_NEXT = {OPEN: (BOOKED, NONE), BOOKED: (DONE, NONE), NONE: (BOOKED,), DONE: ()}
_VERBS = {BOOKED: "interpreter booked", DONE: "interpreter was there", NONE: "no interpreter"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer asks for, as they typed it. `when` is aware."""

    language: str
    how: str
    when: datetime
    place: str = ""


def ask(hotline: Hotline, officer: Officer, thread_id: int, wish: Wish) -> int:
    """A task for whoever finds interpreters; its id. Raises NotUsable, NotFound, and NotYours for who neither holds the
    thread nor supervises."""
    at, starts_at = hotline.instant(), int(wish.when.timestamp() * 1000)
    _check(wish, starts_at, at)
    with hotline.db.write() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        if thread.officer_id != officer.id and not _supervises(officer):
            raise NotYours("You do not hold this thread. Claim it first.")
        task_id = store.open_for_thread(
            conn, hotline.keys, thread_id, language=wish.language, how=wish.how, starts_at=starts_at,
            place=wish.place if wish.how == IN_PERSON else "", asked_by=officer.id, at=at,
        )  # fmt: skip
        events.write(conn, f"officer:{officer.id}", "interpreter wanted", f"thread:{thread_id}", at, wish.language)
    hotline.queue.announce(thread_id)
    return task_id


def settle(hotline: Hotline, officer: Officer, task_id: int, state: str, service: str = "") -> Task:
    """Booked with a service, done, or not to be had; the task as it was. Raises NotUsable, NotFound, and Stale if somebody
    else has settled it."""
    service, at = " ".join(service.split()), hotline.instant()
    if state == BOOKED and not service:
        raise NotUsable("Say which service sends the interpreter.")
    if len(service) > LONGEST["service"]:
        raise NotUsable("This has {n} characters; {most} are the most.", n=len(service), most=LONGEST["service"])
    with hotline.db.write() as conn:
        task = store.one_of_thread(conn, hotline.keys, task_id)
        if task is None or not _may_settle(officer, task):
            raise NotFound("There is no such task.")
        if state not in _NEXT[task.state] or not store.settle(conn, task_id, state, officer.id, at, service):
            raise Stale("Somebody settled this task meanwhile. See how it stands now.")
        events.write(conn, f"officer:{officer.id}", _VERBS[state], f"thread:{task.thread_id}", at, service)
    hotline.queue.announce(task.thread_id or 0)
    return task


def to_find(hotline: Hotline, officer: Officer) -> Sequence[Task]:
    """What is asked for or booked and not over, as far as it is this person's to look after: the soonest first."""
    with hotline.db.read() as conn:
        return [task for task in store.of_threads(conn, hotline.keys) if _may_settle(officer, task)]


def of_thread(hotline: Hotline, officer: Officer, thread_id: int) -> Sequence[Task]:
    """All there were for a thread. Raises NotFound."""
    with hotline.db.read() as conn:
        seen_by(conn, hotline, officer, thread_id)
        return store.of_thread(conn, hotline.keys, thread_id)


def _may_settle(officer: Officer, task: Task) -> bool:
    return task.asked_by == officer.id or _supervises(officer)


def _supervises(officer: Officer) -> bool:
    return officer.role in (Role.SUPERVISOR, Role.ADMIN)


def _check(wish: Wish, starts_at: int, at: int) -> None:
    if wish.how not in HOWS:
        raise NotUsable("Choose whether the interpreter is needed by phone or in person.")
    if wish.language == "en" or english_name(wish.language) == wish.language:
        raise NotUsable("Choose the language the interpreter is needed for.")
    if starts_at < at:
        raise NotUsable("This is in the past.")
    if wish.how == IN_PERSON and not wish.place:
        raise NotUsable("Say where the interpreter is to come.")
    if len(wish.place) > LONGEST["place"]:
        raise NotUsable("This has {n} characters; {most} are the most.", n=len(wish.place), most=LONGEST["place"])
