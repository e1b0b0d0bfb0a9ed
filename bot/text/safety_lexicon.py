"""What residents write when they are in danger, in every language, made ready to be searched.

Reads `locales/safety.yml` (which ideas together mean danger) and `locales/<tag>/safety.yml` (the
words for each idea). Knows nothing of threads, notices, or what anybody does about a danger.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import yaml

from bot.text.fold import fold

SHIPPED = Path(__file__).resolve().parents[2] / "locales"
TRAFFICKING = "trafficking"  # no label of its own: an emergency with a mark
LABELS = ("fire", "medical", "emergency", "crisis", "dv", "sensitive")
ALONE = (*LABELS, TRAFFICKING)
COVER = "cover"
PLAIN = "plain"
LIKE = "like"  # a file's words are added to those of a sister language (Dari to Persian)
OPEN = "open"  # "phrases": the last word of a phrase may go on, for languages that put endings on it
# A department may add danger, never quiet: these ideas make the line say less.
QUIETING = frozenset({"past", "fine", "no_emergency", "fiction", "harmless", "laugh", "no", "no_after", PLAIN})
FIRST, LAST = 2000, 500
SHORTEST_SLIP = 6

_YAML = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FOLD = fold.__wrapped__  # entries are folded once; they must not push residents' words out of the cache
_SEPARATORS = re.compile(r"[,\n،、]+")
_ELISION = re.compile(r"\b([dljmtsnc]|qu)['’](?=\w)", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_RUN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_GAP = re.compile(f"(?<=[{_RUN}]) (?=[{_RUN}])")
_UNSPACED = re.compile(f"[{_RUN}]")
# Vowels and tones: an entry that ends before one of them is part of another syllable.
_MARKS = frozenset(
    chr(code)
    for block in (range(0x0EB0, 0x0ECE), range(0x102B, 0x103F), range(0x17B4, 0x17D4))
    for code in block
    if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_ARABIC = re.compile("[\u0600-\u06ff]")
# "and", "by", "the", "to" are written onto the Arabic word that follows.
_CLITICS = ("وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "و", "ب", "ل", "ف", "ع", "ه")

Meaning = tuple[str, int]  # a language and the ideas (bits) an entry stands for in it
Entry = tuple[str, tuple[Meaning, ...]]
Slip = tuple[str, bool, tuple[Meaning, ...]]  # a long word, whether it is a stem, what it stands for


@dataclass(frozen=True, slots=True)
class Rule:
    """Ideas that mean a label when all stand near each other, in any order, and none of `barred` is there."""

    label: str
    parts: tuple[int, ...]
    barred: int


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found in a prepared text, from `start` up to `end`."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]


@dataclass(frozen=True, eq=False)
class Lexicon:
    """Every phrase of every language in one index. `refused`: lines of a department that would quiet shipped ones."""

    ideas: Mapping[str, int]
    rules: Mapping[str, tuple[Rule, ...]]
    starts: Mapping[str, list[Entry]]
    inner: Mapping[str, list[Entry]]
    slips: Mapping[str, list[Slip]]
    plain: frozenset[str]
    refused: tuple[str, ...] = ()

    @lru_cache(maxsize=256)  # noqa: B019 (a process has one lexicon, or two)
    def mask(self, *names: str) -> int:
        """The bits of these ideas; an idea nobody has words for weighs nothing."""
        return sum(1 << self.ideas[name] for name in names if name in self.ideas)


def prepare(text: str) -> str:
    """The text as entries are compared with it: folded, calmed ("heeelp" is "help"), unspaced scripts run
    together, a space at both ends."""
    return f" {_comparable(shortened(text))} "


def shortened(text: str) -> str:
    """The part of a text that is looked at, so that no text takes long."""
    return text if len(text) <= FIRST + LAST else f"{text[:FIRST]} {text[-LAST:]}"


def _comparable(text: str) -> str:
    plain = _STRETCHED.sub(r"\1", _FOLD(_ELISION.sub(r"\1 ", text)))
    return plain if plain.isascii() else _GAP.sub("", plain)


def load(folders: Iterable[Path]) -> Lexicon:
    """The shipped phrases and those of the department's own folders (`<folder>/<tag>/safety.yml`).

    A department adds; it cannot take away: its lines that would quiet a shipped phrase are left out and
    named in `refused`."""
    builder = _Builder()
    builder.add_rules(_read(SHIPPED / "safety.yml"))
    for path in sorted(SHIPPED.glob("*/safety.yml")):
        builder.add_language(path.parent.name, _read(path))
    for folder in folders:
        for path in sorted(Path(folder).glob("*/safety.yml")):
            builder.add_own(path.parent.name, _read(path))
    return builder.lexicon()


def _read(path: Path) -> dict[str, str]:
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=_YAML)
    return {str(idea): str(words) for idea, words in (read or {}).items()}


def _lines(words: str) -> Iterator[str]:
    for line in _SEPARATORS.split(words):
        if line := line.split("#", 1)[0].strip():
            yield line


@dataclass(slots=True)
class _Builder:
    ideas: dict[str, int] = field(default_factory=dict)
    shared: list[Rule] = field(default_factory=list)
    own: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    entries: list[tuple[str, int, str]] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def bit(self, idea: str) -> int:
        return 1 << self.ideas.setdefault(idea, len(self.ideas))

    def add_rules(self, rules: Mapping[str, str]) -> None:
        for label, words in rules.items():
            self.shared += [self.rule(label, line, None) for line in words.splitlines() if line.strip()]

    def add_language(self, tag: str, words: Mapping[str, str]) -> None:
        tag = words.get(LIKE, tag)
        if words.get(OPEN) == "phrases":
            self.open.add(tag)
        for idea, listed in words.items():
            for line in () if idea in (LIKE, OPEN) else _lines(listed):
                self.add_line(tag, idea, line)

    def add_own(self, tag: str, words: Mapping[str, str]) -> None:
        for idea, listed in words.items():
            for line in _lines(listed):
                if idea in QUIETING or (idea == COVER and _would_quiet(line)):
                    self.refused.append(f"{tag}: {idea}: {line}")
                else:
                    self.add_line(words.get(LIKE, tag), idea, line)

    def add_line(self, tag: str, idea: str, line: str) -> None:
        if idea == PLAIN:
            self.plain.append(line)
        elif idea in ALONE and "+" in line:
            self.own[tag].append(self.rule(idea, line, tag))
        else:
            self.entries.append((tag, self.bit(idea), line))

    def rule(self, label: str, line: str, tag: str | None) -> Rule:
        wanted, *unwanted = re.split(r"\s-\s", line)
        parts = tuple(self.part(part, tag) for part in wanted.split("+"))
        barred = 0
        for part in unwanted:
            barred |= self.part(part, tag)
        return Rule(label, parts, barred)

    def part(self, part: str, tag: str | None) -> int:
        """One side of a `+`: ideas in <>, or, in a language's own file, words; separated by |."""
        bits = 0
        for choice in (choice.strip() for choice in part.split("|")):
            bit = self.bit(choice.strip("<>") if tag is None or choice.startswith("<") else f"{tag}:{choice}")
            if tag and not choice.startswith("<"):
                self.entries.append((tag, bit, choice))
            bits |= bit
        return bits

    def lexicon(self) -> Lexicon:
        starts: dict[str, list[Entry]] = defaultdict(list)
        inner: dict[str, list[Entry]] = defaultdict(list)
        slips: dict[str, list[Slip]] = defaultdict(list)
        shared: dict[tuple[Meaning, ...], tuple[Meaning, ...]] = {}
        for (body, anywhere), bits in self._merged().items():
            meanings = tuple(bits.items())
            meanings = shared.setdefault(meanings, meanings)
            if anywhere:
                inner[body[:2]].append((body, meanings))
                continue
            starts[body[:4]].append((body, meanings))
            word = body.rstrip()
            if len(word) >= SHORTEST_SLIP and " " not in word:
                slips[word[:3]].append((word, body == word, meanings))
                if body != word:
                    slips[word[0] + "-" + word[-3:]].append((word, False, meanings))
        tags = {tag for tag, _, _ in self.entries}
        rules = {tag: (*self.shared, *self.own[tag]) for tag in tags}
        plain = frozenset(_all_comparable(self.plain))
        return Lexicon(self.ideas, rules, dict(starts), dict(inner), dict(slips), plain, tuple(self.refused))

    def _merged(self) -> dict[tuple[str, bool], dict[str, int]]:
        """What each comparable entry (and whether it may stand anywhere in a word) means in which language."""
        merged: dict[tuple[str, bool], dict[str, int]] = {}
        bodies = _all_comparable([written for _, _, written in self.entries])
        for (tag, bit, written), body in zip(self.entries, bodies, strict=True):
            if not body:
                continue
            anywhere = written[0] == "*" or bool(_UNSPACED.search(body))
            goes_on = written[-1] == "*" or (" " in body and tag in self.open) or bool(_UNSPACED.search(body))
            meanings = merged.setdefault((body if goes_on else body + " ", anywhere), {})
            meanings[tag] = meanings.get(tag, 0) | bit
        return merged


