"""What residents write when they are in danger, in every language, made ready to be searched (`safety_search`).

Reads `locales/safety.yml` (which ideas together mean danger) and `locales/<tag>/safety.yml` (the
words for each idea). Knows nothing of threads, notices, or what anybody does about a danger.
"""

import gc
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from operator import or_
from pathlib import Path

import yaml

from bot.text.fold import fold

SHIPPED = Path(__file__).resolve().parents[2] / "locales"
TRAFFICKING = "trafficking"  # no label of its own: an emergency with a mark
LABELS = ("fire", "medical", "emergency", "crisis", "dv", "sensitive")
ALONE = (*LABELS, TRAFFICKING)
COVER = "cover"
PLAIN = "plain"
DEPARTMENT = "own:department"  # also meant by every word a department added
LIKE = "like"  # a file's words are added to those of a sister language (Dari to Persian)
TONES = "tones"  # "yes": where a text carries tone marks they must be right; "=word" never goes without
OPEN = "open"  # "yes": phrases and long words may go on, for languages that put endings on their words
LONG = 5
# A department may add danger, never quiet: these ideas make the line say less.
QUIETING = frozenset({"past", "fine", "no_emergency", "fiction", "harmless", "laugh", "no", "no_after", PLAIN})
FIRST, LAST = 2000, 500
SHORTEST_SLIP = 7

