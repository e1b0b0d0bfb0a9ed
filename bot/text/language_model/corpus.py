"""Training texts: read, sorted by writing, cut and roughened as residents write.

Knows the rows of the open corpora and our own texts beside this file; knows nothing of weights.
"""

import gzip
import random
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from bot.text.language_model import scripts
from bot.text.language_model.romanise import ROMANISED, UNVOWELLED, romanise

TEXTS = Path(__file__).parent / "texts"
DANGER_TEXTS = (
    Path(__file__).parent.parent / "safety_model" / "texts"
)  # written by residents' topics, in many spellings
_SPOKEN_AS = {"prs": "fa"}
_FROM_NATIVE = ROMANISED
_WITHOUT_MODEL = "zh-Hans zh-Hant ja ko th lo km my ka hy el he bn pa gu ta te kn ml"
_SETTLED = frozenset(_WITHOUT_MODEL.split())
_NATIVE = {
    "ru": "Cyrillic", "uk": "Cyrillic", "bg": "Cyrillic", "mn": "Cyrillic", "ar": "Arabic", "fa": "Arabic",
    "ur": "Arabic", "ps": "Arabic", "ckb": "Arabic", "hi": "Devanagari", "ne": "Devanagari", "mr": "Devanagari",
    "am": "Ethiopic", "ti": "Ethiopic",
}  # fmt: skip
# How much a text of each source counts: what residents write against Scripture, tweets and word lists.
_WEIGHT = {
    "own": 5.0, "tatoeba": 2.0, "gaen-i18n": 1.5, "bible-corpus": 0.5, "dakshina-lexicon": 0.3, "afrisenti-tweets": 0.3,
}  # fmt: skip
_WORD_LIST_SHARE = 0.5  # of the texts of a language that come from lists of single words
_ONE_WORD, _ONE_WORD_ROMANISED = 0.22, 0.16  # cut to a single word; in borrowed letters few write only one
_TRANSLITERATED_SHARE = 0.3
_UNVOWELLED_SHARE = 0.15  # where the vowels had to be guessed


@dataclass
class Language:
    """The texts of one language in one writing; `whole` come from writers, `single` from word lists."""

    whole: list[tuple[str, float]] = field(default_factory=list)
    single: list[str] = field(default_factory=list)
    native: list[str] = field(default_factory=list)  # to be romanised anew at each drawing


Groups = dict[str, dict[str, Language]]


def read(rows: Path, own: bool = True) -> Groups:
    """Every usable text of `rows` (tag, kind, source, text; gzip) and of our own files: writing -> tag -> texts."""
    groups: Groups = defaultdict(lambda: defaultdict(Language))
    with gzip.open(rows, "rt", encoding="utf-8") as lines:
        for line in lines:
            tag, kind, source, text = line.rstrip("\n").split("\t")
            _place(groups, tag, text, source, kind == "romanized")
    for tag, text, latin in own_texts() if own else ():
        _place(groups, tag, text, "own", latin)
    return groups


def own_texts() -> list[tuple[str, str, bool]]:
    """(tag, text, is in Latin letters though the language is not) of the files `<tag>.txt` and `<tag>-Latn.txt`,
    and the texts that danger is learned from."""
    found = []
    for path in sorted(TEXTS.glob("*.txt")):
        tag = path.stem.removesuffix("-Latn")
        lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
        found += [(tag, line, path.stem != tag) for line in lines if line and not line.startswith("#")]
    for path in sorted(DANGER_TEXTS.glob("*.tsv")):
        tag = _SPOKEN_AS.get(path.stem, path.stem)
        texts = (line.partition("\t")[2] for line in path.read_text(encoding="utf-8").splitlines())
        found += [(tag, text, tag in ROMANISED and _in_latin(text)) for text in texts]
    return found


def _in_latin(text: str) -> bool:
    written = scripts.tally(text)
    return bool(written) and max(written, key=lambda name: written[name]) == "Latin"


def _place(groups: Groups, tag: str, text: str, source: str, romanised: bool) -> None:
    written = scripts.tally(text)
    if not written:
        return
    script = max(written, key=lambda name: written[name])
    native = _NATIVE.get(tag, "" if tag in _SETTLED else "Latin")
    if romanised:
        if script == "Latin" and tag in ROMANISED:
            groups["Latin"][tag].whole.append((text, _WEIGHT.get(source, 1.0)))
        return
    if tag in _FROM_NATIVE and script != "Latin" and len(text) < 160:
        groups["Latin"][tag].native.append(text)
    if script != native:
        return
    if source == "frequencywords":
        groups[script][tag].single.append(text)
    else:
        groups[script][tag].whole.append((text, _WEIGHT.get(source, 1.0)))


