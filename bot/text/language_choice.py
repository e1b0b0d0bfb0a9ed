"""Which language we answer in: a pure rule over what a thread knows, the new text and the guesses about it.

Decides and says why; sends nothing, stores nothing and guesses nothing itself.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bot.text.language_model.masking import says_nothing
from bot.text.language_model.romanise import ROMANISED
from bot.text.language_model.scripts import tally

Guesses = Sequence[tuple[str, float]]

ANSWER = 0.70  # sure enough to answer a first text in its language
SWITCH = 0.85  # firm enough to count as a text in another language
SWITCH_LETTERS = 8  # fewer Latin letters are a name or a loan word more often than another language
MOST_ASKED = 3
LIKELY = 0.10  # a guess below this is no candidate worth a line of its own

# Who can be answered in what, where the department has no texts in the language itself: nearest first.
_NEAREST = {
    "prs": ("fa",), "fa": ("prs",), "yue": ("zh-Hant",), "zh": ("zh-Hans", "zh-Hant"), "zh-Hans": ("zh-Hant",),
    "zh-Hant": ("zh-Hans",), "fil": ("tl",), "hr": ("bs",), "sr": ("bs",), "ms": ("id",), "rn": ("rw",), "rw": ("rn",),
    "mww": ("hmn",), "hnj": ("hmn",),
}  # fmt: skip
# What readers of a language often also read; offered beside it, never taken for granted.
_ALSO_READ = {
    "mam": ("es",), "quc": ("es",), "ti": ("am", "ar"), "om": ("am",), "uk": ("ru",), "uz": ("ru",), "hy": ("ru",),
    "ka": ("ru",), "mn": ("ru",), "ckb": ("ar", "fa"), "ku": ("ar", "tr"), "so": ("ar",), "ps": ("fa", "prs"),
    "rw": ("fr", "sw"), "rn": ("fr", "sw"), "ht": ("fr",), "ne": ("hi",), "ur": ("hi",), "he": ("ru",), "bg": ("ru",),
}  # fmt: skip
_SAME_TO_THE_EAR = frozenset({"hi", "ur"})  # one spoken language; Latin letters do not tell them apart


@dataclass(frozen=True, slots=True)
class Standing:
    """What a thread knows of its language."""

    tag: str | None = None  # the language we answer in
    source: str = "none"  # none, detected, chosen, asked
    sure: float = 0.0
    other: str | None = None  # a different language seen firmly in the last text


@dataclass(frozen=True, slots=True)
class Choice:
    """What to do about the language of one text. `why` is a short code for the audit, `evidence` the guesses."""

    action: Literal["keep", "answer", "ask", "switch"]
    standing: Standing  # to be stored
    among: tuple[str, ...] = ()  # for "ask": the two or three likeliest, all of them offered
    evidence: tuple[tuple[str, float], ...] = field(default=())
    why: str = ""


def choose(
    standing: Standing,
    text: str,
    guesses: Guesses | Callable[[str], Guesses],
    offered: Sequence[str],
    priors: Mapping[str, float] | None = None,
) -> Choice:
    """Decide for one text. `guesses` may be `detect` itself: it is only called where the text can matter.

    `offered` are the tags the department has texts for, the commonest first; `priors` add to the log-probability
    of a tag (0.7 doubles its odds) for what is spoken in this town.
    """
    if standing.source == "chosen" and standing.tag:
        return Choice("keep", standing, why="chosen stays")
    if says_nothing(text):
        if standing.tag:
            return Choice("keep", standing, why="says nothing")
        return _asked(standing, (), offered, "says nothing")
    found = guesses(text) if callable(guesses) else guesses
    likely = weighed(found, priors or {})
    if standing.tag:
        if not likely:
            return Choice("keep", standing, why="says nothing")
        return _later(standing, standing.tag, text, likely, offered)
    if not likely:
        return _asked(standing, (), offered, "too short")
    return _first(standing, text, likely, offered)


def weighed(guesses: Guesses, priors: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
    """The guesses under a department's priors, best first; what was left unsaid keeps its share."""
    if not priors or not any(tag in priors for tag, _ in guesses):
        return tuple(guesses)
    told = sum(chance for _, chance in guesses)
    raised = [(tag, chance * math.exp(priors.get(tag, 0.0))) for tag, chance in guesses]
    whole = sum(chance for _, chance in raised) + max(0.0, 1.0 - told)
    return tuple(sorted(((tag, chance / whole) for tag, chance in raised), key=lambda guess: -guess[1]))


