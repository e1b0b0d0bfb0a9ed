"""The weights at run time: opened once, mapped from the file so that worker processes share them.

Gives scores over the languages of one writing and the figures to combine them with another voter's;
knows no policy.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text.language_model.features import stretches

WEIGHTS = Path(__file__).parent / "weights"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Model:
    """One writing: `weights` has a row of bytes for each slot, a column for each tag."""

    tags: tuple[str, ...]
    columns: Mapping[str, int]
    bits: int
    scale: float
    weights: NDArray[np.int8]

    def scores(self, spaced: str) -> Floats:
        """Unnormalised log-probability of each tag for a text from `features.letters`."""
        slots, _ = stretches(spaced, self.bits)
        total = np.add.reduce(self.weights[slots], axis=0, dtype=np.int32)
        return np.asarray(total * (self.scale / math.sqrt(len(slots))), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Combination:
    """How the model is joined with the other voter, and what its certainty was worth on texts with known language."""

    weight: float  # log-probability a full vote adds at eight letters; more on shorter texts, less on longer
    benefit: float  # share of a vote that also goes to what the voter cannot know (romanised languages)
    unheard: NDArray[np.bool_]
    prior: Floats
    slope: tuple[float, float, float, float]  # of certainty: constant, log-odds, log of letters, agreement

    def weight_at(self, letters: int) -> float:
        """What a full vote adds on a text of so many letters: the model needs help with words, not with sentences."""
        return self.weight * math.sqrt(12 / (letters + 4))

    def sure(self, chance: float, letters: int, agrees: float) -> float:
        """The calibrated chance that the best guess is right."""
        chance = min(max(chance, 1e-6), 1 - 1e-6)
        constant, odds, length, agreement = self.slope
        value = constant + odds * math.log(chance / (1 - chance)) + length * math.log(letters) + agreement * agrees
        return 1 / (1 + math.exp(-value))


@lru_cache(maxsize=1)
def models() -> Mapping[str, Model]:
    """The model of each writing that needs one, by the writing's name."""
    opened = {}
    for script, one in json.loads((WEIGHTS / "shape.json").read_text(encoding="utf-8")).items():
        tags = tuple(one["tags"])
        weights = np.load(WEIGHTS / f"{script}.npy", mmap_mode="r")
        opened[script] = Model(tags, {tag: at for at, tag in enumerate(tags)}, one["bits"], one["scale"], weights)
    return opened


_UNFITTED = {"weight": 2.0, "benefit": 0.3, "prior": {"en": 0.3}, "slope": [0.0, 1.0, 0.0, 0.0]}


@lru_cache(maxsize=8)
def combination(script: str) -> Combination:
    """The figures of `calibrate` for one writing; plain ones where none were fitted."""
    from bot.text.language_model.romanise import ROMANISED

    model = models()[script]
    path = WEIGHTS / "combination.json"
    fitted = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    one = {**_UNFITTED, **fitted.get(script, {})}
    unheard = np.array([script == "Latin" and tag in ROMANISED for tag in model.tags])
    prior = np.array([one["prior"].get(tag, 0.0) for tag in model.tags], dtype=np.float32)
    return Combination(one["weight"], one["benefit"], unheard, prior, tuple(one["slope"]))
