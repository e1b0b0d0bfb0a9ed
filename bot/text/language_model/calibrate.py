"""Fit how model and other voter are joined, and what their certainty is worth.

`python -m bot.text.language_model.calibrate DEV.tsv`

Every second row is fitted on; the others only say whether it holds. Knows rows, not residents.
"""

import argparse
import itertools
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text import language
from bot.text.language_model import scripts
from bot.text.language_model.features import letters
from bot.text.language_model.masking import masked
from bot.text.language_model.model import WEIGHTS, Combination, models
from bot.text.language_model.romanise import ROMANISED

Array = NDArray[np.float64]
_WEIGHTS_TRIED = (0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
_BENEFITS_TRIED = (0.0, 0.25, 0.5)
_ENGLISH_TRIED = (0.0, 0.3, 0.6)
_DOUBT = 0.5  # in log-odds: what residents write is harder than the rows fitted on


@dataclass(frozen=True, slots=True)
class Row:
    tag: str
    letters: int
    scores: Array
    other: dict[str, float]


def rows_of(path: Path) -> dict[str, list[Row]]:
    """The rows (tag, bucket, source, text) of each writing that needs statistics, as the line would see them."""
    found: dict[str, list[Row]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        tag, _, _, text = line.split("\t")
        bare = masked(text)
        written = scripts.tally(bare)
        script = max(written, key=lambda name: written[name]) if written else ""
        spaced = letters(bare)
        model = models().get(script)
        if model is None or not spaced or tag not in model.columns:
            continue
        other = {} if script == "Ethiopic" else dict(language._cld2()(bare))
        found[script].append(Row(tag, len(spaced) - 2, model.scores(spaced).astype(float), other))
    return found


def joined(script: str, rows: Sequence[Row], weight: float, benefit: float, english: float) -> Array:
    """Scores of all rows (rows x tags) with the other voter's say added."""
    model = models()[script]
    unheard = np.array([script == "Latin" and tag in ROMANISED for tag in model.tags])
    total = np.stack([row.scores for row in rows])
    if "en" in model.columns:
        total[:, model.columns["en"]] += english
    voted = Combination(weight, benefit, unheard, np.zeros(0, dtype=np.float32), (0.0, 0.0, 0.0, 0.0))
    for at, row in enumerate(rows):
        worth = voted.weight_at(row.letters)
        for tag, vote in row.other.items():
            if tag in model.columns:
                total[at, model.columns[tag]] += worth * vote
                total[at, unheard] += worth * vote * benefit
    return total


def importance(rows: Sequence[Row]) -> Array:
    """Every language weighs the same."""
    count = Counter(row.tag for row in rows)
    return np.array([1 / count[row.tag] for row in rows])


def fit(script: str, rows: Sequence[Row]) -> dict[str, object]:
    """The best figures for one writing on these rows."""
    model = models()[script]
    wanted = np.array([model.columns[row.tag] for row in rows])
    worth = importance(rows)
    best, weight, benefit, english = -1.0, 0.0, 0.0, 0.0
    latin = script == "Latin"
    for tried in itertools.product(
        _WEIGHTS_TRIED, _BENEFITS_TRIED if latin else (0.0,), _ENGLISH_TRIED if latin else (0.0,)
    ):
        total = joined(script, rows, *tried)
        chances = softmax(total)
        right = total.argmax(axis=1) == wanted
        likelihood = np.log(np.maximum(chances[np.arange(len(rows)), wanted], 1e-6))
        value = float((worth * (right + 0.1 * likelihood)).sum() / worth.sum())
        if value > best + 1e-9:  # of equals the smaller
            best, (weight, benefit, english) = value, tried
    slope = certainty(script, rows, joined(script, rows, weight, benefit, english), wanted, worth)
    return {"weight": weight, "benefit": benefit, "prior": {"en": english} if english else {}, "slope": slope}


def softmax(total: Array) -> Array:
    chances = np.exp(total - total.max(axis=1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=1, keepdims=True))


def certainty(script: str, rows: Sequence[Row], total: Array, wanted: NDArray[np.int64], worth: Array) -> list[float]:
    """Logistic regression of being right on log-odds, log of letters and agreement (Newton's method, ridge)."""
    tags = models()[script].tags
    best = total.argmax(axis=1)
    chance = np.clip(softmax(total).max(axis=1), 1e-6, 1 - 1e-6)
    agreed = [language.agreement(tags[at], row.other) for row, at in zip(rows, best, strict=True)]
    lengths = np.log([row.letters for row in rows])
    seen = np.stack([np.ones(len(rows)), np.log(chance / (1 - chance)), lengths, np.array(agreed)], axis=1)
    right = (best == wanted).astype(float)
    share = worth * len(rows) / worth.sum()
    prior = np.array([0.0, 1.0, 0.0, 0.0])
    slope = prior.copy()
    for _ in range(50):
        guess = 1 / (1 + np.exp(-seen @ slope))
        pull = seen.T @ (share * (right - guess)) - 2.0 * (slope - prior)
        curve = (seen * (share * guess * (1 - guess))[:, None]).T @ seen + 2.0 * np.eye(4)
        slope = slope + np.linalg.solve(curve, pull)
    slope[0] -= _DOUBT
    return [round(float(value), 4) for value in slope]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="tag, bucket, source, text by the line")
    parser.add_argument("--all", action="store_true", help="fit on every row (once the halves agree)")
    chosen = parser.parse_args()
    fitted = {}
    for script, rows in sorted(rows_of(chosen.rows).items()):
        fitted[script] = fit(script, rows if chosen.all else rows[::2])
        print(script, len(rows), fitted[script])
    (WEIGHTS / "combination.json").write_text(json.dumps(fitted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
