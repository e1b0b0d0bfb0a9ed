"""Ways that lead back to their beginning, against the plainest way of finding them; and in graphs of many thousands."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.flow.circles import circles, reached


def comes_to(ways: dict[int, list[int]], begin: int) -> set[int]:
    """Where one can come to from a node in a step or more."""
    found: set[int] = set()
    todo = list(ways[begin])
    while todo:
        node = todo.pop()
        if node in ways and node not in found:
            found.add(node)
            todo += ways[node]
    return found


GRAPHS = st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 11), max_size=4), max_size=10)


@settings(max_examples=300, deadline=None)
@given(GRAPHS)
def test_each_node_on_a_circle_is_in_one_with_those_it_goes_round_with(ways: dict[int, list[int]]) -> None:
    found = circles(ways)
    on_a_circle = [node for node in ways if node in comes_to(ways, node)]
    assert sorted(node for circle in found for node in circle) == sorted(on_a_circle)
    for circle in found:
        assert circle == [node for node in ways if node in circle], "in the order in which they stand"
        others = {node for node in comes_to(ways, circle[0]) if circle[0] in comes_to(ways, node)}
        assert set(circle) == others
    assert [circle[0] for circle in found] == [node for node in ways if node in {circle[0] for circle in found}]


@settings(max_examples=200, deadline=None)
@given(GRAPHS, st.lists(st.integers(0, 11), max_size=3))
def test_where_one_comes_to(ways: dict[int, list[int]], begin: list[int]) -> None:
    here = [node for node in begin if node in ways]
    assert set(reached(begin, ways)) == set(here).union(*(comes_to(ways, node) for node in here))


def test_a_hundred_thousand_nodes_in_a_row_and_in_a_ring() -> None:
    many = 100_000
    row = {node: [node + 1] for node in range(many)}
    assert circles(row) == []
    ring = row | {many - 1: [0]}
    assert circles(ring) == [list(range(many))]
