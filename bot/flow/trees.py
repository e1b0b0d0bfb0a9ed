"""YAML as a tree of texts, read no further than a flow may go: nothing is made, called, referred to or included.

It knows what a tree may be, not what a flow is.
"""

import re
from collections.abc import Iterable
from typing import Any, NoReturn

import yaml

_DEEPEST = 30
_MOST_NODES = 100_000  # five thousand steps take some seventy thousand
_LONGEST = 5_000  # characters of one text; the longest list of words is a tenth of it
# Signs no text holds: controls, the halves of other signs, what stands for letters that could not be read.
_UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufff9-\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_PARSER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # the same grammar in C, where it was built


class Refused(yaml.MarkedYAMLError):  # type: ignore[misc]  # PyYAML's stubs call it Any
    """Good YAML that no flow may use."""


def compose(text: str) -> yaml.Node | None:
    """The tree of one document; None of an empty one. Raises Refused, yaml.YAMLError, ValueError, OverflowError."""
    root: yaml.Node | None = None
    above: list[yaml.CollectionNode] = []
    documents = nodes = 0
    for event in yaml.parse(text, Loader=_PARSER):  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                _refuse("a file holds one flow: `---` stands between two", event)
        elif isinstance(event, yaml.CollectionEndEvent):
            root = _closed(above.pop(), event)
        elif isinstance(event, yaml.NodeEvent):
            nodes += 1
            _look(event, len(above), nodes)
            root = _node(event)
            if above:
                above[-1].value.append(root)
            if isinstance(root, yaml.CollectionNode):
                above.append(root)
    return root


def _look(event: Any, depth: int, nodes: int) -> None:
    """Raises Refused for what a flow may not be made of."""
    if isinstance(event, yaml.AliasEvent) or event.anchor:
        _refuse("a flow may not use & or * references", event)
    if event.tag:
        _refuse("a flow may not use ! tags", event)
    if depth >= _DEEPEST:
        _refuse("this is nested too deep", event)
    if nodes > _MOST_NODES:
        _refuse("this file holds more than a flow can need", event)
    if isinstance(event, yaml.ScalarEvent):
        if len(event.value) > _LONGEST:
            _refuse(f"this text is longer than {_LONGEST} characters", event)
        if found := _UNREADABLE.search(event.value):
            _refuse(f"this text holds a sign that nobody can read (U+{ord(found[0]):04X})", event)


def _node(event: Any) -> yaml.Node:
    marks: tuple[Any, Any] = event.start_mark, event.end_mark  # typed apart for the two parsers
    if isinstance(event, yaml.ScalarEvent):
        return yaml.ScalarNode("", event.value, *marks, event.style)
    kind = yaml.MappingNode if isinstance(event, yaml.MappingStartEvent) else yaml.SequenceNode
    return kind("", [], *marks, event.flow_style)


def _closed(node: yaml.CollectionNode, event: Any) -> yaml.Node:
    """A mapping's names and values stood one after the other until now."""
    node.end_mark = event.end_mark
    if isinstance(node, yaml.MappingNode):
        node.value = list(_pairs(node.value))
    return node


def _pairs(flat: list[yaml.Node]) -> Iterable[tuple[yaml.Node, yaml.Node]]:
    return zip(flat[::2], flat[1::2], strict=True)


def _refuse(words: str, event: Any) -> NoReturn:
    raise Refused(problem=words, problem_mark=event.start_mark)
