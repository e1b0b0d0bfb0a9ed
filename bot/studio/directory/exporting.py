"""The directory to take along: as HSDS in tabular JSON, record by record as it is kept, or as CSV tables in a zip. Both can
be imported again, and then change nothing."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from bot.store.hsds_graph import Graph, Key, Node
from bot.store.hsds_shapes import FIELDS, TABLE_OF
from bot.studio.directory.services import Catalogue

KINDS: Mapping[str, str] = {"json": "application/json; charset=utf-8", "zip": "application/zip"}

_SHARED = ("organization", "program", "location", "taxonomy", "taxonomy_term", "unit", "service")

Tables = dict[str, dict[str, dict[str, str]]]  # by kind and id: each record flat, every value as text


def export(known: Catalogue, kind: str) -> bytes:
    """As one of KINDS: "zip" holds the CSV tables."""
    if kind == "json":
        named = {TABLE_OF[one]: list(records.values()) for one, records in sorted(known.records.items())}
        return json.dumps(named, ensure_ascii=False, indent=1).encode()
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, records in sorted(tables(known.graph).items()):
            folder.writestr(f"{TABLE_OF[name]}.csv", _csv(records))
    return held.getvalue()


def tables(graph: Graph) -> Tables:
    """Every record in a table of its own, joined by ids. One that stands inside several is there once for each of a kind,
    because a row can name but one service, one location, one organization."""
    found: Tables = {}
    for node in graph.nodes.values():
        if not _parents(graph, node):
            _put(graph, found, node, node.id, {})
    return found


def _put(graph: Graph, found: Tables, node: Node, id: str, above: Mapping[str, str]) -> None:
    """A record and all that belongs to it. `above` is the column that says to what it belongs."""
    rows = found.setdefault(node.kind, {})
    known = rows.get(id)
    if known is not None and all(known.get(name, value) == value for name, value in above.items()):
        known |= above
        return
    if known is not None:
        id = f"{id}@{next(iter(above.values()))}"
        if id in rows:
            return
    rows[id] = {name: _cell(value) for name, value in node.fields.items() if _own(graph, node, name)}
    rows[id] |= {"id": id, **_shared(graph, node), **above}
    for key in _children(graph, node):
        column = _column(key[0], node.kind)
        link = {column: id} | ({"link_entity": node.kind} if key[0] == "attribute" else {})
        _put(graph, found, graph.nodes[key], key[1], link)


def _own(graph: Graph, node: Node, name: str) -> bool:
    """Not the columns that are written anew from what belongs to what."""
    return name not in {_column(node.kind, kind) for kind, _ in _parents(graph, node)}


def _parents(graph: Graph, node: Node) -> list[Key]:
    return [
        (kind, id)
        for kind, ids in graph.links.get((node.kind, node.id), {}).items()
        if _column(node.kind, kind) and kind != node.kind
        for id in ids
    ]


def _children(graph: Graph, node: Node) -> list[Key]:
    return [
        (kind, id)
        for kind, ids in graph.links.get((node.kind, node.id), {}).items()
        if _column(kind, node.kind) and kind != node.kind
        for id in ids
    ]


def _shared(graph: Graph, node: Node) -> dict[str, str]:
    """The columns that name what others share too."""
    found = {}
    for kind in _SHARED:
        near = graph.links.get((node.kind, node.id), {}).get(kind, ())
        if near and f"{kind}_id" in FIELDS[node.kind]:
            found[f"{kind}_id"] = near[0]
    return found


def _column(kind: str, to: str) -> str:
    """The column by which a record belongs to another; empty if it does not, or only refers to it."""
    if kind in (*_SHARED, "metadata", "meta_table_description"):
        return ""
    if kind == "service_at_location":
        return "service_id" if to == "service" else ""
    if kind == "attribute":
        return "" if to in ("taxonomy", "taxonomy_term") else "link_id"
    return f"{to}_id" if f"{to}_id" in FIELDS[kind] and to != "unit" else ""


def _cell(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _csv(records: Mapping[str, Mapping[str, str]]) -> str:
    columns = list(dict.fromkeys(["id", *(name for row in records.values() for name in row)]))
    held = io.StringIO(newline="")
    writer = csv.DictWriter(held, columns, restval="")
    writer.writeheader()
    writer.writerows(records.values())
    return held.getvalue()
