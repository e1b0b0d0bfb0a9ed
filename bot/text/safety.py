"""Is somebody in danger? Judged from one text, in any language, before the language is certain.

Refuses to know threads, times and notices: it says what a text tells, not what is done about it.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_

from bot.text.mask import masked
from bot.text.safety_lexicon import (
    ALONE,
    COVER,
    DEPARTMENT,
    LABELS,
    TRAFFICKING,
    UNSPACED,
    Hit,
    Lexicon,
    Rule,
    load,
    prepare,
    shortened,
    sounding,
)
from bot.text.safety_model import model as safety_model
from bot.text.safety_search import search

__all__ = ["LABELS", "Finding", "load", "look"]

PRESENT = ("fire", "medical", "emergency")  # what is no danger once it is over
# Parts of one rule stand within so many characters of each other.
NEAR, NEAR_UNSPACED = 90, 20
# A language that accounts for less than this share of what another does is there by chance (short words
# are spelt alike in many languages); only its whole phrases count, not its combined words.
CHANCE = 0.8
# From this chance on the model alone is believed: less misses more, more calls more ordinary texts a danger.
LIKELY, LIKELY_OF_FEW, NEVER = 0.3, 0.6, 2.0
OF_LIFE = ("fire", "medical", "crisis")  # whose phrases, enough alone, are never taken for an accident
PASSAGE = 260  # letters judged at a time
# Below this chance of any danger at all, words that were listed stand there by accident.
ACCIDENT = 0.05
LONGEST = 60  # letters of an entry; none is longer
SYLLABIC = frozenset({"my", "km", "lo"})
_UNSPACED_TAGS = frozenset({"zh-Hans", "zh-Hant", "ja", "ko", "th", "lo", "my", "km"})


Heard = tuple[Hit, int]  # an entry in the text, and what it means in one language


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text tells of danger. `label` goes first, `labels` are all that fit, in order of precedence."""

    label: str
    labels: tuple[str, ...]
    evidence: tuple[str, ...]
    marks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Said:
    """The entries found in one language (and in English, which is mixed into all)."""

    tag: str
    hits: list[Heard]
    ideas: int
    reach: int  # how many letters of the text are this language's own
    chance: bool  # too few of them: it is some other language's text


@lru_cache(maxsize=1)
def shipped() -> Lexicon:
    """The phrases that come with the line, read once per process."""
    return load(())


def look(
    text: str, tag: str | None = None, lexicon: Lexicon | None = None, *, phrases_only: bool = False
) -> Finding | None:
    """Whether the text tells of danger, or sends what it should not.

    All languages are searched whatever `tag` says; its evidence is named first, and its words of calm
    ("yesterday", "not an emergency") count even where another language saw the danger. `lexicon`: what
    `load` gave for a department's own phrases; the shipped ones if None. `phrases_only`: the model finds nothing by
    itself, for texts that were not written as one."""
    lexicon = lexicon or shipped()
    ready = prepare(text)
    said = _by_language(lexicon, _heard(lexicon, shortened(text), ready), tag)
    listed = _listed(lexicon, said, ready, tag)
    labels = _weighed(lexicon, said, ready, listed.copy(), tag)
    if phrases_only:
        labels = defaultdict(list, {label: words for label, words in labels.items() if label in listed})
    if numbers := masked(shortened(text))[1]:
        labels["sensitive"].append("number")
    if TRAFFICKING in labels:
        labels["emergency"] += labels[TRAFFICKING]
    fitting = tuple(label for label in LABELS if label in labels)
    if not fitting:
        return None
    evidence = tuple(dict.fromkeys(word for label in fitting for word in labels[label]))
    return Finding(fitting[0], fitting, evidence, _marks(lexicon, labels, said, text, numbers))


def by_phrases(text: str) -> tuple[str, ...]:
    """The labels that the phrases alone would give (to measure what the model adds)."""
    ready = prepare(text)
    said = _by_language(shipped(), _heard(shipped(), shortened(text), ready), None)
    labels = {*_listed(shipped(), said, ready, None), *(("sensitive",) if masked(shortened(text))[1] else ())}
    return tuple(label for label in LABELS if label in labels)


