"""When did it happen? Date and time words as residents type them, read as a span on the department's clock.

The words of each language are in `locales/<tag>/dates.yml`; this module knows only how they go together. It never
converts another calendar and never asks the clock.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, NamedTuple

from bot.text import clock
from bot.text.date_words import Token, lexicon, tokens

Precise = Literal["time", "part", "day", "month", "unsure"]

_LONGEST = 500  # characters looked at: who says when, says it early
_RECENT = timedelta(minutes=15)  # as good as "now" for whoever must decide whether it is over


@dataclass(frozen=True)
class When:
    """`start` is the first moment meant and `end` the first no longer meant, both on the department's clock; `end` is
    None for a single moment, `start` too where nothing can be known (another calendar). An hour without morning or
    afternoon is taken from 7:00 to 18:59, unless that is still to come. `said` is the part that was read, as typed.
    """

    said: str
    start: datetime | None
    end: datetime | None
    precise: Precise
    flags: frozenset[str] = frozenset()  # of future, older_than_a_year, other_calendar, now


def understand(text: str, tag: str, now: datetime) -> When | None:
    """When a text says something happened, or None if it names no time. `tag` is the language the resident writes;
    English and numbers are always understood. `now` is aware, in the department's time zone.

    >>> from datetime import UTC
    >>> understand("ayer a las 3", "es", datetime(2026, 3, 10, 18, tzinfo=UTC)).start
    datetime.datetime(2026, 3, 9, 15, 0, tzinfo=datetime.timezone.utc)
    """
    words = lexicon(tag)
    typed = unicodedata.normalize("NFC", text[:_LONGEST])
    found = tokens(typed, words)
    try:
        span = _span([token for token in found if token.code != "."], _Ground(now, words.month_first))
    except (ValueError, OverflowError):  # 31 February, the year 0: no date
        return None
    if span is None:
        return None
    return When(_said(typed, found), span.start, span.end, span.precise, span.flags | _age(span, now))


_SAYS_LITTLE = "nYcrpGFOEABXuhidjof-"  # kinds that by themselves say nothing of time


def _said(typed: str, found: Sequence[Token]) -> str:
    """From the first to the last word of time, with the little words before and after that belong to them."""
    runs: list[list[Token]] = [[]]
    for token in found:
        if token.code == "_":
            runs.append([])
        elif runs[-1] or token.code not in "coj":
            runs[-1].append(token)
    telling = [run for run in runs if _tells("".join(token.code for token in run if token.code != "."))] or [
        list(found)
    ]
    last = telling[-1]
    while (
        last[-1].code == "." and len(last) > 1 and last[-1].end - last[-1].start <= 3 and last[-1].start > last[-2].end
    ):
        last = last[:-1]  # "yesterday in the"
    return typed[telling[0][0].start : last[-1].end]


def _tells(codes: str) -> bool:
    return bool(codes.strip(_SAYS_LITTLE) or clock.TIMES.search(codes) or _AGO.search(codes))


# --- from words of time to a span: rules over the string of their kinds ---


class _Ground(NamedTuple):
    now: datetime
    month_first: bool

    @property
    def today(self) -> date:
        return self.now.date()


class _Span(NamedTuple):
    start: datetime | None
    end: datetime | None
    precise: Precise
    flags: frozenset[str] = frozenset()


class _Days(NamedTuple):
    first: date
    after: date
    precise: Precise = "day"
    part: str = ""


_OTHER_CALENDAR = re.compile("C|[Mu]c|c[Mu]|^c$")
_DATED = re.compile("[DVWwMSRU]")
_JOINT = re.compile("(?<=[^_])(?:[G-](?=[^_])|O(?=[DVWS]))")
_AGO = re.compile("B(?:s|[nr]?[uhidj])|sA|[nr]?[uhidj]A")


def _span(tokens: Sequence[Token], ground: _Ground) -> _Span | None:
    codes = "".join(token.code for token in tokens)
    if _OTHER_CALENDAR.search(codes):
        return _Span(None, None, "unsure", frozenset({"other_calendar"}))
    for joint in _JOINT.finditer(codes):
        if _DATED.search(codes, 0, joint.start()) and _DATED.search(codes, joint.end()):
            return _from_to(tokens[: joint.start()], tokens[joint.end() :], ground)
    if ago := _AGO.search(codes):
        moment = _moment_ago(tokens[ago.start() : ago.end()], ground.now)
        if moment:
            return moment
    days, rest = _days(codes, tokens, ground)
    if days is None and "K" in codes:
        return _Span(ground.now, None, "time", frozenset({"now"}))
    span = _within(days, rest, tokens, ground)
    return span._replace(precise="unsure") if span and "E" in codes else span


def _from_to(left: Sequence[Token], right: Sequence[Token], ground: _Ground) -> _Span | None:
    """From one dated moment to another; the first is looked for before the second."""
    last = _span(right, ground)
    first = _span(left, ground)
    if first and last and first.start and last.start and first.start > last.start:
        before = _span(left, ground._replace(now=last.start))
        first = before if before and before.start and before.start <= last.start else first
    if not (first and last):
        return first or last
    end = last.end or last.start
    if first.start and end and end <= first.start:  # "tomorrow until yesterday"
        return first._replace(precise="unsure")
    precise: Precise = "time" if first.precise == last.precise == "time" else "day"
    return _Span(first.start, end, precise)


def _age(span: _Span, now: datetime) -> frozenset[str]:
    flags = set()
    if span.start and span.start > now:
        flags.add("future")
    if span.start and (span.end or span.start) < now - timedelta(days=365):
        flags.add("older_than_a_year")
    return frozenset(flags)


def _amount_and_unit(tokens: Sequence[Token]) -> tuple[int, int, str]:
    """Least and most of the units a phrase counts, and the unit: "a week", "2-3 days", "يومين"."""
    for token in tokens:
        if token.code == "s":
            amount, unit = token.value.split()
            return int(amount), int(amount), unit
    unit = next(token.value for token in tokens if token.code in "uhidjU")
    figures = next((token.value for token in tokens if token.code in "nr"), "1")
    least, _, most = figures.partition("-")
    return int(least), int(most or least), unit


def _moment_ago(tokens: Sequence[Token], now: datetime) -> _Span | None:
    least, most, unit = _amount_and_unit(tokens)
    if unit not in ("minute", "hour"):
        return None
    longest, shortest = (timedelta(minutes=many * (60 if unit == "hour" else 1)) for many in (most, least))
    flags = frozenset({"now"}) if longest <= _RECENT else frozenset()
    return _Span(_before(now, longest), None if least == most else _before(now, shortest), "time", flags)


def _before(now: datetime, ago: timedelta) -> datetime:
    """Elapsed time, also over the night the clocks change."""
    return (now.astimezone(UTC) - ago).astimezone(now.tzinfo)


# Days. Each rule gets the tokens its pattern matched; the first that gives days is taken.

_Rule = Callable[[Sequence[Token], _Ground], _Days | None]


def _days(codes: str, tokens: Sequence[Token], ground: _Ground) -> tuple[_Days | None, str]:
    """The days meant, and the kinds of the tokens with those used for them blanked."""
    for pattern, rule in _RULES:
        found = pattern.search(codes)
        days = rule(tokens[found.start() : found.end()], ground) if found else None
        if found and days:
            return days, codes[: found.start()] + "_" * len(found.group()) + codes[found.end() :]
    return None, codes


def _values(tokens: Sequence[Token], codes: str) -> list[str]:
    return [token.value for token in tokens if token.code in codes]


def _one(day: date, part: str = "") -> _Days:
    return _Days(day, day + timedelta(days=1), "day", part)


def _in_figures(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    """2026-06-05, 6/5/2026, 6/5: in the order of the language, unless only the other one is a date."""
    figures = [int(part) for part in re.split("[-/.]", tokens[0].value)]
    if "-" in tokens[0].value:
        return _dated(figures[1], figures[2], figures[0], ground)
    month, day = (figures[0], figures[1]) if ground.month_first else (figures[1], figures[0])
    if month > 12 and day <= 12:
        month, day = day, month
    if month > 12 or day > 31:
        return None
    return _dated(month, day, figures[2] if len(figures) > 2 else None, ground)


def _in_points(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    """05.06: a date where the day comes first."""
    if ground.month_first or not re.fullmatch(r"\d\d?\.(?:0\d|1[0-2])", tokens[0].value):
        return None
    return _in_figures(tokens, ground)


def _in_words(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    month, day, year = _values(tokens, "M"), _values(tokens, "n"), _values(tokens, "Y")
    return _dated(int(month[0]), int(day[0]), int(year[0]) if year else None, ground)


def _dated(month: int, day: int, year: int | None, ground: _Ground) -> _Days | None:
    """A date; without a year the last such one, but if that is eleven months ago rather the coming one."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    if year is not None:
        return _one(date(year + 2000 if year < 100 else year, month, day))
    for candidate in range(ground.today.year + 1, ground.today.year - 9, -1):
        if day == 29 and month == 2 and candidate % 4:
            continue
        found = date(candidate, month, day)
        if found <= ground.today + timedelta(days=30):
            return _one(found)
    return None


