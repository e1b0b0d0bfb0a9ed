"""A step's fields as a page shows them and as a form sends them back. Every list has an empty entry at its end, so that
one is added without a script; an entry of which nothing is left is gone.

Names of inputs: `f-save`, in entries of lists `f-choices-0-label`, of texts `f-say-0`, of pairs `f-with-0-name`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.studio.editing.spans import Tree
from bot.studio.editing.step_fields import Field, Kind

PREFIX = "f"
_MOST_ENTRIES = 500
Posted = Mapping[str, str]


def values_of(fields: Sequence[Field], posted: Posted, prefix: str = PREFIX) -> dict[str, Tree]:
    """What somebody typed, by field; empty where nothing was."""
    return {one.name: _value(one, posted, f"{prefix}-{one.name}") for one in fields}


def _value(one: Field, posted: Posted, name: str) -> Tree:
    match one.kind:
        case Kind.LIST:
            entries: list[Tree] = []
            for at in range(_entries(posted, name)):
                entry = values_of(one.fields, posted, f"{name}-{at}")
                if any(entry.get(field.name) not in ("", [], {}, field.default) for field in one.fields):
                    entries.append(entry)
            return entries
        case Kind.TEXTS:
            texts: list[Tree] = [words for at in range(_entries(posted, name)) if (words := posted.get(f"{name}-{at}", ""))]
            return texts
        case Kind.PAIRS:
            pairs: dict[str, Tree] = {}
            for at in range(_entries(posted, name)):
                key = posted.get(f"{name}-{at}-name", "").strip()
                if key:
                    pairs[key] = posted.get(f"{name}-{at}-value", "")
            return pairs
        case Kind.YES_NO:
            return "yes" if posted.get(name) == "yes" else "no"
        case _:
            return posted.get(name, "")


def _entries(posted: Posted, name: str) -> int:
    """How many entries were sent, the empty one at the end counted."""
    numbers = {key.removeprefix(f"{name}-").split("-", 1)[0] for key in posted if key.startswith(f"{name}-")}
    return min(max((int(one) for one in numbers if one.isdecimal()), default=-1) + 1, _MOST_ENTRIES)


def shown(one: Field, value: Tree | None) -> Any:
    """A value as the page wants it: lists with an empty entry at their end."""
    match one.kind:
        case Kind.LIST:
            return [*(value if isinstance(value, list) else ()), {}]
        case Kind.TEXTS:
            return [*(value if isinstance(value, list) else [value] if value else ()), ""]
        case Kind.PAIRS:
            return [*(value.items() if isinstance(value, dict) else ()), ("", "")]
        case _:
            return value if value is not None else one.default


def is_usual(one: Field, values: Mapping[str, Tree]) -> bool:
    """Whether a field is asked for at once: it must be filled, is filled, or is what most steps go on with."""
    return one.required or one.kind in (Kind.NEXT, Kind.LIST) or values.get(one.name) not in (None, "", one.default)
