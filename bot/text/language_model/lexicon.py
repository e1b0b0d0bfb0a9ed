"""Greetings and plain words that are known outright, before any statistics: one word, one language or a set.

A set means nobody can tell from this word alone: its chances stay below what is answered.
"""

from functools import lru_cache
from pathlib import Path

from bot.text.fold import fold

_LEXICON = Path(__file__).with_name("lexicon.tsv")
_ALONE = 0.97
_TOGETHER = 0.98  # shared among a set, the first named a little ahead


@lru_cache(maxsize=1)
def _entries() -> dict[str, tuple[str, ...]]:
    entries: dict[str, tuple[str, ...]] = {}
    for line in _LEXICON.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            tags, words = line.split("\t")
            for word in words.split("|"):
                entries[fold(word)] = tuple(tags.split())
    return entries


def exact(text: str) -> list[tuple[str, float]] | None:
    """The languages whose greeting or plain word this whole text is, best first; None if it is not listed."""
    if len(text) > 40:
        return None
    tags = _entries().get(fold(text))
    if tags is None:
        return None
    if len(tags) == 1:
        return [(tags[0], _ALONE)]
    shares = [1.4, *[1.0] * (len(tags) - 1)]
    return [(tag, round(_TOGETHER * share / sum(shares), 4)) for tag, share in zip(tags, shares, strict=True)]
