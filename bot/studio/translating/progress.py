"""How far a language has come: every string of the flows with what is live in it and what is being worked on. Looks only."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.errors import NotFound
from bot.flow.reading import Line
from bot.flow.strings import unique
from bot.hotline import Hotline
from bot.store import wordings
from bot.store.wordings import Wording
from bot.studio.checking.translation_checks import is_safety_text
from bot.studio.translating.catalogues import brought_up
from bot.text.language_names import english_name

Key = tuple[str, str]  # context and English, which together name a string
_APART = "\x04"  # as gettext puts between the two


class Standing(StrEnum):
    """Where one string stands. The first three are as residents read it; the others are on their way to them."""

    TRANSLATED = "translated"
    MISSING = "missing"
    STALE = "stale"
    MACHINE = "machine"
    DRAFT = "draft"
    SENT_BACK = "sent back"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True)
class String:
    """One string in one language. `live` is its translation in the catalogue, which is not said while it is stale: then
    `was` is the English it was made from. `comment` is the translators' own."""

    digest: str
    line: Line
    places: tuple[Line, ...]
    live: str
    was: str
    stale: bool
    comment: str
    wanted: bool  # whether this language is to have it
    work: Wording | None = None

    @property
    def key(self) -> Key:
        return self.line.context, self.line.english

    @property
    def flow(self) -> str:
        return self.line.context.partition(".")[0]

    @property
    def standing(self) -> Standing:
        work = self.work
        if work and work.state != wordings.LIVE and not (work.state == wordings.REVIEWED and self.says(work.text)):
            return Standing(work.state)
        if self.stale:
            return Standing.STALE
        return Standing.TRANSLATED if self.live else Standing.MISSING

    @property
    def newest(self) -> str:
        """The words somebody works on: the last written, else the live ones."""
        return self.work.text if self.work and self.standing == self.work.state else self.live

    def says(self, text: str) -> bool:
        """Whether residents read just this."""
        return bool(self.live) and not self.stale and self.live == text


@dataclass(frozen=True, slots=True)
class Counts:
    """How many strings there are, how many residents read in their language, and how many stand where."""

    strings: int
    said: int
    by: Mapping[Standing, int]


@dataclass(frozen=True, slots=True)
class Language:
    """Every string of a language in the order of the flows. `covers`: see reviews.Review. `earlier` are wordings
    of English that is no more, and never went live."""

    tag: str
    covers: str
    strings: tuple[String, ...]
    earlier: tuple[Wording, ...]

    def string(self, digest: str) -> String:
        """Raises NotFound."""
        for one in self.strings:
            if one.digest == digest:
                return one
        raise NotFound("There is no such string any more.")

    @property
    def counts(self) -> Counts:
        return _counted(self.strings)

    @property
    def flows(self) -> dict[str, Counts]:
        """Of each flow, by name, in order."""
        inside: dict[str, list[String]] = {}
        for one in self.strings:
            inside.setdefault(one.flow, []).append(one)
        return {name: _counted(found) for name, found in inside.items()}


def digest_of(key: Key) -> str:
    return hashlib.sha256(_APART.join(key).encode()).hexdigest()[:16]


def tags(hotline: Hotline) -> tuple[str, ...]:
    """Every language there is to translate into: the department's in its order, then the others by name."""
    offered = [tag for tag in hotline.config.department_languages if tag != "en"]
    others = sorted(hotline.texts.catalogues.keys() - {*offered, "en"}, key=english_name)
    return (*offered, *others)


def language(hotline: Hotline, tag: str) -> Language:
    """Raises NotFound, PuenteError if its catalogue cannot be read."""
    with hotline.db.read() as conn:
        work = wordings.of_language(conn, tag)
    return with_work(hotline, tag, work)


def with_work(hotline: Hotline, tag: str, work: Mapping[str, Wording]) -> Language:
    """As `language`, of wordings that were read already."""
    if tag not in tags(hotline):
        raise NotFound("This line has no such language.")
    covers, bare = _live(hotline, tag)
    strings = tuple(replace(one, work=work[one.digest]) if one.digest in work else one for one in bare)
    there = {one.digest for one in bare}
    gone = tuple(one for one in work.values() if one.digest not in there and one.state != wordings.LIVE)
    return Language(tag, covers, strings, gone)


_read: dict[str, tuple[str, str, tuple[String, ...]]] = {}  # tag -> what it was read from, covers, strings


def _live(hotline: Hotline, tag: str) -> tuple[str, tuple[String, ...]]:
    """What its catalogue covers, and every string as it is live; read anew when flows or catalogue changed."""
    texts = hotline.texts
    body = texts.catalogues[tag]() if tag in texts.catalogues else ""
    made_from = hashlib.sha256("\0".join([*texts.flows.values(), body]).encode()).hexdigest()
    kept = _read.get(tag)
    if kept is None or kept[0] != made_from:
        kept = _read[tag] = (made_from, *_strings(hotline, tag, body))
    return kept[1], kept[2]


def _strings(hotline: Hotline, tag: str, body: str) -> tuple[str, tuple[String, ...]]:
    po = brought_up(hotline.library, body, tag)
    covers = po.metadata.get("X-Covers", "")
    entries = {(entry.msgctxt or "", entry.msgid): entry for entry in po if not entry.obsolete}
    found = []
    for line, places in unique(hotline.library):
        entry = entries[line.context, line.english]
        stale = bool(entry.msgstr) and entry.fuzzy
        was = (entry.previous_msgid or "") if stale else ""
        wanted = not covers or is_safety_text(line)
        digest = digest_of((line.context, line.english))
        found.append(String(digest, line, tuple(places), entry.msgstr, was, stale, entry.tcomment, wanted))
    return covers, tuple(found)


def _counted(strings: Sequence[String]) -> Counts:
    by = Counter(one.standing for one in _counting(strings))
    return Counts(sum(by.values()), sum(bool(one.live) and not one.stale for one in _counting(strings)), by)


def _counting(strings: Iterable[String]) -> Iterable[String]:
    """What a language need not have counts only once there is something of it."""
    return (one for one in strings if one.wanted or one.live or one.work)
