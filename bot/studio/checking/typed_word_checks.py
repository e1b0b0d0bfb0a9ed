"""Words that would mean two things when a resident types them: two choices, or a choice and a word that means
something at every question, or to carriers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.flow.library import Library
from bot.flow.phrases import Voice
from bot.flow.reading import Line
from bot.flow.script import Script
from bot.flow.steps.base import Choice
from bot.flow.steps.deeds import Handoff
from bot.flow.steps.talk import Ask
from bot.studio.checking.findings import Finding, error, warning
from bot.studio.checking.translation_checks import Translations
from bot.text.fold import fold
from bot.text.keywords import CARRIERS

KEYWORDS = ("stop", "start", "help", "delete")  # answered before the flow hears of a text
_BEFORE_FLOWS = (*KEYWORDS, "thanks")
_EVERYWHERE = ("menu", "back", "leave", "unclear", "officer", "language")  # answered unless a choice takes the word
_ALONE = (*KEYWORDS, "menu", "back", "skip", "leave", "unclear", "officer", "language")  # no two may share a word


@dataclass(frozen=True)
class _Speech:
    """One language as residents type it, and where its lines stand. English where `own` is None."""

    library: Library
    voice: Voice
    own: Translations | None

    @cached_property
    def meanings(self) -> Mapping[str, Sequence[str]]:
        """What each word means at every question."""
        found: dict[str, list[str]] = {}
        for name in (*_BEFORE_FLOWS, *_EVERYWHERE):
            for word in self.words(name):
                found.setdefault(word, []).append(name)
        return found

    def found(self, rule: str, line: Line, words: str, *, blocks: bool = True) -> Finding:
        say = error if blocks else warning
        if self.own is None:
            return say(rule, line.file, line.line, words, line.context)
        return say(rule, self.own.file, self.own.line_of(line), f"{line.context}: {words}", line.context)

    def said(self, line: Line) -> list[str]:
        """What may be typed for a line in this language, English left out where there is more."""
        text = self.voice.text(line)
        parts = text.split("|") if line.typed else [text]
        return [_key(part) for part in parts if _key(part)]

    def words(self, name: str) -> list[str]:
        line = self.library.everywhere.get(name)
        return self.said(line) if line else []


def check_typed_words(library: Library, own: Translations | None = None) -> Iterator[Finding]:
    """Every word that means two things in a language; without one, in English."""
    speech = _Speech(library, own.voice if own else library.voice("en"), own)
    yield from _everywhere_words(speech)
    for script in library.scripts.values():
        for step in script.steps.values():
            if isinstance(step, Ask):
                yield from _within(speech, step)
                for choice in step.choices:
                    yield from _against_keywords(speech, choice)
                    yield from _against_everywhere(speech, script, choice)


def _everywhere_words(speech: _Speech) -> Iterator[Finding]:
    taken: dict[str, str] = {}
    for name in _ALONE:
        for word in speech.words(name):
            other = taken.setdefault(word, name)
            if other != name:
                words = f"`{word}` would be both `{other}` and `{name}`"
                yield speech.found("same_words", speech.library.everywhere[name], words)
    for name in speech.library.everywhere:
        for word in speech.words(name):
            yield from _carriers(speech, speech.library.everywhere[name], word, name)


def _carriers(speech: _Speech, line: Line, word: str, name: str = "") -> Iterator[Finding]:
    for keyword, reserved in CARRIERS.items():
        if word in reserved and name != keyword:
            yield speech.found("carrier_word", line, f"carriers take `{word}` for {keyword.upper()}")


def _within(speech: _Speech, step: Ask) -> Iterator[Finding]:
    """Two choices of one question. Words of all of them count in English too, which is always understood."""
    taken: dict[str, Choice] = {}
    english = speech.library.voice("en")
    for choice in step.choices:
        lines = _lines_of(speech.library, choice)
        for line in lines:
            also = [_key(word) for word in english.typed(line)] if speech.own else []
            for word in dict.fromkeys([*speech.said(line), *also]):
                other = taken.setdefault(word, choice)
                if other is not choice:
                    labels = f"`{other.label.english}` and `{choice.label.english}`"
                    words = f"`{word}` would be both {labels}"
                    yield speech.found("same_words", choice.words or choice.label, words)


def _lines_of(library: Library, choice: Choice) -> Sequence[Line]:
    shared = [library.everywhere[name] for name in choice.shared if name in library.everywhere]
    return [choice.label, *([choice.words] if choice.words else []), *shared]


def _against_keywords(speech: _Speech, choice: Choice) -> Iterator[Finding]:
    """A choice may not share the words of STOP and its like: in some language they would then stop nothing."""
    for name in choice.shared if speech.own is None else ():
        if name in KEYWORDS:
            yield speech.found("everywhere_word", choice.label, f"`${name}` already means `{name}` everywhere")


def _against_everywhere(speech: _Speech, script: Script, choice: Choice) -> Iterator[Finding]:
    lines = [choice.label, *([choice.words] if choice.words else [])]
    for line in lines:
        for word in speech.said(line):
            reserved = list(_carriers(speech, line, word))
            yield from reserved
            for name in () if reserved else speech.meanings.get(word, ()):
                if not _leads_there(script, choice, name):
                    # A choice wins over an everywhere-word, so that only the latter is lost here.
                    blocks = name in _BEFORE_FLOWS
                    words = f"`{word}` already means `{name}` everywhere"
                    yield speech.found("everywhere_word", line, words, blocks=blocks)


def _leads_there(script: Script, choice: Choice, name: str) -> bool:
    """Whether the choice does what the everywhere-word does, so that they may share words."""
    if name == "officer":
        return choice.way.go == name or isinstance(script.steps.get(choice.way.next), Handoff)
    if name == "back":
        return choice.number == 0 or fold(choice.label.english) == name
    return name in ("menu", "language") and choice.way.go == name


def _key(word: str) -> str:
    """As choices are compared; a sign or emoji, which folds to nothing, as it is."""
    return fold(word) or word.strip()
