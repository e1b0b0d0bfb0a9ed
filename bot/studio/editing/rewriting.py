"""A YAML text changed so that it says something else and keeps everything nobody touched: order, comments, quotes, blanks.

What did not change is not written anew but copied, letter for letter; a comment goes where that goes to which it belongs.
Knows of a flow only that its steps stand in blocks.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeAlias

import yaml

from bot.errors import FlowsBroken, NotUsable
from bot.studio.editing import scalars
from bot.studio.editing.spans import (
    Entry,
    Tree,
    comments_within,
    end_of,
    entries_of,
    is_block,
    parted,
    read_tree,
    root_of,
    start_of,
    tree_of,
)

Path: TypeAlias = tuple[str, ...]

_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
_FEW = 400  # pairs of entries that may be compared with one another
_DEEPEST_BLOCK = 2  # `steps` and each step stand in lines; what is inside a step stands in brackets


def rewritten(text: str, wanted: Mapping[str, Tree]) -> str:
    """The text changed so that `read_tree` gives `wanted`. Raises FlowsBroken, and NotUsable for what cannot be said."""
    mark, text = parted(text)
    root = root_of(text)
    new = {key: _clean(value) for key, value in wanted.items()}
    if _same(tree_of(root), new):
        return mark + text
    start = root.start_mark.index
    changed = text[:start] + _Writer(text).value(root, new, (), start) + text[end_of(text, root) :]
    try:
        kept = _same(read_tree(changed), new)
    except FlowsBroken as broken:
        words = str(getattr(broken.problems[0], "words", ""))
        if not words.startswith("this is no YAML"):
            raise NotUsable("This cannot stand in a flow: {words}.", words=words) from None
        kept = False
    if not kept:
        raise NotUsable("The file is written in a way that a form cannot change. Change it as text.")
    return mark + changed


def _clean(tree: Tree) -> Tree:
    """Texts as they are read back: lines end in one way, and nothing stands around them."""
    if isinstance(tree, str):
        return tree.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(tree, list):
        return [_clean(one) for one in tree]
    return {key: _clean(value) for key, value in tree.items()}


def _same(one: Tree, other: Tree) -> bool:
    """Whether two trees say the same. Only steps have an order of their own."""
    return one == other and _steps(one) == _steps(other)


def _steps(tree: Tree) -> list[str]:
    steps = tree.get("steps") if isinstance(tree, dict) else None
    return list(steps) if isinstance(steps, dict) else []


# What is written in the place of values.


@dataclass(frozen=True, slots=True)
class _Writer:
    """Values of one text, written with what they are to say now."""

    text: str

    def value(self, node: yaml.Node, new: Tree, path: Path, begin: int) -> str:
        """The text from `begin` to the end of a list or mapping, which stays one."""
        old = entries_of(self.text, node, begin)
        if not is_block(node):
            return self._between_brackets(node, old, new, path)
        column = node.start_mark.column
        inline = begin > 0 and self.text[begin - 1] != "\n"  # it begins behind a dash
        margin = " " * column
        before = [self.text[one.start : one.end] for one in old]
        if inline:
            before[0] = margin + before[0]
        places, after = [], []
        for place, key, wanted in _merged(node, old, new, path):
            places.append(place)
            if place is None:
                named = f"{scalars.name(key)}:" if isinstance(new, dict) else "-"
                after.append(margin + named + self._fresh(wanted, column, (*path, key)))
            elif _unchanged(old[place].value, wanted, (*path, key)):
                after.append(before[place])
            else:
                written = self._changed(old[place], wanted, column, (*path, key), isinstance(new, dict))
                after.append(margin + written if inline and place == 0 else written)
        joined = "\n".join(_spaced(after, places, before))
        return joined.lstrip(" ") if inline else joined

    def _changed(self, entry: Entry, new: Tree, column: int, path: Path, named: bool) -> str:
        """The lines of an entry of a block with another value."""
        text, value = self.text, entry.value
        start, end = start_of(text, value, entry.named), end_of(text, value)
        head, between, tail = text[entry.start : entry.named], text[entry.named : start], text[end : entry.end]
        if _same_shape(value, new):
            return head + between + self.value(value, new, path, start) + tail
        style = value.style if isinstance(value, yaml.ScalarNode) else None
        written = self._fresh(new, column, path, style)
        comments = "".join(f"{' ' * column}{one}\n" for one in comments_within(text, entry.named, value, end))
        line = head.rfind("\n") + 1  # where the name stands, below comments of its own
        head = head[:line] + comments + head[line:]
        if isinstance(new, str) and "\n" not in between and between[-1:] in (" ", "\t"):
            return head + between + written[1:] + tail
        return head + (":" if named else "") + written + tail

    def _fresh(self, new: Tree, column: int, path: Path, style: str | None = None) -> str:
        """What follows a name, or a dash, at a column: a value nobody has written yet."""
        margin = "\n" + " " * (column + 2)
        if isinstance(new, str):
            return " " + scalars.scalar(new, style, column=column)
        if isinstance(new, list) and new:
            return "".join(f"{margin}- {_brackets(one, column + 2)}" for one in new)
        if isinstance(new, dict) and new and path[0] == "steps" and len(path) <= _DEEPEST_BLOCK:
            return "".join(
                f"{margin}{scalars.name(key)}:{self._fresh(one, column + 2, (*path, key))}" for key, one in new.items()
            )
        return " " + _brackets(new)

    def _between_brackets(self, node: yaml.Node, old: list[Entry], new: Tree, path: Path) -> str:
        text, begin, end = self.text, node.start_mark.index, end_of(self.text, node)
        if not old or not new:
            return _brackets(new)
        written = text[begin : old[0].start]
        merged = list(_merged(node, old, new, path))
        for count, (place, key, wanted) in enumerate(merged):
            last = count == len(merged) - 1
            if place is None:
                inner = _brackets(wanted)
                written += f"{scalars.name(key, inside=True)}: {inner}" if isinstance(new, dict) else inner
            else:
                written += self._bracketed(old[place], wanted, (*path, key), isinstance(new, dict))
            if not last:
                followed = place is not None and place + 1 < len(old)
                written += text[old[place].end : old[place + 1].start] if followed and place is not None else ", "
        return written + text[old[-1].end : end]

    def _bracketed(self, entry: Entry, new: Tree, path: Path, named: bool) -> str:
        """An entry between brackets, with the value it is to have."""
        text, value = self.text, entry.value
        if _unchanged(value, new, path):
            return text[entry.start : entry.end]
        start = value.start_mark.index
        if _same_shape(value, new):
            return text[entry.start : start] + self.value(value, new, path, start)
        style = value.style if isinstance(value, yaml.ScalarNode) else None
        written = scalars.scalar(new, style, inside=True) if isinstance(new, str) else _brackets(new)
        before = text[entry.start : start]
        if named and not text[entry.named : start].strip():
            before = text[entry.start : entry.named] + ":"
        return before + (" " if named and before[-1:] == ":" else "") + written


def _brackets(new: Tree, column: int | None = None) -> str:
    """A value on one line. A text at a column stands in a list, and needs no care for brackets."""
    if isinstance(new, str):
        return scalars.scalar(new, inside=column is None, column=column or 0)
    if isinstance(new, list):
        return "[" + ", ".join(_brackets(one) for one in new) + "]"
    return "{" + ", ".join(f"{scalars.name(key, inside=True)}: {_brackets(one)}" for key, one in new.items()) + "}"


def _unchanged(value: yaml.Node, new: Tree, path: Path) -> bool:
    tree = tree_of(value)
    return tree == new and (path != ("steps",) or list(tree) == list(new))


def _same_shape(value: yaml.Node, new: Tree) -> bool:
    shape = dict if isinstance(value, yaml.MappingNode) else list if isinstance(value, yaml.SequenceNode) else str
    return shape is not str and bool(new) and isinstance(new, shape)


def _spaced(chunks: list[str], places: list[int | None], before: list[str]) -> Iterator[str]:
    """Entries with the blank lines that stood above their places: none above the first, some between two."""
    blanks = [_blank_lines(one) for one in before]
    usual = blanks[1] if all(blanks[1:]) and len(blanks) > 1 else ""
    for count, (chunk, place) in enumerate(zip(chunks, places, strict=True)):
        if count == 0:
            wanted = blanks[0]
        else:
            wanted = blanks[place] if place else usual
        yield wanted + chunk[len(_blank_lines(chunk)) :]


def _blank_lines(chunk: str) -> str:
    found = _BLANK_LINES.match(chunk)
    return found[0] if found else ""


# Which old entry each new one is.


def _merged(node: yaml.Node, old: list[Entry], new: Tree, path: Path) -> Iterator[tuple[int | None, str, Tree]]:
    """For each entry to be written: which it was, its name or number, and what it says."""
    if isinstance(new, dict):
        places = {entry.key: place for place, entry in enumerate(old)}
        for key in list(new) if path == ("steps",) else _ordered(list(places), list(new)):
            yield places.get(key), key, new[key]
    elif isinstance(new, list):
        pairs = paired([tree_of(entry.value) for entry in old], new)
        yield from ((place, str(count), one) for count, (place, one) in enumerate(zip(pairs, new, strict=True)))


def _ordered(old: list[str], new: list[str]) -> list[str]:
    """The new names: those that were there in the order they had, each other one behind what goes before it now."""
    order = [key for key in old if key in new]
    for place, key in enumerate(new):
        if key not in old:
            order.insert(order.index(new[place - 1]) + 1 if place else 0, key)
    return order


def paired(old: Sequence[Tree], new: Sequence[Tree]) -> list[int | None]:
    """Which old entry of a list each new one is: the same, else the likeliest that is left."""
    left: dict[str, list[int]] = {}
    for place, one in enumerate(old):
        left.setdefault(repr(one), []).append(place)
    found = [left[repr(one)].pop(0) if left.get(repr(one)) else None for one in new]
    free = sorted(place for places in left.values() for place in places)
    open_ = [count for count, place in enumerate(found) if place is None]
    if len(free) == len(open_) or len(free) * len(open_) > _FEW:
        found_open = dict(zip(open_, free, strict=False))
    else:
        found_open = _likeliest(old, new, free, open_)
    return [found_open.get(count) if place is None else place for count, place in enumerate(found)]


def _likeliest(old: Sequence[Tree], new: Sequence[Tree], free: list[int], open_: list[int]) -> dict[int, int]:
    pairs = [(-_likeness(old[place], new[count]), count, place) for place in free for count in open_]
    found: dict[int, int] = {}
    for unlike, count, place in sorted(pairs):
        if -unlike > _LIKELY and count not in found and place not in found.values():
            found[count] = place
    return found


_LIKELY = 0.3  # of 1, which is the same


def _likeness(one: Tree, other: Tree) -> float:
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(other.get(key) == value for key, value in one.items()) / max(len(one), len(other), 1)
    return SequenceMatcher(None, str(one), str(other)).ratio() if type(one) is type(other) else 0
