"""What a text costs on the wire and how a long one is cut: GSM-7 or UCS-2, segments, parts.

Knows nothing of providers or languages, and never replaces a letter.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from bot.text.fold import UNSPACED

Encoding = Literal["GSM-7", "UCS-2"]

# The default alphabet and its extension table, 3GPP TS 23.038 sections 6.2.1 and 6.2.1.1.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_GSM = _BASIC | frozenset(_EXTENSION)

# How much one segment holds: alone, and when it is one of several and carries the joining header.
_ALONE = {"GSM-7": 160, "UCS-2": 70}
_JOINED = {"GSM-7": 153, "UCS-2": 67}

_PLAIN = str.maketrans(
    dict.fromkeys("“”„‟«»″〝〞＂", '"')
    | dict.fromkeys("‘’‚‛′´`＇", "'")
    | dict.fromkeys("‐‑‒–—―−－", "-")
    | {"‹": "<", "›": ">"}
    | dict.fromkeys(
        "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
    )
    | dict.fromkeys("\u000b\u0085\u2028\u2029", "\n")
    | dict.fromkeys("\u00ad\u200b\u200e\u200f\u2060\ufeff")
)


def encoding(text: str) -> Encoding:
    """GSM-7 if every character is in its alphabet or extension, else UCS-2."""
    return "GSM-7" if _GSM.issuperset(text) else "UCS-2"


def segments(text: str) -> int:
    """How many segments carry the text (1 for an empty one), counted as Twilio's own calculator does:
    no segment ends inside an extension pair, a surrogate pair or a character made of several.

    >>> segments("a" * 160), segments("a" * 161), segments("í" * 70), segments("í" * 71)
    (1, 2, 1, 2)
    """
    used = encoding(text)
    if _size(text, used) <= _ALONE[used]:
        return 1
    room = _JOINED[used]
    full, free = 1, room
    for cluster in text if used == "GSM-7" else _clusters(text):
        size = _size(cluster, used)
        if size > room:
            # More marks than a segment holds: such a character must be cut wherever the segment ends.
            size -= free
            full, free = full + -(-size // room), room - (size % room or room)
            continue
        if size > free:
            full, free = full + 1, room
        free -= size
    return full


def plain(text: str) -> str:
    """The text with typographic quotes, dashes and odd spaces made plain, if it then travels in GSM-7;
    else the text as it was, since nothing would be saved. A letter typed as letter and mark becomes the one
    letter it is.

    >>> plain("It’s here – now"), plain("“Está” – aquí")
    ("It's here - now", '“Está” – aquí')
    """
    if encoding(text) == "GSM-7":
        return text
    simple = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return simple if encoding(simple) == "GSM-7" else text


def split(text: str, limit: int = 1600) -> list[str]:
    """The text in parts of at most `limit` places (an extension character and an emoji take two), each as
    full as can be, cut at spaces and line ends; where a script has no spaces, between its characters. Only a word
    longer than a part is cut. The space at a cut is left out; an empty text has no parts.

    >>> split("one two three", 9)
    ['one two', 'three']
    """
    if len(text) * 2 <= limit:  # no encoding takes more places; nearly every text
        return [whole] if (whole := text.strip()) else []
    used = encoding(text)
    parts: list[str] = []
    part: list[str] = []
    filled = 0
    for gap, piece in _pieces(text, used, limit):
        size = _size(piece, used)
        if part and filled + _size(gap, used) + size > limit:
            parts.append("".join(part))
            part, filled = [], 0
        if part:
            part.append(gap)
            filled += _size(gap, used)
        part.append(piece)
        filled += size
    return [*parts, "".join(part)] if part else parts


def _size(text: str, used: Encoding) -> int:
    """Places taken: septets in GSM-7, UTF-16 units in UCS-2."""
    if used == "GSM-7":
        return len(text) + sum(map(text.count, _EXTENSION))
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


# What may not begin a line, and what may not end one, where cuts fall between any two characters.
_CLOSING = frozenset("、。，．！？：；）」』】》〉”’…,.!?:;)]%ー々ๆฯ")
_OPENING = frozenset("（「『【《〈“‘([")
_WORD = re.compile(r"(\s*)(\S+)")


def _pieces(text: str, used: Encoding, limit: int) -> Iterator[tuple[str, str]]:
    """What may not be cut, each with the space before it."""
    for gap, word in _WORD.findall(text):
        pieces = _unspaced(word) if UNSPACED.search(word) else [word]
        for piece in pieces:
            for bit in [piece] if _size(piece, used) <= limit else _bits(piece, used, limit):
                yield gap, bit
                gap = ""


def _unspaced(word: str) -> Iterator[str]:
    """A run of a script without spaces, open between any two characters but before closing and after opening marks."""
    piece = ""
    for cluster in _clusters(word):
        may_cut = UNSPACED.match(cluster) or (piece and UNSPACED.match(piece[-1]))
        if cluster[0] in _CLOSING or (piece and piece[-1] in _OPENING):
            may_cut = None
        if piece and (may_cut or (piece[-1] in _CLOSING and UNSPACED.match(cluster))):
            yield piece
            piece = ""
        piece += cluster
    yield piece


def _bits(word: str, used: Encoding, limit: int) -> Iterator[str]:
    for cluster in _clusters(word):
        if _size(cluster, used) <= limit:
            yield cluster
        else:
            yield from cluster


# --- characters as people see them (UAX #29), read from one letter for the kind of each code point ---

_CLUSTER = re.compile(r"C|P*(?:II|L+(?:[VA]V*T*|BT*)?|[VA]V*T*|BT*|T+|[GIOXSJ])(?:[XSJ]|(?<=J)G)*|P+")
_PREPENDED = re.compile("[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3]")
# Marks by meaning that are letters or formats by category, and Burmese marks that stand alone.
_EXTENDING = re.compile("[\u200c\uff9e\uff9f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]")
_STANDING = re.compile("[\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c]")


def _clusters(text: str) -> list[str]:
    """The characters of a text as its reader sees them: letters with their marks, syllables, joined emoji."""
    kinds = "".join(map(_kind, text))
    if not _COMPOSING.search(kinds):
        return list(text)
    return [text[found.start() : found.end()] for found in _CLUSTER.finditer(kinds)]


_COMPOSING = re.compile("[XSJPILVTAB]")


@lru_cache(maxsize=8192)
def _kind(char: str) -> str:
    """C control, X mark, S spacing mark, J joiner, P prepended, I flag letter, G picture, LVTAB Hangul, O other."""
    if char == "\u200d":
        return "J"
    if "\U0001f1e6" <= char <= "\U0001f1ff":
        return "I"
    if _EXTENDING.match(char):
        return "X"
    if _PREPENDED.match(char):
        return "P"
    if "\uac00" <= char <= "\ud7a3":
        return "B" if (ord(char) - 0xAC00) % 28 else "A"
    for first, last, kind in (
        ("\u1100", "\u115f", "L"), ("\ua960", "\ua97c", "L"), ("\u1160", "\u11a7", "V"),
        ("\ud7b0", "\ud7c6", "V"), ("\u11a8", "\u11ff", "T"), ("\ud7cb", "\ud7fb", "T"),
    ):  # fmt: skip
        if first <= char <= last:
            return kind
    if char in "\u0e33\u0eb3":
        return "S"
    category = unicodedata.category(char)
    if category in ("Mn", "Me"):
        return "X"
    if category == "Mc":
        return "O" if _STANDING.match(char) else "S"
    return {"Cc": "C", "Cf": "C", "Cs": "C", "Zl": "C", "Zp": "C", "So": "G"}.get(category, "O")
