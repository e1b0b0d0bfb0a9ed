"""Where the names, values and comments of a YAML text stand, as the line's own reader sees them.

A comment belongs to what stands below it, or to what it follows if it is indented more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from bot.errors import FlowsBroken
from bot.flow.reading import Problem, read_yaml
from bot.studio.editing import scalars

# What a file says, without how it says it. Texts are as a step reads them: stripped.
Tree: TypeAlias = str | list["Tree"] | dict[str, "Tree"]
Top: TypeAlias = dict[str, Tree]

_BOM = "\ufeff"  # which other programs put before a text, and parsers count or do not
_TO_DASH = re.compile(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]*-")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*")


def parted(text: str) -> tuple[str, str]:
    """What may stand before a text without belonging to it, and the text, in which places are counted."""
    return text[: text.startswith(_BOM)], text.removeprefix(_BOM)


def root_of(text: str, file: str = "") -> yaml.MappingNode:
    """The tree of a file with its places in the text. Raises FlowsBroken where the line would not read it either."""
    problems: list[Problem] = []
    top = read_yaml(text, file, problems)
    if top is None or problems:
        raise FlowsBroken(problems)
    assert isinstance(top.node, yaml.MappingNode)  # else there is a problem
    return top.node


def tree_of(node: yaml.Node, file: str = "") -> Tree:
    """What a tree says. Raises FlowsBroken for names that stand twice, or are no words."""
    if isinstance(node, yaml.ScalarNode):
        return str(node.value).strip()
    if isinstance(node, yaml.SequenceNode):
        return [tree_of(one, file) for one in node.value]
    found: Top = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise FlowsBroken([Problem(file, key.start_mark.line + 1, "a name must be a word")])
        if key.value in found:
            raise FlowsBroken([Problem(file, key.start_mark.line + 1, f"`{key.value}` stands here twice")])
        found[key.value] = tree_of(value, file)
    return found


def read_tree(text: str, file: str = "") -> Top:
    """What a file says. Raises FlowsBroken."""
    tree = tree_of(root_of(text, file), file)
    assert isinstance(tree, dict)
    return tree


def is_block(node: yaml.Node) -> bool:
    """Whether its entries stand on lines of their own, not between brackets."""
    return isinstance(node, yaml.CollectionNode) and not node.flow_style and bool(node.value)


def end_of(text: str, node: yaml.Node) -> int:
    """Where a value ends; of a block with the comments that belong to its last entry."""
    if is_block(node):
        last: Any = node.value[-1]
        return _entry_end(text, last[1] if isinstance(node, yaml.MappingNode) else last, node.start_mark.column)
    end: int = node.end_mark.index
    if isinstance(node, yaml.ScalarNode) and node.style in (scalars.LITERAL, scalars.FOLDED):
        return len(text[:end].rstrip(" \t\r\n"))
    return end


def _entry_end(text: str, value: yaml.Node, column: int) -> int:
    """The end of the last line of an entry whose name, or dash, stands at a column."""
    end = owned = _line_end(text, end_of(text, value))
    while end < len(text):
        begin, end = end + 1, _line_end(text, end + 1)
        bare = text[begin:end].strip()
        if bare and (not bare.startswith("#") or text.index("#", begin) - begin <= column):
            break
        if bare:
            owned = end
    return owned


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def start_of(text: str, node: yaml.Node, after: int) -> int:
    """Where a value begins; of a block on lines of its own the beginning of the first, comments above it included."""
    if is_block(node) and "\n" in text[after : node.start_mark.index]:
        return text.index("\n", after) + 1
    return int(node.start_mark.index)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list or mapping: its span, where its name or dash ends, its value."""

    key: str
    start: int
    named: int
    value: yaml.Node
    end: int


def entries_of(text: str, node: Any, begin: int) -> list[Entry]:
    """The entries of a block, each with its lines, or of brackets, each without the comma."""
    block, found, start = is_block(node), list[Entry](), begin
    for place, one in enumerate(node.value):
        key, value = one if isinstance(node, yaml.MappingNode) else (None, one)
        if not block:
            start = (key or value).start_mark.index
        named = key.end_mark.index if key else _dash_end(text, start) if block else start
        end = _entry_end(text, value, node.start_mark.column) if block else end_of(text, value)
        found.append(Entry(key.value if key else str(place), start, named, value, end))
        start = end + 1
    return found


def _dash_end(text: str, start: int) -> int:
    dash = _TO_DASH.match(text, start)
    assert dash
    return dash.end()


def comments_within(text: str, begin: int, value: yaml.Node, end: int) -> Iterator[str]:
    """Comments between the parts of a value that is to be written anew."""
    for leaf in _leaves(value):
        yield from _COMMENT.findall(text[begin : leaf.start_mark.index])
        begin = end_of(text, leaf)
        if isinstance(leaf, yaml.ScalarNode) and leaf.style in (scalars.LITERAL, scalars.FOLDED):
            yield from _COMMENT.findall(text[leaf.start_mark.index : _line_end(text, leaf.start_mark.index)])
    yield from _COMMENT.findall(text[begin:end])


def _leaves(node: Any) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    else:
        for one in node.value:
            for part in one if isinstance(one, tuple) else (one,):
                yield from _leaves(part)
