"""Flow files as text: YAML node trees read without types, tags or anchors, every mistake a Problem with its line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

_MOST_CHARACTERS = 1_000_000
_DEEPEST = 30


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in one file, in words an admin can act on."""

    file: str
    line: int
    words: str

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
        return self.context.endswith((".words", ".says", ".hints")) or self.context.startswith("words.")


class _Refused(yaml.MarkedYAMLError):  # type: ignore[misc]
    """Good YAML that no flow may use."""


class _Loader(yaml.BaseLoader):  # type: ignore[misc]  # PyYAML's stubs call it Any
    """Text only. Anchors, aliases and tags are refused: a script is no program."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event: yaml.Event = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Refused(problem="a flow may not use & or * references", problem_mark=mark)
        if getattr(event, "tag", None):
            raise _Refused(problem="a flow may not use ! tags", problem_mark=mark)
        self.depth = getattr(self, "depth", 0) + 1
        if self.depth > _DEEPEST:
            raise _Refused(problem="this is nested too deep", problem_mark=mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


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
        self.problems.append(Problem(self.file, line, words))

    def text(self, name: str, default: str | None = None) -> str:
        """The words of a field; a Problem if it is missing and has no default."""
        self._asked.add(name)
        node = self._found.get(name)
        if node is None:
            if default is None:
                self.wrong(f"`{name}` is missing")
            return default or ""
        if not isinstance(node, yaml.ScalarNode):
            self.wrong(f"`{name}` wants words, not a list", node)
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
        return int(said)

    def texts(self, name: str) -> list[tuple[str, int]]:
        """One text or a list of texts, each with its line."""
        self._asked.add(name)
        node = self._found.get(name)
        if isinstance(node, yaml.ScalarNode):
            return [(str(node.value).strip(), node.start_mark.line + 1)]
        if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
            return [(str(one.value).strip(), one.start_mark.line + 1) for one in node.value]
        self.wrong(f"`{name}` wants a text or a list of texts", node)
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
            self.wrong(f"`{name}` wants a list", node)
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
        node = yaml.compose(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = str(error.problem or error.context)
        said = words if isinstance(error, _Refused) else f"this is no YAML: {words}"
        problems.append(Problem(file, mark.line + 1 if mark else 1, said))
        return None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        problems.append(Problem(file, 1, f"this is no YAML: {str(error).splitlines()[0]}"))
        return None
    if node is None:
        problems.append(Problem(file, 1, "this file is empty"))
        return None
    return Fields(file, problems, node)