def by_model(text: str) -> tuple[str, ...]:
    """The labels that the model alone would give."""
    ready, ideas, _ = heard_in(text)
    chances = safety_model.chances(ready, ideas)
    return tuple(label for label in LABELS if chances[label] >= _enough(ready))


def heard_in(text: str) -> tuple[str, list[str], bool]:
    """For the trainer: the text made comparable, the ideas found in it, and whether the phrases alone tell of danger."""
    ready = prepare(text)
    said = _by_language(shipped(), _heard(shipped(), shortened(text), ready), None)
    return ready, _ideas(shipped(), said, 0, len(ready)), bool(_listed(shipped(), said, ready, None))


def _listed(lexicon: Lexicon, said: list[_Said], ready: str, tag: str | None) -> dict[str, list[str]]:
    """The labels that the phrases tell of, with their words."""
    labels: dict[str, list[str]] = defaultdict(list)
    for one in sorted(said, key=lambda one: one.tag != tag):
        told = dict(_told(lexicon, one, ready))
        quieted = _quieted(lexicon, one, said, tag) if told else ()
        for label in told.keys() - quieted:
            labels[label] += told[label]
    return labels


def _ideas(lexicon: Lexicon, said: list[_Said], start: int, end: int) -> list[str]:
    """The ideas found in a passage, in the languages that are not there by chance."""
    hits = (heard for one in said if not one.chance for heard in one.hits)
    return lexicon.named(reduce(or_, (bits for hit, bits in hits if start <= hit.start < end), 0))


def _chances(lexicon: Lexicon, said: list[_Said], ready: str) -> dict[str, float]:
    """How likely each label is: that of the passage that tells most of it, so that a long story hides nothing."""
    most = dict.fromkeys(LABELS, 0.0)
    for start, end in _passages(ready):
        found = safety_model.chances(f" {ready[start:end].strip()} ", _ideas(lexicon, said, start, end))
        for label, chance in found.items():
            most[label] = max(most[label], chance)
    return most