def draw(language: Language, tag: str, count: int, chance: random.Random) -> list[str]:
    """So many texts of a language as residents would write them."""
    whole = [text for text, _ in language.whole]
    weights = [weight for _, weight in language.whole]
    picked = chance.choices(whole, weights, k=count) if whole else []
    if not picked:
        picked = chance.choices(language.native, k=count)
    share = _UNVOWELLED_SHARE if tag in UNVOWELLED else _TRANSLITERATED_SHARE
    single = _ONE_WORD_ROMANISED if language.native else _ONE_WORD
    drawn = []
    for text in picked:
        if language.single and chance.random() < _WORD_LIST_SHARE:
            drawn.append(roughened(chance.choice(language.single), chance, tag))
        elif language.native and chance.random() < share:
            drawn.append(_cut(romanise(chance.choice(language.native), tag, chance), chance, single))
        else:
            drawn.append(roughened(_cut(text, chance, single), chance, tag))
    return drawn


def _cut(text: str, chance: random.Random, single: float) -> str:
    """Some words running of a text: one (so often as `single` says), two or three, four to eight, or nearly all."""
    words = text.split()
    roll = chance.random()
    most = 1 if roll < single else chance.randint(2, 3) if roll < 0.5 else chance.randint(4, 8) if roll < 0.8 else 30
    if len(words) <= most:
        return text
    start = chance.randrange(len(words) - most + 1)
    return " ".join(words[start : start + most])


# How a language is spelled by those who learned it by ear; each change is made or not, text by text.
_BY_EAR = {
    "es": (("ce", "se"), ("ci", "si"), ("z", "s"), ("v", "b"), ("ll", "y"), ("h", ""), ("qu", "k"),
           ("ge", "je"), ("que ", "q ")),
    "pt": (("ção", "sao"), ("ç", "ss"), ("ss", "ç"), ("ch", "x"), ("qu", "k"), ("h", ""), ("você", "vc"),
           ("que ", "q ")),
    "fr": (("qu", "k"), ("ai", "é"), ("é", "er"), ("'", ""), ("c'est", "c"), ("au", "o"), ("ph", "f")),
    "ht": (("mwen", "moin"), ("mwen", "m"), ("wa", "oi"), ("k", "c"), ("ou ", "w "), ("è", "e"),
           ("y", "ll")),
    "en": (("you", "u"), ("are", "r"), ("please", "pls"), ("'", ""), ("ing", "in"), ("th", "d"), ("ck", "k"),
           ("ee", "i")),
    "so": (("x", "h"), ("c", ""), ("aa", "a"), ("dh", "d"), ("ii", "i"), ("oo", "o")),
    "vi": (("không", "ko"), ("gì", "j"), ("được", "dc"), ("ph", "f"), ("biết", "bít"), ("với", "vs")),
    "tl": (("ako", "aq"), ("siya", "sya"), ("niyo", "nyo"), ("hindi", "di"), ("kayo", "kau"), ("lang", "lng")),
}  # fmt: skip
_BY_EAR_SHARE = 0.2


def roughened(text: str, chance: random.Random, tag: str = "") -> str:
    """One in five spelled by ear, four in ten without their marks, one in eight with a typing slip."""
    if tag in _BY_EAR and chance.random() < _BY_EAR_SHARE:
        text = text.lower()
        for written, heard in _BY_EAR[tag]:
            if chance.random() < 0.4:
                text = text.replace(written, heard)
    if chance.random() < 0.4:
        text = unmarked(text)
    if chance.random() < 0.12 and len(text) > 4:
        at = chance.randrange(1, len(text) - 1)
        slip = chance.randrange(3)
        if slip == 0:
            text = text[:at] + text[at + 1 :]
        elif slip == 1:
            text = text[:at] + text[at] + text[at:]
        else:
            text = text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    return text


_STROKES = str.maketrans("đĐøØłŁħßæœıəƏɓɗƙ", "dDoOlLhsaoieEbdk")


def unmarked(text: str) -> str:
    """Latin letters without their marks; other writings keep theirs."""
    if text.isascii():
        return text
    plain = "".join(char for char in unicodedata.normalize("NFD", text) if not "\u0300" <= char <= "\u036f").translate(
        _STROKES
    )
    return unicodedata.normalize("NFC", plain)