_YAML = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_FOLD = fold.__wrapped__  # entries are folded once; they must not push residents' words out of the cache
_SEPARATORS = re.compile(r"[,\n،、]+")
_ELISION = re.compile(r"\b([dljmtsnc]|qu)['’](?=\w)", re.IGNORECASE)
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
_RUN = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
_SPACES = re.compile(" {2,}")
_GAP = re.compile(f"(?<=[{_RUN}]) (?=[{_RUN}])")
LAST_CYRILLIC = "\u04ff"  # in later scripts one letter more or less makes another word too often
UNSPACED = re.compile(f"[{_RUN}]")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")
_MARKED = (*_TONES, *"ăâđêôơư")
ARABIC = "[\u0600-\u06ff]"
# "and", "by", "the", "to" are written onto the Arabic word that follows.
CLITICS = ("وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "و", "ب", "ل", "ف", "ع", "ه")

Meaning = tuple[str, int]  # a language and the ideas (bits) an entry stands for in it
Entry = tuple[str, tuple[Meaning, ...]]
Index = Mapping[str, tuple[Entry, ...]]  # entries by their first letters


@dataclass(frozen=True, slots=True)
class Rule:
    """Ideas that mean a label when all stand near each other, in any order, and none of `barred` is there."""

    label: str
    parts: tuple[int, ...]
    barred: int
    whole: int  # all ideas of all parts


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
    starts: Index
    inner: Index
    slips: Index  # long words, by their first three letters and by the first and the last three
    plain: frozenset[str]
    tones: Mapping[str, Mapping[str, Mapping[str, int]]]  # language, entry, what each way to mark it means
    refused: tuple[str, ...] = ()

    @lru_cache(maxsize=256)  # noqa: B019 (a process has one lexicon, or two)
    def mask(self, *names: str) -> int:
        """The bits of these ideas; an idea nobody has words for weighs nothing."""
        return sum(1 << self.ideas[name] for name in names if name in self.ideas)

    def named(self, bits: int) -> list[str]:
        """The ideas these bits stand for, without the words that only one language's own rules speak of."""
        names = self._names()
        found = []
        while bits:
            last = bits & -bits
            if name := names[last.bit_length() - 1]:
                found.append(name)
            bits ^= last
        return found

    @lru_cache(maxsize=4)  # noqa: B019 (a process has one lexicon, or two)
    def _names(self) -> tuple[str, ...]:
        return tuple("" if ":" in name else name for name in self.ideas)


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
    collecting = gc.isenabled()
    gc.disable()  # a hundred thousand small objects, none of them garbage
    try:
        return _load(folders)
    finally:
        if collecting:
            gc.enable()


def _load(folders: Iterable[Path]) -> Lexicon:
    builder = _Builder()
    builder.add_rules(read(SHIPPED / "safety.yml"))
    for path in sorted(SHIPPED.glob("*/safety.yml")):
        builder.add_language(path.parent.name, read(path))
    for folder in folders:
        for path in sorted(Path(folder).glob("*/safety.yml")):
            builder.add_own(path.parent.name, read(path))
    return builder.lexicon()


def read(path: Path) -> dict[str, str]:
    read = yaml.load(path.read_text(encoding="utf-8"), Loader=_YAML)
    return {str(idea): str(words) for idea, words in (read or {}).items()}


def lines(words: str) -> Iterator[str]:
    for line in _SEPARATORS.split(words):
        if line := line.split("#", 1)[0].strip():
            yield line


@dataclass(slots=True)
class _Builder:
    ideas: dict[str, int] = field(default_factory=dict)
    shared: list[Rule] = field(default_factory=list)
    own: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    entries: list[tuple[str, int, str]] = field(default_factory=list)  # of one file, until they are merged
    merged: dict[str, tuple[Meaning, ...]] = field(default_factory=dict)
    shapes: dict[tuple[tuple[Meaning, ...], str, int], tuple[Meaning, ...]] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    open: set[str] = field(default_factory=set)
    tones: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def bit(self, idea: str) -> int:
        return 1 << self.ideas.setdefault(idea, len(self.ideas))

    def add_rules(self, rules: Mapping[str, str]) -> None:
        for label, words in rules.items():
            self.shared += [self.rule(label, line, None) for line in words.splitlines() if line.strip()]

    def add_language(self, tag: str, words: Mapping[str, str]) -> None:
        tag = words.get(LIKE, tag)
        if words.get(OPEN) == "yes":
            self.open.add(tag)
        if words.get(TONES) == "yes":
            self.tones[tag] = defaultdict(lambda: defaultdict(int))
        for idea, listed in words.items():
            for line in () if idea in (LIKE, OPEN, TONES) else lines(listed):
                self.add_line(tag, idea, line)
        self.merge()

    def add_own(self, tag: str, words: Mapping[str, str]) -> None:
        for idea, listed in words.items():
            for line in lines(listed):
                if idea in QUIETING or (idea == COVER and _would_quiet(line)):
                    self.refused.append(f"{tag}: {idea}: {line}")
                else:
                    self.add_line(words.get(LIKE, tag), idea, line, self.bit(DEPARTMENT))
        self.merge()

    def add_line(self, tag: str, idea: str, line: str, more: int = 0) -> None:
        """`more`: ideas that the words stand for besides."""
        if idea == PLAIN:
            self.plain.append(line)
        elif idea in ALONE and ("+" in line or " - " in line):
            self.own[tag].append(self.rule(idea, line, tag))
        else:
            self.entries.append((tag, self.bit(idea) | more, line))

    def rule(self, label: str, line: str, tag: str | None) -> Rule:
        wanted, *unwanted = re.split(r"\s-\s", line)
        parts = tuple(self.part(part, tag) for part in wanted.split("+"))
        barred = 0
        for part in unwanted:
            barred |= self.part(part, tag)
        return Rule(label, parts, barred, reduce(or_, parts))

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
        slips: dict[str, list[Entry]] = defaultdict(list)
        for key, meanings in self.merged.items():
            body = key.removeprefix("*")
            entry = (body, meanings)
            if body is not key:
                inner[body[:2]].append(entry)
                continue
            starts[body[:4]].append(entry)
            word = body.rstrip()
            if len(word) >= SHORTEST_SLIP and " " not in word and word[0] <= LAST_CYRILLIC:
                slips[word[:3]].append(entry)
                if body != word:
                    slips[word[0] + "-" + word[-3:]].append(entry)
        tags = {tag for meanings in set(self.merged.values()) for tag, _ in meanings}
        rules = {tag: (*self.shared, *self.own[tag]) for tag in tags}
        plain = frozenset(all_comparable(self.plain))
        tones = {tag: {body: dict(ways) for body, ways in bodies.items()} for tag, bodies in self.tones.items()}
        return Lexicon(
            self.ideas, rules, _packed(starts), _packed(inner), _packed(slips), plain, tones, tuple(self.refused)
        )

    def merge(self) -> None:
        """What each comparable entry means in which language; "*" before those that may stand inside a word."""
        bodies = all_comparable([written for _, _, written in self.entries])
        for (tag, bit, written), body in zip(self.entries, bodies, strict=True):
            if not body:
                continue
            if tag in self.tones:
                self.tones[tag][body][("=" if written[0] == "=" else "") + toned(written).strip()] |= bit
            unspaced = not body.isascii() and bool(UNSPACED.search(body))
            goes_on = unspaced or written[-1] == "*" or (tag in self.open and (" " in body or len(body) >= LONG))
            key = ("*" if unspaced else "") + body + ("" if goes_on else " ")
            self.merged[key] = self.shape(self.merged.get(key, ()), tag, bit)
        self.entries.clear()

    def shape(self, meanings: tuple[Meaning, ...], tag: str, bit: int) -> tuple[Meaning, ...]:
        """These meanings and one more; few differ, so all entries of one meaning share it."""
        case = (meanings, tag, bit)
        if case not in self.shapes:
            together = dict(meanings)
            together[tag] = together.get(tag, 0) | bit
            self.shapes[case] = tuple(together.items())
        return self.shapes[case]


def _packed(buckets: dict[str, list[Entry]]) -> Index:
    return {letters: tuple(entries) for letters, entries in buckets.items()}


def _would_quiet(phrase: str) -> bool:
    """Whether a phrase to be overlooked is one word, or is itself a danger among the shipped ones."""
    from bot.text import safety  # the judge of danger is above this module

    return len(phrase.split()) < 2 or safety.look(phrase) is not None


def all_comparable(written: list[str]) -> list[str]:
    """What `prepare` makes of many entries, in one go: each letter is folded once, not each place it stands in."""
    text = _ELISION.sub(r"\1 ", "\n".join(written))
    folded = {ord(char): _letter(char) for char in set(text) if char != "\n"}
    plain = _GAP.sub("", _STRETCHED.sub(r"\1", _SPACES.sub(" ", text.translate(folded))))
    return [body.strip() for body in plain.split("\n")]


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    return _FOLD(f"a{char}a")[1:-1]


@lru_cache(maxsize=64)
def toned(text: str) -> str:
    """The words of a text with their tone marks, wherever in the syllable those were put ("hòa", "hoà")."""
    words = []
    for word in re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold()):
        letters = unicodedata.normalize("NFD", word)
        tones = "".join(char for char in letters if char in _TONES)
        words.append(unicodedata.normalize("NFC", "".join(char for char in letters if char not in _TONES)) + tones)
    return f" {' '.join(words)} "


def sounding(lexicon: Lexicon, tag: str, body: str, bits: int, text: str) -> int:
    """What is left of the meaning of an entry, found without marks, once the marks of the text are heard."""
    ways = lexicon.tones[tag].get(body)
    if ways is None:
        return bits
    heard = toned(text)
    if any(char in heard for char in _MARKED):
        kept = [way for way in ways if f" {way.removeprefix('=')} " in heard]
    else:
        kept = [way for way in ways if way[0] != "="]
    return reduce(or_, (ways[way] for way in kept), 0)
