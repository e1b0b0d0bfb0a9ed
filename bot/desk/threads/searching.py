"""Threads an officer looks for, as far as they are theirs to see. What residents wrote is sealed and cannot be searched."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from bot.desk.threads.views import seen_by
from bot.errors import NotFound
from bot.hotline import Hotline
from bot.line import complaints
from bot.model import Officer, Role
from bot.store import bars, events, search
from bot.store.database import Connection
from bot.store.search import Wanted
from bot.store.threads import Thread
from bot.text import report_number

MOST = 50  # threads shown
_LOOKED_THROUGH = 500  # threads that fit, of which some may not be for this officer
SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody typed and chose. `words` are a handle, a part of one, or the number of a report."""

    words: str = ""
    topic: str = ""
    language: str = ""
    since: date | None = None
    until: date | None = None  # that day included

    @property
    def empty(self) -> bool:
        return self == Query()


@dataclass(frozen=True, slots=True)
class Found:
    """The threads that fit, those first whose residents wrote last; `more`: others fit too."""

    threads: tuple[Thread, ...]
    more: bool


def find(hotline: Hotline, officer: Officer, query: Query) -> Found:
    """Every search is in the audit trail: that somebody searched, not for what. Raises OverflowError for a day after the last
    that can be counted."""
    supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN)
    if query.topic == complaints.KIND and not complaints.may_read(officer):
        return Found((), more=False)  # nor who has filed one
    wanted = _wanted(hotline, query)
    if not supervises:
        wanted = replace(wanted, open_or_held_by=officer.id)
    with hotline.db.read() as conn:
        fits = search.threads(conn, hotline.keys, wanted, MOST + 1 if supervises else _LOOKED_THROUGH)
        kept_from = bars.of_staff(conn, officer.id)
        seen = [one for one in fits if one.id not in kept_from] if supervises else _theirs(conn, hotline, officer, fits)
    with hotline.db.write() as conn:
        events.write(conn, f"officer:{officer.id}", "searched", "threads", hotline.instant(), f"{len(seen)} found")
    return Found(tuple(seen[:MOST]), len(seen) > MOST)


def topics(hotline: Hotline) -> list[tuple[str, str]]:
    """What a search may be narrowed to, as (topic, its words in English): danger, and each kind of report."""
    kinds = {one.report.kind: one.report.topic.english for one in hotline.library.scripts.values() if one.report}
    return [(SAFETY, "Danger"), *sorted(kinds.items(), key=lambda kind: kind[1])]


def _wanted(hotline: Hotline, query: Query) -> Wanted:
    number = report_number.find(query.words) or ""
    return Wanted(
        handle="" if number else " ".join(query.words.split()),
        number=number,
        topic=query.topic,
        language=query.language,
        since=hotline.midnight(query.since) if query.since else None,
        before=hotline.midnight(query.until + timedelta(days=1)) if query.until else None,
    )


def _theirs(conn: Connection, hotline: Hotline, officer: Officer, fits: Sequence[Thread]) -> list[Thread]:
    found = []
    for thread in fits:
        try:
            seen_by(conn, hotline, officer, thread.id)
        except NotFound:
            continue
        found.append(thread)
        if len(found) > MOST:
            break
    return found
