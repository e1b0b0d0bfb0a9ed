"""Meetings read from an iCalendar file (RFC 5545): each date of its own, those that come back some months ahead, and
every problem by event. Knows no database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar

from bot.errors import ImportRefused
from bot.store.hsds_languages import language_tag
from bot.store.meetings import LONGEST
from bot.store.problems import Problem, Severity

AHEAD = timedelta(days=183)
_MOST_DATES = 200  # of one event; more than one a day is no meeting
_MOST_EVENTS = 1000  # of one calendar
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})  # and to count from years ago to now would take for ever
_USUAL_LENGTH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PlannedMeeting:
    """One date. `id` stays the same when the meeting is moved, so that those who said they come can be told."""

    id: str
    uid: str
    title: str
    place: str
    about: str
    officer: str
    interpreters: tuple[str, ...]
    starts: datetime  # aware
    ends: datetime
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """An event where it stands in the file."""

    number: int
    uid: str
    event: Any  # icalendar types every property as any of thirty
    file: str
    zone: ZoneInfo

    def problem(self, field: str, words: str, severity: Severity = Severity.WARNING) -> Problem:
        return Problem(self.file, self.number, field, f"{self.uid or 'an event without UID'}: {words}", severity)


class _EventError(Exception):
    """This event cannot be a meeting."""

    def __init__(self, field: str, words: str) -> None:
        self.field, self.words = field, words
        super().__init__(words)


def read_calendar(path: Path, zone: ZoneInfo, now: datetime) -> tuple[list[PlannedMeeting], list[Problem]]:
    """Meetings that are not over, by start. Times without a zone are in `zone`. Raises ImportRefused if the file is no
    calendar."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImportRefused(f"{path} is no calendar that can be read: {error}") from error
    return parse_calendar(content, path.name, zone, now)


def parse_calendar(
    content: bytes, name: str, zone: ZoneInfo, now: datetime
) -> tuple[list[PlannedMeeting], list[Problem]]:
    """The same of a file's content; `name` is what problems call it. Raises ImportRefused."""
    try:
        calendars = Calendar.from_ical(content, multiple=True)
    except ValueError as error:
        raise ImportRefused(f"{name} is no calendar that can be read: {error}") from error
    events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    if not calendars:
        raise ImportRefused(f"{name} has no calendar in it.")
    if len(events) > _MOST_EVENTS:
        raise ImportRefused(f"{name} has {len(events)} events; {_MOST_EVENTS} are the most.")
    told = [_Told(n, str(event.get("UID", "")), event, name, zone) for n, event in enumerate(events, 1)]
    problems: list[Problem] = []
    meetings: dict[str, PlannedMeeting] = {}
    for one in _newest(told, problems):
        try:
            for meeting in _dates(one, now, problems):
                meetings[meeting.id] = meeting  # a moved date comes after the series it belongs to
        except _EventError as reason:
            problems.append(one.problem(reason.field, reason.words, Severity.ERROR))
    problems.sort(key=lambda problem: problem.row)
    return sorted((m for m in meetings.values() if m.ends > now), key=lambda meeting: meeting.starts), problems


def _newest(told: Iterable[_Told], problems: list[Problem]) -> list[_Told]:
    """Each event once, by its highest SEQUENCE; single dates of a series after the series."""
    newest: dict[tuple[str, str], _Told] = {}
    for one in told:
        for name, words in one.event.errors:
            problems.append(one.problem(name or "", f"cannot be read, so it is left out: {words}"))
            one.event.pop(name or "", None)
        if not one.uid:
            problems.append(one.problem("UID", "has no UID, so it is not used", Severity.ERROR))
            continue
        key = (one.uid, one.event["RECURRENCE-ID"].to_ical().decode() if "RECURRENCE-ID" in one.event else "")
        other = newest.get(key)
        if other is not None:
            problems.append(one.problem("UID", f"stands in event {other.number} too; the later version counts"))
        if other is None or _sequence(one) >= _sequence(other):
            newest[key] = one
    return [newest[key] for key in sorted(newest, key=lambda key: key[1] != "")]


def _dates(told: _Told, now: datetime, problems: list[Problem]) -> Iterator[PlannedMeeting]:
    event = told.event
    starts = _start(told, problems)
    length = _length(told, starts, problems)
    title = _words(told, "SUMMARY", "title", problems)
    if not title:
        raise _EventError("SUMMARY", "has no title, so it is not used")
    place = _words(told, "LOCATION", "place", problems)
    if not place:
        problems.append(told.problem("LOCATION", "says no place"))
    meeting = PlannedMeeting(
        id=told.uid,
        uid=told.uid,
        title=title,
        place=place,
        about=_words(told, "DESCRIPTION", "about", problems),
        officer=_words(told, "X-PUENTE-OFFICER", "officer", problems),
        interpreters=_interpreters(told, problems),
        starts=starts,
        ends=starts + length,
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
    )
    if "RECURRENCE-ID" in event:
        planned = _moment(event["RECURRENCE-ID"].dt, told.zone)
        yield _at(meeting, _date_id(told.uid, planned), starts, length)
    elif "RRULE" not in event and "RDATE" not in event:
        yield meeting
    else:
        for start in _repeats(told, starts, now):
            yield _at(meeting, _date_id(told.uid, start), start, length)


