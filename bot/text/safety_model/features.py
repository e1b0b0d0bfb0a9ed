"""What the model sees of a text: stretches of letters, words, pairs of neighbouring words, and the ideas found in it.

Trainer and line both come through here, so that a weight means the same in both. Ideas ("weapon", "partner": see
`bot.text.safety_lexicon`) are the same in all languages, so that what one language teaches another knows.
"""

import zlib
from collections.abc import Iterable
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bot.text.language_model import features as letters

BITS = 17
MOST_LETTERS = 360  # of one passage
MOST_IDEAS = 14  # paired with each other; a text that names more is long and tells enough by itself
Slots = NDArray[np.int64]
_PAIR = 0x9E3779B1
letters.reserve(MOST_LETTERS + 8)


def written(ready: str) -> Slots:
    """Slots of a text made comparable by `safety_lexicon.prepare`, one space at either end."""
    text = ready if len(ready) <= MOST_LETTERS else ready[: ready.rindex(" ", 0, MOST_LETTERS) + 1] or ready[:MOST_LETTERS]
    return letters.stretches(text, BITS, pairs=True)[0]


def meant(ideas: Iterable[str]) -> Slots:
    """Slots of the ideas found in a text and of every two of them."""
    single = sorted(_slot(idea) for idea in ideas)[:MOST_IDEAS]
    pairs = [(one * _PAIR ^ other * 31) % 2**BITS for one, other in combinations(single, 2)]
    return np.array(single + pairs, dtype=np.int64)


@lru_cache(maxsize=1024)
def _slot(idea: str) -> int:
    return zlib.crc32(idea.encode()) % 2**BITS
