"""The table of `concepts`, made from `locales/<tag>/concepts.yml`: `python -m bot.text.safety_model.concept_index`."""

import json
from pathlib import Path

import numpy as np

from bot.text import safety_lexicon
from bot.text.language_model.features import Prefixes
from bot.text.safety_lexicon import SHIPPED, UNSPACED
from bot.text.safety_model.concepts import LONGEST_RUN, LONGEST_STEM, SHORTEST_STEM, WEIGHTS, Concepts


def entries(folder: Path = SHIPPED) -> tuple[list[str], dict[str, set[tuple[int, int]]]]:
    """(names of the concepts, what each entry stands for as (language, concept)); an entry is written as it is looked
    up: " kitchen " a whole word, " kitch" the beginning of one, without spaces in scripts that have none."""
    files = sorted(folder.glob("*/concepts.yml"))
    read = {path.parent.name: safety_lexicon.read(path) for path in files}
    names = sorted({name for words in read.values() for name in words})
    number = {name: at for at, name in enumerate(names)}
    found: dict[str, set[tuple[int, int]]] = {}
    for language, words in enumerate(read.values()):
        for name, listed in words.items():
            for key in _keys(list(safety_lexicon.lines(listed))):
                found.setdefault(key, set()).add((language, number[name]))
    return names, found


def _keys(listed: list[str]) -> list[str]:
    keys = []
    for written, body in zip(listed, safety_lexicon.all_comparable(listed), strict=True):
        if not body:
            continue
        if not body.isascii() and UNSPACED.search(body):
            keys.append(body[:LONGEST_RUN])
        elif written.endswith("*") and len(body) >= SHORTEST_STEM:
            keys.append(f" {body}"[:LONGEST_STEM])
        else:  # also a beginning that folding made too short to mean anything: "kkk*"
            keys.append(f" {body} ")
    return keys


def made(folder: Path = SHIPPED) -> Concepts:
    names, found = entries(folder)
    rows = [(key, language, concept) for key, meanings in found.items() for language, concept in meanings]
    hashes = np.array([_hash(key) for key, _, _ in rows], dtype=np.uint64)
    meanings = np.array([row[1:] for row in rows], dtype=np.uint16)
    order = np.lexsort((meanings[:, 1], meanings[:, 0], hashes))
    return Concepts(tuple(names), hashes[order], meanings[order])


def _hash(key: str) -> int:
    return int(Prefixes(key).hashes(np.array([0]), np.array([len(key)]))[0])


def write(folder: Path = WEIGHTS) -> None:
    table = made()
    np.save(folder / "concept_keys.npy", table.keys)
    np.save(folder / "concept_meanings.npy", table.meanings)
    text = json.dumps({"names": list(table.names)}, indent=0) + "\n"
    (folder / "concepts.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
