"""What no flow may ask a resident, in any language: immigration status, Social Security number, date and country of
birth, driver license. The words are in `forbidden_questions.yml`; saying "do not send these" is no question.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from bot.flow.library import Library
from bot.flow.reading import Fields, Line, Problem, read_yaml
from bot.flow.script import Script
from bot.flow.steps.base import Step
from bot.flow.steps.talk import Ask, Collect, Say
from bot.text.hints import Hints, phrases

_WORDS = Path(__file__).with_name("forbidden_questions.yml")
_SENTENCE = re.compile(r"(?<=[.!?؟。！？])\s*|\n+")
_ASKING = ("?", "؟", "？")


def questions(library: Library) -> Iterator[tuple[Line, bool]]:
    """Every line that asks something, and whether all of it does (`collect`) or its questions and last sentence."""
    for script in library.scripts.values():
        for step in script.steps.values():
            if isinstance(step, Collect):
                yield step.text, True
            yield from ((line, False) for line in step.lines() if _asks(script, step, line))
    yield from ((line, False) for line in library.phrases.values() if line.english.endswith(_ASKING))


def _asks(script: Script, step: Step, line: Line) -> bool:
    """Whether a line ends in a question, or what it says last is read as one: in an `ask`, or right before a question."""
    if line.typed or isinstance(step, Collect):
        return False
    if isinstance(step, Say):
        following = script.steps.get(step.way.next)
        return line.english.endswith(_ASKING) or bool(following and following.waits)
    return line.english.endswith(_ASKING) or (isinstance(step, Ask) and line in step.texts)


def asked_for(text: str, tag: str, whole: bool) -> str | None:
    """What the text asks for that may not be asked, in English; None if nothing. `whole`: see `questions`."""
    words = _words(tag)
    if words is None:
        return None
    subjects, negations = words
    sentences = [part for part in _SENTENCE.split(text) if part and part.strip()]
    for at, sentence in enumerate(sentences, 1):
        question = sentence.rstrip(" \"'»”)」").endswith(_ASKING)
        if question or ((whole or at == len(sentences)) and negations.best(sentence) is None):
            subject = subjects.best(sentence)
            if subject is not None:
                return subject
    return None


@lru_cache(maxsize=1)
def _file() -> Fields:
    problems: list[Problem] = []
    top = read_yaml(_WORDS.read_text(encoding="utf-8"), _WORDS.name, problems)
    assert top is not None and not problems, problems
    return top


@lru_cache(maxsize=64)
def _words(tag: str) -> tuple[Hints[str], Hints[str]] | None:
    inside = _file().inside(tag)
    if inside is None:
        return None
    subjects = [(name, phrases(inside.text(name))) for name in inside.names() if name != "not"]
    return Hints(subjects), Hints([("not", phrases(inside.text("not")))])
