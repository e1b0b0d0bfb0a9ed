"""Which language a text is in, and how sure that is: `detect`.

Looks at the text alone, offline; knows nothing of threads, departments or what was chosen before.
"""

import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from bot.text.language_model import lexicon, scripts
from bot.text.language_model.features import letters
from bot.text.language_model.masking import MOST_LETTERS_READ, masked
from bot.text.language_model.model import Model, combination, models

Guess = tuple[str, float]
MOST_GUESSES = 5
LEAST = 0.001  # a guess below this is not worth telling
_SETTLED = 0.995  # a writing of one language; the rest is for what we do not know
# What pycld2 calls languages that are one of ours, or close enough that their readers read ours.
_CLD2_TAGS = {
    "iw": "he", "hr": "bs", "sr": "bs", "sr-ME": "bs", "ms": "id", "rn": "rw", "fil": "tl", "jw": "id",
}  # fmt: skip
_MOST_TRUSTED = 1500.0
Voter = Callable[[str], Mapping[str, float]]


def load() -> None:
    """Open the weights and the other voter now rather than at the first text (before a server forks)."""
    detect("hola, necesito ayuda")
    detect("مرحبا 你好 привет ሰላም नमस्ते")


def detect(text: str) -> list[Guess]:
    """The likeliest languages of a text with their probabilities, best first, at most five; [] if it has no letters.

    Tags are BCP 47; Chinese is told apart by its characters ("zh-Hans", "zh-Hant"). Probabilities are calibrated:
    what is said at 0.9 is right nine times in ten. The same text always gives the same answer.
    """
    text = text[:MOST_LETTERS_READ]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # letters in fancy dress are letters
    known = lexicon.exact(text)
    if known:
        return known
    text = masked(text)
    written = scripts.tally(text)
    if not written:
        return []
    script = _prevailing(written)
    if script == "Han":
        return _ranked(scripts.chinese(text))
    if script in models():
        return _statistical(text if len(written) == 1 else scripts.part(text, script), script)
    return [(script, _SETTLED)]


def _prevailing(written: Mapping[str, float]) -> str:
    """The writing that has most of the text; Kana among Chinese characters make it Japanese."""
    kana = written.get("ja", 0.0)
    if kana and (kana > 4 or kana * 4 >= written.get("Han", 0.0)):
        written = {**written, "ja": kana + written.get("Han", 0.0), "Han": 0.0}
    return max(written, key=lambda script: written[script])


def _statistical(text: str, script: str) -> list[Guess]:
    model = models()[script]
    spaced = letters(text)
    if not spaced:
        return []
    other = _cld2()(text) if script != "Ethiopic" else {}
    return _ranked(_probabilities(model, script, spaced, other))


def _probabilities(model: Model, script: str, spaced: str, other: Mapping[str, float]) -> dict[str, float]:
    """The model's and the other voter's opinion as one, and how sure that is by what it was worth in the past."""
    fit = combination(script)
    scores = model.scores(spaced) + fit.prior
    column = model.columns
    weight = fit.weight_at(len(spaced) - 2)
    for tag, vote in other.items():
        if tag in column:
            scores[column[tag]] += weight * vote
            scores[fit.unheard] += weight * vote * fit.benefit
    best = int(scores.argmax())
    chances = np.exp(scores - scores[best])
    chances /= chances.sum()
    sure = fit.sure(float(chances[best]), len(spaced) - 2, agreement(model.tags[best], other))
    rest = 1.0 - float(chances[best])
    spread = (1.0 - sure) / rest if rest > 1e-9 else 0.0
    found = {model.tags[at]: min(float(chances[at]) * spread, sure) for at in np.argsort(-chances)[1:MOST_GUESSES]}
    return {model.tags[best]: sure} | found


def agreement(tag: str, other: Mapping[str, float]) -> float:
    """How strongly the other voter says the same; below zero how strongly it says something else."""
    return other.get(tag, 0.0) or -max(other.values(), default=0.0)


def _ranked(chances: Mapping[str, float]) -> list[Guess]:
    ranked = sorted(chances.items(), key=lambda guess: -guess[1])
    return [(tag, round(chance, 4)) for tag, chance in ranked if chance >= LEAST][:MOST_GUESSES]


@lru_cache(maxsize=1)
def _cld2() -> Voter:
    """pycld2 as a voter; where its wheel is absent, one who never speaks."""
    try:
        import pycld2
    except ImportError:
        return lambda text: {}

    def vote(text: str) -> Mapping[str, float]:
        try:
            _, _, found = pycld2.detect(text, isPlainText=True, bestEffort=True)
        except (pycld2.error, UnicodeEncodeError):  # control characters, halves of surrogate pairs
            return {}
        # Its score, not its share, tells what it is worth: below 300 it is right in 8 of 100, above 900 in 98.
        return {
            _CLD2_TAGS.get(tag, tag): percent / 100 * min(score, _MOST_TRUSTED) / 1000
            for _, tag, percent, score in found
            if tag != "un"
        }

    return vote
