"""Which writing a text is in, and the languages that writing alone settles.

Knows Unicode blocks and the Chinese characters that exist in one form only; knows no statistics.
"""

import re
from functools import lru_cache

# Writings that one language of ours uses, and those that need statistics (their group's name).
_BLOCKS = (
    ("Latin", "A-Za-z\u00aa\u00ba\u00c0-\u024f\u0250-\u02af\u1e00-\u1eff\uff21-\uff3a\uff41-\uff5a"),
    ("Cyrillic", "\u0400-\u052f"),
    ("Arabic", "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"),
    ("Devanagari", "\u0900-\u097f"),
    ("Ethiopic", "\u1200-\u139f\u2d80-\u2ddf"),
    ("Han", "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"),
    ("ja", "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"),
    ("ko", "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    ("th", "\u0e01-\u0e3a\u0e40-\u0e4e"),
    ("lo", "\u0e81-\u0eff"),
    ("km", "\u1780-\u17ff\u19e0-\u19ff"),
    ("my", "\u1000-\u109f\uaa60-\uaa7f"),
    ("ka", "\u10a0-\u10ff\u1c90-\u1cbf\u2d00-\u2d2f"),
    ("hy", "\u0531-\u058f\ufb13-\ufb17"),
    ("el", "\u0370-\u03ff\u1f00-\u1fff"),
    ("he", "\u0590-\u05ff\ufb1d-\ufb4f"),
    ("bn", "\u0980-\u09ff"),
    ("pa", "\u0a00-\u0a7f"),
    ("gu", "\u0a80-\u0aff"),
    ("ta", "\u0b80-\u0bff"),
    ("te", "\u0c00-\u0c7f"),
    ("kn", "\u0c80-\u0cff"),
    ("ml", "\u0d00-\u0d7f"),
    ("si", "\u0d80-\u0dff"),
    ("or", "\u0b00-\u0b7f"),
    ("bo", "\u0f00-\u0fff"),
    ("chr", "\u13a0-\u13ff\uab70-\uabbf"),
)
STATISTICAL = ("Latin", "Cyrillic", "Arabic", "Devanagari", "Ethiopic")
_NAMES = {f"g{at}": name for at, (name, _) in enumerate(_BLOCKS)}
_RUNS = re.compile("|".join(f"(?P<g{at}>[{block}]+)" for at, (_, block) in enumerate(_BLOCKS)))
_LATIN_ONLY = re.compile(r"[\u0000-\u024f\u1e00-\u1eff\u2010-\u203a\u20ac\s]*\Z")
# One letter says more in some writings: "我要police" is Chinese with an English word in it.
_LETTERS_A_WORD = {"Han": 0.5, "ja": 0.5, "ko": 0.6, "Ethiopic": 0.7, "Arabic": 0.9}


_CANTONESE = frozenset("唔佢喺嘅啲咗嚟冇哋咁嗰乜嘢咩喇噉啱攞俾畀睇瞓嘥搵諗嬲咪嗌氹叻啩㗎噃掂揸揾𨋢")


def _writes(codec: str, char: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=8192)
def form(char: str) -> str:
    """Give "simplified", "traditional", "japanese" or "" for a Chinese character, by the code pages that have it.

    The old national sets are the tables: GB 2312 lists simplified characters, Big5 traditional ones, and
    what only Shift JIS has is Japanese.
    """
    if char in _CANTONESE:
        return "traditional"
    mainland, taiwan = _writes("gb2312", char), _writes("cp950", char)
    if mainland != taiwan:
        return "simplified" if mainland else "traditional"
    return "japanese" if not mainland and _writes("shift_jis", char) else ""


def tally(text: str) -> dict[str, float]:
    """How much of a text is in each writing: letters, weighed by how many of them make a word."""
    if _LATIN_ONLY.match(text):
        count = sum(map(str.isalpha, text))
        return {"Latin": float(count)} if count else {}
    found: dict[str, float] = {}
    for run in _RUNS.finditer(text):
        name = _NAMES[run.lastgroup or ""]
        found[name] = found.get(name, 0.0) + (run.end() - run.start()) / _LETTERS_A_WORD.get(name, 1.0)
    return found


def part(text: str, script: str) -> str:
    """Only what of a text is in one writing: "мне нужен help" without its English word."""
    return " ".join(run.group() for run in _RUNS.finditer(text) if _NAMES[run.lastgroup or ""] == script)


def chinese(text: str) -> dict[str, float]:
    """Probabilities of zh-Hans, zh-Hant and ja for a text in Chinese characters without Kana.

    Characters that exist in one form only decide; a text without any ("你好") is most likely simplified,
    as most writers are. Cantonese words count for traditional.
    """
    forms = [form(char) for char in text]
    hans, hant, kanji = forms.count("simplified"), forms.count("traditional"), forms.count("japanese")
    if kanji and hans <= 2 * kanji and _CANTONESE.isdisjoint(text):
        return {"ja": 0.95, "zh-Hant": 0.04, "zh-Hans": 0.01}
    if hans == hant:
        return {"zh-Hans": 0.62, "zh-Hant": 0.34, "ja": 0.04}
    share = (max(hans, hant) + 0.02) / (hans + hant + 0.04)
    first, second = ("zh-Hans", "zh-Hant") if hans > hant else ("zh-Hant", "zh-Hans")
    return {first: 0.995 * share, second: 0.995 * (1 - share), "ja": 0.005}
