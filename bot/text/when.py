"""When did it happen? Date and time words as residents type them, read as a span on the department's clock.

The words of each language are in `locales/<tag>/dates.yml`; this module knows only how they go together. It never
converts another calendar and never asks the clock.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

from bot.text.fold import UNSPACED, fold, western

Precise = Literal["time", "part", "day", "month", "unsure"]

_LOCALES = Path(__file__).resolve().parents[2] / "locales"
_LONGEST = 500  # characters looked at: who says when, says it early
_RECENT = timedelta(minutes=15)  # as good as "now" for whoever must decide whether it is over


@dataclass(frozen=True)
class When:
    """`start` is the first moment meant and `end` the first no longer meant, both on the department's clock; `end` is
    None for a single moment, `start` too where nothing can be known (another calendar). An hour without morning or
    afternoon is taken from 7:00 to 18:59, unless that is still to come. `said` is the part of the text that was read, as typed.
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
    tokens = _tokens(typed, words)
    try:
        span = _span(tokens, _Ground(now, words.month_first))
    except (ValueError, OverflowError):  # 31 February, the year 0: no date
        return None
    if span is None:
        return None
    said = typed[min(t.start for t in tokens if t.code != "_") : max(t.end for t in tokens if t.code != "_")]
    return When(said, span.start, span.end, span.precise, span.flags | _age(span, now))


# --- the words of a language ---


@dataclass(frozen=True)
class Lexicon:
    """The words of one language and those it borrows from, folded, each with a letter for its kind and a value."""

    month_first: bool
    phrases: dict[str, tuple[str, str]]
    lengths: dict[str, tuple[int, ...]] = field(repr=False)  # of the phrases that begin with a letter, longest first
    weak: frozenset[str] = frozenset()  # counts only alone or beside another word of time: may, sun
    marked: dict[str, frozenset[str]] = field(default_factory=dict)  # counts only when typed with its marks: tối, not toi


_KINDS = {
    "now": "K", "days": "D", "day_parts": "V", "parts": "P", "half_days": "a", "clock": "t", "periods": "R",
    "weekdays": "W", "weekdays_last_week": "w", "months": "M", "units": "u", "hour_marks": "h", "minute_marks": "i",
    "day_before": "d", "day_after": "j", "spans": "s", "ago_before": "B", "ago_after": "A", "at": "O", "from": "F",
    "to": "G", "next": "X", "half": "f", "numbers": "n", "often": "E", "skip": ".", "greetings": "_",
    "other_calendar_months": "C",
}  # fmt: skip
_MARK_UNITS = {"h": "hour", "i": "minute", "d": "day", "j": "day"}


@lru_cache(maxsize=128)
def lexicon(tag: str) -> Lexicon:
    """The date words for a language, read once; a tag without a file gets English."""
    files = _files(tag, ())
    phrases: dict[str, tuple[str, str]] = {}
    weak: set[str] = set()
    marked: dict[str, frozenset[str]] = {}
    for words in reversed(files):  # the language's own words win
        own = _phrases(words)
        borrowed_weak = {_key(word) for word in words.get("weak", ())}
        # What is doubtful in a language itself is no word of time in another.
        phrases = {key: kind for key, kind in phrases.items() if key not in weak} | own
        weak = borrowed_weak
        marked = {key: forms for key, forms in marked.items() if key not in own}
        for word in words.get("marked", ()):
            marked[_key(word)] = marked.get(_key(word), frozenset()) | {word}
    lengths: dict[str, set[int]] = {}
    for phrase in phrases:
        lengths.setdefault(phrase[0], set()).add(len(phrase))
    return Lexicon(
        month_first=files[0].get("numbers_as") == "month first",
        phrases=phrases,
        lengths={first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()},
        weak=frozenset(weak),
        marked=marked,
    )


def _files(tag: str, seen: tuple[str, ...]) -> list[dict[str, list[str]]]:
    """The file of a tag and those of the languages its speakers mix in, English last."""
    import yaml  # only at the first text in a language

    path = _LOCALES / tag / "dates.yml"
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) or not path.is_file():
        return _files("en", ()) if tag != "en" else [{}]
    words = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 - it reads everything as text
    found = [words]
    for other in [*words.get("also", ()), "en"]:
        if other not in (tag, *seen):
            found += _files(other, (*seen, tag))
    return found


