"""Native writing to Latin letters, as people type it on a telephone keyboard: one writer, one random habit.

For the trainer only: texts in Latin letters are scarce for these languages. Knows letters, no words.
"""

import random
from functools import cache

# Languages with another writing of their own that people also type in Latin letters.
ROMANISED = ("hi", "ur", "pa", "bn", "gu", "ne", "ar", "fa", "ps", "ru", "uk", "am", "ti")

# One entry a letter: spellings separated by "|", the commonest first and twice as likely.
_RUSSIAN = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e|ye",
    "ё": "yo|e|jo",
    "ж": "zh|j",
    "з": "z",
    "и": "i",
    "й": "y|i|j",
    "к": "k",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "у": "u",
    "ф": "f",
    "х": "h|kh|x",
    "ц": "ts|c",
    "ч": "ch|4",
    "ш": "sh|6",
    "щ": "sch|shch|sh",
    "ъ": "",
    "ы": "y|i",
    "ь": "|'",
    "э": "e",
    "ю": "yu|ju|u|iu",
    "я": "ya|ja|ia|a",
}
_UKRAINIAN = _RUSSIAN | {
    "г": "h|g",
    "ґ": "g",
    "е": "e",
    "є": "ye|ie|je|e",
    "и": "y|i|u",
    "і": "i",
    "ї": "yi|i|ji",
    "й": "y|i|j",
    "щ": "shch|sch",
    "'": "",
    "’": "",
    "ʼ": "",
}
# Brahmic blocks share one layout: the offset inside the block is the letter.
_VOWELS = {
    0x05: "a",
    0x06: "aa|a",
    0x07: "i",
    0x08: "ee|i",
    0x09: "u",
    0x0A: "oo|u",
    0x0B: "ri",
    0x0E: "e",
    0x0F: "e",
    0x10: "ai|ei",
    0x12: "o",
    0x13: "o",
    0x14: "au|ou",
}
_SIGNS = {
    0x3E: "a|aa",
    0x3F: "i",
    0x40: "i|ee",
    0x41: "u",
    0x42: "u|oo",
    0x43: "ri",
    0x46: "e",
    0x47: "e|ey",
    0x48: "ai|e",
    0x4A: "o",
    0x4B: "o",
    0x4C: "au|o",
}
_CONSONANTS = {
    0x15: "k",
    0x16: "kh",
    0x17: "g",
    0x18: "gh",
    0x19: "ng",
    0x1A: "ch|c",
    0x1B: "chh|ch",
    0x1C: "j|z",
    0x1D: "jh",
    0x1E: "n|ny",
    0x1F: "t",
    0x20: "th",
    0x21: "d",
    0x22: "dh",
    0x23: "n",
    0x24: "t",
    0x25: "th",
    0x26: "d",
    0x27: "dh",
    0x28: "n",
    0x29: "n",
    0x2A: "p",
    0x2B: "ph|f",
    0x2C: "b",
    0x2D: "bh",
    0x2E: "m",
    0x2F: "y",
    0x30: "r",
    0x31: "r",
    0x32: "l",
    0x33: "l",
    0x34: "zh",
    0x35: "v|w",
    0x36: "sh|s",
    0x37: "sh",
    0x38: "s",
    0x39: "h",
}
_BRAHMIC = {"hi": 0x900, "ne": 0x900, "mr": 0x900, "bn": 0x980, "pa": 0xA00, "gu": 0xA80}
_BENGALI = _CONSONANTS | {0x2F: "j", 0x36: "sh|s", 0x37: "sh", 0x38: "s|sh", 0x35: "b"}
# Ethiopic: eight places a consonant, in the order of the block.
_ETHIOPIC_ROWS = (
    "h l h m s|sh r s sh q|k q q q b v t ch|c h h n ny|gn a k k k k w a z zh y d d j g g g t ch|ch p ts|s ts|s f p"
)
_ETHIOPIC = _ETHIOPIC_ROWS.split()
_ETHIOPIC_VOWELS = ("e|a", "u", "i", "a", "e|ie", "|i|e", "o", "wa|ua")
_ETHIOPIC_FIRST = {"a": ("a|e", "u", "i", "a", "e", "i|e", "o", "wa")}
_ARABIC = {
    "ا": "a", "أ": "a|2", "إ": "i|e", "آ": "a|aa", "ب": "b", "ت": "t", "ث": "th|s|t", "ج": "j|g", "ح": "7|h",
    "خ": "kh|5|7'", "د": "d", "ذ": "th|z|d", "ر": "r", "ز": "z", "س": "s", "ش": "sh|ch", "ص": "s|9", "ض": "d|9'",
    "ط": "t|6", "ظ": "z|th", "ع": "3|a", "غ": "gh|3'", "ف": "f", "ق": "q|2|k", "ك": "k", "ل": "l", "م": "m",
    "ن": "n", "ه": "h", "ة": "a|eh|e|ah", "و": "w|o|u", "ي": "y|i|ee", "ى": "a", "ئ": "2|e", "ؤ": "2|o", "ء": "2|",
}  # fmt: skip

