"""Make the weights: `python -m bot.text.language_model.train ROWS.tsv.gz [--tune DEV.tsv]`.

One softmax regression a writing over hashed stretches of letters, kept as bytes. Plain numpy, one
thread, fixed seed: the same rows give the same weights.
"""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text.language_model import corpus, features

WEIGHTS = Path(__file__).parent / "weights"
SEED = 20250101
BITS = {"Latin": 18, "Cyrillic": 15, "Arabic": 15, "Devanagari": 14, "Ethiopic": 14}
TEXTS_A_LANGUAGE = 6000
EPOCHS = 8
BATCH = 2048
RATE = 0.4
SHRINK = 2e-6
AVERAGED = 4  # of the last epochs, whose weights are averaged
Floats = NDArray[np.float32]


def batches(
    drawn: list[tuple[str, int]], bits: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]]:
    """(slots, first slot of each text, class of each text) by the batch."""
    made = []
    for at in range(0, len(drawn), BATCH):
        spaced = [(features.letters(text), label) for text, label in drawn[at : at + BATCH]]
        spaced = [(text, label) for text, label in spaced if text]
        joined = "".join(text for text, _ in spaced)
        slots, starts = features.stretches(joined, bits)
        ends = np.cumsum([len(text) for text, _ in spaced])
        rows = np.searchsorted(ends, starts, side="right")
        order = np.argsort(rows, kind="stable")
        first = np.searchsorted(rows[order], np.arange(len(spaced)))
        made.append((slots[order], first, np.array([label for _, label in spaced])))
    return made


def softmax(scores: Floats) -> Floats:
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True), dtype=np.float32)


def fit(languages: dict[str, corpus.Language], tags: list[str], bits: int) -> Floats:
    """Weights (slots x tags), by Adagrad over freshly drawn texts each epoch."""
    chance = random.Random(SEED)
    features.reserve(BATCH * (features.MOST_LETTERS + 3))
    weights = np.zeros((2**bits, len(tags)), dtype=np.float32)
    seen = np.full((2**bits, len(tags)), 1e-4, dtype=np.float32)
    summed = np.zeros_like(weights)
    for epoch in range(EPOCHS):
        began, loss, count = time.perf_counter(), 0.0, 0
        drawn = [
            (text, label)
            for label, tag in enumerate(tags)
            for text in corpus.draw(languages[tag], tag, TEXTS_A_LANGUAGE, chance)
        ]
        chance.shuffle(drawn)
        rate = RATE * (1 - epoch / EPOCHS) ** 0.5
        for slots, first, labels in batches(drawn, bits):
            loss += _step(weights, seen, slots, first, labels, rate)
            count += len(labels)
        if epoch >= EPOCHS - AVERAGED:
            summed += weights / AVERAGED
        print(f"  epoch {epoch + 1}: loss {loss / count:.4f}, {time.perf_counter() - began:.0f} s", flush=True)
    return summed


def _step(
    weights: Floats,
    seen: Floats,
    slots: NDArray[np.int64],
    first: NDArray[np.int64],
    labels: NDArray[np.int64],
    rate: float,
) -> float:
    """One batch: weights and their squared-gradient sums are changed in place; the summed loss comes back."""
    sizes = np.diff(np.append(first, len(slots)))
    share = (1 / np.sqrt(sizes)).astype(np.float32)[:, None]
    wanted = softmax(np.add.reduceat(weights[slots], first, axis=0) * share)
    at = np.arange(len(labels))
    loss = float(-np.log(np.maximum(wanted[at, labels], 1e-9)).sum())
    wanted[at, labels] -= 1
    wanted *= share
    texts = np.repeat(at, sizes)
    order = np.argsort(slots, kind="stable")
    touched, begins = np.unique(slots[order], return_index=True)
    slope = np.add.reduceat(wanted[texts[order]], begins, axis=0)
    slope += SHRINK * len(labels) * weights[touched]
    grown = seen[touched] + slope * slope
    seen[touched] = grown
    weights[touched] -= rate * slope / np.sqrt(grown)
    return loss


def packed(weights: Floats) -> tuple[NDArray[np.int8], float]:
    """The weights as bytes and what one step of a byte is worth."""
    most = float(np.quantile(np.abs(weights[weights != 0]), 0.9999))
    scale = most / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="tag, kind, source, text by the line, gzip")
    parser.add_argument("--only", help="one writing instead of all")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    chosen = parser.parse_args()
    groups = corpus.read(chosen.rows)
    shape_file = chosen.to / "shape.json"
    shape = json.loads(shape_file.read_text()) if shape_file.exists() else {}
    for script, bits in BITS.items():
        if chosen.only not in (None, script):
            continue
        tags = sorted(tag for tag, texts in groups[script].items() if len(texts.whole) + len(texts.native) >= 40)
        print(script, len(tags), *tags)
        weights, scale = packed(fit(groups[script], tags, bits))
        np.save(chosen.to / f"{script}.npy", weights)
        shape[script] = {"bits": bits, "scale": scale, "tags": tags}
    shape_file.write_text(json.dumps(shape, indent=1) + "\n")


if __name__ == "__main__":
    main()
