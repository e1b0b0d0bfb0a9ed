"""Words of time: the lists in `locales/<tag>/dates.yml`, and the tokens they turn a text into.

Knows single words and phrases of each language; what they mean together is for `when.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.text.fold import UNSPACED, fold, western

_Kind = tuple[str, str]  # a letter for what a word says, and what exactly
_File = Mapping[str, Any]  # lists of phrases, some by value

_LOCALES = Path(__file__).resolve().parents[2] / "locales"


@dataclass(frozen=True)
class Lexicon:
    """The words of one language and those it borrows from, folded, each with a letter for its kind and a value."""

    month_first: bool
    phrases: dict[str, _Kind]
    lengths: dict[str, tuple[int, ...]] = field(repr=False)  # of the phrases that begin with a letter, longest first
    weak: frozenset[str] = frozenset()  # counts only alone or beside another word of time: may, sun
    # Words that fold to the same letters as others and count only when typed with their marks: tối, not toi or tới.
    marked: dict[str, dict[str, _Kind]] = field(default_factory=dict)


KINDS = {
    "now": "K", "days": "D", "day_parts": "V", "parts": "P", "half_days": "a", "clock": "t", "periods": "R",
    "weekdays": "W", "weekdays_last_week": "w", "months": "M", "units": "u", "hour_marks": "h", "minute_marks": "i",
    "day_before": "d", "day_after": "j", "spans": "s", "ago_before": "B", "ago_after": "A", "at": "O", "from": "F",
    "to": "G", "next": "X", "half": "f", "numbers": "n", "often": "E", "units_ago": "U", "ordinals": "o",
    "skip": ".", "greetings": "_", "other_calendar_months": "C",
}  # fmt: skip
_MARK_UNITS = {"h": "hour", "i": "minute", "d": "day", "j": "day"}


@lru_cache(maxsize=128)
def lexicon(tag: str) -> Lexicon:
    """The date words for a language, read once; a tag without a file gets English."""
    files = _files(tag, ())
    phrases: dict[str, _Kind] = {}
    weak: set[str] = set()
    marked: dict[str, dict[str, _Kind]] = {}
    for words in reversed(files):  # the language's own words win
        own, marked = _phrases(words)
        # What is doubtful in its own language is no word of time in another.
        phrases = {key: kind for key, kind in phrases.items() if key not in weak} | own
        weak = {_key(word) for word in words.get("weak", ())}
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


def _files(tag: str, seen: tuple[str, ...]) -> list[_File]:
    """The file of a tag and those of the languages its speakers mix in, English last."""
    import yaml  # only at the first text in a language

    path = _LOCALES / tag / "dates.yml"
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) or not path.is_file():
        # A region or script we have no file for: its language; else English.
        return _files(tag.rpartition("-")[0] or "en", seen) if tag != "en" else [{}]
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # everything is text: no "no" turned into false
    words = yaml.load(path.read_text("utf-8"), loader)
    found = [words]
    for other in [*words.get("also", ()), "en"]:
        if other not in (tag, *seen):
            found += _files(other, (*seen, tag))
    return found


def _phrases(words: _File) -> tuple[dict[str, _Kind], dict[str, dict[str, _Kind]]]:
    """The kinds of the phrases of a file, and of those that need their marks by each way of typing them."""
    phrases: dict[str, _Kind] = {}
    marked: dict[str, dict[str, _Kind]] = {_key(word): {} for word in words.get("marked", ())}
    for section, code in KINDS.items():
        listed = words.get(section, ())
        for value, listing in listed.items() if isinstance(listed, dict) else [("", listed)]:
            for phrase in listing:
                key, kind = _key(phrase), (code, _MARK_UNITS.get(code, value))
                if key in marked:
                    marked[key][phrase] = kind
                    kind = ("_", "")
                phrases[key] = kind
    return phrases, marked


# --- from text to words of time ---


class Token(NamedTuple):
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


def tokens(typed: str, words: Lexicon) -> list[Token]:
    """The words of a text in order, each with its kind: `_` for those that say nothing of time, `.` for little ones
    that may stand between those that do.
    """
    line, starts, ends = _line(typed)
    found: list[Token] = []
    at = 0
    while at < len(line):
        code, value, length = _next(line, at, words)
        start, end = starts[at], ends[at + length - 1]
        key = line[at : at + length]
        if key in words.marked:
            code, value = words.marked[key].get(typed[start:end].lower(), ("_", ""))
        if code == "_" and found and found[-1].code == "_":
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(Token(code, value, start, end, key in words.weak))
        at += length
        at += at < len(line) and line[at] == " "
    return _settled(found)


def _line(typed: str) -> tuple[str, list[int], list[int]]:
    """The folded pieces in one line, and where in the text each character of it begins and ends."""
    line = ""
    starts: list[int] = []
    ends: list[int] = []
    for folded, start, end in _pieces(typed):
        if line:
            line, starts, ends = line + " ", [*starts, start], [*ends, start]
        same = len(folded) == end - start
        starts += range(start, end) if same else [start] * len(folded)
        ends += range(start + 1, end + 1) if same else [end] * len(folded)
        line += folded
    return line, starts, ends


def _next(line: str, at: int, words: Lexicon) -> tuple[str, str, int]:
    """Kind, value and length of the longest known phrase, number or unknown word at a place."""
    for length in words.lengths.get(line[at], ()):
        phrase = line[at : at + length]
        if len(phrase) == length and phrase in words.phrases:
            after = line[at + length : at + length + 1]
            if after in ("", " ") or _OPEN_ENDED.match(phrase[-1]) or _OPEN_ENDED.match(after):
                return *words.phrases[phrase], length
    if _OPEN_ENDED.match(line[at]):
        return "_", "", 1
    word = _WORD.match(line, at)
    found = word.group() if word else line[at]
    return *_number(found), len(found)


def _settled(found: list[Token]) -> list[Token]:
    """Weak words that stand among other words are no words of time."""
    settled = []
    for at, token in enumerate(found):
        if token.weak and len(found) > 1:
            before = next((other.code for other in reversed(found[:at]) if other.code not in ".O"), "_")
            after = next((other.code for other in found[at + 1 :] if other.code not in ".O"), "_")
            if before in _ALONE and after in _ALONE:
                token = token._replace(code="_")
        settled.append(token)
    return settled


_ALONE = "_EBAFGX-"  # kinds that make no weak word firm


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
    if year is None and found[4] == "." and not re.fullmatch(r"\d+\.[0-5]\d", piece):
        return "_", ""  # 3.5
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
