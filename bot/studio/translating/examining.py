"""What new wordings would break in their language, found by the checks that everything live must pass. Knows no person and
no database: whoever asks says what else is there."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polib

from bot.flow.library import Library
from bot.flow.phrases import Catalogue, Voice
from bot.flow.strings import unique
from bot.store.terms import Term
from bot.store.wordings import REVIEWED
from bot.studio.checking.findings import Finding
from bot.studio.checking.translation_checks import Translations, check_translations
from bot.studio.checking.typed_word_checks import check_typed_words
from bot.studio.translating import glossary
from bot.studio.translating.progress import Key, String

LONGEST = 4_000  # characters of lists of words; texts people read have a limit of their own


@dataclass(frozen=True, slots=True)
class Wrong:
    """Sentences about one wording, each naming its string. With `errors` it cannot be kept."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def standing_words(strings: Iterable[String]) -> dict[Key, str]:
    """What residents read, and what they will read next."""
    said = {}
    for one in strings:
        if one.work and one.work.state == REVIEWED:
            said[one.key] = one.work.text
        elif one.live and not one.stale:
            said[one.key] = one.live
    return said


def examine(
    library: Library, tag: str, said: Mapping[Key, str], changes: Mapping[Key, str], terms: Iterable[Term] = ()
) -> dict[Key, Wrong]:
    """What is wrong with the changes over what is said, by the string it is found at. That may be another than those
    changed: a word that now means two things is wrong at the second of them."""
    found: dict[Key, Wrong] = {key: Wrong() for key in changes}
    for key, text in changes.items():
        found[key].errors.extend(f"{key[0]}: {words}." for words in _unfit(text))
        found[key].warnings.extend(f"{key[0]}: {words}." for words in glossary.missed(terms, key[1], text))
    keys = [(line.context, line.english) for line, _ in unique(library)]
    before = set(_findings(library, tag, keys, said))
    for one in dict.fromkeys(_findings(library, tag, keys, {**said, **changes})):
        if one not in before:
            wrong = found.setdefault(keys[one.problem.line - 1], Wrong())
            (wrong.errors if one.blocks else wrong.warnings).append(f"{one.problem.words}.")
    return found


def _findings(library: Library, tag: str, keys: list[Key], said: Mapping[Key, str]) -> Iterator[Finding]:
    """Of a catalogue that has each string at the line of its number, so that a finding can be traced to its string."""
    entries = {
        key: polib.POEntry(msgctxt=key[0], msgid=key[1], msgstr=said.get(key, ""), linenum=number)
        for number, key in enumerate(keys, 1)
    }
    own = Translations(tag, tag, "", entries, Voice(Catalogue(tag, said)))
    yield from check_translations(library, own)
    yield from check_typed_words(library, own)


def _unfit(text: str) -> Iterator[str]:
    if not text.strip():
        yield "there is nothing in it"
    if len(text) > LONGEST:
        yield f"is {len(text)} characters long; {LONGEST} are the most"
    if any(unicodedata.category(char) in ("Cc", "Cs") and char != "\n" for char in text):
        yield "has signs that cannot be seen or sent"
