"""Makes of a service a record of its own: its phones, hours and the like inside it, and by id what others may share, as
organizations, locations, terms. Everything stays as it came, also columns nobody shows."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from bot.store.hsds_graph import Graph, Key, Node
from bot.store.hsds_shapes import FIELDS, NESTED_MANY, NESTED_ONE, TABLE_OF
from bot.studio.directory.services import Catalogue

_SHARED = frozenset({"organization", "program", "service", "location", "taxonomy", "taxonomy_term", "unit"})
_ALONE = frozenset({"metadata", "meta_table_description"})

Body = dict[str, Any]
Change = dict[Key, Body | None]  # None: taken away


def taken_out(known: Catalogue, service_id: str) -> tuple[Body, Change]:
    """A service as a record of its own, and what that changes of the others: what it shares and had inside it becomes a
    record too, and nothing else tells of it any more."""
    graph, service = known.graph, known.graph.nodes["service", service_id]
    own: set[Key] = {("service", service_id)}
    body = nested(graph, service, own)
    change: Change = {}
    inside = set(_shared_inside(known.records.get("service", {}).get(service_id, {})))
    for key in _shared_by(graph, own):
        whole, record = _without(nested(graph, graph.nodes[key], {key}), own)[0], known.records.get(key[0], {}).get(key[1])
        if record is None:
            change[key] = whole
        elif key in inside and whole.keys() - record.keys():
            change[key] = {**whole, **record}
    if "location_id" in body or not body.get(TABLE_OF["service_at_location"]):
        _places_by_link(graph, service, body)
    for kind, records in known.records.items():
        for id, record in records.items():
            if (kind, id) == ("service", service_id):
                continue
            if (kind, id) in own:
                change[kind, id] = _unbound(graph, kind, record, own)
                continue
            left, touched = _without(record, own)
            if touched:
                change[kind, id] = left
    return body, change


def alone(known: Catalogue, service_id: str) -> Change:
    """A service and all that it refers to, as records that tell of it without any other."""
    graph, own = known.graph, {("service", service_id)}
    change: Change = {("service", service_id): taken_out(known, service_id)[0]}
    nested(graph, graph.nodes["service", service_id], own)
    for key in _shared_by(graph, own):
        change[key] = _without(nested(graph, graph.nodes[key], {key}), own)[0]
    return change


def nested(graph: Graph, node: Node, own: set[Key]) -> Body:
    """A record with all that belongs to it inside, and what it shares by id. `own` fills with what is inside."""
    # Where it stands says to what it belongs; a column that says it too would bind its copies to the same.
    fields = {name: value for name, value in node.fields.items() if not _binds(node.kind, name)}
    body: Body = {"id": node.id, **deepcopy(fields)}
    for kind in sorted(graph.links[node.kind, node.id]):
        near = graph.near(node, kind)
        if kind in _SHARED:
            column = f"{kind}_id"
            if near and column in FIELDS[node.kind] and not _binds(node.kind, column):
                body.setdefault(column, near[0].id)
        elif kind not in _ALONE and _belongs(kind, node.kind):
            inside = []
            for child in near:
                if node.kind == "service" or (kind, child.id) not in own:
                    own.add((kind, child.id))
                    inside.append(nested(graph, child, own))
            body[TABLE_OF[kind]] = inside
    return body


def _binds(kind: str, column: str) -> bool:
    """Whether a column says to what a record belongs, rather than what it refers to."""
    if kind in _SHARED:
        return False
    return column == "link_id" or (column.endswith("_id") and _belongs(kind, column.removesuffix("_id")))


def _belongs(kind: str, to: str) -> bool:
    if kind == "service_at_location":
        return to == "service"
    if kind == "attribute":
        return to not in ("taxonomy", "taxonomy_term")
    return f"{to}_id" in FIELDS[kind] and to != "unit"


def _shared_by(graph: Graph, own: set[Key]) -> set[Key]:
    """What the service and all that is its own refer to, and what that refers to."""
    found: set[Key] = set()
    ahead = list(own)
    while ahead:
        key = ahead.pop()
        for kind in _SHARED - {"service"}:
            if f"{kind}_id" in FIELDS[key[0]] or key[0] == "service":
                new = {(kind, id) for id in graph.links[key].get(kind, ())} - found
                found |= new
                ahead += new
    return found


def _shared_inside(record: Mapping[str, Any]) -> Iterator[Key]:
    """What stands inside a record and may be of use to others."""
    for kind, child in _children(record):
        if kind in _SHARED and child.get("id"):
            yield kind, str(child["id"])
        yield from _shared_inside(child)


def _children(record: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in record.items():
        if name in NESTED_ONE and isinstance(value, dict):
            yield NESTED_ONE[name], value
        elif name in NESTED_MANY and isinstance(value, list):
            yield from ((NESTED_MANY[name], one) for one in value if isinstance(one, dict))


def _places_by_link(graph: Graph, service: Node, body: Body) -> None:
    """Older files name the place in the service itself, which can hold but one."""
    direct = graph.near(service, "location")
    if direct:
        held = body.setdefault(TABLE_OF["service_at_location"], [])
        held += [{"id": f"{service.id}@{one.id}", "location_id": one.id} for one in direct]
    body.pop("location_id", None)


def _unbound(graph: Graph, kind: str, record: Mapping[str, Any], own: set[Key]) -> Body | None:
    """A record in a table of its own that now stands inside a service: what is left of it, if it also belongs to others."""
    if kind in ("service_at_location", "attribute"):
        return None
    left = dict(record)
    for name, value in record.items():
        if name.endswith("_id") and (name.removesuffix("_id"), str(value)) in own:
            del left[name]
    others = [name for name in left if name.endswith("_id") and (name.removesuffix("_id"), str(left[name])) in graph.nodes]
    return left if others else None


def _without(record: Mapping[str, Any], own: set[Key]) -> tuple[Body, bool]:
    """A record without the service and its places inside it; and whether there were any."""
    left: Body = {}
    touched = False

    def out(kind: str, one: Any) -> bool:
        told = (kind, str(one.get("id") or "")) if isinstance(one, dict) else ("", "")
        return kind in ("service", "service_at_location") and told in own

    for name, value in record.items():
        if name in NESTED_ONE and isinstance(value, dict):
            if out(NESTED_ONE[name], value):
                touched, left[f"{NESTED_ONE[name]}_id"] = True, value["id"]
                continue
            value, inside = _without(value, own)
            touched |= inside
        elif name in NESTED_MANY and isinstance(value, list):
            kept = []
            for one in value:
                if out(NESTED_MANY[name], one):
                    touched = True
                    continue
                if isinstance(one, dict):
                    one, inside = _without(one, own)
                    touched |= inside
                kept.append(one)
            value = kept
        left[name] = value
    return left, touched
