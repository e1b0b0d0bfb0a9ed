"""Calendars of others, read again every hour, and files that were brought: their meetings become ours to tell of. Reads
nothing while a page is waited for: that loads all zones and takes its time."""

import time

from bot.channels import outside
from bot.errors import ImportRefused, NotFound, NotReached, NotUsable, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import calendars as store
from bot.store import events, meetings
from bot.store.calendars import Source

MOST_BYTES = outside.MOST_BYTES
_EVERY = 3_600_000  # ms between two readings
_LEASE = 300_000  # ms that one reading may take
_TOGETHER = 20.0  # seconds in which another reading is begun
_LONGEST_NAME, _LONGEST_URL = 80, 500
_MOST_PROBLEMS = 10
_END = b"END:VCALENDAR"


def everything(hotline: Hotline) -> list[Source]:
    with hotline.db.read() as conn:
        return store.everything(conn, hotline.keys)


def subscribe(hotline: Hotline, officer: Officer, name: str, url: str) -> None:
    """Read a calendar from now on. Raises NotUsable."""
    name, url = _named(name), url.strip().replace("webcal://", "https://", 1)
    if len(url) > _LONGEST_URL or not outside.usable(url, development=hotline.config.development):
        raise NotUsable("The address of a calendar begins with https:// and has no password in it.")
    _add(hotline, officer, name, url=url)


def bring(hotline: Hotline, officer: Officer, name: str, content: bytes) -> None:
    """Read a file once; brought again under its name, it takes the place of the older one. Raises NotUsable."""
    name = _named(name)
    if len(content) > MOST_BYTES:
        raise NotUsable("A calendar has at most {most} MB.", most=MOST_BYTES // 1_000_000)
    if b"BEGIN:VCALENDAR" not in content[:1000] or not _whole(content):
        raise NotUsable("This is no calendar file: it has to begin with BEGIN:VCALENDAR and end with END:VCALENDAR.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        same = [one for one in store.everything(conn, hotline.keys) if one.name == name and not one.url]
        if same:
            store.bring_again(conn, same[0].id, content, at)
            events.write(conn, f"officer:{officer.id}", "calendar brought", f"calendar:{same[0].id}", at)
    if not same:
        _add(hotline, officer, name, body=content)


def _add(hotline: Hotline, officer: Officer, name: str, *, url: str = "", body: bytes = b"") -> None:
    at = hotline.instant()
    with hotline.db.write() as conn:
        id_ = store.add(conn, hotline.keys, name, officer.id, at, url=url, body=body)
        events.write(
            conn, f"officer:{officer.id}", "calendar brought" if body else "calendar subscribed", f"calendar:{id_}", at
        )


def remove(hotline: Hotline, officer: Officer, id_: int) -> None:
    """Read it no more. Its meetings to come that somebody awaits stay, as the desk's. Raises NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not store.remove(conn, id_):
            raise NotFound("There is no such calendar.")
        meetings.leave_to_desk(conn, f"calendar:{id_}", at)
        events.write(conn, f"officer:{officer.id}", "calendar removed", f"calendar:{id_}", at)


def read_due(hotline: Hotline) -> int:
    """Read those whose hour has come, until some seconds have passed; how many. Each is claimed first, and nothing is open
    while others are asked."""
    began, at, done = time.monotonic(), hotline.instant(), 0
    with hotline.db.read() as conn:
        due = store.due(conn, hotline.keys, at)
    for source in due:
        if time.monotonic() - began > _TOGETHER:  # whoever hangs keeps nothing else waiting; the next round goes on
            break
        with hotline.db.write() as conn:
            ours = store.claim(conn, source, at, hotline.instant() + _LEASE)
        if ours:
            _read(hotline, ours)
            done += 1
    return done


def _read(hotline: Hotline, source: Source) -> None:
    next_at = hotline.instant() + _EVERY if source.url else None
    try:
        _take(hotline, source, _content(hotline, source), next_at)
    except Stale:  # a newer file is there: in the next round
        return
    except (NotReached, ImportRefused) as error:
        code = error.code if isinstance(error, NotReached) else "unreadable"
        with hotline.db.write() as conn:
            store.failed(conn, source, {"why": code}, hotline.instant(), next_at)


def _content(hotline: Hotline, source: Source) -> bytes:
    if not source.url:
        with hotline.db.read() as conn:
            return store.body(conn, source.id)
    return outside.ask("GET", source.url, development=hotline.config.development, accept="text/calendar").body


def _take(hotline: Hotline, source: Source, content: bytes, next_at: int | None) -> None:
    """Raises ImportRefused for what is no whole calendar, and for one that is empty all of a sudden: nobody cancels
    everything at once without saying so. Raises Stale, and keeps nothing, if the calendar changed meanwhile."""
    from bot.store.calendar import parse_calendar  # loads all zones and languages: not for a web process

    if not _whole(content):
        raise ImportRefused("It breaks off.")
    now = hotline.now()
    planned, problems = parse_calendar(content, source.name, hotline.config.timezone, now)
    with hotline.db.write() as conn:
        if (
            source.url
            and not planned
            and any(one.source == source.tag for one in meetings.planned(conn, hotline.instant()))
        ):
            raise ImportRefused("It came empty.")
        changes = meetings.import_meetings(conn, planned, now, source.tag)
        note = {
            "meetings": len(planned) - len(changes.taken), "new": len(changes.added), "moved": len(changes.moved),
            "cancelled": len(changes.cancelled), "taken": len(changes.taken),
            "problems": [f"{one.row}: {one.words}" for one in problems[:_MOST_PROBLEMS]],
        }  # fmt: skip
        if not store.read(conn, source, note, hotline.instant(), next_at):
            raise Stale("The calendar changed meanwhile.")
        events.write(conn, "line", "calendar read", source.tag, hotline.instant(), str(len(planned)))


def _whole(content: bytes) -> bool:
    return content.rstrip().upper().endswith(_END)


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise NotUsable("A calendar has a name of 1 to {most} characters.", most=_LONGEST_NAME)
    return name
