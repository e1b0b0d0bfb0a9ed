"""What says nothing about a writer's language: names, addresses, numbers, links, tapbacks, "ok".

Takes them out of a text before it is judged, and tells when nothing else is left.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bot.text.fold import fold
from bot.text.language_model.lexicon import exact

_PEOPLE = Path(__file__).with_name("people.txt")
MOST_LETTERS_READ = 600
MOST_NAMES = 4  # words of one person's name
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[@#][A-Za-z]\w+|\b[\w-]+\.(?:com|org|net|gov|edu|us)\b\S*", re.IGNORECASE
)
# How telephones report a reaction: the verb in the sender's setting, then our own words quoted.
_TAPBACK = re.compile(
    r"^\s*(?:(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted|removed|(?:le |me )?gust[óo]|"
    r"(?:me )?encant[óo]|"
    r"le dio|a aim[ée]|a ador[ée]|gostou|amou|curtiu|понравилось|нравится|喜欢|喜歡|赞了|已按讚)\b.{0,40}?"
    r"[\"“”«„「『].*|\S{1,12}\s(?:to|a|an|sur|para|на|到|对)\s?[\"“«„「].*)$",
    re.IGNORECASE | re.DOTALL,
)
_STREET = (
    r"(?:st|str|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|hwy|highway|pkwy|"
    r"parkway|cir|circle|ter|terrace|sq|square)\b\.?"
)
_ADDRESS = re.compile(
    rf"\b\d{{1,6}}[a-z]?\s+(?:(?:[nsew]|north|south|east|west)\.?\s+)?(?:[\w.'-]+\s+){{0,3}}?{_STREET}"
    r"(?:[\s,]+(?:(?:apt|apartment|unit|suite|ste|floor|fl|rm|bldg)\.?\s*#?\s*\w{1,5}|#\s*\w{1,5}))?"
    r"(?:[\s,]+(?:(?-i:[A-Z])[\w.'-]+[\s,]+){0,3}(?-i:[A-Z]{2})\b)?(?:[\s,]+\d{5}(?:-\d{4})?)?"
    r"|\b(?:(?-i:[A-Z])[\w.'-]+\s+){1,3}(?-i:St|Street|Ave?|Avenue|Rd|Road|Blvd|Boulevard|Hwy|Highway|Ln|Lane|Dr|Drive)\b\.?"
    r"(?:\s*#?\s*\d+\w?)?"
    rf"|\b\d{{1,3}}(?:st|nd|rd|th)\s+(?:and\s+\d{{1,3}}(?:st|nd|rd|th)\b|{_STREET})"
    r"|\b(?:apt|apartment|unit|suite|ste|apto)\.?\s*#?\s*\d+\w?\b|\bp\.?\s?o\.?\s?box\s+\d+"
    r"|\b(?:calle|avenida|carrera|rua|rue)\s+[\w.'-]+\s*#?\s*\d+[\w-]*",
    re.IGNORECASE,
)
_INTRODUCTION = re.compile(
    r"\b(?:my name(?:'?s| is)|i am|i'm|this is|me llamo|mi nombre es|soy|meu nome [eé]|(?:eu )?me chamo|je m'?appelle|"
    r"mon nom est|je suis|(?:mwen|m) rele|non m(?:wen)? se|"
    r"t[eê]n (?:t[oô]i|em|m[iì]nh) l[aà]|(?:t[oô]i|em) t[eê]n(?: l[aà])?|"
    r"ako(?:'y)? (?:po )?si|ang pangalan ko(?: ay)?|pangalan ko|magacaygu waa|jina langu ni|naitwa|(?:benim )?ad[iı]m|"
    r"nama saya|ich hei(?:ß|ss)e|mein name ist|mi chiamo|nazywam si[eę]|mam na imi[eę]|numele meu este|nitwa|"
    r"kuv (?:lub )?npe (?:yog|hu ua)|mera na+m|maqaan koo|quhem|меня зовут|мене звати|اسمي|ismi|esme man|"
    r"नाम)\s+(?P<names>(?:\S+\s*){1,4})",
    re.IGNORECASE,
)
_NO_WORDS = (
    "ok okay okey oki okie k kk okk okok ок окей lol lmao haha hahaha hehe jaja jajaja kkk kkkk hmm hm mm mmm uh um "
    "ah oh aha wow xd omg 555 test testing msg sms whatsapp x b s menu"
)
_EMPTY_WORDS = frozenset(_NO_WORDS.split())
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’.-](?=\w))*")


@lru_cache(maxsize=1)
def people() -> frozenset[str]:
    """Names of people, folded."""
    lines = _PEOPLE.read_text(encoding="utf-8").splitlines()
    return frozenset(name for line in lines if not line.startswith("#") for name in line.split())


def masked(text: str) -> str:
    """The text without links, addresses and introduced or well-known names; as it was if nothing were left.

    >>> masked("my name is Nguyen Van Anh")
    'my name is'
    """
    bare = _bare(text)
    return bare if _WORD.search(bare) else text


def _bare(text: str) -> str:
    if "." in text or "@" in text or "#" in text:
        text = _LINK.sub(" ", text)
    if any(map(str.isdigit, text)) or " " in text:
        text = _ADDRESS.sub(" ", text)
    introduced = _INTRODUCTION.search(text)
    if introduced:
        text = text[: introduced.start("names")] + _after_names(introduced["names"]) + text[introduced.end("names") :]
    return " ".join(text.split())


def _after_names(tail: str) -> str:
    """What follows the names at the head of `tail`: capitalised words (beyond the first, if all are), known names."""
    words = tail.split()
    for at, word in enumerate(words):
        plain = fold(word)
        named = plain in people() or (word[:1].isupper() and not word.isupper())
        if not named:
            return " ".join(words[at:]) + " "
        if word[-1:] in ",.;!":
            return " ".join(words[at + 1 :]) + " "
    return ""


def is_tapback(text: str) -> bool:
    """Whether a telephone reports a reaction to one of our texts (`Liked "…"`, `👍 to "…"`), which nobody typed."""
    return bool(_TAPBACK.match(text))


def says_nothing(text: str) -> bool:
    """Whether a text tells nothing of its writer's language: digits, signs, emoji, a name, an address, a link,
    "ok", laughter, or a telephone's report of a reaction."""
    text = text[:MOST_LETTERS_READ]
    if is_tapback(text):
        return True
    words = _WORD.findall(_bare(text))
    known = people()
    folded = [fold(word) for word in words]
    if all(part in _EMPTY_WORDS or part in known for word in folded for part in word.split()):
        return True
    return len(words) <= MOST_NAMES and _looks_like_a_name(words, folded)


def _looks_like_a_name(words: Sequence[str], folded: Sequence[str]) -> bool:
    """Whether all words are written large, one at least is a known name and none is a word we know ("Hola Maria")."""
    large = all(word[:1].isupper() and not word[1:].isupper() for word in words)
    return large and not people().isdisjoint(folded) and not any(map(exact, words))
