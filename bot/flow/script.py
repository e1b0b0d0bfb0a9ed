"""A flow file as a Script: read, checked by itself, every mistake a Problem with its line."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.flow.phrases import placeholders
from bot.flow.reading import Fields, Line, Problem, read_yaml
from bot.flow.steps import STEPS
from bot.flow.steps.base import END, At, Step, Way

# What every text may name beside saved answers: the department's values, and what the steps themselves fill in.
KNOWN_NAMES = frozenset(
    "dept city phone open next_open retention review_days answer_by oversight oversight_phone record_law url draft_days"
    " lang lang_en num wait topic summary"
    " name what langs hours title weekday date time place officer code status list count n least most"
    " need_label kind_label place_found number question".split()
)


@dataclass(frozen=True, slots=True)
class ReportKind:
    """What makes a flow's answers a report."""

    kind: str
    topic: Line
    keep_days: int


@dataclass(frozen=True, slots=True)
class Script:
    """One flow in one version. `part` is walked inside others; `report` makes its answers a report."""

    name: str
    version: str
    file: str
    about: str
    start: str
    steps: Mapping[str, Step]
    lines_of_steps: Mapping[str, int]
    report: ReportKind | None
    part: bool

    def lines(self) -> Iterator[Line]:
        if self.report:
            yield self.report.topic
        for step in self.steps.values():
            yield from step.lines()

    def saves(self) -> frozenset[str]:
        """Names of the answers it asks for itself."""
        return frozenset(name for step in self.steps.values() for name in step.saves())

    def parts(self) -> frozenset[str]:
        """Names of the parts it walks."""
        return frozenset(part for step in self.steps.values() if (part := getattr(step, "part", "")))


def version_of(text: str) -> str:
    """What a text is called by that is kept as it was at a time."""
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def parse(text: str, file: str) -> tuple[Script | None, list[Problem]]:
    """The script and what is wrong with it; no script where there is no telling what was meant."""
    problems: list[Problem] = []
    top = read_yaml(text, file, problems)
    if top is None or problems:
        return None, problems
    name = top.text("flow")
    about, start, part = top.text("about"), top.text("start"), top.yes("part")
    report = _report(top, name, file)
    steps: dict[str, Step] = {}
    lines: dict[str, int] = {}
    inside = top.inside("steps")
    if inside is None:
        top.wrong("`steps` is missing")
        return None, problems
    for step_name in inside.names():
        fields = inside.inside(step_name)
        if fields is None:
            continue
        lines[step_name] = inside.line_of(step_name)
        step = _step(fields, At(name, step_name, file))
        if step is not None:
            steps[step_name] = step
    top.finish("a flow")
    script = Script(name, version_of(text), file, about, start, steps, lines, report, part)
    if not problems:
        _check(script, top.line_of("start"), problems)
    return script, problems


def _report(top: Fields, name: str, file: str) -> ReportKind | None:
    inside = top.inside("report") if "report" in top.names() else None
    if inside is None:
        return None
    topic = Line(f"{name}.topic", inside.text("topic"), file, inside.line_of("topic"), "What the report is about.")
    kind = ReportKind(inside.text("kind"), topic, inside.number("keep_days", 365))
    inside.finish("`report`")
    return kind


def _step(fields: Fields, at: At) -> Step | None:
    kind = STEPS.get(fields.first)
    if kind is None:
        if fields.names():
            known = ", ".join(sorted(STEPS))
            fields.wrong(f"`{fields.first}` is no kind of step; the first line of a step is one of {known}")
        return None
    step = kind.read(fields, at)
    fields.finish(f"a `{kind.key}` step")
    return step


def _check(script: Script, line_of_start: int, problems: list[Problem]) -> None:
    def wrong(line: int, words: str) -> None:
        problems.append(Problem(script.file, line, words))

    if script.start not in script.steps:
        wrong(line_of_start, f"`start` names `{script.start}`, and there is no such step")
        return  # without it every step seems unreachable
    for name, step in script.steps.items():
        for way in step.ways():
            if way.next and way.next != END and way.next not in script.steps:
                wrong(
                    way.line or script.lines_of_steps[name],
                    f"`{name}` goes on to `{way.next}`, and there is no such step",
                )
    reached = _reached(script)
    for name in script.steps:
        if name not in reached:
            wrong(script.lines_of_steps[name], f"nobody ever comes to the step `{name}`")
    for name in _circling(script):
        wrong(script.lines_of_steps[name], f"from `{name}` one goes round in circles without ever being asked anything")
    if not script.part and not script.parts():
        problems += unsaved(script, script.saves())


def unsaved(script: Script, saved: frozenset[str]) -> Iterator[Problem]:
    """Placeholders that none of these answers fills. Flows that share answers with parts can only be asked together."""
    for line in script.lines():
        for used in placeholders(line.english):
            if used not in saved and used not in KNOWN_NAMES:
                yield Problem(script.file, line.line, f"nobody saves {{{used}}}")


def _reached(script: Script) -> set[str]:
    # Steps that wishes or other flows lead to directly count as reached: the library checks those names.
    todo, seen = [script.start], set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name not in script.steps:
            continue
        seen.add(name)
        todo += [way.next for way in script.steps[name].ways() if way.next and way.next != END]
    return seen


def _circling(script: Script) -> list[str]:
    """Steps from which a way without any wait leads back to themselves."""
    circling = []
    for name in script.steps:
        todo, seen = [name], set[str]()
        while todo:
            here = script.steps.get(todo.pop())
            if here is None or here.waits:
                continue
            for way in _next_steps(here.ways()):
                if way == name:
                    circling.append(name)
                    todo = []
                    break
                if way not in seen:
                    seen.add(way)
                    todo.append(way)
    return circling


def _next_steps(ways: Iterable[Way]) -> list[str]:
    return [way.next for way in ways if way.next and way.next != END]
