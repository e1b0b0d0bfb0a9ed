"""A flow as a graph: every way a step has is an edge, and nothing else is."""

import json
from pathlib import Path

import pytest

from bot.flow.library import first_word
from bot.flow.script import parse
from bot.flow.steps.base import Way
from bot.studio.editing.flow_file import remove_step
from bot.studio.editing.forms import read_form
from bot.studio.editing.picture import MOST_NODES, Node, around, picture

FLOWS = {
    path.stem: text
    for path in sorted((Path(__file__).parent.parent.parent / "flows").glob("*.yml"))
    if first_word(text := path.read_text(encoding="utf-8")) == "flow"
}
THEFT = FLOWS["report_theft"]


def target(way: Way, flow: str, start: str) -> str:
    if way.go == flow:
        return f"step:{way.step or start}"
    if way.go:
        return f"flow:{way.go}.{way.step}" if way.step else f"flow:{way.go}"
    return "end:" if way.next == "end" else f"step:{way.next}"


@pytest.mark.parametrize("name", sorted(FLOWS))
def test_edges_are_the_ways_of_the_steps(name: str) -> None:
    script, _ = parse(FLOWS[name], name)
    assert script
    drawn = picture(read_form(FLOWS[name]))
    for key, step in script.steps.items():
        ways = sorted(target(way, name, script.start) for way in step.ways())
        part = [f"flow:{part}"] if (part := getattr(step, "part", "")) else []
        assert sorted(edge.to for edge in drawn.edges if edge.start == f"step:{key}") == sorted([*ways, *part])
    ids = {node.id for node in drawn.nodes}
    assert {edge.start for edge in drawn.edges} | {edge.to for edge in drawn.edges} <= ids
    assert [(one.name, one.line) for one in drawn.nodes if one.sort == "step"] == list(script.lines_of_steps.items())
    assert [one.name for one in drawn.nodes if one.waits] == [key for key, step in script.steps.items() if step.waits]
    assert [one.name for one in drawn.nodes if one.begins] == [script.start]


def test_nodes_and_edges_say_what_they_are() -> None:
    drawn = picture(read_form(THEFT))
    node = next(one for one in drawn.nodes if one.name == "how")
    line = THEFT.split("\n").index("  how:") + 1
    assert node == Node("step:how", "step", "how", "ask", "How?", line, waits=True)
    assert {edge.label for edge in drawn.edges if edge.start == "step:force"} == {""}
    assert [(edge.label, edge.field) for edge in drawn.edges if edge.start == "step:by_phone"] == [
        ("Call me", "choices.1"), ("I will call", "choices.2"),
    ]  # fmt: skip
    long = next(one for one in drawn.nodes if one.name == "by_phone")
    assert len(long.text) <= 60 and long.text.startswith("This needs an officer") and long.text.endswith("…")


def test_it_is_ready_for_json() -> None:
    ready = picture(read_form(THEFT)).as_json()
    assert json.loads(json.dumps(ready)) == ready
    assert ready["edges"][0].keys() == {"from", "to", "label", "field"}
    assert ready["left_out"] == 0


def test_ways_to_nowhere_are_drawn() -> None:
    drawn = picture(read_form(remove_step(THEFT, "photo")))
    assert [one.name for one in drawn.nodes if one.sort == "nowhere"] == ["photo"]
    assert [edge.start for edge in drawn.edges if edge.to == "nowhere:photo"] == ["step:witness"]


def test_a_step_and_what_is_around_it() -> None:
    drawn = picture(read_form(THEFT))
    assert {one.name for one in around(drawn, "force", 0).nodes} == {"force"}
    near = around(drawn, "force", 1)
    assert {one.name for one in near.nodes} == {"force", "how", "needs_person"}
    assert near.left_out == len(drawn.nodes) - 3
    assert {(edge.start, edge.to) for edge in near.edges} == {
        ("step:how", "step:force"), ("step:how", "step:needs_person"), ("step:force", "step:needs_person"),
    }  # fmt: skip
    assert around(drawn, "nobody").nodes == ()


def test_the_end_is_no_way_from_one_step_to_another() -> None:
    drawn = picture(read_form(THEFT))
    assert "end" in {one.name for one in around(drawn, "filed", 1).nodes}
    assert "closing" not in {one.name for one in around(drawn, "filed", 2).nodes}


def test_of_a_large_flow_only_so_much() -> None:
    many = "".join(f"  s{count}:\n    say: S{count}\n    next: hub\n" for count in range(1_000))
    form = read_form(f"flow: large\nabout: Large.\nstart: s0\nsteps:\n  hub:\n    say: Hub\n    next: end\n{many}")
    whole = picture(form)
    assert len(whole.nodes) == 1_002 and len(whole.edges) == 1_001
    part = around(whole, "s5")
    assert len(part.nodes) == MOST_NODES and part.left_out == 1_002 - MOST_NODES
    assert {"step:s5", "step:hub"} <= {one.id for one in part.nodes}
