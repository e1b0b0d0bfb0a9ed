"""How many years of school an English text wants: the Flesch-Kincaid grade. Knows no other language."""

import re

_SENTENCE = re.compile(r"[.!?:;\n]+(?=\s|$)")
_WORD = re.compile(r"[A-Za-z']+|\d[\d-]*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT_END = re.compile(r"(?:[^ely]e|[aeiouy]le|[^aeioutd]ed|[^aeiouscxzhg]es)$")
_FEWEST_WORDS = 8  # of a label or a half sentence the formula says nothing


def grade(text: str) -> float:
    """Flesch and Kincaid's grade (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59; 0 for a short text."""
    words = _WORD.findall(text)
    if len(words) < _FEWEST_WORDS:
        return 0.0
    sentences = sum(1 for part in _SENTENCE.split(text) if _WORD.search(part))
    syllables = sum(map(_syllables, words))
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    """Runs of vowels, without the silent ends of `while`, `asked` and `comes`; a number is read as one."""
    plain = word.lower().replace("'", "")
    count = len(_VOWELS.findall(plain))
    return max(1, count - 1 if count > 1 and _SILENT_END.search(plain) else count)
