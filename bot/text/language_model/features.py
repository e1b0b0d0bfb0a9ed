"""What the model sees of a text: hashed stretches of one to five letters, and whole words.

Trainer and line both come through here, so that a weight means the same in both. Knows no language.
"""

import re
import unicodedata

import numpy as np
from numpy.typing import NDArray

MOST_LETTERS = 240  # of a text: language is settled long before, and time stays bounded
LONGEST = 5
SPACE = 32
Places = NDArray[np.int64]

_APOSTROPHES = "'’‘ʼʻˈʹ`´ʽˊꞌ′"
_MULTIPLIER = 0x9E3779B97F4A7C15
_WORD_SALT = np.uint64(0xD6E8FEB86659FD93)
_PAIR_SALT = np.uint64(0xA24BAED4963EE407)
_MIX = np.uint64(0xFF51AFD7ED558CCD)
_INVERSE = pow(_MULTIPLIER, -1, 2**64)


class _Letters(dict[int, str | None]):
    """Letter by letter what a text is reduced to; filled as letters are met."""

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        kind = unicodedata.category(char)
        plain: str | None = " "
        if char in _APOSTROPHES:
            plain = "'"
        elif 0x064B <= code <= 0x0652 or code in (0x0640, 0x0670) or kind == "Cf" or 0xFE00 <= code <= 0xFE0F:
            plain = None  # Arabic vowel signs and stretch marks, joiners, variants: seldom typed
        elif kind[0] in "LM":
            plain = char
        self[code] = plain
        return plain


_LETTERS = _Letters()
_REPEATED = re.compile(r"(.)\1{2,}")


def letters(text: str) -> str:
    """Lower-case words of the text between single spaces, one space at either end; "" if it has no letter.

    >>> letters("Ayuda!!! 911, por favoooor")
    ' ayuda por favoor '
    """
    text = text[: MOST_LETTERS * 2].lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = _REPEATED.sub(r"\1\1", text.translate(_LETTERS))[:MOST_LETTERS].split()
    words = [bare for word in words if (bare := word.strip("'"))]
    return f" {' '.join(words)} " if words else ""


def _powers(base: int, count: int) -> NDArray[np.uint64]:
    grown = np.full(count, base, dtype=np.uint64)
    grown[0] = 1
    return np.multiply.accumulate(grown)


_UP, _DOWN = _powers(_MULTIPLIER, MOST_LETTERS + 4), _powers(_INVERSE, MOST_LETTERS + 4)


def reserve(length: int) -> None:
    """Make room for joined texts of so many letters (the trainer reads many at once)."""
    global _UP, _DOWN
    if length > len(_UP):
        _UP, _DOWN = _powers(_MULTIPLIER, length), _powers(_INVERSE, length)


class Prefixes:
    """Polynomial sums of all beginnings of a text, made once, so that the hash of any stretch costs one subtraction."""

    def __init__(self, text: str) -> None:
        self.codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
        size = len(self.codes)
        if size > len(_UP):
            reserve(size)
        self._sums = np.zeros(size + 1, dtype=np.uint64)
        np.cumsum(self.codes * _UP[:size], out=self._sums[1:])

    def raw(self, starts: Places, ends: Places) -> NDArray[np.uint64]:
        return (self._sums[ends] - self._sums[starts]) * _DOWN[starts]

    def hashes(self, starts: Places, ends: Places) -> NDArray[np.uint64]:
        """64 bits for each stretch, from `starts` up to `ends`; the same letters give the same wherever they stand."""
        return mixed(self.raw(starts, ends))


def mixed(raw: NDArray[np.uint64]) -> NDArray[np.uint64]:
    raw ^= raw >> np.uint64(29)
    raw *= _MIX
    return raw


def stretches(spaced: str, bits: int, pairs: bool = False) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(slots, starts): a slot below 2**bits for every stretch in a text from `letters`, and where it begins.

    Stretches lie inside one word with the spaces around it (with `pairs`, two words running are one as well); the
    polynomial sums of all prefixes are made once, so that any stretch costs one subtraction.
    """
    sums = Prefixes(spaced)
    size = len(sums.codes)
    space = sums.codes == SPACE
    spaces = np.zeros(size + 1, dtype=np.int32)
    np.cumsum(space, out=spaces[1:])
    begins, hashes = [], []
    for length in range(1, LONGEST + 1):
        if length > size:
            break
        if length == 1:
            start = np.flatnonzero(~space)
        elif length == 2:
            start = np.flatnonzero(~(space[:-1] & space[1:]))
        else:
            last = size - length + 1
            start = np.flatnonzero(spaces[length - 1 : length - 1 + last] == spaces[1 : last + 1])
        begins.append(start)
        hashes.append(sums.raw(start, start + length))
    edges = np.flatnonzero(space)
    start, end = edges[:-1], edges[1:]
    whole = end - start > 1
    start, end = start[whole], end[whole]
    begins.append(start)
    hashes.append(sums.raw(start, end) ^ _WORD_SALT)
    if pairs and len(edges) > 2:
        start, end = edges[:-2], edges[2:]
        begins.append(start)
        hashes.append(sums.raw(start, end) ^ _PAIR_SALT)
    slots = mixed(np.concatenate(hashes)) >> np.uint64(64 - bits)
    return slots.astype(np.int64), np.concatenate(begins)
