"""What the model sees of a text: stretches of letters, words, pairs of neighbouring words, and what these mean.

Trainer and line both come through here, so that a weight means the same in both. Ideas ("weapon", "partner": see
`bot.text.safety_lexicon`) and concepts ("kitchen": see `concepts`) are the same in all languages, so that what one
language teaches another knows.
"""

import zlib
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from bot.text.language_model import features as letters

BITS = 18
MOST_LETTERS = 360  # of one passage
MOST_IDEAS = 24  # paired with each other; a text that names more is long and tells enough by itself
Slots = NDArray[np.int64]
_PAIR = 0x9E3779B1
letters.reserve(MOST_LETTERS + 8)


def written(ready: str) -> Slots:
    """Slots of a text made comparable by `safety_lexicon.prepare`, one space at either end."""
    return letters.stretches(_short(ready), BITS, pairs=True)[0]


def by_word(ready: str) -> tuple[Slots, Slots]:
    """Slots of a text and the number of the word that each begins in."""
    text = _short(ready)
    slots, starts = letters.stretches(text, BITS, pairs=True)
    spaces = np.array([at for at, char in enumerate(text) if char == " "])
    return slots, np.maximum(np.searchsorted(spaces, starts, "right") - 1, 0)


def _short(ready: str) -> str:
    if len(ready) <= MOST_LETTERS:
        return ready
    return ready[: ready.rfind(" ", 0, MOST_LETTERS) + 1] or ready[:MOST_LETTERS]


def meant(ideas: Iterable[str], concepts: Iterable[str]) -> Slots:
    """Slots of the ideas found in a text, of its concepts, and of every two of either."""
    return np.concatenate([_with_pairs(ideas), _with_pairs(concepts)])


def _with_pairs(names: Iterable[str]) -> Slots:
    single = np.array(sorted(map(_slot, names))[:MOST_IDEAS], dtype=np.int64)
    first, second = _every_two(len(single))
    return np.concatenate([single, (single[first] * _PAIR ^ single[second] * 31) % 2**BITS])


@lru_cache(maxsize=MOST_IDEAS + 1)
def _every_two(count: int) -> tuple[Slots, Slots]:
    first, second = np.triu_indices(count, 1)
    return first, second


@lru_cache(maxsize=2048)
def _slot(name: str) -> int:
    return zlib.crc32(name.encode()) % int(2**BITS)
