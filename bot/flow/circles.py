"""Where a way leads back to its beginning. Knows nothing of flows: nodes, and what follows each."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

Node = TypeVar("Node")


def circles(ways: Mapping[Node, Iterable[Node]]) -> list[list[Node]]:
    """Each set of nodes that all lead to one another, or a node that leads to itself; in the order of `ways`.

    Two walks, each over every way once (S. R. Kosaraju, M. Sharir): along the ways, then back from who was left last.
    """
    back: dict[Node, list[Node]] = {node: [] for node in ways}
    for node, following in ways.items():
        for other in following:
            if other in back:
                back[other].append(node)
    seen: set[Node] = set()
    found = []
    for node in reversed(_as_left(ways)):
        together = reached([node], back, seen)
        if len(together) > 1 or (together and node in ways[node]):
            found.append(together)
    place = {node: at for at, node in enumerate(ways)}
    return sorted((sorted(one, key=place.__getitem__) for one in found), key=lambda one: place[one[0]])


def reached(begin: Iterable[Node], ways: Mapping[Node, Iterable[Node]], seen: set[Node] | None = None) -> list[Node]:
    """Where one can come to from some nodes, themselves included; none that `seen` has, which is added to."""
    seen = set() if seen is None else seen
    todo, found = [node for node in begin if node in ways], []
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        found.append(node)
        todo += [other for other in ways[node] if other in ways]
    return found


def _as_left(ways: Mapping[Node, Iterable[Node]]) -> list[Node]:
    """The nodes in the order in which a walk is done with them."""
    seen: set[Node] = set()
    left: list[Node] = []
    for first in ways:
        path: list[tuple[Node, Iterator[Node]]] = []
        _enter(first, ways, seen, path)
        while path:
            node, rest = path[-1]
            following = next(rest, None)
            if following is None:
                left.append(node)
                path.pop()
            else:
                _enter(following, ways, seen, path)
    return left


def _enter(
    node: Node, ways: Mapping[Node, Iterable[Node]], seen: set[Node], path: list[tuple[Node, Iterator[Node]]]
) -> None:
    if node in ways and node not in seen:
        seen.add(node)
        path.append((node, iter(ways[node])))
