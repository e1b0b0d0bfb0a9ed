"""What a translator must translate: the flows' strings as a PO template, with line, context and note."""

from collections.abc import Iterator

from bot.flow.library import Library
from bot.flow.reading import Line

# Said in English on purpose: to who writes a language whose safety texts nobody qualified has read.
_NEVER_TRANSLATED = frozenset({"notices.em_interpreter"})


def unique(library: Library) -> Iterator[tuple[Line, list[Line]]]:
    """Each string once by context and English, with every place it stands at; empty ones are no strings."""
    places: dict[tuple[str, str], list[Line]] = {}
    for line in library.lines():
        if line.english and line.context not in _NEVER_TRANSLATED:
            places.setdefault((line.context, line.english), []).append(line)
    for lines in places.values():
        yield lines[0], lines
