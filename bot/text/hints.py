"""Find what somebody wants in what they write: phrases searched anywhere in a text, longest first.

A hint is words; a * at the start or end of a word stands for any letters. In scripts without spaces a hint is found
inside the run of letters.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from bot.text.fold import UNSPACED, fold

Key = TypeVar("Key", bound=Hashable)
_LONGEST = 600  # characters looked at; wishes stand at the beginning


def phrases(line: str) -> list[str]:
    """The phrases of one `a|b|c` list."""
    return [part.strip() for part in line.split("|") if part.strip()]


class Hints(Generic[Key]):
    """Keys, each found by its hints. Built once for a language, asked at every free text."""

    def __init__(self, hints: Iterable[tuple[Key, Iterable[str]]]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], int, Key, int]]] = {}
        self._starred: dict[str, list[tuple[tuple[str, ...], int, Key, int]]] = {}
        self._inside: list[tuple[str, int, Key]] = []
        self._loose: list[tuple[tuple[str, ...], int, Key, int]] = []
        for rank, (key, lines) in enumerate(hints):
            for line in lines:
                self._add(line, key, rank)

    def _add(self, line: str, key: Key, rank: int) -> None:
        words = tuple(part for word in line.split() for part in _parts(word))
        plain = "".join(words).replace("*", "")
        if not plain:
            return
        if UNSPACED.search(plain):
            self._inside.append((plain, rank, key))
            return
        entry = (words, rank, key, len(plain))
        first = words[0]
        if first.startswith("*"):
            self._loose.append(entry)
        elif first.endswith("*"):
            self._starred.setdefault(first[:-1], []).append(entry)
        else:
            self._exact.setdefault(first, []).append(entry)

    def best(self, text: str) -> Key | None:
        """The key of the longest hint in the text; of equally long ones the first key; None if there is none."""
        folded = fold(text[:_LONGEST])
        words = folded.split()
        best: tuple[int, int] | None = None
        found: Key | None = None
        for at, word in enumerate(words):
            entries = list(self._exact.get(word, ()))
            for end in range(2, len(word) + 1):
                entries += self._starred.get(word[:end], ())
            entries += self._loose
            for parts, rank, key, length in entries:
                if (best is None or (length, -rank) > best) and _fits(parts, words, at):
                    best, found = (length, -rank), key
        if self._inside and UNSPACED.search(folded):
            run = "".join(words)
            for plain, rank, key in self._inside:
                weight = 2 * len(plain)  # a character of these scripts says about two letters
                if plain in run and (best is None or (weight, -rank) > best):
                    best, found = (weight, -rank), key
        return found


def _parts(word: str) -> list[str]:
    """A word of a hint as texts are split: `u-visa` is two; the stars stay at the ends."""
    parts = fold(word).split()
    if parts and word.startswith("*"):
        parts[0] = f"*{parts[0]}"
    if parts and word.endswith("*"):
        parts[-1] = f"{parts[-1]}*"
    return parts


def _fits(parts: tuple[str, ...], words: list[str], at: int) -> bool:
    if at + len(parts) > len(words):
        return False
    return all(_matches(part, words[at + n]) for n, part in enumerate(parts))


def _matches(part: str, word: str) -> bool:
    if part[-1] == "*":
        return part[1:-1] in word if part[0] == "*" else word.startswith(part[:-1])
    return word.endswith(part[1:]) if part[0] == "*" else word == part
