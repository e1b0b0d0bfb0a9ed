"""What the words of a text stand for, whatever the language: "kitchen", "climb_over", "not_come_home".

Reads `locales/<tag>/concepts.yml`. Concepts judge nothing; the model learns from labelled texts of all languages
which of them together tell of danger, so that what one language teaches another knows.
"""

from collections import defaultdict
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path

from bot.text.safety_lexicon import SHIPPED, Hit, Lexicon, read_words, search

# A language that accounts for less than this share of what another does is there by chance.
_CHANCE = 0.8


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    return read_words(SHIPPED, "concepts.yml")


def said_in(ready: str) -> list[str]:
    """The concepts of a text made comparable by `safety_lexicon.prepare`, of the languages that account for most of it."""
    found: dict[str, list[tuple[Hit, int]]] = defaultdict(list)
    for hit in search(shipped(), ready):
        for tag, bits in hit.meanings:
            found[tag].append((hit, bits))
    reaches = {tag: _reach([hit for hit, _ in hits]) for tag, hits in found.items()}
    enough = _CHANCE * max(reaches.values(), default=0)
    bits = (bits for tag, hits in found.items() if reaches[tag] >= enough for _, bits in hits)
    return shipped().named(reduce(or_, bits, 0))


def _reach(hits: list[Hit]) -> int:
    reach = end = 0
    for hit in hits:
        if hit.end > end:
            reach += hit.end - max(hit.start, end)
            end = hit.end
    return reach
