"""Make the weights: `python -m bot.text.safety_model.train ROWS.tsv.gz`.

One logistic regression a label over what `features` sees. Plain numpy, one thread, fixed seed: the same rows give
the same weights. ROWS are the ordinary sentences that the language model learns from too.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text import safety
from bot.text.safety_lexicon import LABELS
from bot.text.safety_model import concepts, corpus, features
from bot.text.safety_model.model import IDEAS_COUNT, WEIGHTS

SEED = 20261122
EPOCHS = 12
BATCH = 1024
RATE = 0.25
SHRINK = 1e-6
AVERAGED = 4  # of the last epochs, whose weights are averaged
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rows:
    """Texts as sparse rows: `slots` and `values` of all, where each text begins, and its labels (0 or 1)."""

    slots: NDArray[np.int64]
    values: Floats
    starts: NDArray[np.int64]
    wanted: Floats


def rows_of(texts: list[corpus.Labelled]) -> Rows:
    slots: list[features.Slots] = []
    values: list[Floats] = []
    sizes, wanted = [], []
    for one in texts:
        ready, ideas, _ = safety.heard_in(one.text)
        written, meant = features.written(ready), features.meant(ideas, concepts.said_in(ready))
        if not len(written):
            continue
        slots += [written, meant]
        values += [
            np.full(len(written), 1 / np.sqrt(len(written)), dtype=np.float32),
            np.full(len(meant), IDEAS_COUNT, dtype=np.float32),
        ]
        sizes.append(len(written) + len(meant))
        wanted.append([label in one.labels for label in LABELS])
    starts = np.cumsum([0, *sizes])
    return Rows(np.concatenate(slots), np.concatenate(values), starts, np.array(wanted, dtype=np.float32))


def fit(rows: Rows) -> tuple[Floats, Floats]:
    """(weights by slot and label, constant by label), by Adagrad."""
    chance = np.random.default_rng(SEED)
    count = len(rows.wanted)
    weights = np.zeros((2**features.BITS, len(LABELS)), dtype=np.float32)
    seen = np.full_like(weights, 1e-3)
    constant = np.full(len(LABELS), -3.0, dtype=np.float32)
    summed, summed_constant = np.zeros_like(weights), np.zeros_like(constant)
    for epoch in range(EPOCHS):
        order = chance.permutation(count)
        rate = RATE * (1 - epoch / EPOCHS) ** 0.5
        loss = sum(_step(rows, order[at : at + BATCH], weights, seen, constant, rate) for at in range(0, count, BATCH))
        if epoch >= EPOCHS - AVERAGED:
            summed += weights / AVERAGED
            summed_constant += constant / AVERAGED
        print(f"  epoch {epoch + 1}: loss {loss / count:.4f}", flush=True)
    return summed, summed_constant


def _step(rows: Rows, batch: NDArray[np.int64], weights: Floats, seen: Floats, constant: Floats, rate: float) -> float:
    """One batch: weights, their squared-gradient sums and the constant are changed in place; gives the summed loss."""
    spans = [np.arange(rows.starts[at], rows.starts[at + 1]) for at in batch]
    sizes = np.array([len(span) for span in spans])
    taken = np.concatenate(spans)
    slots, values = rows.slots[taken], rows.values[taken][:, None]
    texts = np.repeat(np.arange(len(batch)), sizes)
    scores = np.add.reduceat(weights[slots] * values, np.cumsum([0, *sizes[:-1]]), axis=0)
    likely = 1 / (1 + np.exp(-(scores + constant)))
    wanted = rows.wanted[batch]
    loss = -np.log(np.clip(np.where(wanted > 0, likely, 1 - likely), 1e-7, 1)).sum()
    off = likely - wanted
    constant -= rate * 0.1 * off.mean(axis=0)
    order = np.argsort(slots, kind="stable")
    touched, begins = np.unique(slots[order], return_index=True)
    slope = np.add.reduceat((off[texts] * values)[order], begins, axis=0)
    slope += SHRINK * len(batch) * weights[touched]
    grown = seen[touched] + slope * slope
    seen[touched] = grown
    weights[touched] -= rate * slope / np.sqrt(grown)
    return float(loss)


def packed(weights: Floats) -> tuple[NDArray[np.int8], float]:
    """The weights as bytes and what one step of a byte is worth."""
    scale = float(np.quantile(np.abs(weights[weights != 0]), 0.9999)) / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale


def learnable(rows: Path) -> list[corpus.Labelled]:
    """All texts to learn from. An ordinary text in which the phrases find a danger teaches nothing."""
    chance = random.Random(SEED)
    calm = [*corpus.typed(), *corpus.open_corpora(rows, chance)]
    calm = [one for one in calm if not safety.heard_in(one.text)[2]]
    return corpus.varied(corpus.own(), chance) + corpus.phrases() + calm


def write(weights: Floats, constant: Floats, folder: Path) -> None:
    bytes_, scale = packed(weights)
    np.save(folder / "weights.npy", bytes_)
    shape = {"labels": list(LABELS), "scale": scale, "constant": [round(float(one), 4) for one in constant]}
    (folder / "shape.json").write_text(json.dumps(shape, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=Path, help="tag, kind, source, text by the line, gzip")
    parser.add_argument("--to", type=Path, default=WEIGHTS)
    chosen = parser.parse_args()
    texts = learnable(chosen.rows)
    print(len(texts), "texts", flush=True)
    write(*fit(rows_of(texts)), chosen.to)


if __name__ == "__main__":
    main()
