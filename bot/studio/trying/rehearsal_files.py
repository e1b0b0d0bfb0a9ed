"""Rehearsals as YAML, read without tags or anchors and with a line for every mistake, and written so that they read well.

`about` says what a rehearsal is of; `channel`, `officers`, `opted_out` and the rest are those of a preset; `language: told`
is for one whose first text says which language it is, instead of its having been chosen before; `languages` lists them, where
they are not all that are offered, or all that every `resident_in` has words for. `turns` are a list of

- `resident`, words in all languages, or `resident_in`, words by language: {en: hello, es: hola};
- `types`, the context of a string that lists what may be typed: the first word of each language's own;
- `officer`, who takes it, answers and gives it back, or `officer_stays`, who keeps it; `wait`, like 13 hours;
- after one of these `line`, what was said to it in the first language, or `line_in`, by language; and `staff`, what officers
  then find.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from bot.flow.reading import Fields, Problem, read_yaml
from bot.studio.trying.houses import CHANNELS
from bot.studio.trying.sandbox import ON_DUTY, Pause, Preset, Reply

EVERY = "*"  # words for all languages; of a line: for the first
_SAYS = ("resident", "resident_in", "types", "officer", "officer_stays", "wait")
_FLAGS = [one.name for one in fields(Preset) if isinstance(one.default, bool)]
_WAIT = re.compile(r"(\d{1,4}) (minute|hour|day)s?")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_MOST_TURNS = 600


@dataclass(frozen=True, slots=True)
class Typed:
    """A language's own word for a string that lists what may be typed."""

    context: str


@dataclass(frozen=True, slots=True)
class Move:
    """Something that is said, and what is expected of it. Words are by language; under EVERY for all."""

    said: Mapping[str, str] | Typed | Reply | Pause
    line: Mapping[str, str]
    staff: str = ""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`told`: the first text says which language it is. No `languages`: all that can be."""

    name: str
    about: str
    preset: Preset
    told: bool
    languages: tuple[str, ...]
    moves: tuple[Move, ...]


def read(name: str, text: str) -> tuple[Rehearsal | None, list[Problem]]:
    """The rehearsal, or every mistake there is in it."""
    problems: list[Problem] = []
    top = read_yaml(text, f"rehearsals/{name}.yml", problems)
    if top is None:
        return None, problems
    about, language = top.text("about"), top.text("language", "")
    if language not in ("", "told"):
        top.wrong(f"`language` is told, or left out; not `{language}`", at="language")
    languages = tuple(top.text("languages", "").split())
    for tag in languages:
        _tag(top, tag, "languages")
    preset, moves = _preset(top), _moves(top)
    top.finish("a rehearsal")
    return (None if problems else Rehearsal(name, about, preset, language == "told", languages, moves)), problems


def read_folder(folder: Path) -> tuple[dict[str, Rehearsal], list[Problem]]:
    """Those of a folder by name, and what is wrong with the others."""
    found, problems = {}, []
    for path in sorted(folder.glob("*.yml")):
        rehearsal, wrong = read(path.stem, path.read_text(encoding="utf-8", errors="replace"))
        problems += wrong
        if rehearsal:
            found[rehearsal.name] = rehearsal
    return found, problems


def written(rehearsal: Rehearsal) -> str:
    """The text that reads as this rehearsal."""
    preset, default = rehearsal.preset, Preset()
    head: dict[str, Any] = {"about": rehearsal.about}
    for name in ("channel", "officers", "open_report", *_FLAGS):
        value = getattr(preset, name)
        if value != getattr(default, name):
            head[name] = ("yes" if value else "no") if isinstance(value, bool) else value
    head |= {"language": "told"} if rehearsal.told else {}
    head |= {"languages": " ".join(rehearsal.languages)} if rehearsal.languages else {}
    return yaml.dump(
        {**head, "turns": [turn for move in rehearsal.moves for turn in _turns(move)]},
        Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000,
    )  # fmt: skip


# Reading


def _preset(top: Fields) -> Preset:
    chosen: dict[str, Any] = {}
    for name, allowed in (("channel", tuple(CHANNELS)), ("officers", ON_DUTY)):
        chosen[name] = top.text(name, allowed[0])
        if chosen[name] not in allowed:
            top.wrong(f"`{name}` is one of {', '.join(allowed)}", at=name)
    for name in _FLAGS:
        chosen[name] = top.yes(name) if name in top.names() else getattr(Preset(), name)
    return Preset(open_report=top.text("open_report", ""), **chosen)


def _moves(top: Fields) -> tuple[Move, ...]:
    moves: list[Move] = []
    said, line, staff = None, dict[str, str](), ""
    turns = list(top.each("turns"))
    if not turns or len(turns) > _MOST_TURNS:
        top.wrong(f"`turns` wants a list, of at most {_MOST_TURNS}", at="turns")
    for turn in turns:
        kind = turn.first
        if kind in _SAYS:
            if said is not None:
                moves.append(Move(said, line, staff))
            said, line, staff = _said(turn, kind), {}, ""
        elif kind in ("line", "line_in") and said is not None:
            line = _words(turn, kind)
        elif kind == "staff" and said is not None:
            staff = turn.text(kind)
        else:
            turn.wrong(f"a turn is one of {', '.join(_SAYS)}, or line or staff after one of these")
            continue
        turn.finish("a turn")
    return (*moves, *([Move(said, line, staff)] if said is not None else []))


def _said(turn: Fields, kind: str) -> Mapping[str, str] | Typed | Reply | Pause:
    match kind:
        case "resident" | "resident_in":
            return _words(turn, kind)
        case "types":
            return Typed(turn.text(kind))
        case "wait":
            found = _WAIT.fullmatch(turn.text(kind))
            if not found:
                turn.wrong("`wait` is like `13 hours`")
            return Pause(int(found[1]) * _MINUTES[found[2]] if found else 0)
        case _:
            return Reply(turn.text(kind), stays=kind == "officer_stays")


def _words(turn: Fields, name: str) -> dict[str, str]:
    """A text for all languages, or one for each that is named."""
    if not name.endswith("_in"):
        return {EVERY: turn.text(name)}
    found = turn.pairs(name)
    for tag in found:
        _tag(turn, tag, name)
    return found


def _tag(where: Fields, tag: str, name: str) -> None:
    if not _TAG.fullmatch(tag):
        where.wrong(f"`{tag}` is no language", at=name)


# Writing


def _turns(move: Move) -> Sequence[dict[str, Any]]:
    match move.said:
        case Typed(context):
            said: dict[str, Any] = {"types": context}
        case Reply(words, stays):
            said = {"officer_stays" if stays else "officer": words}
        case Pause(minutes):
            unit = next(name for name in ("day", "hour", "minute") if minutes % _MINUTES[name] == 0)
            said = {"wait": f"{minutes // _MINUTES[unit]} {unit}s"}
        case words:
            said = _words_of("resident", words)
    line = [_words_of("line", move.line)] if move.line else []
    return [said, *line, *([{"staff": move.staff}] if move.staff else [])]


def _words_of(name: str, words: Mapping[str, str]) -> dict[str, Any]:
    return {name: words[EVERY]} if EVERY in words else {f"{name}_in": dict(words)}


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)  # type: ignore[no-untyped-call]


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)