def _phrases(words: dict[str, list[str]]) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for section, kind in _KINDS.items():
        listed = words.get(section, ())
        groups = listed.items() if isinstance(listed, dict) else [("", listed)]
        for value, phrases in groups:
            for phrase in phrases:
                found[_key(phrase)] = (kind, _MARK_UNITS.get(kind, value))
    return found


# --- from text to words of time ---


class _Token(NamedTuple):
    code: str
    value: str
    start: int
    end: int
    weak: bool = False


_PIECE = re.compile(r"\d+(?:[:/.\-]\d+)*|(?:[^\W\d_]|(?<=\w)[\u0300-\u036f\u0640\u064b-\u065f\u0670'’ʼ](?=\w))+|-")
_SIGNS = str.maketrans({"：": ":", "／": "/", "．": "."} | dict.fromkeys("－–—―‐‑−~～〜", "-"))
_OPEN_ENDED = re.compile(f"{UNSPACED.pattern}|[\uac00-\ud7a3]")  # scripts where the next word may follow at once
_WORD = re.compile(f"(?:(?!{_OPEN_ENDED.pattern})[^ ])+")


def _pieces(typed: str) -> list[tuple[str, int, int]]:
    pieces = []
    for found in _PIECE.finditer(western(typed).translate(_SIGNS)):
        piece = found.group()
        folded = piece if piece[0].isdigit() or piece == "-" else fold(piece)
        if folded:
            pieces.append((folded, found.start(), found.end()))
    return pieces


def _key(phrase: str) -> str:
    """A phrase as it is looked up: folded, numbers set apart."""
    return " ".join(piece for piece, _, _ in _pieces(phrase))


def _tokens(typed: str, words: Lexicon) -> list[_Token]:
    """The words of time in a text, in order; `_` stands for each run of other words."""
    line, starts, ends = "", [], []
    for folded, start, end in _pieces(typed):
        same = len(folded) == end - start
        starts += [start] * (len(line) > 0) + [start + at if same else start for at in range(len(folded))]
        ends += [end] * (len(line) > 0) + [start + at + 1 if same else end for at in range(len(folded))]
        line += (" " if line else "") + folded
    tokens: list[_Token] = []
    at = 0
    while at < len(line):
        code, value, length = _next(line, at, words)
        start, end = starts[at], ends[at + length - 1]
        key = line[at : at + length]
        if key in words.marked and typed[start:end].lower() not in words.marked[key]:
            code = "_"
        if code == "_" and tokens and tokens[-1].code == "_":
            tokens[-1] = tokens[-1]._replace(end=end, value="")
        elif code != ".":
            tokens.append(_Token(code, value, start, end, key in words.weak))
        at += length
        at += at < len(line) and line[at] == " "
    return _settled(tokens)


def _next(line: str, at: int, words: Lexicon) -> tuple[str, str, int]:
    """Kind, value and length of the longest known phrase, number or unknown word at a place."""
    for length in words.lengths.get(line[at], ()):
        phrase = line[at : at + length]
        if phrase in words.phrases:
            after = line[at + length : at + length + 1]
            if after in ("", " ") or _OPEN_ENDED.match(phrase[-1]) or _OPEN_ENDED.match(after):
                return *words.phrases[phrase], length
    if _OPEN_ENDED.match(line[at]):
        return "_", "", 1
    word = _WORD.match(line, at)
    found = word.group() if word else line[at]
    return *_number(found), len(found)


def _settled(tokens: list[_Token]) -> list[_Token]:
    """Weak words that stand among other words are no words of time."""
    settled = []
    for at, token in enumerate(tokens):
        if token.weak and len(tokens) > 1:
            beside = "".join(t.code for t in tokens[max(0, at - 1) : at] + tokens[at + 1 : at + 2])
            if not beside.strip("_EBAFGOX-"):
                token = token._replace(code="_")
        settled.append(token)
    return settled


_YEAR = re.compile(r"\d{4}")
_CLOCK_FIGURES = re.compile(r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d)?")
_DATE_FIGURES = re.compile(r"(?:(?P<y>\d{4})([/.-]))?(?P<a>\d{1,2})([/.-])(?P<b>\d{1,2})(?:\4(?P<z>\d{4}|\d{2}))?")


