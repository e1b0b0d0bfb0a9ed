"""Flow files as fields: each is asked for by its name, and every mistake is a Problem with its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml

from bot.flow.trees import Refused, compose

_MOST_CHARACTERS = 1_000_000
_MOST_PROBLEMS = 1_000
_LONGEST_WORDS = 280  # of a problem
_DEEP = 2  # dots in the context of a part of a step: `flow.step.words`
_MOST_DIGITS = 5  # a day, a number or a place in a list, never a date that no clock has


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file, in words an admin can act on. `field`: where it stands in its step, if that is known."""

    file: str
    line: int
    words: str
    field: str = field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.words}"


@dataclass(frozen=True, slots=True)
class Line:
    """One string people read or type: its English, and the context under which translators find it."""

    context: str
    english: str
    file: str = ""
    line: int = 0
    note: str = ""

    @property
    def typed(self) -> bool:
        """Whether it lists what people may type, rather than what they read."""
        if self.context.startswith("words."):
            return True
        # A step may be called `words`: what it says is read.
        return self.context.count(".") == _DEEP and self.context.endswith((".words", ".says", ".hints"))


@dataclass(slots=True)
class Fields:
    """A YAML mapping being read: each field is asked for once, what nobody asked for is a Problem."""

    file: str
    problems: list[Problem]
    node: yaml.Node
    _found: dict[str, yaml.Node] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.node, yaml.MappingNode):
            self.wrong("here a list of `name: value` is wanted")
            return
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong("a name must be a word", key)
            elif key.value in self._found:
                self.wrong(f"`{key.value}` stands here twice", key)
            else:
                self._found[key.value] = value
                self._lines[key.value] = key.start_mark.line + 1

    @property
    def line(self) -> int:
        return int(self.node.start_mark.line) + 1

    @property
    def first(self) -> str:
        return next(iter(self._found), "")

    def names(self) -> list[str]:
        return list(self._found)

    def line_of(self, name: str) -> int:
        return self._lines.get(name, self.line)

    def wrong(self, words: str, node: yaml.Node | None = None, at: str = "") -> None:
        line = node.start_mark.line + 1 if node else self.line_of(at)
        if len(self.problems) < _MOST_PROBLEMS:  # nobody reads more of them, or longer ones
            shown = words if len(words) <= _LONGEST_WORDS else f"{words[:_LONGEST_WORDS]} ..."
            self.problems.append(Problem(self.file, line, shown, at))

    def text(self, name: str, default: str | None = None) -> str:
        """The words of a field; a Problem if it is missing and has no default."""
        self._asked.add(name)
        node = self._found.get(name)
        if node is None:
            if default is None:
                self.wrong(f"`{name}` is missing", at=name)
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(f"`{name}` wants words, not a list", node, name)
            return default or ""
        return str(node.value).strip()

    def yes(self, name: str) -> bool:
        said = self.text(name, "no")
        if said not in ("yes", "no"):
            self.wrong(f"`{name}` is yes or no, not `{said}`", at=name)
        return said == "yes"

    def number(self, name: str, default: int) -> int:
        said = self.text(name, str(default))
        if not said.isascii() or not said.isdigit():
            self.wrong(f"`{name}` is a whole number, not `{said}`", at=name)
            return default
        if len(said) > _MOST_DIGITS:
            self.wrong(f"`{name}` has more than {_MOST_DIGITS} digits", at=name)
            return default
        return int(said)

    def texts(self, name: str) -> list[tuple[str, int]]:
        """One text or a list of texts, each with its line."""
        self._asked.add(name)
        node = self._found.get(name)
        if isinstance(node, yaml.ScalarNode):
            return [(str(node.value).strip(), node.start_mark.line + 1)]
        if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
            return [(str(one.value).strip(), one.start_mark.line + 1) for one in node.value]
        self.wrong(f"`{name}` wants a text or a list of texts", node, name)
        return []

    def pairs(self, name: str) -> dict[str, str]:
        """A field like `{need: food}`."""
        self._asked.add(name)
        inner = self.inside(name)
        return {key: inner.text(key) for key in inner.names()} if inner else {}

    def inside(self, name: str) -> "Fields | None":
        self._asked.add(name)
        node = self._found.get(name)
        return Fields(self.file, self.problems, node) if node is not None else None

    def each(self, name: str) -> "Iterator[Fields]":
        self._asked.add(name)
        node = self._found.get(name)
        if node is None:
            return
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(f"`{name}` wants a list", node, name)
            return
        for one in node.value:
            yield Fields(self.file, self.problems, one)

    def finish(self, what: str, also: Sequence[str] = ()) -> None:
        """Say which fields nobody knows."""
        for name in self._found:
            if name not in self._asked and name not in also:
                self.wrong(f"{what} has no field `{name}`", at=name)


def read_yaml(text: str, file: str, problems: list[Problem]) -> Fields | None:
    """The top mapping of a file, or None with a Problem saying why not."""
    if len(text) > _MOST_CHARACTERS:
        problems.append(Problem(file, 1, "this file is larger than a megabyte"))
        return None
    try:
        node = compose(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = str(error.problem or error.context).replace("in this context", "here")
        said = words if isinstance(error, Refused) else f"this is no YAML: {words}"
        problems.append(Problem(file, mark.line + 1 if mark else 1, said))
        return None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        problems.append(Problem(file, 1, f"this is no YAML: {str(error).splitlines()[0]}"))
        return None
    if node is None:
        problems.append(Problem(file, 1, "this file is empty"))
        return None
    return Fields(file, problems, node)
