"""Finds the entries of a lexicon of danger in a text, also with a letter wrong. Knows neither files nor what a danger is."""

import re
import unicodedata
from collections.abc import Iterator

from bot.text.safety_lexicon import (
    ALONE,
    ARABIC,
    CLITICS,
    COVER,
    LAST_CYRILLIC,
    QUIETING,
    SHORTEST_SLIP,
    Hit,
    Index,
    Lexicon,
    Meaning,
)

_ARABIC_LETTER = re.compile(ARABIC)
# Vowels and tones: an entry that ends before one of them is part of another syllable.
_MARKS = frozenset(
    chr(code)
    for block in (range(0x0EB0, 0x0ECE), range(0x102B, 0x103F), range(0x17B4, 0x17D4))
    for code in block
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)


def search(lexicon: Lexicon, text: str) -> list[Hit]:
    """Every entry in a prepared text, by place. Time grows with the length of the text, no faster."""
    hits: list[Hit] = []
    starts = lexicon.starts
    at = 0
    while (end := text.find(" ", at + 1)) > 0:
        at += 1
        before = len(hits)
        for begin in _beginnings(text, at, end):
            for size in (2, 3, 4):
                for body, meanings in starts.get(text[begin : begin + size], ()):
                    if text.startswith(body, begin):
                        hits.append(Hit(begin, begin + len(body) - (body[-1] == " "), meanings))
        if len(hits) == before and end - at >= SHORTEST_SLIP and text[at] <= LAST_CYRILLIC:
            hits += [Hit(at, end, meanings) for meanings in _slips(lexicon, text[at:end]) if meanings]
        at = end
    hits += _inner(lexicon.inner, text)
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    return hits


def _beginnings(text: str, at: int, end: int) -> Iterator[int]:
    yield at
    if _ARABIC_LETTER.match(text, at):
        for clitic in CLITICS:
            if text.startswith(clitic, at) and end - at - len(clitic) > 2:
                yield at + len(clitic)


def _inner(inner: Index, text: str) -> Iterator[Hit]:
    if text.isascii():
        return
    for at in range(1, len(text) - 1):
        for size in (1, 2):
            for body, meanings in inner.get(text[at : at + size], ()):
                if text.startswith(body, at) and text[at + len(body) : at + len(body) + 1] not in _MARKS:
                    yield Hit(at, at + len(body) - (body[-1] == " "), meanings)


def _slips(lexicon: Lexicon, word: str) -> Iterator[tuple[Meaning, ...]]:
    """What a long unknown word may have been meant as: one letter off, the first letter and three at either end
    right. A guess is never enough alone, nor does it take a danger back: it is an idea among others."""
    if word in lexicon.plain:
        return
    never = lexicon.mask(*ALONE, *QUIETING, COVER)
    for known, meanings in (*lexicon.slips.get(word[:3], ()), *lexicon.slips.get(f"{word[0]}-{word[-3:]}", ())):
        if _meant(word, known.rstrip(), known[-1] != " "):
            yield tuple((tag, bits & ~never) for tag, bits in meanings if bits & ~never)


def _meant(word: str, known: str, is_stem: bool) -> bool:
    size = len(known)
    if is_stem and len(word) > size:
        return any(_one_off(word[:cut], known) for cut in (size, size + 1))
    return abs(len(word) - size) <= 1 and _one_off(word, known)


def _one_off(word: str, known: str) -> bool:
    """Whether one letter was left out, put in, changed, or swapped with its neighbour."""
    if len(word) < len(known):
        word, known = known, word
    at = 0
    while at < len(known) and word[at] == known[at]:
        at += 1
    if len(word) > len(known):
        return word[at + 1 :] == known[at:]
    swapped = word[at + 1 : at + 2] == known[at : at + 1] and word[at : at + 1] == known[at + 1 : at + 2]
    return word[at + 1 :] == known[at + 1 :] or (swapped and word[at + 2 :] == known[at + 2 :])