def _days_ago(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    least, most, unit = _amount_and_unit(tokens)
    if unit in ("day", "week"):
        length = 7 if unit == "week" else 1
        first, last = (ground.today - timedelta(days=many * length) for many in (most, least))
        return _Days(first, last + timedelta(days=1), "day" if least == most else "unsure")
    return _period(-most, unit, ground)


def _named_day(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    away, _, part = tokens[0].value.partition(" ")
    return _one(ground.today + timedelta(days=int(away)), part)


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    """The last such day before today; the coming one after "next"; the one of the week that is named."""
    wanted = _WEEK.index(_values(tokens, "Ww")[0])
    today = ground.today.weekday()
    if any(token.code == "X" for token in tokens):
        return _one(ground.today + timedelta(days=(wanted - today - 1) % 7 + 1))
    weeks = _values(tokens, "R") or ["-1 " + unit for unit in _values(tokens, "U")]
    away, _, unit = ("-1 week" if tokens[0].code == "w" else weeks[0] if weeks else "").partition(" ")
    if unit == "week":
        return _one(ground.today + timedelta(days=wanted - today + 7 * int(away)))
    return _one(ground.today - timedelta(days=(today - wanted - 1) % 7 + 1))


def _named_period(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    away, _, unit = tokens[0].value.rpartition(" ")
    return _period(int(away or -1), unit, ground)


def _period(away: int, unit: str, ground: _Ground) -> _Days | None:
    monday = ground.today - timedelta(days=ground.today.weekday())
    if unit == "week":
        first = monday + timedelta(days=7 * away)
        return _Days(first, first + timedelta(days=7), "unsure")
    if unit == "weekend":
        first = monday + timedelta(days=7 * away + 5)
        return _Days(first, first + timedelta(days=2), "unsure")
    if unit == "year":
        year = ground.today.year + away
        return _Days(date(year, 1, 1), date(year + 1, 1, 1), "unsure")
    return _month(ground.today.year * 12 + ground.today.month - 1 + away)


def _month(months: int) -> _Days:
    """A month by its count from the year 0."""
    first, after = (date(count // 12, count % 12 + 1, 1) for count in (months, months + 1))
    return _Days(first, after, "month")


def _in_month(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    month, year = int(_values(tokens, "M")[0]), _values(tokens, "Y")
    if year:
        return _month(int(year[0]) * 12 + month - 1)
    return _month((ground.today.year - (month > ground.today.month)) * 12 + month - 1)


def _in_year(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    return _period(int(_values(tokens, "Y")[0]) - ground.today.year, "year", ground)


def _of_month(tokens: Sequence[Token], ground: _Ground) -> _Days | None:
    """The last such day: "5号", "ngày 5"."""
    wanted = int(_values(tokens, "n")[0])
    day = ground.today
    while 1 <= wanted <= 31 and day.day != wanted:
        day -= timedelta(days=1)
    return _one(day) if 1 <= wanted <= 31 else None


_RULES: tuple[tuple[re.Pattern[str], _Rule], ...] = tuple(
    (re.compile(pattern), rule)
    for pattern, rule in (
        ("S", _in_figures),
        ("(?<![OF])p(?!a)", _in_points),
        ("Yu?Mn[jo]?", _in_words),
        ("(?<!O)n[jo]?Mu?Y?", _in_words),
        ("Mn(?![ah])[jo]?u?Y?", _in_words),
        (_AGO.pattern, _days_ago),
        ("nU", _days_ago),
        ("[DV]", _named_day),
        ("XW|WX|[RU]W|W[RU]|w|W", _weekday),
        ("[RU]", _named_period),
        ("Mu?Y|Yu?M|M", _in_month),
        ("dn|nj|^no$", _of_month),
        ("^Y$|Yu|uY", _in_year),
    )
)


# The time of the day.

_BARE = re.compile("O+n")


def _within(days: _Days | None, codes: str, tokens: Sequence[Token], ground: _Ground) -> _Span | None:
    """The days narrowed by what is said about the time of the day."""
    several = days is not None and days.after - days.first > timedelta(days=1)
    found = clock.TIMES.search(codes)
    # "at 5 Main Street" names no hour, unless there is a day to go with it.
    place = found and days is None and _BARE.fullmatch(found.group()) and codes[found.end() : found.end() + 1] == "_"
    clocks = clock.clocks(tokens[found.start() : found.end()]) if found and not several and not place else []
    part = _part(days, codes, tokens, bool(clocks))
    if clocks:
        return _timed(days, clocks, part, ground)
    if part and not several:
        first, after = clock.PARTS[part][:2]
        day = days.first if days else ground.today
        if days is None and _at(day, first * 60, ground) > ground.now:
            day -= timedelta(days=1)
        return _Span(_at(day, first * 60, ground), _at(day, after * 60, ground), "part")
    if days is None:
        return None
    return _Span(_at(days.first, 0, ground), _at(days.after, 0, ground), days.precise)


def _part(days: _Days | None, codes: str, tokens: Sequence[Token], timed: bool) -> str:
    if days and days.part:
        return days.part
    wanted = "P" if timed or days is None else "Pa"
    return next((tokens[at].value for at, code in enumerate(codes) if code in wanted), "")


def _timed(days: _Days | None, clocks: list[clock.Clock], part: str, ground: _Ground) -> _Span:
    begin, until = clock.minutes_of(clocks[0], part), None
    if len(clocks) == 2:
        begin, until = clock.between(clocks[0], clocks[1], part)
    day = days.first if days else ground.today
    open_half = not (clocks[0].settled or part or clocks[-1].settled)
    if day == ground.today and _at(day, begin, ground) > ground.now:
        if open_half and begin >= 720:
            begin, until = begin - 720, until - 720 if until else None
        if days is None and _at(day, begin, ground) > ground.now:
            day -= timedelta(days=1)
    end = None if until is None else _at(day, until, ground)
    return _Span(_at(day, begin, ground), end, "time")


def _at(day: date, minute: int, ground: _Ground) -> datetime:
    return datetime.combine(
        day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), ground.now.tzinfo
    )