def _would_quiet(phrase: str) -> bool:
    """Whether a phrase to be overlooked is one word, or is itself a danger among the shipped ones."""
    from bot.text import safety  # the judge of danger is above this module

    return len(phrase.split()) < 2 or safety.look(phrase) is not None


def _all_comparable(written: list[str]) -> list[str]:
    """Many entries made comparable in one go, which is several times faster than one by one."""
    between = " qzzq "
    return [body.strip() for body in _comparable(between.join(written)).split(between.strip())] if written else []


def search(lexicon: Lexicon, text: str) -> list[Hit]:
    """Every entry in a prepared text, by place. Time grows with the length of the text, no faster."""
    hits: list[Hit] = []
    starts = lexicon.starts
    at = 0
    while (end := text.find(" ", at + 1)) > 0:
        at += 1
        before = len(hits)
        for begin in _beginnings(text, at, end):
            for size in (2, 3, 4):
                for body, meanings in starts.get(text[begin : begin + size], ()):
                    if text.startswith(body, begin):
                        hits.append(Hit(begin, begin + len(body) - (body[-1] == " "), meanings))
        if len(hits) == before and end - at >= SHORTEST_SLIP:
            hits += [Hit(at, end, meanings) for meanings in _slips(lexicon, text[at:end])]
        at = end
    hits += _inner(lexicon.inner, text)
    hits.sort(key=lambda hit: (hit.start, -hit.end))
    return hits