def _number(piece: str) -> tuple[str, str]:
    """The kind of a word that is in no list: n number, Y year, c year of another calendar, S date, T time, r two
    numbers with a dash, p two with a point, Q two times, or _.
    """
    if not piece[0].isdigit() or piece == "24/7":
        return ("-", "") if piece == "-" else ("_", "")
    if piece.isdigit() and len(piece) <= 3:
        return "n", piece
    if _YEAR.fullmatch(piece):
        return _year_kind(int(piece)), piece
    if _CLOCK_FIGURES.fullmatch(piece):
        return "T", piece
    if "-" in piece and all(_CLOCK_FIGURES.fullmatch(half) for half in piece.split("-")):
        return "Q", piece
    if not (found := _DATE_FIGURES.fullmatch(piece)):
        return "_", ""
    year = found["y"] or found["z"]
    if year is None:
        return {"/": "S", "-": "r", ".": "p"}[found[4]], piece
    kind = _year_kind(int(year)) if len(year) == 4 else "Y"
    written = f"{year}-{found['a']}-{found['b']}" if found["y"] else f"{found['a']}/{found['b']}/{year}"
    return {"Y": "S", "c": "C"}.get(kind, "_"), written


def _year_kind(year: int) -> str:
    """Hijri and Persian years are 13xx to 15xx; Nepal writes 2070 and more. Ethiopian ones look like ours."""
    if 1300 <= year < 1600 or 2070 <= year < 2100:
        return "c"
    return "Y" if 1900 <= year < 2070 else "_"


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
_DATED = re.compile("[DVWwMSR]")
_JOINT = re.compile("(?<=[^_])[G-](?=[^_])")
_AGO = re.compile("B(?:s|[nr]?[uhidj])|sA|[nr]?[uhidj]A")


def _span(tokens: Sequence[_Token], ground: _Ground) -> _Span | None:
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


def _from_to(left: Sequence[_Token], right: Sequence[_Token], ground: _Ground) -> _Span | None:
    """From one dated moment to another; the first is looked for before the second."""
    last = _span(right, ground)
    first = _span(left, ground)
    if first and last and first.start and last.start and first.start > last.start:
        first = _span(left, ground._replace(now=last.start))
    if not (first and last):
        return first or last
    precise: Precise = "time" if first.precise == last.precise == "time" else "day"
    return _Span(first.start, last.end or last.start, precise)


def _age(span: _Span, now: datetime) -> frozenset[str]:
    flags = set()
    if span.start and span.start > now:
        flags.add("future")
    if span.start and (span.end or span.start) < now - timedelta(days=365):
        flags.add("older_than_a_year")
    return frozenset(flags)


def _amount_and_unit(tokens: Sequence[_Token]) -> tuple[int, int, str]:
    """Least and most of the units a phrase counts, and the unit: "a week", "2-3 days", "يومين"."""
    for token in tokens:
        if token.code == "s":
            amount, unit = token.value.split()
            return int(amount), int(amount), unit
    unit = next(token.value for token in tokens if token.code in "uhidj")
    figures = next((token.value for token in tokens if token.code in "nr"), "1")
    least, _, most = figures.partition("-")
    return int(least), int(most or least), unit


def _moment_ago(tokens: Sequence[_Token], now: datetime) -> _Span | None:
    least, most, unit = _amount_and_unit(tokens)
    if unit not in ("minute", "hour"):
        return None
    start = now - timedelta(minutes=most * (60 if unit == "hour" else 1))
    flags = frozenset({"now"}) if now - start <= _RECENT else frozenset()
    end = None if least == most else now - timedelta(minutes=least * (60 if unit == "hour" else 1))
    return _Span(start, end, "time", flags)


# Days. Each rule gets the tokens its pattern matched; the first that gives days is taken.

_Rule = Callable[[Sequence[_Token], _Ground], _Days | None]


def _days(codes: str, tokens: Sequence[_Token], ground: _Ground) -> tuple[_Days | None, str]:
    """The days meant, and the kinds of the tokens with those used for them blanked."""
    for pattern, rule in _RULES:
        found = pattern.search(codes)
        days = rule(tokens[found.start() : found.end()], ground) if found else None
        if found and days:
            return days, codes[: found.start()] + "_" * len(found.group()) + codes[found.end() :]
    return None, codes


def _values(tokens: Sequence[_Token], codes: str) -> list[str]:
    return [token.value for token in tokens if token.code in codes]


