"""One text as YAML, so that it is read back exactly as it was typed. Knows nothing of flows."""

import re

import yaml

from bot.errors import NotUsable
from bot.flow.trees import Refused, compose

PLAIN, SINGLE, DOUBLE, LITERAL, FOLDED = None, "'", '"', "|", ">"

_SIMPLE = re.compile(r"[a-z][a-z0-9_]*")
_ESCAPED = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def scalar(text: str, style: str | None = PLAIN, *, inside: bool = False, column: int = 0) -> str:
    """A value's YAML, in its former style if that can hold it, else without quotes, else in double ones.

    `inside`: it stands between `{}` or `[]`. `column` is where the name before it begins. Raises NotUsable for what no
    flow may say."""
    for written in _ways(text, style, inside, column):
        if _read(f"{{k: {written}, l: m}}\n" if inside else f"{' ' * column}k: {written}\n") == text:
            return written
    return _double(text)


def name(text: str, *, inside: bool = False) -> str:
    """The same for what stands before the colon."""
    if _SIMPLE.fullmatch(text):
        return text
    tree = _tree(f"{{{text}: m}}\n" if inside else f"{text}: m\n")
    kept = isinstance(tree, yaml.MappingNode) and [key.value for key, _ in tree.value] == [text]
    return text if kept else _double(text)


def _ways(text: str, style: str | None, inside: bool, column: int) -> list[str]:
    """From the nicest to the one that can hold everything."""
    if style == DOUBLE:
        return []
    if style == SINGLE and "\n" not in text:
        return [_single(text)]
    if style in (LITERAL, FOLDED) and not inside and "\n" in text:
        margin = " " * (column + 2)
        return ["|-\n" + "\n".join(margin + line if line else "" for line in text.split("\n"))]
    return [] if "\n" in text or not text else [text]


def _single(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _double(text: str) -> str:
    written = '"' + "".join(_ESCAPED.get(char, char) for char in text) + '"'
    try:
        compose(f"k: {written}\n")
    except Refused as refused:
        raise NotUsable("This cannot stand in a flow: {words}.", words=str(refused.problem)) from None
    except (yaml.YAMLError, ValueError):
        raise NotUsable("There is a character in this that no text can have. Type the place anew.") from None
    return written


def _read(line: str) -> str | None:
    """What a reader takes the first value for, if it is a text and nothing else came of it."""
    tree = _tree(line)
    if not isinstance(tree, yaml.MappingNode) or [key.value for key, _ in tree.value] not in (["k"], ["k", "l"]):
        return None
    value = tree.value[0][1]
    return str(value.value).strip() if isinstance(value, yaml.ScalarNode) else None


def _tree(line: str) -> yaml.Node | None:
    try:
        return compose(line)
    except (yaml.YAMLError, ValueError):
        return None