def _passages(ready: str) -> Iterator[tuple[int, int]]:
    """A text as a whole if it is short, else stretches of it that overlap by half, between words where there are."""
    if len(ready) <= PASSAGE:
        yield 0, len(ready)
        return
    start = 0
    while start < len(ready) - 1:
        end = ready.rfind(" ", start + PASSAGE // 2, start + PASSAGE) if start + PASSAGE < len(ready) else len(ready)
        end = end if end > 0 else start + PASSAGE
        yield start, end
        if end >= len(ready):
            return
        middle = ready.find(" ", start + PASSAGE // 2, end)
        start = middle if middle > 0 else start + PASSAGE // 2


def _weighed(
    lexicon: Lexicon, said: list[_Said], ready: str, listed: dict[str, list[str]], tag: str | None
) -> dict[str, list[str]]:
    """What was listed, and what nobody listed but the model takes for likely, with the words that weigh most. Where the
    model is all but certain that nothing is wrong, listed words are an accident, unless a department wrote them."""
    if not any(char.isalpha() for char in ready):
        return listed
    chances = _chances(lexicon, said, ready)
    if max(chances.values()) < ACCIDENT and not _stands(lexicon, said, ready, listed):
        listed = defaultdict(list, {label: words for label, words in listed.items() if label == "sensitive"})
    quieted = set[str]().union(*(_quieted(lexicon, one, said, tag) for one in said if not one.chance))
    enough = _enough(ready)
    for label, chance in chances.items():
        if chance >= enough and label not in quieted and label not in listed:
            listed[label] += safety_model.telling(ready, label)
    return listed


def _stands(lexicon: Lexicon, said: list[_Said], ready: str, listed: dict[str, list[str]]) -> bool:
    """Whether listed words count whatever the model says: a department's own, those of dying, and those that are most
    of the text."""
    if any(one.ideas & lexicon.mask(DEPARTMENT, *OF_LIFE) for one in said if not one.chance):
        return True
    words = {word for label in listed for word in listed[label]}
    return 2 * sum(map(len, words)) >= len(ready.strip())


def _enough(ready: str) -> float:
    """From which chance on the model is believed. A word or two ("help", "my phone") are for those who list words to
    judge; a few more tell statistics little."""
    words = ready.split()
    letters = sum(map(len, words))
    if UNSPACED.search(ready):
        return NEVER if letters < 4 else LIKELY_OF_FEW if letters <= 8 else LIKELY
    return NEVER if len(words) < 2 or letters <= 9 else LIKELY_OF_FEW if len(words) <= 4 else LIKELY


def _heard(lexicon: Lexicon, text: str, ready: str) -> dict[str, list[Heard]]:
    """What was found, by language: without what lies inside an idiom, tone marks heard where they are written."""
    hits = search(lexicon, ready)
    cover = lexicon.mask(COVER)
    covers = [(hit.start, hit.end) for hit in hits if any(bits & cover for _, bits in hit.meanings)]
    found: dict[str, list[Heard]] = defaultdict(list)
    for hit in hits:
        if any(start <= hit.start and hit.end <= end and (start, end) != (hit.start, hit.end) for start, end in covers):
            continue
        for tag, bits in hit.meanings:
            if tag in lexicon.tones:
                bits = sounding(lexicon, tag, ready[hit.start : hit.end], bits, text)
            if bits:
                found[tag].append((hit, bits))
    return found


def _by_language(lexicon: Lexicon, found: dict[str, list[Heard]], tag: str | None) -> list[_Said]:
    reaches = {own: _reach(hits) for own, hits in found.items()}
    enough = CHANCE * max(reaches.values(), default=0)
    english = _unnegated(lexicon, _widest(lexicon, found.get("en", []), "en"))
    said = []
    for own, hits in found.items():
        kept = _widest(lexicon, hits, own)
        chance = own != tag and reaches[own] < enough
        if not chance:
            kept = english if own == "en" else _with_english(_unnegated(lexicon, kept), english)
        said.append(_Said(own, kept, reduce(or_, (bits for _, bits in kept), 0), reaches[own], chance))
    return said


def _with_english(own: list[Heard], english: list[Heard]) -> list[Heard]:
    """A language's hits and those English words in the text that are no words of its own."""
    taken = {at for hit, _ in own for at in range(hit.start, hit.end)}
    loans = [(hit, bits) for hit, bits in english if hit.start not in taken and hit.end - 1 not in taken]
    return sorted(own + loans, key=lambda one: one[0].start) if loans else own


def _widest(lexicon: Lexicon, hits: list[Heard], tag: str) -> list[Heard]:
    """Without what is only part of a longer entry: phrases enough alone inside longer ones, all words inside one
    of crisis ("kill himself" is no threat to others), any syllables inside a longer word of a script without spaces."""
    alone, crisis = lexicon.mask(*LABELS), lexicon.mask("crisis")
    every = tag in SYLLABIC
    wider = [heard for heard in hits if every or heard[1] & alone]
    starts = [hit.start for hit, _ in wider]
    return [heard for heard in hits if not _swallowed(heard, wider, starts, alone, crisis, every)]


def _swallowed(heard: Heard, wider: list[Heard], starts: list[int], alone: int, crisis: int, every: bool) -> bool:
    hit, bits = heard
    return any(
        hit.end <= wide.end
        and wide.end - wide.start > hit.end - hit.start
        and (wide_bits & crisis or (wide_bits & alone if bits & alone else every))
        for wide, wide_bits in wider[bisect_left(starts, hit.start - LONGEST) : bisect_right(starts, hit.start)]
    )


def _unnegated(lexicon: Lexicon, hits: list[Heard]) -> list[Heard]:
    """Without dangers that the text says are not there ("no gun", "nobody is hurt")."""
    before, after, deniable = lexicon.mask("no"), lexicon.mask("no_after"), lexicon.mask(*DENIABLE)
    ends = {hit.end for hit, bits in hits if bits & before}
    begins = {hit.start for hit, bits in hits if bits & after}
    if not ends and not begins:
        return hits
    return [
        (hit, bits)
        for hit, bits in hits
        if not (
            bits & deniable
            and (hit.start - 1 in ends or hit.start in ends or hit.end + 1 in begins or hit.end in begins)
        )
    ]


DENIABLE = ("weapon", "flames", "smoke", "hurt", "blood", "wound", "threat", "suicide", "danger", "shots", "pain")
QUIETED_BY = {
    "past": (PRESENT, ("now", "again")),
    "fine": ((*PRESENT, "crisis"), ("again",)),
    "no_emergency": (PRESENT, ("again",)),
    "fiction": (LABELS[:5], ()),
}


def _quieted(lexicon: Lexicon, one: _Said, said: list[_Said], tag: str | None) -> set[str]:
    """Labels that words of the same text take back: past, over, invented, or called no emergency."""
    ideas = 0
    for other in said:
        if other is one or other.tag == tag or other.reach >= one.reach:
            ideas |= other.ideas
    quieted: set[str] = set()
    for idea, (labels, unless) in QUIETED_BY.items():
        if ideas & lexicon.mask(idea) and not one.ideas & lexicon.mask(*unless):
            quieted.update(labels)
    return quieted


def _reach(hits: Iterable[Heard]) -> int:
    reach = end = 0
    for hit, _ in hits:
        if hit.end > end:
            reach += hit.end - max(hit.start, end)
            end = hit.end
    return reach


def _told(lexicon: Lexicon, one: _Said, ready: str) -> Iterator[tuple[str, list[str]]]:
    """The labels that one language's words tell of, with the words: phrases enough alone, and, if this language
    is not there by chance, words that mean danger together."""
    told = set()
    for label in ALONE:
        bit = lexicon.mask(label)
        if one.ideas & bit:
            words = [ready[hit.start : hit.end] for hit, bits in one.hits if bits & bit]
            if one.chance:
                words = [word for word in words if not word.isascii() or " " in word]
            if words:
                told.add(label)
                yield label, words
    for rule in () if one.chance else lexicon.rules[one.tag]:
        likely = one.ideas & rule.parts[0] and one.ideas & rule.parts[-1] and not one.ideas & rule.barred
        if likely and rule.label not in told and (words := _met(rule, one, ready)):
            told.add(rule.label)
            yield rule.label, words


def _met(rule: Rule, one: _Said, ready: str) -> list[str]:
    """The words that meet a rule, one for each part, all near each other; none if it is not met."""
    near = NEAR_UNSPACED if one.tag in _UNSPACED_TAGS else NEAR
    last: list[Hit | None] = [None] * len(rule.parts)
    for hit, bits in one.hits:
        if not bits & rule.whole:
            continue
        fits = [at for at, part in enumerate(rule.parts) if bits & part]
        oldest = min(fits, key=lambda at: last[at].start if last[at] else -1)  # type: ignore[union-attr]
        last[oldest] = hit
        chosen = [one for one in last if one]
        if len(chosen) == len(last) and _close(chosen, near):
            return [ready[part.start : part.end] for part in chosen]
    return []


def _close(hits: list[Hit], near: int) -> bool:
    starts = [hit.start for hit in hits]
    return max(starts) - min(starts) <= near and len({(hit.start, hit.end) for hit in hits}) == len(hits)


def _marks(
    lexicon: Lexicon, labels: dict[str, list[str]], said: list[_Said], text: str, numbers: int
) -> frozenset[str]:
    """What decides between the texts of one label (docs/safety.md says which mark chooses which)."""
    ideas = reduce(or_, (one.ideas for one in said if not one.chance), 0)

    def named(*names: str) -> bool:
        return bool(ideas & lexicon.mask(*names))

    crisis, means = "crisis" in labels, named("pills", "poison")
    asks = named("ask") or any(sign in text for sign in "?؟？")
    marks = {
        "poison": means and ("medical" in labels or crisis),
        "on_purpose": crisis and (means or "medical" in labels or named("weapon")),
        "neck": named("neck") and not labels.keys().isdisjoint(("dv", "emergency")),
        "other_person": crisis
        and named("kin", "partner", "child")
        and named("say", "wrote", "silent")
        and not named("own"),
        "child": named("minor"),
        TRAFFICKING: TRAFFICKING in labels,
        "now": named("now", "again"),
        "has_papers_question": "sensitive" in labels and asks and not numbers and not named("idnumber"),
    }
    return frozenset(mark for mark, fits in marks.items() if fits)
