"""The number a resident keeps for a report, as 26-K7P4M-3: made so that no typing slip leads to another report.

Knows nothing of what is stored; whether a number was ever given out is for the store to say.
"""

import re
import unicodedata
from collections.abc import Callable

from bot.text.fold import western

# Twenty-three signs no two of which look alike. With a prime number of them, and a different weight at each of
# the eight places, a sum of zero shows every single wrong sign and every two that changed places.
ALPHABET = "0123456789CFHJKMNPRTWXY"
_VALUE = {sign: value for value, sign in enumerate(ALPHABET)}
_WEIGHTS = range(1, 9)
_CHECK_WEIGHT = _WEIGHTS[-1]
_LETTERS = ALPHABET[10:]

# Signs that are not in the alphabet, read as the one they look like: Latin first, then Cyrillic and Greek keyboards.
_LOOKS_LIKE = str.maketrans(
    "OQDILZSGB" + "ОВЗКМНРСТХУ" + "ΟΙΖΒΚΜΝΡΤΧΥΗ",
    "000112568" + "083KMHPCTXY" + "0128KMNPTXYH",
)
_LONGEST = 2000


def make(year: int, chance: Callable[[int], int]) -> str:
    """A new number for a year (2026 or 26). `chance(n)` gives an unforeseeable whole number from 0 to n - 1,
    as `secrets.randbelow` does. There are 3,638,053 in a year; the caller makes another if one is taken.
    """
    # A letter first, so that no number looks like a date, a phone or a case number.
    signs = _LETTERS[chance(len(_LETTERS))] + "".join(ALPHABET[chance(len(ALPHABET))] for _ in range(4))
    signs = f"{year % 100:02d}{signs}"
    check = -_weighed(signs) * pow(_CHECK_WEIGHT, -1, len(ALPHABET)) % len(ALPHABET)
    return _written(signs + ALPHABET[check])


def read(text: str) -> str | None:
    """The number a text consists of, written as we write it, or None if it is not of that form. Case, spaces,
    dashes and look-alikes do not matter. It may still be a wrong number: see `right`.

    >>> read("№ 26 k7p4m 3"), read("２６－К7Р4М－3"), read("26-K7P4M")
    ('26-K7P4M-3', '26-K7P4M-3', None)
    """
    if len(text) > 64:
        return None
    signs = "".join(sign for sign in _legible(text.replace("№", "")) if sign.isalnum())
    return _written(signs) if _FORM.fullmatch(signs) else None


def right(number: str) -> bool:
    """Whether a number as `read` gives it carries the check sign that belongs to it."""
    signs = number.replace("-", "")
    return number == _written(signs) and bool(_FORM.fullmatch(signs)) and _weighed(signs) % len(ALPHABET) == 0


def find(text: str) -> str | None:
    """The first number inside a longer text: one that is right, else one written with both its dashes (so that
    the resident can be told of the slip), else None.
    """
    legible = _legible(text[:_LONGEST])
    found = [_written("".join(match.groups())) for match in _INSIDE.finditer(legible)]
    dashed = [_written("".join(match.groups())) for match in _DASHED.finditer(legible)]
    for number in dashed + found:
        if right(number) and number[3] in _LETTERS:
            return number
    return dashed[0] if dashed else None


_FORM = re.compile(rf"\d\d[{ALPHABET}]{{6}}", re.ASCII)
# The lookahead finds numbers that overlap a false start, such as the 26 in "at 26 26-K7P4M-3".
_INSIDE = re.compile(rf"(?<!\w)(?=(\d\d)[ -]{{0,3}}([{ALPHABET}]{{5}})[ -]{{0,3}}([{ALPHABET}])(?!\w))", re.ASCII)
_DASHED = re.compile(rf"(?<!\w)(\d\d) ?- ?([{ALPHABET}]{{5}}) ?- ?([{ALPHABET}])(?!\w)", re.ASCII)
_DASHES = re.compile(r"[‐‑‒–—―−ー_]|\s*-\s*")


def _legible(text: str) -> str:
    """Capital letters of the alphabet where a sign can be read as one, plain dashes and digits."""
    simple = western(unicodedata.normalize("NFKC", text)).upper().translate(_LOOKS_LIKE)
    return _DASHES.sub("-", re.sub(r"\s+", " ", simple))


def _weighed(signs: str) -> int:
    return sum(weight * _VALUE[sign] for weight, sign in zip(_WEIGHTS, signs, strict=False))


def _written(signs: str) -> str:
    return f"{signs[:2]}-{signs[2:7]}-{signs[7:]}"