def _one(day: date, part: str = "") -> _Days:
    return _Days(day, day + timedelta(days=1), "day", part)


def _in_figures(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
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


def _in_points(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    """05.06: a date where the day comes first."""
    if ground.month_first or not re.fullmatch(r"\d\d?\.(?:0\d|1[0-2])", tokens[0].value):
        return None
    return _in_figures(tokens, ground)


def _in_words(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
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


def _days_ago(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    least, most, unit = _amount_and_unit(tokens)
    if unit in ("day", "week"):
        length = 7 if unit == "week" else 1
        first, last = (ground.today - timedelta(days=many * length) for many in (most, least))
        return _Days(first, last + timedelta(days=1), "day" if least == most else "unsure")
    return _period(-most, unit, ground)


def _named_day(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    away, _, part = tokens[0].value.partition(" ")
    return _one(ground.today + timedelta(days=int(away)), part)


_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _weekday(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    """The last such day before today; the coming one after "next"; the one of the week that is named."""
    wanted = _WEEK.index(_values(tokens, "Ww")[0])
    today = ground.today.weekday()
    if any(token.code == "X" for token in tokens):
        return _one(ground.today + timedelta(days=(wanted - today - 1) % 7 + 1))
    weeks = _values(tokens, "R") or (["-1 week"] if tokens[0].code == "w" else [])
    if weeks and weeks[0].endswith(" week"):
        return _one(ground.today + timedelta(days=wanted - today + 7 * int(weeks[0].split()[0])))
    return _one(ground.today - timedelta(days=(today - wanted - 1) % 7 + 1))


def _named_period(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    away, unit = tokens[0].value.split()
    return _period(int(away), unit, ground)


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


def _in_month(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    month, year = int(_values(tokens, "M")[0]), _values(tokens, "Y")
    if year:
        return _month(int(year[0]) * 12 + month - 1)
    return _month((ground.today.year - (month > ground.today.month)) * 12 + month - 1)


def _in_year(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
    return _period(int(_values(tokens, "Y")[0]) - ground.today.year, "year", ground)


def _of_month(tokens: Sequence[_Token], ground: _Ground) -> _Days | None:
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
        ("Yu?Mnj?", _in_words),
        ("(?<!O)nj?Mu?Y?", _in_words),
        ("Mn(?![ah])j?u?Y?", _in_words),
        (_AGO.pattern, _days_ago),
        ("[DV]", _named_day),
        ("XW|WX|[RX]W|WR|w|W", _weekday),
        ("R", _named_period),
        ("Mu?Y|Yu?M|M", _in_month),
        ("dn|nj", _of_month),
        ("^Y$|Yu|uY", _in_year),
    )
)


# Times of the day, in minutes since midnight; from 1440 on they are in the night that follows.


class _Clock(NamedTuple):
    minute: int
    part: str = ""
    firm: bool = False  # said on the 24-hour clock

    @property
    def settled(self) -> bool:
        return self.firm or bool(self.part)


# Hours a part of the day means by itself, and hours a clock time said with it lies in.
_PARTS = {
    "early": (0, 6, 0, 12),
    "morning": (5, 12, 0, 12),
    "noon": (11, 14, 11, 15),
    "afternoon": (12, 18, 12, 24),
    "evening": (17, 23, 16, 25),
    "night": (18, 30, 18, 30),
    "am": (0, 12, 0, 12),
    "pm": (12, 24, 12, 24),
}

_TIME = "P?O*(?:[Tt]|nhn?i?f?|nf|fn)[aP]?|O+[np]f?[aP]?|[np]f?a"
_TIMES = re.compile(
    f"(?:{_TIME})[GO-]*(?:{_TIME})|F[OP]*[np]f?[aP]?[GO-]+(?:{_TIME}|[np])|[np][G-]O*[np][aPh]+|^n[G-]n[aP]?$"
    f"|P?O*Q[aP]?|[OFP]+r[aP]?|r[ahP]+|{_TIME}"
)


def _within(days: _Days | None, codes: str, tokens: Sequence[_Token], ground: _Ground) -> _Span | None:
    """The days narrowed by what is said about the time of the day."""
    several = days is not None and days.after - days.first > timedelta(days=1)
    found = _TIMES.search(codes)
    clocks = _clocks(tokens[found.start() : found.end()]) if found and not several else []
    part = _part(days, codes, tokens, bool(clocks))
    if clocks:
        return _timed(days, clocks, part, ground)
    if part and not several:
        first, after = _PARTS[part][:2]
        day = days.first if days else ground.today
        if days is None and _at(day, first * 60, ground) > ground.now:
            day -= timedelta(days=1)
        return _Span(_at(day, first * 60, ground), _at(day, after * 60, ground), "part")
    if days is None:
        return None
    return _Span(_at(days.first, 0, ground), _at(days.after, 0, ground), days.precise)


def _part(days: _Days | None, codes: str, tokens: Sequence[_Token], timed: bool) -> str:
    if days and days.part:
        return days.part
    wanted = "P" if timed or days is None else "Pa"
    return next((tokens[at].value for at, code in enumerate(codes) if code in wanted), "")


def _clocks(tokens: Sequence[_Token]) -> list[_Clock]:
    """The clock times in some tokens, each with the part of the day said right beside it; impossible ones left out."""
    clocks: list[_Clock] = []
    part, minutes, before = "", 0, ""
    for token in tokens:
        if token.code in "TtpQr":
            for figures in token.value.split("-"):
                hour, _, minute = figures.replace(".", ":").partition(":")
                firm = token.code == "t" or len(hour) == 2 and hour[0] == "0"
                clocks.append(_Clock(int(hour) * 60 + int(minute[:2] or 0), part, firm))
                part = ""
        elif token.code == "n" and before == "h" and clocks:
            clocks[-1] = clocks[-1]._replace(minute=clocks[-1].minute + min(int(token.value), 59))
        elif token.code == "n":
            clocks.append(_Clock(int(token.value) * 60 + minutes, part))
            part, minutes = "", 0
        elif token.code == "f" and before in ("n", "h") and clocks:
            clocks[-1] = clocks[-1]._replace(minute=clocks[-1].minute + int(token.value))
        elif token.code == "f":
            minutes = int(token.value)
        elif token.code in "aP" and clocks and before not in "GO-":
            clocks[-1] = clocks[-1]._replace(part=token.value)
        elif token.code in "aP":
            part = token.value
        before = token.code
    return [clock._replace(firm=clock.firm or clock.minute >= 780) for clock in clocks[:2] if clock.minute <= 1440]


def _timed(days: _Days | None, clocks: list[_Clock], part: str, ground: _Ground) -> _Span:
    begin, until = _minutes(clocks[0], part), None
    if len(clocks) == 2:
        begin, until = _between(clocks[0], clocks[1], part)
    day = days.first if days else ground.today
    open_half = not (clocks[0].settled or part or clocks[-1].settled)
    if day == ground.today and _at(day, begin, ground) > ground.now:
        if open_half and begin >= 720:
            begin, until = begin - 720, until - 720 if until else None
        if days is None and _at(day, begin, ground) > ground.now:
            day -= timedelta(days=1)
    end = None if until is None else _at(day, until, ground)
    return _Span(_at(day, begin, ground), end, "time")


def _minutes(clock: _Clock, part: str) -> int:
    """A clock time in the part of the day said beside it, else in that of the day, else in waking hours."""
    if clock.firm:
        return clock.minute
    least, most = _PARTS[clock.part or part][2:] if clock.part or part else (7, 19)
    for minute in range(clock.minute % 720, 2160, 720):
        if least * 60 <= minute < most * 60:
            # "2 at night" said of a day is that day's; only "last night at 2" is the day after.
            return minute - 1440 if clock.part and minute > 1440 else minute
    return clock.minute


def _between(first: _Clock, last: _Clock, part: str) -> tuple[int, int]:
    """Two times in order: the one that says its half of the day settles the other."""
    if last.settled and not first.settled:
        until = _minutes(last, part)
        begin = until - ((until - first.minute - 1) % 720 + 1)
        return (begin, until) if begin >= 0 else (begin + 1440, until + 1440)
    begin = _minutes(first, part)
    step = 1440 if last.settled else 720
    end = _minutes(last, part) if last.settled else last.minute
    return begin, begin + (end - begin - 1) % step + 1


def _at(day: date, minute: int, ground: _Ground) -> datetime:
    return datetime.combine(day + timedelta(days=minute // 1440), time(minute % 1440 // 60, minute % 60), ground.now.tzinfo)
