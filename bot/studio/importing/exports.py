"""An export as JSON that somebody hands over: read within limits, and asked for its parts as if anything could be missing.

Knows no system by name.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import NoReturn

from bot.errors import NotBrought

Json = Mapping[str, object]

MOST_CHARACTERS = 5_000_000
_DEEPEST = 40
_MOST_VALUES = 200_000


def read(text: str) -> Json:
    """The outermost object of a file. Raises NotBrought with a sentence for people."""
    if len(text) > MOST_CHARACTERS:
        raise NotBrought("This file is larger than 5 megabytes. Export fewer flows at a time.")
    try:
        found = json.loads(text.removeprefix("\ufeff"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotBrought("This is no JSON file, or a damaged one. Export the flow again.") from None
    if not isinstance(found, dict):
        raise NotBrought("This file holds no flow.")
    _look(found)
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _look(found: Json) -> None:
    """Raises NotBrought for what is nested deeper, or holds more, than a flow can need."""
    todo: list[tuple[object, int]] = [(found, 1)]
    count = 0
    while todo:
        one, depth = todo.pop()
        inner: Sequence[object] = ()
        if isinstance(one, dict):
            inner = list(one.values())
        elif isinstance(one, list):
            inner = one
        count += len(inner)
        if depth > _DEEPEST or count > _MOST_VALUES:
            raise NotBrought("This file is nested deeper, or holds more, than flows do.")
        todo += [(value, depth + 1) for value in inner]


def word(found: Json, name: str) -> str:
    """A text or a number as text; empty if it is not there or something else."""
    value = found.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def words(found: Json, name: str) -> list[str]:
    """The texts of a list."""
    value = found.get(name)
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def inner(found: Json, name: str) -> Json:
    """An object; an empty one if it is not there."""
    value = found.get(name)
    return value if isinstance(value, dict) else {}


def each(found: Json, name: str) -> Iterator[Json]:
    """The objects of a list."""
    value = found.get(name)
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one
