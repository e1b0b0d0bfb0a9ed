"""A finished sketch as a flow file: names plain, texts in quotes wherever a sign in them could mean something."""

import json
import re
from collections.abc import Iterator

from bot.studio.importing.sketch import Option, Sketch, Stop

# What stands in a file as it is: nothing that YAML, or its reader, could take for more than letters.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.]*(?:[ ,]{1,2}[A-Za-z0-9_.'?!()/-]+)*")


def write(sketch: Sketch) -> str:
    lines = [f"flow: {sketch.name}", f"about: {text(sketch.about or sketch.name)}"]
    if sketch.part:
        lines.append("part: yes")
    lines += [f"start: {sketch.start}", "steps:"]
    for name, stop in sketch.stops.items():
        lines += [f"  {name}:", *(f"    {line}" for line in _step(stop))]
    return "\n".join(lines) + "\n"


def text(words: str) -> str:
    """A text as a value in YAML."""
    return words if _PLAIN.fullmatch(words) else json.dumps(words, ensure_ascii=False)


def _step(stop: Stop) -> Iterator[str]:
    match stop.kind:
        case "say":
            yield from _texts("say", stop)
            yield f"next: {stop.next}"
        case "ask":
            yield from _texts("ask", stop)
            if stop.save:
                yield f"save: {stop.save}"
            yield "choices:"
            yield from (f"  - {_choice(option)}" for option in stop.options)
        case "collect":
            yield from _collect(stop)
        case "branch":
            yield f"branch: {stop.on}"
            yield "cases:"
            yield from (f"  - {{is: {_in_line(option.words.english)}, next: {option.next}}}" for option in stop.options)
            yield f"otherwise: {stop.next}"
        case "go":
            yield f"go: {stop.flow}"
        case "do":
            yield f"do: {stop.flow}"
            yield f"next: {stop.next}"
        case "handoff":
            yield f"handoff: {text(stop.place or 'asked for a person')}"
            yield f"say: {text(' '.join(one.english for one in stop.texts))}"
            yield f"next: {stop.next}"


def _texts(kind: str, stop: Stop) -> Iterator[str]:
    said = [text(one.english) for one in stop.texts if one.english]
    if len(said) > 1:
        yield f"{kind}:"
        yield from (f"  - {one}" for one in said)
    else:
        yield f"{kind}: {said[0] if said else text('')}"


def _collect(stop: Stop) -> Iterator[str]:
    yield f"collect: {text(' '.join(one.english for one in stop.texts))}"
    if stop.takes:
        yield f"as: {stop.takes}"
    yield f"save: {stop.save}"
    if stop.takes == "count":
        yield f"least: {stop.least}"
        yield f"most: {stop.most}"
    if stop.options:
        yield "if:"
        yield from (f"  - {{says: {_in_line(option.words.english)}, next: {option.next}}}" for option in stop.options)
    yield f"next: {stop.next}"


def _choice(option: Option) -> str:
    key = f"key: {option.key}, " if option.key else ""
    words = f", words: {_in_line(option.words.english)}" if option.words.english else ""
    return f"{{{key}label: {_in_line(option.label.english)}, next: {option.next}{words}}}"


def _in_line(words: str) -> str:
    """A text between { and }, where a comma would end it."""
    return text(words) if "," not in words else json.dumps(words, ensure_ascii=False)
