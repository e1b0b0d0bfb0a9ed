"""A flow file as a Script: read, checked by itself, every mistake a Problem with its line."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.flow.circles import circles, reached
from bot.flow.phrases import placeholders
from bot.flow.reading import Fields, Line, Problem, read_yaml
from bot.flow.steps import STEPS
from bot.flow.steps.base import END, At, Step, Way

_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")
_NAME_WORDS = "a name is small letters a-z, digits and _, begins with a letter and has at most 60 of them"
# Names in front of strings that belong to no flow.
_TAKEN = frozenset(("line", "notices", "phrases", "wishes", "words"))
# What the department says of itself, and the line of the language: no answer may take the place of these.
_FIXED_NAMES = frozenset(
    "dept city phone open next_open retention review_days answer_by oversight oversight_phone record_law url draft_days"
    " lang lang_en summary".split()
)
# What every text may name beside saved answers: the department's values, and what the steps themselves fill in.
KNOWN_NAMES = _FIXED_NAMES | frozenset(
    "num wait topic"
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
    _check_name(top, "flow", name, "flow")
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
        _check_name(inside, step_name, step_name, "step")
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
    _check_answers(fields, step)
    return step


def _check_answers(fields: Fields, step: Step) -> None:
    """The names under which a step keeps answers, or gives them to another flow."""
    for name in step.saves():
        words = wrong_answer(name)
        if words and (name or "save" in fields.names()):
            fields.wrong(words, at="save")
            break  # `name_found` is wrong where `name` is
    for way in step.ways():
        for name, _ in way.given:
            if words := wrong_answer(name):
                fields.problems.append(Problem(fields.file, way.line or fields.line, words, "with"))


def wrong_answer(name: str) -> str:
    """Why no answer may be kept under a name; empty if one may."""
    if not _NAME.fullmatch(name):
        return f"`{_seen(name)}` is no name for an answer: {_NAME_WORDS}"
    return f"no answer may be called `{name}`: it is what the line itself says" if name in _FIXED_NAMES else ""


def _seen(name: str) -> str:
    """A name as it can be read: letters that only look like others show themselves."""
    return name[:20].encode("ascii", "backslashreplace").decode()


def _check_name(fields: Fields, at: str, name: str, kind: str) -> None:
    if not name and kind == "flow":
        return  # said to be missing
    if not _NAME.fullmatch(name):
        fields.wrong(f"`{_seen(name)}` is no name for a {kind}: {_NAME_WORDS}", at=at)
    elif name == END or (kind == "flow" and name in _TAKEN):
        fields.wrong(f"no {kind} may be called `{name}`: it means something else here", at=at)


def _check(script: Script, line_of_start: int, problems: list[Problem]) -> None:
    def wrong(line: int, words: str, field: str = "") -> None:
        problems.append(Problem(script.file, line, words, field))

    if script.start not in script.steps:
        wrong(line_of_start, f"`start` names `{script.start}`, and there is no such step", "start")
        return  # without it every step seems unreachable
    for name, step in script.steps.items():
        for way in step.ways():
            if way.next and way.next != END and way.next not in script.steps:
                words = f"`{name}` goes on to `{way.next}`, and there is no such step"
                wrong(way.line or script.lines_of_steps[name], words, "next")
    following = {name: _next_steps(step.ways()) for name, step in script.steps.items()}
    # Steps that wishes or other flows lead to directly count as reached: the library checks those names.
    came = set(reached([script.start], following))
    for name in script.steps:
        if name not in came:
            wrong(script.lines_of_steps[name], f"nobody ever comes to the step `{name}`")
    for name, words in _circling(script, following):
        wrong(script.lines_of_steps[name], words)
    if not script.part and not script.parts():
        problems += unsaved(script, script.saves())


def unsaved(script: Script, saved: frozenset[str]) -> Iterator[Problem]:
    """Placeholders that none of these answers fills. Flows that share answers with parts can only be asked together."""
    for line in script.lines():
        for used in placeholders(line.english):
            if used not in saved and used not in KNOWN_NAMES:
                yield Problem(script.file, line.line, f"nobody saves {{{used}}}")
    for step in script.steps.values():
        for way in step.ways():
            for used in (name for _, value in way.given for name in placeholders(value)):
                if used not in saved and used not in KNOWN_NAMES:
                    yield Problem(script.file, way.line, f"nobody saves {{{used}}}", "with")


def _circling(script: Script, following: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Steps from which a way without any wait leads back to themselves, and what to say of them; one of those from which
    there is no way out at all."""
    unasked = {name: [] if script.steps[name].waits else ways for name, ways in following.items()}
    back: dict[str, list[str]] = {name: [] for name in unasked}
    for name, ways in unasked.items():
        for other in ways:
            if other in back:
                back[other].append(name)
    leads_on = set(reached([name for name, step in script.steps.items() if _leads_on(step)], back))
    for circle in circles(unasked):
        if circle[0] in leads_on:
            for name in circle:
                yield name, f"from `{name}` one goes round in circles without ever being asked anything"
        else:
            yield circle[0], f"`{circle[0]}` is a dead end: no question, no end and no other flow is ever reached"


def _leads_on(step: Step) -> bool:
    """Whether here the resident is asked, or may come to the end or into another flow; `draft` has no way of its own."""
    ways = list(step.ways())
    return step.waits or not ways or any(way.go or way.next == END for way in ways)


def _next_steps(ways: Iterable[Way]) -> list[str]:
    return [way.next for way in ways if way.next and way.next != END]
