"""Answers that nobody uses, a question that need not be asked; and branches on answers that nobody gives."""

from collections.abc import Iterator
from dataclasses import fields

from bot.flow.library import Library
from bot.flow.phrases import placeholders
from bot.flow.script import KNOWN_NAMES, Script
from bot.flow.steps.base import Step
from bot.flow.steps.ways import Branch
from bot.studio.checking.findings import Finding, error, warning

# What a branch may go by that nobody is asked: facts of the moment and of the department, and what the line gives to a
# flow that it begins by itself.
FACTS = KNOWN_NAMES | {"officer_now", "report_kind", "may_text", "privacy_variant", "news"}


def check_used_answers(library: Library) -> Iterator[Finding]:
    """Every answer that no text, step, report or other flow uses, and every branch on none. Flows share their answers with
    those they lead to, so that a use anywhere counts."""
    used: set[str] = set()
    for script in library.scripts.values():
        for step in script.steps.values():
            used |= _used(step)
        used.update(name for line in script.lines() for name in placeholders(line.english))
    for phrase in library.phrases.values():
        used.update(placeholders(phrase.english))
    for script in library.scripts.values():
        yield from _unused(script, used)
    known = _known(library)
    for script in library.scripts.values():
        yield from _unknown(script, known)


def _known(library: Library) -> set[str]:
    """What a branch can know: answers of any flow, what flows and wishes give to others, and facts."""
    known = set(FACTS)
    for script in library.scripts.values():
        known |= script.saves()
        known.update(name for step in script.steps.values() for way in step.ways() for name, _ in way.given)
    return known.union(name for wish in library.wishes.values() for name, _ in wish.given)


def _unknown(script: Script, known: set[str]) -> Iterator[Finding]:
    for name, step in script.steps.items():
        if isinstance(step, Branch) and step.on not in known:
            words = f"nobody saves `{step.on}`, so that `{name}` always goes one way"
            line = script.lines_of_steps[name]
            yield error("unknown_answer", script.file, line, words, f"{script.name}.{name}.branch")


def _unused(script: Script, used: set[str]) -> Iterator[Finding]:
    for name, step in script.steps.items():
        saved = list(step.saves())
        if saved and not used.intersection(saved) and not getattr(step, "label", None):
            words = f"`{saved[0]}` is asked for, and nobody uses the answer"
            line = script.lines_of_steps[name]
            yield warning("unused_answer", script.file, line, words, f"{script.name}.{name}.save")


def _used(step: Step) -> set[str]:
    """Whatever a step names beside the answer it saves: most fields of most steps name answers."""
    names = (getattr(step, one.name) for one in fields(step) if one.name != "save")  # type: ignore[arg-type]
    given = (name for way in step.ways() for _, value in way.given for name in placeholders(value))
    return {name for name in names if isinstance(name, str)}.union(given)