def served(tag: str, offered: Sequence[str]) -> str | None:
    """The offered language in which a reader of `tag` is answered: itself, else its nearest; None if there is none."""
    if tag in offered:
        return tag
    return next((near for near in _NEAREST.get(tag, ()) if near in offered), None)


def _first(standing: Standing, text: str, likely: Guesses, offered: Sequence[str]) -> Choice:
    """No language yet: answer if sure, else ask."""
    tag, sure = likely[0]
    if _either_hindi_or_urdu(text, likely):
        both = tuple(one for one in ("hi", "ur") if one in offered)
        if len(both) == 2 and standing.source != "asked":
            return _asked(standing, likely, offered, "latin letters", both)
        tag = both[0] if len(both) == 1 else tag
        sure = max(sure, ANSWER)  # asked once already: the likelier of the two, rather than a second question
    if _form_of_chinese(likely) >= ANSWER:
        sure = max(sure, ANSWER)  # which characters is a smaller matter than which language
    if sure < ANSWER:
        return _asked(standing, likely, offered, "unsure")
    answered = served(tag, offered)
    if answered is None:
        return _asked(standing, likely, offered, "not offered")
    found = Standing(answered, "detected", round(min(sure, 1.0), 4))
    return Choice("answer", found, evidence=tuple(likely), why="sure" if answered == tag else "nearest")


def _later(standing: Standing, ours: str, text: str, likely: Guesses, offered: Sequence[str]) -> Choice:
    """A language stands: keep it, unless two texts running are firmly in one other that is offered."""
    tag, sure = likely[0]
    evidence = tuple(likely)
    answered = served(tag, offered)
    if ours in (tag, answered) or (tag.startswith("zh") and ours.startswith("zh") and sure < SWITCH):
        again = replace(standing, sure=max(standing.sure, round(sure, 4)), other=None)
        return Choice("keep", again, evidence=evidence, why="same")
    if not _firm(text, sure) or _both_spoken(ours, likely):
        return Choice("keep", standing, evidence=evidence, why="unsure")
    if standing.other != tag:
        return Choice("keep", replace(standing, other=tag), evidence=evidence, why="first in another")
    if answered is None:
        return _asked(standing, likely, offered, "not offered")
    return Choice("switch", Standing(answered, "detected", round(sure, 4)), evidence=evidence, why="second in another")


def _firm(text: str, sure: float) -> bool:
    written = tally(text)
    latin_only = set(written) == {"Latin"}
    return sure >= SWITCH and (not latin_only or (written["Latin"] >= SWITCH_LETTERS and len(text.split()) >= 2))


def _both_spoken(ours: str, likely: Guesses) -> bool:
    """Whether the text mixes the language that stands with another: then what stands is kept."""
    return dict(likely).get(ours, 0.0) >= LIKELY


def _form_of_chinese(likely: Guesses) -> float:
    if not likely[0][0].startswith("zh"):
        return 0.0
    return sum(chance for tag, chance in likely if tag.startswith("zh"))


def _either_hindi_or_urdu(text: str, likely: Guesses) -> bool:
    if likely[0][0] not in _SAME_TO_THE_EAR or not in_latin_letters(text, likely[0][0]):
        return False
    return sum(chance for tag, chance in likely if tag in _SAME_TO_THE_EAR) >= ANSWER


def in_latin_letters(text: str, tag: str) -> bool:
    """Whether the text is in Latin letters though the language has a writing of its own."""
    written = tally(text)
    return tag in ROMANISED and bool(written) and max(written, key=lambda script: written[script]) == "Latin"


def _asked(
    standing: Standing, likely: Guesses, offered: Sequence[str], why: str, among: tuple[str, ...] = ()
) -> Choice:
    """Ask among the likeliest that are offered, filled up with the department's commonest."""
    picked = list(among)
    for tag, chance in likely if not among else ():
        if chance >= LIKELY:
            near = served(tag, offered)
            picked += [near] if near else [also for also in _ALSO_READ.get(tag, ()) if also in offered]
    if len(set(picked)) < 2:
        picked += offered
    unique = tuple(dict.fromkeys(picked))[:MOST_ASKED]
    return Choice("ask", replace(standing, source="asked", other=None), unique, tuple(likely), why)
