"""What a check finds: a Problem, where it stands, and whether it keeps a text from going live or only wants to be
looked at. Every finding has a rule, by whose name a warning can be acknowledged.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.flow.reading import Line, Problem

# Names that never change, for they are kept with what was acknowledged; and what each asks for.
RULES: Mapping[str, str] = {
    "file": "A file can be read, and what it names is there.",
    "safety_text": "No safety text is removed.",
    "safety_promise": "A safety text says the numbers and words that it is for.",
    "phrase": "What the line says by itself is there.",
    "words": "The words that residents may type at any question are there.",
    "needed_flow": "The flows that the line needs are there.",
    "same_words": "No word means two things.",
    "everywhere_word": "A choice takes no word that already means something at every question.",
    "carrier_word": "No word is used that carriers act upon.",
    "long": "A text is short.",
    "segments": "A text takes few segments.",
    "long_question": "A question with its choices fits in one message.",
    "plain_letters": "English texts use plain letters and marks.",
    "reading_grade": "English texts can be read after six years of school.",
    "braces": "A { or } belongs to a placeholder.",
    "hidden_signs": "No text holds signs that change the order in which others are seen.",
    "forbidden_question": "Nobody is asked what this line never asks.",
    "unused_answer": "What is asked is used.",
    "unknown_answer": "A branch goes by an answer that somebody gives.",
    "catalogue": "A language's file can be read, and its header says whose it is.",
    "reviewed": "A language's file says who wrote it and who read it.",
    "missing": "Every text is translated.",
    "stale": "A translation was made of the English as it is now.",
    "left_over": "A language's file holds no texts that are gone.",
    "parts": "A counted list has as many parts as in English.",
    "lost_placeholder": "A translation keeps every placeholder.",
    "added_placeholder": "A translation adds no placeholder.",
    "kept_word": "Words for machines and hotlines stay as they are.",
    "lost_number": "A translation keeps every number.",
    "added_number": "A translation adds no number to dial.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. `blocks`: nothing can be published with it. `rule`: one of RULES. `flow`, `step` and `field` where they
    are known, as the context of a string names them: a notice is a step of `notices`."""

    problem: Problem
    blocks: bool
    rule: str = "file"
    flow: str = ""
    step: str = ""
    field: str = ""


def error(rule: str, file: str, line: int, words: str, context: str = "") -> Finding:
    return Finding(Problem(file, line, words), True, rule, *place(context))


def warning(rule: str, file: str, line: int, words: str, context: str = "") -> Finding:
    return Finding(Problem(file, line, words), False, rule, *place(context))


def place(context: str) -> tuple[str, str, str]:
    """Flow, step and field of a string; empty what its context does not say."""
    flow, step, field = [*context.split(".", 2), "", ""][:3]
    return flow, step, field


def must_not_fail(line: Line) -> bool:
    """Whether people's safety, or their way out, hangs on this string: notices, STOP and HELP."""
    return line.context.startswith("notices.") or line.context in ("words.stop", "words.help")
