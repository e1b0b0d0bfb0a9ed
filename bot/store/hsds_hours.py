"""The schedules of a service as hours of a week, and in English words where a week cannot say it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.store.hsds_graph import Node
from bot.store.hsds_shapes import DAYS
from bot.store.problems import Problem, Severity

Hours = tuple[tuple[int, int, int], ...]  # as Resource.hours: weekday, opening and closing minute

_MINUTES_A_DAY = 24 * 60
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::\d{2}(?:\.\d+)?)?\s*(?:([ap])\.?m\.?)?\s*(?:z|[+-]\d{2}:?\d{2})?", re.I)
_BYDAY = re.compile(r"(-?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_NTH = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Rules that make a week unlike the next.
_IRREGULAR = ("byweekno", "bymonthday", "byyearday")


@dataclass(frozen=True, slots=True)
class Week:
    hours: Hours = ()
    words: str = ""  # "first Saturday 8:00-13:00"
    problems: tuple[Problem, ...] = ()


def minute(text: str) -> int | None:
    """Minutes since midnight of "10:00", "10:00:00Z", "4:00 PM", "3pm", "24:00"; None for anything else. An offset is
    not looked at: hours are what the clock on the wall shows.

    >>> minute("4:00 PM"), minute("9am"), minute("08:30:00-06:00"), minute("25:00")
    (960, 540, 510, None)
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found or (found[2] is None and found[3] is None):
        return None
    hour, minutes = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found[3].lower() == "p" else 0)
    at = hour * 60 + minutes
    return at if minutes < 60 and at <= _MINUTES_A_DAY else None


def week(schedules: Iterable[Node], today: date) -> Week:
    """All schedules of one service in one place, those that have ended or not begun left out."""
    hours: set[tuple[int, int, int]] = set()
    words: list[str] = []
    problems: list[Problem] = []
    for node in schedules:
        one = _ended(node, today) or _one(node)
        hours.update(one.hours)
        words += [one.words] if one.words else []
        problems += one.problems
    return Week(tuple(sorted(hours)), "; ".join(dict.fromkeys(words)), tuple(problems))


def _ended(node: Node, today: date) -> Week | None:
    for name, late in (("valid_to", False), ("until", False), ("valid_from", True)):
        text = str(node.fields.get(name) or "")[:10]
        if text and (text > today.isoformat() if late else text < today.isoformat()):
            words = f"{text}: this schedule {'has not begun' if late else 'has ended'}, so it is not shown"
            return Week(problems=(node.problem(name, words, Severity.NOTE),))
    return None


def _one(node: Node) -> Week:
    fields = node.fields
    opens, closes = (minute(str(fields.get(name) or "")) for name in ("opens_at", "closes_at"))
    if opens is None or closes is None:
        # A time that cannot be read is said with the other fields.
        missing = [name for name in ("opens_at", "closes_at") if not fields.get(name)]
        note = [node.problem(name, "is missing, so these hours are not shown", Severity.NOTE) for name in missing]
        return Week(problems=tuple(note))
    days = [_BYDAY.fullmatch(day.strip().upper()) for day in str(fields.get("byday") or "").split(",") if day.strip()]
    freq = str(fields.get("freq") or "WEEKLY").upper()
    if freq == "DAILY" and not days:
        days = [_BYDAY.fullmatch(day) for day in DAYS]
    if not days or None in days or any(fields.get(name) for name in _IRREGULAR) or _interval(node) != 1:
        words = "is no week that can be told, so these hours are not shown"
        return Week(problems=(node.problem("byday", words, Severity.NOTE),))
    if freq == "MONTHLY" or any(day and day[1] for day in days):
        named = [f"{_NTH.get(day[1] or '', 'some')} {_DAY_NAMES[DAYS.index(day[2])]}" for day in days if day]
        return Week(words=f"{' and '.join(named)} of the month {_clock(opens)}-{_clock(closes)}")
    hours = [span for day in days if day for span in _over_midnight(DAYS.index(day[2]), opens, closes)]
    problems = []
    if closes <= opens:
        words = f"{fields['closes_at']} is not after opens_at {fields['opens_at']}: read as the next day"
        problems.append(node.problem("closes_at", words))
    return Week(tuple(hours), problems=tuple(problems))


def _over_midnight(day: int, opens: int, closes: int) -> Hours:
    # HSDS has no 24:00, so that directories write 23:59 for the end of the day.
    closes = _MINUTES_A_DAY if closes == _MINUTES_A_DAY - 1 else closes
    if closes > opens:
        return ((day, opens, closes),)
    return ((day, opens, _MINUTES_A_DAY), *(((day + 1) % 7, 0, closes),) * (closes > 0))


def _interval(node: Node) -> int:
    text = str(node.fields.get("interval") or "1")
    return int(text) if text.isdecimal() else 0


def _clock(at: int) -> str:
    return f"{at // 60}:{at % 60:02}"
