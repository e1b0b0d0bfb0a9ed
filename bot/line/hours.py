"""Opening hours of a week, in the wall clock of one place. Pure: given the hours and a moment.

Hours are what Resource.hours is: (weekday, opening minute, closing minute), Monday 0, minutes since midnight, the
closing one not included. Who is open past midnight has two of them: one to 1440, one from 0 of the next day.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

Hours = tuple[tuple[int, int, int], ...]

_DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_MINUTES_A_DAY = 24 * 60
_DAY_SPAN = re.compile(r"([a-z]{2})[a-z]*(?:-([a-z]{2})[a-z]*)?")
_TIME_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


def parse_hours(text: str) -> Hours:
    """ "Mo-Fr 08:00-20:00; Sa 09:00-12:00,13:00-17:00", "Mo-Su 22:00-02:00" or "24/7", as the setting has it; an
    empty text is never open. Raises ValueError, whose words finish a sentence that began with the setting.

    >>> parse_hours("Sa 09:00-17:00; Su 22:00-02:00")
    ((0, 0, 120), (5, 540, 1020), (6, 1320, 1440))
    """
    if text.strip() == "24/7":
        return tuple((day, 0, _MINUTES_A_DAY) for day in range(7))
    spans: set[tuple[int, int, int]] = set()
    for rule in filter(None, (part.strip().lower() for part in text.split(";"))):
        days, _, times = rule.partition(" ")
        for day in _days(days, rule):
            for span in times.replace(" ", "").split(","):
                spans.update(over_midnight(day, *_minutes(span, rule)))
    return tuple(sorted(spans))


def over_midnight(day: int, opens: int, closes: int) -> Hours:
    """One span of the clock as hours: two if it closes on the next day, the whole day if it closes when it opens."""
    if closes > opens:
        return ((day, opens, closes),)
    after = ((day + 1) % 7, 0, closes)
    return ((day, opens, _MINUTES_A_DAY), *((after,) if closes else ()))


def open_at(hours: Sequence[tuple[int, int, int]], when: datetime) -> bool:
    """Whether it is open. `when` is aware and in the zone of the hours."""
    day, minute = when.weekday(), when.hour * 60 + when.minute
    return any(day == weekday and opens <= minute < closes for weekday, opens, closes in hours)


def open_since(hours: Sequence[tuple[int, int, int]], when: datetime) -> datetime | None:
    """When the span began in which it is open at `when`; None if it is shut. Who never shuts has been open since the day
    before."""
    day = when.date()
    for _ in range(2):
        fits = [
            opens for weekday, opens, closes in hours if weekday == day.weekday() and opens <= _minute_of(when) < closes
        ]
        if not fits:
            return None
        began = _moment(day, min(fits), when)
        if min(fits) or not open_at(hours, _before(began)):
            return began
        when, day = _before(began), day - timedelta(days=1)
    return began


def _minute_of(when: datetime) -> int:
    return when.hour * 60 + when.minute


def next_opening(hours: Sequence[tuple[int, int, int]], when: datetime) -> datetime | None:
    """The first moment after `when` at which it opens, in the zone of `when`; None if it never opens or never shuts."""
    now = when.astimezone(UTC)
    for ahead in range(9):  # a week, the rest of today, and the day a change of the clock may push it to
        day = when.date() + timedelta(days=ahead)
        for opens in sorted({opens for weekday, opens, _ in hours if weekday == day.weekday()}):
            moment = _moment(day, opens, when)
            # Midnight between two spans of one night is no opening.
            if moment.astimezone(UTC) > now and not open_at(hours, _before(moment)):
                return moment
    return None


def _moment(day: date, minute: int, like: datetime) -> datetime:
    """The first moment of that day at which the clock on the wall shows this minute or, in spring, a later one."""
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    moment = wall.replace(tzinfo=like.tzinfo).astimezone(UTC).astimezone(like.tzinfo)
    while moment.replace(tzinfo=None) != wall and _before(moment).replace(tzinfo=None) > wall:
        moment = _before(moment)  # the minute is left out by the change to summer time
    return moment


def _before(moment: datetime) -> datetime:
    return (moment.astimezone(UTC) - timedelta(minutes=1)).astimezone(moment.tzinfo)


def _days(text: str, rule: str) -> list[int]:
    days: list[int] = []
    for part in text.split(","):
        span = _DAY_SPAN.fullmatch(part)
        if not span or span[1] not in _DAYS or (span[2] or span[1]) not in _DAYS:
            raise ValueError(f"has days that cannot be read in “{rule}”: write Mo-Fr, or Mo,We")
        first, last = _DAYS.index(span[1]), _DAYS.index(span[2] or span[1])
        days += [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return days


def _minutes(span: str, rule: str) -> tuple[int, int]:
    found = _TIME_SPAN.fullmatch(span)
    if not found:
        raise ValueError(f"has times that cannot be read in “{rule}”: write 08:00-20:00")
    opens, closes = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if opens >= _MINUTES_A_DAY or closes > _MINUTES_A_DAY or int(found[2]) > 59 or int(found[4]) > 59:
        raise ValueError(f"has a time past midnight in “{rule}”: a day ends at 24:00")
    return opens, closes
