"""The weights at run time: opened once, mapped from the file so that worker processes share them."""

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text.safety_model.concepts import said_in
from bot.text.safety_model.features import BITS, Slots, by_word, meant, written

WEIGHTS = Path(__file__).parent / "weights"
IDEAS_COUNT = 0.5  # an idea against a text of letters that all point one way
SHORT = 16  # letters: menu answers and greetings, which come again and again
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """A row of bytes for each slot, a column for each label; `constant` is what an empty text scores."""

    labels: tuple[str, ...]
    scale: float
    constant: Floats
    weights: NDArray[np.int8]

    def scores(self, letters: Slots, ideas: Slots) -> Floats:
        """Log-odds of each label."""
        total = self.constant.copy()
        if len(letters):
            total += self._sum(letters) * (self.scale / math.sqrt(len(letters)))
        if len(ideas):
            total += self._sum(ideas) * (self.scale * IDEAS_COUNT)
        return total

    def _sum(self, slots: Slots) -> Floats:
        return np.asarray(np.add.reduce(self.weights[slots], axis=0, dtype=np.int32), dtype=np.float32)


@lru_cache(maxsize=1)
def model() -> Model:
    shape = json.loads((WEIGHTS / "shape.json").read_text(encoding="utf-8"))
    weights = np.load(WEIGHTS / "weights.npy", mmap_mode="r")
    if len(weights) != 2**BITS:
        raise ValueError("The weights of the safety model are of another shape than its features; train it again.")
    constant = np.array(shape["constant"], dtype=np.float32)
    return Model(tuple(shape["labels"]), shape["scale"], constant, weights.view(np.ndarray))


def chances(ready: str, ideas: Collection[str]) -> Mapping[str, float]:
    """How likely each label is for a text from `safety_lexicon.prepare` with the ideas found in it; 0 to 1."""
    return (_of_short if len(ready) <= SHORT else _chances)(ready, tuple(ideas))


def _chances(ready: str, ideas: tuple[str, ...]) -> Mapping[str, float]:
    one = model()
    scores = one.scores(written(ready), meant(ideas, said_in(ready)))
    return {label: 1 / (1 + math.exp(-float(score))) for label, score in zip(one.labels, scores, strict=True)}


_of_short = lru_cache(maxsize=2048)(_chances)


def telling(ready: str, label: str) -> list[str]:
    """The words of a text that speak most for a label, strongest first, at most three."""
    one = model()
    slots, words = by_word(ready)
    if not len(slots):
        return []
    weighed = np.bincount(words, one.weights[slots, one.labels.index(label)].astype(np.float64))
    every = ready.split()
    return list(dict.fromkeys(every[at] for at in np.argsort(-weighed)[:3] if at < len(every)))
