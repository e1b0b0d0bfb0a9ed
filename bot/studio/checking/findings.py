"""What a check finds: a Problem, and whether it keeps a text from going live or only wants to be looked at."""

from dataclasses import dataclass

from bot.flow.reading import Line, Problem


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. `blocks`: nothing can be published with it."""

    problem: Problem
    blocks: bool


def error(file: str, line: int, words: str) -> Finding:
    return Finding(Problem(file, line, words), blocks=True)


def warning(file: str, line: int, words: str) -> Finding:
    return Finding(Problem(file, line, words), blocks=False)


def must_not_fail(line: Line) -> bool:
    """Whether people's safety, or their way out, hangs on this string: notices, STOP and HELP."""
    return line.context.startswith("notices.") or line.context in ("words.stop", "words.help")
