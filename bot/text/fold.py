"""Make texts comparable: case, accents, widths, punctuation and digits of any script.

Knows nothing of languages; what it removes is only what people leave out or type differently
when they mean the same.
"""

import re
import unicodedata
from functools import lru_cache

# Letters that carry a stroke or hook instead of a combining mark, so that NFKD leaves them alone.
_STROKES = str.maketrans("đðøłħıßæœþŋ", "ddolhisaotn")
# Arabic letters that writers use for one another, and the stretch mark that means nothing.
_ARABIC = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ـ": None, "\u200c": None}
)
# Scripts written without spaces between words: Thai, Lao, Burmese, Khmer, Kana, Han.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[\w]+", re.UNICODE)
# The marks of these scripts are vowels and tones that change the word: they stay.
_KEEPS_MARKS = re.compile(r"[\u0900-\u0dff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u0f00-\u0fff]")


@lru_cache(maxsize=2048)
def fold(text: str) -> str:
    """The text as it is compared: NFKC, lower case, no Latin, Greek, Cyrillic, Arabic or Hebrew
    marks, Western digits, everything that is no letter or digit turned into single spaces.

    >>> fold("  ¡NECESITO   Comida! ")
    'necesito comida'
    >>> fold("Tiếng Việt"), fold("１２"), fold("٣"), fold("3️⃣")
    ('tieng viet', '12', '3', '3')
    """
    if text.isascii():
        return " ".join(_WORD.findall(text.lower().replace("_", " ").replace("'", "")))
    text = unicodedata.normalize("NFKC", text).casefold()
    letters: list[str] = []
    for char in unicodedata.normalize("NFD", text):
        kind = unicodedata.category(char)
        if kind == "Mn" or kind == "Mc" or kind == "Me":
            if letters and _KEEPS_MARKS.match(char):
                letters.append(char)
        elif kind == "Nd":
            letters.append(str(unicodedata.digit(char)))
        elif kind[0] in "LN":
            letters.append(char)
        elif kind == "Cf" or char in "'’ʼ`´":
            continue
        else:
            letters.append(" ")
    plain = "".join(letters).translate(_STROKES).translate(_ARABIC)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def western(text: str) -> str:
    """The text with the digits of every script as 0-9, all else untouched.

    >>> western("٧ de ७, 12")
    '7 de 7, 12'
    """
    if text.isascii():
        return text
    return "".join(str(unicodedata.digit(c)) if unicodedata.category(c) == "Nd" else c for c in text)


_NUMBERED = re.compile(
    r"^[#(\[№]?\s*(\d{1,2})\s*(?:[.)\]:、。号號番]|번)?$"
)  # "1번", "1号": the usual answer in Korean and Chinese


@lru_cache(maxsize=1024)
def choice_number(text: str) -> int | None:
    """The number a menu answer is, in any script's digits: "1", "1.", "1)", "#1", "１", "١", "1️⃣"; else None."""
    plain = western(unicodedata.normalize("NFKC", text)).replace("\ufe0f", "").replace("\u20e3", "").strip()
    found = _NUMBERED.match(plain)
    return int(found.group(1)) if found else None


@lru_cache(maxsize=1024)
def tokens(text: str) -> tuple[str, ...]:
    """What a text is searched by: folded words, and overlapping pairs where a script has no spaces.

    >>> tokens("Banco de alimentos"), tokens("免费食物")
    (('banco', 'de', 'alimentos'), ('免费', '费食', '食物'))
    """
    found: list[str] = []
    for word in fold(text).split():
        run = ""
        for char in word:
            if UNSPACED.match(char):
                run += char
                continue
            found += _pairs(run)
            run = ""
            if found and found[-1].startswith("\0"):
                found[-1] += char
            else:
                found.append("\0" + char)
        found += _pairs(run)
        found = [token.lstrip("\0") for token in found]
    return tuple(found)


def _pairs(run: str) -> list[str]:
    if len(run) < 2:
        return [run] if run else []
    return [run[at : at + 2] for at in range(len(run) - 1)]
