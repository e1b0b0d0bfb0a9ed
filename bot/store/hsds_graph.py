"""The records of a directory and which belongs to which, whether one stands inside the other or names its id.
Says what is missing, doubled, or refers to nothing; does not know what a service is worth to anybody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.store.hsds_rows import Row
from bot.store.hsds_shapes import FIELDS, LINKS, NESTED_MANY, NESTED_ONE, OLDER, REQUIRED
from bot.store.problems import Problem, Severity

Key = tuple[str, str]  # kind and id

# Of use by themselves; a record of any other kind must belong to one.
_ROOTS = {"organization", "service", "location", "program", "taxonomy", "taxonomy_term", "unit"}
_ROOTS |= {"metadata", "meta_table_description"}
# Without these links a record says nothing.
_BINDING = {("service_at_location", "service_id"), ("service_at_location", "location_id")}


@dataclass(frozen=True, slots=True)
class Node:
    """A record wherever it stands; `path` is where inside the row, empty for the row itself."""

    kind: str
    id: str
    fields: dict[str, Any]
    row: Row
    path: str = ""

    def problem(self, name: str, words: str, severity: Severity = Severity.WARNING) -> Problem:
        where = ".".join(filter(None, (self.path, name)))
        return Problem(self.row.file, self.row.number, where, words, severity)


@dataclass(slots=True)
class Graph:
    nodes: dict[Key, Node] = field(default_factory=dict)
    links: dict[Key, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    records: dict[str, dict[str, Mapping[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    problems: list[Problem] = field(default_factory=list)

    def near(self, node: Node, kind: str) -> list[Node]:
        """The records of a kind that are linked with this one, in the order of the file."""
        return [self.nodes[kind, one] for one in self.links[node.kind, node.id][kind]]

    def link(self, one: Key, other: Key) -> None:
        for here, there in ((one, other), (other, one)):
            known = self.links[here][there[0]]
            if there[1] not in known:
                known.append(there[1])


def gather(rows: Iterable[Row]) -> Graph:
    """`records` holds each row as it came, by kind and id; nodes and links also what is nested in them."""
    graph = Graph()
    noted: set[tuple[str, str, str]] = set()
    for row in rows:
        _keep(graph, row, noted)
    for node in list(graph.nodes.values()):
        _follow(graph, node)
    return graph


def _keep(graph: Graph, row: Row, noted: set[tuple[str, str, str]]) -> None:
    own = str(row.record.get("id") or "")
    if not own:
        if row.kind in _ROOTS or not any(name.endswith("_id") for name in row.record):
            graph.problems.append(Problem(row.file, row.number, "id", "has no id, so it is not kept"))
            return
        own = f"{row.file}:{row.number}"
        words = f"has no id; kept as {own}, which changes when rows move"
        graph.problems.append(Problem(row.file, row.number, "id", words, Severity.WARNING))
        row = replace(row, record={"id": own, **row.record})
    earlier = graph.records[row.kind].get(own)
    if earlier is None or _within(earlier, row.record):
        graph.records[row.kind][own] = row.record
        _walk(graph, Node(row.kind, own, {}, row), row.record, noted)
    elif not _within(row.record, earlier):
        first = graph.nodes[row.kind, own].row
        words = (
            f"{own} stands in {first.file}, row {first.number} already and says something else; this one is not kept"
        )
        graph.problems.append(Problem(row.file, row.number, "id", words))


def _within(small: Any, large: Any) -> bool:
    """Whether the second says all that the first says, as a full record does of the same one in a list."""
    if isinstance(small, Mapping) and isinstance(large, Mapping):
        return all(name in large and _within(value, large[name]) for name, value in small.items())
    if isinstance(small, list) and isinstance(large, list):
        return all(any(_within(one, other) for other in large) for one in small)
    return bool(small == large)


def _walk(graph: Graph, node: Node, record: Mapping[str, Any], noted: set[tuple[str, str, str]]) -> None:
    inside: list[tuple[str, str, Any]] = []
    for name, value in record.items():
        if name in NESTED_ONE and isinstance(value, dict):
            inside.append((NESTED_ONE[name], name, value))
        elif name in NESTED_MANY and isinstance(value, list):
            inside += [(NESTED_MANY[name], f"{name}[{at}]", one) for at, one in enumerate(value)]
        else:
            node.fields[name] = value
            _note_unknown(graph, node, name, noted)
    node = _merge(graph, node, noted)
    for kind, path, child in inside:
        path = ".".join(filter(None, (node.path, path)))
        if not isinstance(child, dict):
            graph.problems.append(node.problem("", f"{path} is no record but “{str(child)[:40]}”", Severity.ERROR))
            continue
        own = str(child.get("id") or "")
        if not own:
            own = f"{node.id}/{path}"
            note = ("", kind, "id")
            if note not in noted:
                noted.add(note)
                words = f"has no id; a nested {kind} is kept inside its record all the same"
                graph.problems.append(Problem(node.row.file, node.row.number, f"{path}.id", words, Severity.NOTE))
        _walk(graph, Node(kind, own, {}, node.row, path), child, noted)
        graph.link((node.kind, node.id), (kind, own))


def _merge(graph: Graph, node: Node, noted: set[tuple[str, str, str]]) -> Node:
    """One record is often told many times, once inside each that refers to it: the first stays, the others add."""
    first = graph.nodes.setdefault((node.kind, node.id), node)
    if first is node:
        for name in REQUIRED.get(node.kind, ()):
            if name not in node.fields and not (node.path and name.endswith("_id")) and not _nests(node, name):
                graph.problems.append(node.problem(name, "is missing", Severity.ERROR))
        return node
    for name, value in node.fields.items():
        difference = (node.id, name, str(value))
        if first.fields.setdefault(name, value) != value and difference not in noted:
            noted.add(difference)
            words = f"is “{_short(first.fields[name])}” in {first.row.file}, row {first.row.number}; that one counts"
            graph.problems.append(node.problem(name, words))
    return first if not node.path else Node(node.kind, node.id, first.fields, node.row, node.path)


def _nests(node: Node, name: str) -> bool:
    return name.endswith("_id") and isinstance(node.row.record.get(name.removesuffix("_id")), dict)


def _note_unknown(graph: Graph, node: Node, name: str, noted: set[tuple[str, str, str]]) -> None:
    unknown = name not in FIELDS[node.kind] and (node.kind, name) not in OLDER
    if unknown and (node.row.file, node.kind, name) not in noted:
        noted.add((node.row.file, node.kind, name))
        words = f"is no field of a {node.kind} in HSDS 3.0; kept, not shown"
        graph.problems.append(node.problem(name, words, Severity.NOTE))


def _follow(graph: Graph, node: Node) -> None:
    """Link what a record names, and say what is not there."""
    own = (node.kind, node.id)
    lost: list[tuple[str, str]] = []
    for name, value in node.fields.items():
        target = LINKS.get((node.kind, name), name.removesuffix("_id") if name.endswith("_id") else None)
        if target is None or (target and target not in FIELDS):
            continue
        there = (target, str(value)) if target else _of_any_kind(graph, node, str(value))
        if there in graph.nodes:
            graph.link(own, there)
        else:
            lost.append((name, f"refers to {(target or 'record').replace('_', ' ')} {value}, which is not here"))
    orphan = node.kind not in _ROOTS and not any(graph.links[own].values())
    for name, words in lost:
        useless = orphan or (node.kind, name) in _BINDING
        words = f"{words}; so this {node.kind.replace('_', ' ')} is kept but not used" if useless else words
        graph.problems.append(node.problem(name, words, Severity.ERROR if useless else Severity.WARNING))
    if orphan and not lost:
        words = f"belongs to nothing, so this {node.kind.replace('_', ' ')} is kept but not used"
        graph.problems.append(node.problem("", words, Severity.ERROR))


def _of_any_kind(graph: Graph, node: Node, id: str) -> Key:
    said = str(node.fields.get("link_entity") or node.fields.get("resource_type") or "").lower()
    kinds = (said,) if said in FIELDS else tuple(FIELDS)
    return next(((kind, id) for kind in kinds if (kind, id) in graph.nodes), ("", id))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:40]}…"
