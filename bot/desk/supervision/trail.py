"""The audit trail: who opened, claimed, revealed or changed what, and when. Who reads it learns ids, handles and deeds, never
a word or a number of a resident; and that somebody took it along, is in it too."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.errors import NotUsable
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import bars, events, staff, threads, trail
from bot.store.database import Connection
from bot.store.trail import About, Line, Wanted

MOST = 100  # lines on a page
MOST_EXPORTED = 50_000
LARGEST_ID = 2**63 - 1  # that a database can keep
_AT_ONCE = 1000
_ID = re.compile(r"\d{6,19}")
_PERSON = re.compile(r"\b(?:officer|staff):\d+")


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed and chose. `thread` is a handle or an id, `person` a staff id."""

    person: int | None = None
    thread: str = ""
    verb: str = ""
    since: date | None = None
    until: date | None = None  # that day included
    everything: bool = False  # with what the line did by itself
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One line as it is read. `thread_id` None if it is not about one; `who` and `what` in words."""

    id: int
    at: int
    who: str
    verb: str
    what: str
    subject: str
    note: str
    thread_id: int | None
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Trail:
    """A page of it, the newest first; `more` is where the next one begins."""

    lines: tuple[Told, ...]
    more: int | None


def read(hotline: Hotline, officer: Officer, query: Query) -> Trail:
    """Raises NotUsable for a thread that there is not, OverflowError for a day after the last that can be counted."""
    with hotline.db.read() as conn:
        found = trail.lines(conn, _wanted(conn, hotline, officer, query), MOST + 1)
        told = _told(conn, found[:MOST])
    return Trail(tuple(told), found[MOST - 1].id if len(found) > MOST else None)


def export(hotline: Hotline, officer: Officer, query: Query) -> Iterator[Told]:
    """All of it, the newest first, as far as a table takes it. That it was taken along is written down first."""
    with hotline.db.read() as conn:
        wanted = _wanted(conn, hotline, officer, query)
    with hotline.db.write() as conn:
        events.write(conn, f"officer:{officer.id}", "took the trail along", "events", hotline.instant(), _named(wanted))
    return _all(hotline, wanted)


def _all(hotline: Hotline, wanted: Wanted) -> Iterator[Told]:
    """In pieces, so that no connection is held while somebody's browser takes its time."""
    for _ in range(MOST_EXPORTED // _AT_ONCE):
        with hotline.db.read() as conn:
            found = trail.lines(conn, wanted, _AT_ONCE)
            told = _told(conn, found)
        yield from told
        if len(found) < _AT_ONCE:
            return
        wanted = replace(wanted, before=found[-1].id)


def choices(hotline: Hotline) -> tuple[Sequence[Officer], Sequence[str]]:
    """People and deeds to narrow it to."""
    with hotline.db.read() as conn:
        return [one.officer for one in staff.listed(conn, hotline.today())], trail.verbs(conn)


def _wanted(conn: Connection, hotline: Hotline, officer: Officer, query: Query) -> Wanted:
    """Nobody reads who did what about a thread that is kept from them; auditors it is kept from nobody."""
    hidden = bars.of_staff(conn, officer.id) if officer.role != Role.AUDITOR else frozenset[int]()
    return Wanted(
        staff_id=query.person,
        thread_id=_thread(conn, query.thread) if query.thread else None,
        verb=query.verb,
        since=hotline.midnight(query.since) if query.since else 0,
        until=hotline.midnight(query.until + timedelta(days=1)) if query.until else 0,
        people_only=not query.everything,
        hidden_threads=hidden,
        before=query.before,
    )


def _thread(conn: Connection, words: str) -> int:
    if _ID.fullmatch(words) and int(words) <= LARGEST_ID:
        return int(words)
    found = threads.by_handle(conn, " ".join(words.split()))
    if not found:
        raise NotUsable("There is no thread of that name or id.")
    return found[0]


def _told(conn: Connection, found: Sequence[Line]) -> list[Told]:
    ids = {one.id: _thread_id(one.event.subject) for one in found}
    known = trail.about(conn, {one for one in ids.values() if one is not None})
    names = trail.names(conn)

    def worded(subject: str) -> str:
        kind, _, number = subject.partition(":")
        if kind in ("officer", "staff") and number.isdecimal():
            return names.get(int(number), subject)
        return subject

    def one_told(line: Line) -> Told:
        event, thread_id = line.event, ids[line.id]
        of_it: About | None = known.get(thread_id) if thread_id is not None else None
        what = of_it.handle if of_it else worded(event.subject)
        sensitive = bool(of_it and of_it.sensitive)
        note = _PERSON.sub(lambda found: worded(found.group()), event.note)
        return Told(line.id, event.at, worded(event.actor), event.verb, what, event.subject, note, thread_id, sensitive)

    return [one_told(line) for line in found]


def _thread_id(subject: str) -> int | None:
    kind, _, number = subject.partition(":")
    return int(number) if kind == "thread" and number.isdecimal() else None


def _named(wanted: Wanted) -> str:
    """What was asked for, in ids: what somebody typed may be a number."""
    parts = {"staff": wanted.staff_id, "thread": wanted.thread_id}
    return ", ".join(f"{name}:{value}" for name, value in parts.items() if value)