def _words(told: _Told, field: str, name: str, problems: list[Problem]) -> str:
    """As long as the desk takes it; in a text to a resident every character is paid for."""
    words, most = str(told.event.get(field, "")).strip(), LONGEST[name]
    if len(words) <= most:
        return words
    problems.append(told.problem(field, f"has {len(words)} characters; cut after {most}", Severity.NOTE))
    return words[:most].rstrip()


def _at(meeting: PlannedMeeting, id: str, starts: datetime, length: timedelta) -> PlannedMeeting:
    # Added as an instant: a meeting over a change of the clock lasts as long as any other.
    return replace(meeting, id=id, starts=starts, ends=(starts.astimezone(UTC) + length).astimezone(starts.tzinfo))


def _date_id(uid: str, planned: datetime) -> str:
    return f"{uid}/{planned.astimezone(UTC):%Y%m%dT%H%MZ}"


def _repeats(told: _Told, starts: datetime, now: datetime) -> Iterator[datetime]:
    """The dates of a series from yesterday on, each at the same hour on the wall."""
    event = told.event
    dates = rruleset()
    try:
        for rule in _listed(event.get("RRULE")):
            if _TOO_OFTEN.intersection(str(often).upper() for often in rule.get("FREQ", ())):
                raise _EventError(
                    "RRULE", f"would take place more than {_MOST_DATES} times in half a year, so it is not used"
                )
            if "UNTIL" in rule:  # must be UTC for a start that has a zone; many calendars write it without
                rule["UNTIL"] = [_moment(value, told.zone).astimezone(UTC) for value in rule["UNTIL"]]
            dates.rrule(rrulestr(rule.to_ical().decode(), dtstart=starts))
        for added in _listed(event.get("RDATE")):
            for one in added.dts:
                dates.rdate(_moment(one.dt, told.zone))
        for left_out in _listed(event.get("EXDATE")):
            for one in left_out.dts:
                dates.exdate(_left_out(one.dt, starts, told.zone))
        if "RRULE" not in event:
            dates.rdate(starts)
        coming = islice(dates.xafter(now - timedelta(days=1), inc=True), _MOST_DATES + 1)
        found = list(takewhile(lambda start: start <= now + AHEAD, coming))
    except (ValueError, TypeError, AttributeError) as error:
        raise _EventError("RRULE", f"has a rule that cannot be read, so it is not used: {error}") from error
    if len(found) > _MOST_DATES:
        raise _EventError("RRULE", f"would take place more than {_MOST_DATES} times in half a year, so it is not used")
    yield from found


def _left_out(value: date | datetime, starts: datetime, zone: ZoneInfo) -> datetime:
    """A day without an hour leaves out what is planned on that day."""
    if isinstance(value, datetime):
        return _moment(value, zone).astimezone(starts.tzinfo)
    return datetime.combine(value, starts.time(), starts.tzinfo)


def _start(told: _Told, problems: list[Problem]) -> datetime:
    if "DTSTART" not in told.event:
        raise _EventError("DTSTART", "has no start that can be read, so it is not used")
    value = told.event["DTSTART"].dt
    if not isinstance(value, datetime):
        problems.append(told.problem("DTSTART", "has a day but no hour; it is shown as beginning at midnight"))
    return _moment(value, told.zone)


def _length(told: _Told, starts: datetime, problems: list[Problem]) -> timedelta:
    event = told.event
    if "DTEND" in event:
        length = _moment(event["DTEND"].dt, told.zone).astimezone(UTC) - starts.astimezone(UTC)
        if length <= timedelta():
            raise _EventError("DTEND", "ends before it begins, so it is not used")
        return length
    if "DURATION" in event:
        duration: timedelta = event["DURATION"].dt
        return duration
    if not isinstance(event["DTSTART"].dt, datetime):
        return timedelta(days=1)
    problems.append(told.problem("DTEND", "has no end; taken to last an hour", Severity.NOTE))
    return _USUAL_LENGTH


def _interpreters(told: _Told, problems: list[Problem]) -> tuple[str, ...]:
    names = [name.strip() for name in str(told.event.get("X-PUENTE-INTERPRETERS", "")).split(",") if name.strip()]
    for name in names:
        if not language_tag(name):
            problems.append(told.problem("X-PUENTE-INTERPRETERS", f"“{name}” is no language we know; left out"))
    return tuple(dict.fromkeys(tag for name in names if (tag := language_tag(name))))


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time(), zone)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _sequence(told: _Told) -> int:
    try:
        return int(told.event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0