def _beginnings(text: str, at: int, end: int) -> Iterator[int]:
    yield at
    if _ARABIC.match(text, at):
        for clitic in _CLITICS:
            if text.startswith(clitic, at) and end - at - len(clitic) > 2:
                yield at + len(clitic)


def _inner(inner: Mapping[str, list[Entry]], text: str) -> Iterator[Hit]:
    for at in range(1, len(text) - 1):
        for size in (1, 2):
            for body, meanings in inner.get(text[at : at + size], ()):
                if text.startswith(body, at) and text[at + len(body) : at + len(body) + 1] not in _MARKS:
                    yield Hit(at, at + len(body) - (body[-1] == " "), meanings)


def _slips(lexicon: Lexicon, word: str) -> Iterator[tuple[Meaning, ...]]:
    """What a long unknown word may have been meant as: one letter off, the first letter and three at
    either end right."""
    if word in lexicon.plain:
        return
    for known, is_stem, meanings in (
        *lexicon.slips.get(word[:3], ()),
        *lexicon.slips.get(word[0] + "-" + word[-3:], ()),
    ):
        size = len(known)
        if is_stem and len(word) > size:
            if any(_one_off(word[:cut], known) for cut in (size, size + 1)):
                yield meanings
        elif abs(len(word) - size) <= 1 and _one_off(word, known):
            yield meanings


def _one_off(word: str, known: str) -> bool:
    """Whether one letter was left out, put in, changed, or swapped with its neighbour."""
    if len(word) < len(known):
        word, known = known, word
    at = 0
    while at < len(known) and word[at] == known[at]:
        at += 1
    if len(word) > len(known):
        return word[at + 1 :] == known[at:]
    swapped = word[at + 1 : at + 2] == known[at : at + 1] and word[at : at + 1] == known[at + 1 : at + 2]
    return word[at + 1 :] == known[at + 1 :] or (swapped and word[at + 2 :] == known[at + 2 :])
