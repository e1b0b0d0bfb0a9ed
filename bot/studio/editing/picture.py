"""A flow as a graph, for a picture: what it asks, and where each answer leads. Knows forms, not how it is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.flow.steps import STEPS
from bot.flow.steps.base import END
from bot.studio.editing.forms import FlowForm, StepForm
from bot.studio.editing.spans import Tree
from bot.studio.editing.step_fields import KINDS, Field, Kind

MOST_NODES = 300  # more than anybody can take in: then `around` a step
_SHORT = 60  # characters
STEP, FLOW, THE_END, NOWHERE = "step", "flow", "end", "nowhere"


@dataclass(frozen=True, slots=True)
class Node:
    """A step; another flow, or a step of one (`name` is `flow` or `flow.step`); the end; or a step that is not there.
    `kind`, `text`, `line` (from 1) and `waits` are those of a step. `begins`: the flow starts here."""

    id: str
    sort: str
    name: str
    kind: str = ""
    text: str = ""
    line: int = 0
    waits: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one node to another. `label` is the choice, the words or the value that lead there."""

    start: str
    to: str
    label: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """`left_out`: how many nodes there are that it does not show."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    left_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """Plain lists and mappings; an edge leads `from` a node `to` another, by their ids."""
        nodes = [
            {
                "id": one.id, "sort": one.sort, "name": one.name, "kind": one.kind, "text": one.text, "line": one.line,
                "waits": one.waits, "begins": one.begins,
            }
            for one in self.nodes
        ]  # fmt: skip
        edges = [{"from": one.start, "to": one.to, "label": one.label, "field": one.field} for one in self.edges]
        return {"nodes": nodes, "edges": edges, "left_out": self.left_out}


def picture(form: FlowForm) -> Picture:
    """The whole flow: its steps in their order, then what they lead to outside of it."""
    start = form.head.get("start")
    nodes = {_id(STEP, one.name): _step_node(one, begins=one.name == start) for one in form.steps}
    edges = []
    for step in form.steps:
        for target, label, field in _ways(step, form, nodes):
            nodes.setdefault(target.id, target)
            edges.append(Edge(_id(STEP, step.name), target.id, label, field))
    return Picture(tuple(nodes.values()), tuple(edges))


def around(whole: Picture, step: str, hops: int = 2) -> Picture:
    """What lies so many ways from a step, in either direction, at most MOST_NODES of it; nothing if there is no such step."""
    beside: dict[str, list[str]] = {one.id: [] for one in whole.nodes}
    steps = {one.id for one in whole.nodes if one.sort == STEP}
    for edge in whole.edges:
        beside[edge.start].append(edge.to)
        beside[edge.to].append(edge.start)
    reached = [_id(STEP, step)] if _id(STEP, step) in beside else []
    seen, outer = set(reached), reached
    for _ in range(hops):
        outer = [*dict.fromkeys(other for one in outer if one in steps for other in beside[one] if other not in seen)]
        outer = outer[: MOST_NODES - len(seen)]
        seen.update(outer)
    nodes = tuple(one for one in whole.nodes if one.id in seen)
    edges = tuple(one for one in whole.edges if one.start in seen and one.to in seen)
    return Picture(nodes, edges, len(whole.nodes) - len(nodes))


def _id(sort: str, name: str) -> str:
    return f"{sort}:{name}"


def _step_node(step: StepForm, *, begins: bool) -> Node:
    waits = step.kind in STEPS and STEPS[step.kind].waits
    return Node(_id(STEP, step.name), STEP, step.name, step.kind, _short(_text(step)), step.line, waits, begins)


def _text(step: StepForm) -> str:
    """What it says first; of a step that says nothing, what it is about."""
    said = (Kind.SAID, Kind.TEXTS)
    asked = KINDS[step.kind].fields if step.kind in KINDS else ()
    texts = (step.values.get(one.name) for one in asked if one.kind in said and one.name != "label")
    values = [one[0] if isinstance(one, list) else one for one in texts if one]
    return next((str(one) for one in values if one), str(step.values.get(step.kind, "")))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHORT else line[: _SHORT - 1].rstrip() + "…"


def _ways(step: StepForm, form: FlowForm, nodes: Mapping[str, Node]) -> Iterator[tuple[Node, str, str]]:
    """Where a step leads, and by what: the node, the label, the field."""
    asked = KINDS[step.kind].fields if step.kind in KINDS else ()
    chosen = any(one.name == "choices" for one in asked)
    for one in asked:
        value = step.values.get(one.name)
        if one.kind is Kind.PART and value:
            yield _flow_node(str(value), ""), one.label, one.name
        elif one.kind is Kind.LIST and isinstance(value, list):
            default = step.values.get("next", "") if chosen else ""
            yield from _entries(one, value, default, form, nodes)
        elif one.kind is Kind.NEXT and one.name != "next" and value:
            yield _step_or_end(str(value), nodes), one.label, one.name
    if not chosen and (target := _way(step.values, "", form, nodes)):
        yield target, "", "go" if step.values.get("go") else "next"


def _entries(
    asked: Field, entries: list[Tree], default: Tree, form: FlowForm, nodes: Mapping[str, Node]
) -> Iterator[tuple[Node, str, str]]:
    for count, entry in enumerate(entries, 1):
        if isinstance(entry, dict) and (target := _way(entry, default, form, nodes)):
            yield target, _short(str(entry.get(asked.fields[0].name, ""))), f"{asked.name}.{count}"


def _way(values: Mapping[str, Tree], default: Tree, form: FlowForm, nodes: Mapping[str, Node]) -> Node | None:
    go, step = str(values.get("go") or ""), str(values.get("step") or "")
    if go and go == form.flow:
        return _step_or_end(step or str(form.head.get("start", "")), nodes)
    if go:
        return _flow_node(go, step)
    name = str(values.get("next") or default)
    return _step_or_end(name, nodes) if name else None


def _flow_node(flow: str, step: str) -> Node:
    name = f"{flow}.{step}" if step else flow
    return Node(_id(FLOW, name), FLOW, name)


def _step_or_end(name: str, nodes: Mapping[str, Node]) -> Node:
    if name == END:
        return Node(_id(THE_END, ""), THE_END, name)
    return nodes.get(_id(STEP, name)) or Node(_id(NOWHERE, name), NOWHERE, name)
