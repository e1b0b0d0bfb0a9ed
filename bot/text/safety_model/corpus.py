"""Texts to learn danger from: our own, labelled, and ordinary sentences of the open corpora.

Knows files and labels; knows nothing of weights.
"""

import gzip
import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import polib

from bot.text.language_model.corpus import roughened
from bot.text.safety_lexicon import ALONE, SHIPPED, TRAFFICKING, lines, read

TEXTS = Path(__file__).parent / "texts"
ORDINARY = "ordinary"
_FROM_CORPORA = 1500  # of a language
_LONGEST = 160  # letters: what residents write
_TYPED_CONTEXTS = (".words", ".says", ".hints", "words.help", "words.officer", "words.yes", "words.no", "words.thanks")
_JOINED_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Labelled:
    tag: str
    text: str
    labels: frozenset[str]  # empty: ordinary


def own() -> list[Labelled]:
    """Our own texts: `texts/<tag>.tsv`, labels (joined with +, or "ordinary") and text by the line."""
    found = []
    for path in sorted(TEXTS.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            labels, _, text = line.partition("\t")
            found.append(Labelled(path.stem, text, frozenset(labels.split("+")) - {ORDINARY}))
    return found


def phrases() -> list[Labelled]:
    """What `locales/<tag>/safety.yml` takes for danger by itself, each phrase as a text."""
    found = []
    for path in sorted(SHIPPED.glob("*/safety.yml")):
        for label, listed in read(path).items():
            wanted = frozenset({"emergency" if label == TRAFFICKING else label})
            alone = lines(listed) if label in ALONE else ()
            texts = (line.strip("*= ") for line in alone if "+" not in line and " - " not in line)
            found += [Labelled(path.parent.name, text, wanted) for text in texts if len(text) > 1]
    return found


def typed(locales: Path = SHIPPED) -> list[Labelled]:
    """What residents type at menus and to say what they want, from the catalogues: answers, not dangers."""
    found, english = [], set[str]()
    for path in sorted(locales.glob("*/LC_MESSAGES/bot.po")):
        entries = [one for one in polib.pofile(str(path)) if one.msgctxt and one.msgctxt.endswith(_TYPED_CONTEXTS)]
        own = {word.strip("* ") for one in entries for word in one.msgstr.split("|")}
        english |= {word.strip("* ") for one in entries for word in one.msgid.split("|")}
        found += [Labelled(path.parts[-3], word, frozenset()) for word in sorted(own) if len(word) > 1]
    return found + [Labelled("en", word, frozenset()) for word in sorted(english) if len(word) > 1]


def open_corpora(rows: Path, chance: random.Random) -> list[Labelled]:
    """Ordinary sentences (tag, kind, source, text by the line; gzip), so many of each language."""
    by_language: dict[str, list[str]] = defaultdict(list)
    with gzip.open(rows, "rt", encoding="utf-8") as lines:
        for line in lines:
            tag, _, source, text = line.rstrip("\n").split("\t")
            if source not in ("frequencywords", "dakshina-lexicon") and len(text) <= _LONGEST:
                by_language[tag].append(text)
    return [
        Labelled(tag, text, frozenset())
        for tag, texts in sorted(by_language.items())
        for text in chance.sample(texts, min(_FROM_CORPORA, len(texts)))
    ]


def varied(texts: list[Labelled], chance: random.Random) -> list[Labelled]:
    """Each text also with slips of the thumb, and some with an ordinary text of the same language before or after."""
    calm: dict[str, list[str]] = defaultdict(list)
    for one in texts:
        if not one.labels:
            calm[one.tag].append(one.text)
    made = []
    for one in texts:
        made.append(one)
        made.append(Labelled(one.tag, roughened(one.text, chance, one.tag), one.labels))
        if calm[one.tag] and chance.random() < _JOINED_SHARE:
            both = [one.text, chance.choice(calm[one.tag])]
            chance.shuffle(both)
            made.append(Labelled(one.tag, ". ".join(both), one.labels))
    return made
