"""What the words of a text stand for, whatever the language: "kitchen", "climb_over", "not_come_home".

Concepts judge nothing; the model learns from labelled texts of all languages which of them together tell of danger, so
that what one language teaches another knows. Their words stand in `locales/<tag>/concepts.yml`; here they are looked
up by hash in a table that `concept_index` makes of those files, mapped so that worker processes share it.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.text.language_model.features import Prefixes
from bot.text.safety_lexicon import ARABIC, CLITICS, UNSPACED

WEIGHTS = Path(__file__).parent / "weights"
MOST_LETTERS = 400  # of one passage
SHORTEST_STEM, LONGEST_STEM = 3, 26  # letters, with the space before them
MOST_WORDS = 4  # of a phrase
LONGEST_RUN = 8  # of an entry in a script without spaces
_STEMS, _RUNS = np.arange(SHORTEST_STEM, LONGEST_STEM + 1), np.arange(1, LONGEST_RUN + 1)
# A language that accounts for less than this share of what another does is there by chance.
_CHANCE = 0.8
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Concepts:
    """`keys`: hashes of all entries, sorted; `meanings`: for each the language and the concept, as numbers."""

    names: tuple[str, ...]
    keys: NDArray[np.uint64]
    meanings: NDArray[np.uint16]  # two columns


@lru_cache(maxsize=1)
def shipped() -> Concepts:
    names = json.loads((WEIGHTS / "concepts.json").read_text(encoding="utf-8"))["names"]
    keys = np.load(WEIGHTS / "concept_keys.npy", mmap_mode="r")
    meanings = np.load(WEIGHTS / "concept_meanings.npy", mmap_mode="r")
    return Concepts(tuple(names), keys.view(np.ndarray), meanings.view(np.ndarray))  # plain views are quicker


def said_in(ready: str) -> list[str]:
    """The concepts of a text made comparable by `safety_lexicon.prepare`, of the languages that account for most of it."""
    text = _bare_too(ready[:MOST_LETTERS].rstrip() + " ")
    starts, ends = _spans(text)
    table = shipped()
    hashes = Prefixes(text).hashes(starts, ends)
    left = np.searchsorted(table.keys, hashes)
    known = np.flatnonzero(table.keys[np.minimum(left, len(table.keys) - 1)] == hashes)
    if not len(known):
        return []
    left = left[known]
    counts = np.searchsorted(table.keys, hashes[known], "right") - left
    meanings = table.meanings[np.repeat(left, counts) + _within(counts)]
    found = np.repeat(known, counts)
    spoken = _likely(meanings[:, 0], starts[found], ends[found], len(text))
    return [table.names[at] for at in np.unique(meanings[spoken, 1]).tolist()]


def _likely(languages: NDArray[np.uint16], starts: Places, ends: Places, length: int) -> NDArray[np.bool_]:
    """Which entries are of a language whose words cover most of the text."""
    edges = np.zeros((int(languages.max()) + 1, length + 1), dtype=np.int32)
    np.add.at(edges, (languages, starts), 1)
    np.add.at(edges, (languages, ends), -1)
    reaches = (np.cumsum(edges, axis=1) > 0).sum(axis=1)
    return np.asarray(reaches[languages] >= _CHANCE * reaches.max())


def _within(counts: Places) -> Places:
    """0, 1 … of each run: [2, 0, 3] gives [0, 1, 0, 1, 2]."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def _spans(text: str) -> tuple[Places, Places]:
    """Where entries may stand: one to four whole words with the spaces around them, the beginning of a word or of a
    phrase with the space before it, and short runs in scripts without spaces."""
    spaces = np.array([at for at, char in enumerate(text) if char == " "], dtype=np.int64)
    whole = [(spaces[:-count], spaces[count:] + 1) for count in range(1, MOST_WORDS + 1) if len(spaces) > count]
    pieces = [*whole, _runs(spaces, _STEMS, len(text))]
    if UNSPACED.search(text):
        places = np.array([match.start() for match in UNSPACED.finditer(text)], dtype=np.int64)
        pieces.append(_runs(places, _RUNS, len(text)))
    return np.concatenate([one for one, _ in pieces]), np.concatenate([one for _, one in pieces])


def _runs(places: Places, lengths: Places, end: int) -> tuple[Places, Places]:
    """From each place on so many letters, as far as the text goes."""
    starts, ends = np.repeat(places, len(lengths)), (places[:, None] + lengths).ravel()
    kept = ends < end
    return starts[kept], ends[kept]


_ARABIC_WORD = re.compile(f"(?<= )(?:{'|'.join(CLITICS)})(?=({ARABIC}{{3,}}) )")


def _bare_too(text: str) -> str:
    """The text, and after it Arabic words once more without the article or preposition written onto them."""
    if text.isascii():
        return text
    bare = [found.group(1) for found in _ARABIC_WORD.finditer(text)]
    return f"{text}{' '.join(bare)} " if bare else text