_PERSIAN = _ARABIC | {
    "آ": "a|aa", "ا": "a|aa", "پ": "p", "چ": "ch", "ژ": "zh|j", "گ": "g", "ک": "k", "ی": "i|y|ee", "ث": "s", "ح": "h",
    "خ": "kh|x", "ذ": "z", "ص": "s", "ض": "z", "ط": "t", "ظ": "z", "ع": "a|", "غ": "gh", "ق": "gh|q", "و": "o|u|v|ou",
    "ه": "h|e", "ج": "j", "ئ": "e", "ء": "",
}  # fmt: skip
_URDU = _PERSIAN | {
    "ٹ": "t", "ڈ": "d", "ڑ": "r", "ں": "n", "ھ": "h", "ہ": "h|a", "ے": "e|ay", "ق": "q", "و": "o|u|w|v",
    "ی": "i|ee|y", "ئ": "|e",
}  # fmt: skip
_PASHTO = _PERSIAN | {
    "ټ": "t", "ډ": "d", "ړ": "r", "ږ": "g|zh", "ښ": "kh|sh|x", "ځ": "z|dz", "څ": "ts|s", "ڼ": "n", "ې": "e",
    "ۍ": "ai|ay", "ي": "i|y",
    "ګ": "g", "ق": "q", "ئ": "ai",
}  # fmt: skip
UNVOWELLED = {"ar": _ARABIC, "fa": _PERSIAN, "ur": _URDU, "ps": _PASHTO}
_GUESSED_VOWELS = {"ar": "aaaeiieuo", "fa": "aaaeeeo", "ur": "aaaaiu", "ps": "aaaaeu"}


class Habit:
    """One writer's way: whichever spelling of a letter comes first is kept through the text."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.kept: dict[str, str] = {}

    def of(self, spellings: str) -> str:
        if spellings not in self.kept:
            ways = spellings.split("|")
            self.kept[spellings] = self.chance.choice([ways[0], *ways])
        return self.kept[spellings]


def romanise(text: str, tag: str, chance: random.Random) -> str:
    """The text in Latin letters; a tag without a way of its own gives the text back."""
    habit = Habit(chance)
    if tag in ("ru", "uk"):
        table = _RUSSIAN if tag == "ru" else _UKRAINIAN
        return "".join(habit.of(table[char]) if char in table else char for char in text.lower())
    if tag in _BRAHMIC:
        return " ".join(_brahmic(word, tag, habit) for word in text.split())
    if tag in ("am", "ti"):
        return " ".join(_ethiopic(word, habit) for word in text.split())
    if tag in UNVOWELLED:
        return " ".join(_unvowelled(word, tag, habit) for word in text.split())
    return text


def _brahmic(word: str, tag: str, habit: Habit) -> str:
    """One word. The inherent vowel is "a" ("o" in Bengali), silent at the end but in Nepali verbs, and in
    the second of three open syllables."""
    block = _BRAHMIC[tag]
    consonants = _BENGALI if tag == "bn" else _CONSONANTS
    inherent = habit.of("o|a") if tag == "bn" else "a"
    parts: list[tuple[str, str]] = []  # (consonant, vowel), vowel "*" while it is only inherent
    for char in word:
        at = ord(char) - block
        if char in "ੰੱ" or at in (0x01, 0x02):
            if parts:
                parts.append(("" if char == "ੱ" else habit.of("n|m|"), ""))
        elif at in consonants:
            parts.append((habit.of(consonants[at]), "*"))
        elif at in _VOWELS:
            parts.append(("", habit.of(_VOWELS[at])))
        elif at in _SIGNS and parts:
            parts[-1] = (parts[-1][0], habit.of(_SIGNS[at]))
        elif at == 0x4D and parts:
            parts[-1] = (parts[-1][0], "")
        elif tag == "bn" and at == 0x5F:
            parts.append(("y", "*"))
        elif at in (0x5C, 0x5D):
            parts.append((habit.of("d|r"), "*"))
        elif not 0 <= at < 0x80:
            parts.append((char, ""))
    keeps_end = tag == "ne" and habit.chance.random() < 0.7
    for at, (consonant, vowel) in enumerate(parts):
        if vowel != "*":
            continue
        last = at == len(parts) - 1
        silent = (last and not keeps_end and len(parts) > 1) or (
            not last and at >= 1 and parts[at + 1][1] not in ("", "*") and parts[at - 1][1] != "" and tag != "bn"
        )
        parts[at] = (consonant, "" if silent else inherent)
    return "".join(consonant + vowel for consonant, vowel in parts)


@cache
def _ethiopic_letter(char: str) -> tuple[str, str] | None:
    at = ord(char) - 0x1200
    if not 0 <= at < 8 * len(_ETHIOPIC):
        return None
    consonant = _ETHIOPIC[at // 8]
    if consonant == "a":
        return "", _ETHIOPIC_FIRST["a"][at % 8]
    return consonant, _ETHIOPIC_VOWELS[at % 8]


def _ethiopic(word: str, habit: Habit) -> str:
    written = ""
    for at, char in enumerate(word):
        letter = _ethiopic_letter(char)
        if letter is None:
            written += char
            continue
        consonant, vowel = letter
        silent = vowel.startswith("|") and (at == len(word) - 1 or habit.chance.random() < 0.4)
        written += habit.of(consonant) + ("" if silent else habit.of(vowel))
    return written


def _unvowelled(word: str, tag: str, habit: Habit) -> str:
    """One word; short vowels are not written in Arabic letters, so one is guessed between two consonants."""
    table, guessed = UNVOWELLED[tag], _GUESSED_VOWELS[tag]
    written, bare = "", False
    if tag == "ar" and word.startswith("ال"):
        written, word = habit.of("al|el|il") + habit.of("|-"), word[2:]
    for at, char in enumerate(word):
        if char not in table:
            written += char
            bare = False
            continue
        vowel = char in "اأإآىویةيےېۍ" or (char in "هہ" and at == len(word) - 1)
        if bare and not vowel and char != "ھ":
            written += habit.chance.choice(guessed)
        written += "a" if char in "هہ" and at == len(word) - 1 else habit.of(table[char])
        bare = not vowel and habit.chance.random() < 0.75
    return written
