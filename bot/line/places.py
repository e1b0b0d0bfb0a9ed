"""Where a place lies that a resident named: a ZIP code, a neighbourhood, a town, under any of its names, a little
misspelt, alone or within a sentence. Knows only the places the department has listed; asks no map of anybody."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.model import Spot
from bot.store import places as store
from bot.store.kept import kept
from bot.store.places import Place
from bot.text.fold import UNSPACED, fold

if TYPE_CHECKING:
    from bot.hotline import Hotline

_MOST_WORDS = 40  # of a text that are looked through
_FEW_WORDS = 6  # in which a misspelt name is looked for: a long text is about something else
# Korean words carry their endings with them: names are looked for inside.
_HANGUL = re.compile(r"[\uac00-\ud7a3]")


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    names: dict[str, Place]
    inside: tuple[str, ...]  # names that stand within longer words, longest first
    longest: int  # words of the longest name


def place(hotline: "Hotline", text: str) -> tuple[str, Spot] | None:
    """The name and the middle of the place a text names; None if it names none of ours, or two as likely."""
    known = _gazetteer(hotline.db)
    folded = fold(text)
    found = known.names.get(folded)
    if found is None:
        words = folded.split()[:_MOST_WORDS]
        named = [*_spelt(known, words), *_within(known, "".join(words))] or _misspelt(known, words)
        # Whoever names the city and a part of it means the part.
        parts = [one for one in named if one.name != hotline.config.department_city]
        found = next(iter(parts or named), None)
    return (found.name, found.spot) if found else None


def _spelt(known: _Gazetteer, words: Sequence[str]) -> Iterator[Place]:
    """Names among the words, those of most words first."""
    for size in range(min(known.longest, len(words)), 0, -1):
        for window in _windows(words, size):
            if window in known.names:
                yield known.names[window]


def _within(known: _Gazetteer, text: str) -> Iterator[Place]:
    return (known.names[name] for name in known.inside if name in text)


def _misspelt(known: _Gazetteer, words: Sequence[str]) -> list[Place]:
    """The one place with a name so close that it must be meant."""
    close: dict[str, int] = {}
    if len(words) > _FEW_WORDS:
        return []
    for name, one in known.names.items():
        allowed = _slips(name)
        if not allowed:
            continue
        for window in _windows(words, name.count(" ") + 1):
            slips = _distance(name, window, allowed)
            if slips <= allowed:
                close[one.name] = min(slips, close.get(one.name, slips))
    least = min(close.values(), default=0)
    nearest = [known.names[fold(name)] for name, slips in close.items() if slips == least]
    return nearest if len(nearest) == 1 else []


def _slips(name: str) -> int:
    """How many letters may be wrong: none in short names and numbers, which one letter turns into another."""
    letters = len(name.replace(" ", ""))
    return 0 if letters < 5 or name.isdecimal() else 1 if letters < 9 else 2


def _windows(words: Sequence[str], size: int) -> Iterator[str]:
    return (" ".join(words[at : at + size]) for at in range(len(words) - size + 1))


def _distance(one: str, other: str, allowed: int) -> int:
    """Letters added, left out, replaced or swapped with the next; `allowed` + 1 if there are more.

    >>> _distance("eastgate", "estgate", 2), _distance("eastgate", "eastgaet", 2), _distance("old", "mill", 1)
    (1, 1, 2)
    """
    if abs(len(one) - len(other)) > allowed:
        return allowed + 1
    before, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        line = [row] + [0] * len(other)
        for column, mine in enumerate(other, 1):
            line[column] = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (letter != mine))
            if row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == mine:
                line[column] = min(line[column], before[column - 2] + 1)
        if min(line) > allowed:
            return allowed + 1
        before, last = last, line
    return last[-1]


def _arrange(places: Iterable[Place]) -> _Gazetteer:
    names = {name: one for one in places for name in one.folded}
    inside = [name for name in names if len(name) > 1 and (UNSPACED.search(name) or _HANGUL.search(name))]
    longest = max((name.count(" ") + 1 for name in names), default=0)
    return _Gazetteer(names, tuple(sorted(inside, key=len, reverse=True)), longest)


_gazetteer = kept(store.VERSION_SQL, store.all_places, _arrange)
