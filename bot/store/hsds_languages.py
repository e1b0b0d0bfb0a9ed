"""Names and codes of languages, as directories of help write them, to BCP 47 tags. Loads CLDR: for imports only."""

import functools
import re

from babel import Locale
from babel.core import get_global

# How Americans and HSDS files call them, where CLDR's English name is another; with tags that CLDR has no name for.
_NAMES = {
    "mandarin": "zh",
    "mandarin chinese": "zh",
    "simplified chinese": "zh-Hans",
    "traditional chinese": "zh-Hant",
    "cantonese": "yue",
    "filipino": "tl",
    "pilipino": "tl",
    "creole": "ht",
    "haitian": "ht",
    "kreyol": "ht",
    "farsi": "fa",
    "dari": "prs",
    "mam": "mam",
    "asl": "ase",
    "sign language": "ase",
    "cambodian": "km",
    "ilocano": "ilo",
    "twi": "ak",
}
# The tags the line itself uses where CLDR would say another.
_OURS = {"fil": "tl", "tgl": "tl", "tl": "tl", "prs": "prs", "cmn": "zh", "mam": "mam"}
_CODE = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_](?:[a-z]{2}|\d{3}))?", re.IGNORECASE)
_OWN_NAMES = (
    "es",
    "zh",
    "vi",
    "ko",
    "ar",
    "ht",
    "ru",
    "pt",
    "fr",
    "so",
    "sw",
    "uk",
    "ne",
    "am",
    "hi",
    "ur",
    "fa",
    "pl",
)


@functools.cache
def language_tag(text: str) -> str | None:
    """ "es", "spa", "Spanish", "Español", "zh-Hant", "Chinese (Mandarin)" -> a tag; None if nobody knows it."""
    plain = " ".join(text.lower().split())
    code = _CODE.fullmatch(plain)
    if code:
        base = _OURS.get(code[1]) or get_global("language_aliases").get(code[1], code[1]).partition("_")[0]
        if base in _OURS.values() or base in _english():
            return f"{base}-{code[2].title()}" if code[2] else base
    inner = re.fullmatch(r"(.*?)\s*\((.*)\)", plain)
    for name in (plain, *((inner[2], inner[1]) if inner else ())):
        if tag := _NAMES.get(name) or _tags_of_names().get(name):
            return tag
    return None


@functools.cache
def language_words(tag: str) -> str:
    """What people call it: in English and in itself, as far as CLDR knows."""
    base = tag.partition("-")[0]
    words = [_english().get(base, "")]
    words += [name for name, known in _NAMES.items() if known == tag]
    if base in _OWN_NAMES:
        words.append(Locale.parse(base).get_language_name() or "")
    return " ".join(words)


@functools.cache
def _english() -> dict[str, str]:
    return {tag: str(name) for tag, name in Locale("en").languages.items()}


@functools.cache
def _tags_of_names() -> dict[str, str]:
    names = {name.lower(): tag for tag, name in _english().items() if "_" not in tag}
    return names | {(Locale.parse(tag).get_language_name() or tag).lower(): tag for tag in _OWN_NAMES}
