"""English words with dangerous false friends, for whoever writes what a machine will translate. Knows no language but
English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

_WORDS: Mapping[str, str] = {
    "search": "to look for something, or to go through a home, a car or a pocket",
    "charge": "a price, a battery, or to say in court that somebody did a crime",
    "statement": "a bank's paper, or what a witness says for the file",
    "right": "correct, not left, or what the law lets a person do",
    "case": "a box, a situation, or a matter before a court",
    "complaint": "a wish to have something mended, an illness, or a paper that begins a trial",
}
_FORMS = re.compile(
    r"\b(search|charge|statement|right|case|complaint)(?:es|ed|ing|s|d)?\b|\b(charging)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A word as it was written, and what a machine may take it for."""

    word: str
    may_mean: str


def ambiguous(words: str) -> list[Ambiguous]:
    """Each word of a text that a machine easily takes for another, once, in the order written.

    >>> [one.word for one in ambiguous("You have the right to file a complaint. Is that right?")]
    ['right', 'complaint']
    """
    found: dict[str, Ambiguous] = {}
    for match in _FORMS.finditer(words):
        stem = (match.group(1) or "charge").lower()
        found.setdefault(stem, Ambiguous(match.group(0), _WORDS[stem]))
    return list(found.values())
