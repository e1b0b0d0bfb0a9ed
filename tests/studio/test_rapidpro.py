"""Flows of RapidPro and TextIt as ours: what both know is carried over, the rest is told, and our reader takes it all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import NotBrought
from bot.flow.library import Library, read_texts, texts_of
from bot.flow.script import parse
from bot.studio.importing.rapidpro import bring
from bot.studio.importing.sketch import Brought, Wording
from tests.fakes import TableFacts, Talk

SHIPPED = texts_of(Path(__file__).parents[2] / "flows")
LANGUAGES = {"spa": "es", "hat": "ht", "zzz": "zzz"}


def node(name: str, *actions: dict[str, Any], router: dict[str, Any] | None = None, **exits: str | None) -> dict[str, Any]:
    """A node by name, its exits by theirs."""
    made: dict[str, Any] = {
        "uuid": name,
        "actions": list(actions),
        "exits": [{"uuid": f"{name}-{one}", "destination_uuid": to} for one, to in exits.items()],
    }
    return made | ({"router": router} if router else {})


def says(uuid: str, text: str, **more: Any) -> dict[str, Any]:
    return {"type": "send_msg", "uuid": uuid, "text": text} | more


def asks(name: str, here: str, *cases: tuple[str, str, list[str]], default: str = "Other", operand: str = "@input.text", wait: Any = None) -> dict[str, Any]:
    """A router: its cases as category, test and arguments. The exit of a category is `here-category`."""
    labels = dict.fromkeys([*(case[0] for case in cases), default])
    return {
        "type": "switch",
        "operand": operand,
        "result_name": name,
        "wait": {"type": "msg"} if wait is None else wait,
        "categories": [{"uuid": f"{here}-cat-{one}", "name": one, "exit_uuid": f"{here}-{one}"} for one in labels],
        "cases": [
            {"uuid": f"{here}-case-{number}", "type": test, "arguments": arguments, "category_uuid": f"{here}-cat-{category}"}
            for number, (category, test, arguments) in enumerate(cases)
        ],
        "default_category_uuid": f"{here}-cat-{default}",
    }


def flow(*nodes: dict[str, Any], name: str = "Lost cat", **more: Any) -> dict[str, Any]:
    return {"uuid": name, "name": name, "spec_version": "13.1.0", "language": "eng", "type": "messaging", "nodes": list(nodes)} | more


def export(*flows: dict[str, Any]) -> str:
    return json.dumps({"version": "13", "site": "https://flows.example", "flows": list(flows)})


def one(*nodes: dict[str, Any], **more: Any) -> Brought:
    (brought,) = bring(export(flow(*nodes, **more)))
    return brought


def library(*brought: Brought) -> Library:
    found, problems = read_texts(SHIPPED | {one.name: one.yaml for one in brought})
    assert found is not None and not problems, [str(problem) for problem in problems]
    return found


def talk(brought: Brought, *said: str) -> list[str]:
    talking = Talk(library(brought), facts=TableFacts())
    return [talking.go(brought.name), *(talking.text(text) for text in said)]


def told(brought: Brought) -> list[tuple[str, str]]:
    return [(left.place, left.what) for left in brought.left_out]


CAT = (
    node("hello", says("t1", "Hello! We look for cats."), on="color"),
    node("color", says("t2", "What color is it?"), router=asks("Cat Color", "color", ("Black", "has_any_word", ["black dark"]), ("White", "has_phrase", ["white"])), Black="name", White="name", Other="sorry"),
    node("sorry", says("t3", "Sorry, what color?"), on="color"),
    node("name", says("t4", "What is its name?"), router=asks("name", "name", default="All Responses"), **{"All Responses": "age"}),
    node("age", says("t5", "How old is @results.name?"), router=asks("age", "age", ("Number", "has_number_between", ["0", "30"])), Number="thanks", Other="age"),
    node("thanks", says("t6", "Thanks. @results.name is @results.cat_color.category, @(results.age) years. Write to cats@results.example."), on=None),
)  # fmt: skip


def test_a_flow_is_talked_through_as_it_was_drawn() -> None:
    brought = one(*CAT)
    assert talk(brought, "it is black", "Tom", "7") == [
        "Hello! We look for cats.\n\nWhat color is it? 1 Black 2 White",
        "What is its name?",
        "How old is Tom?",
        "Thanks. Tom is Black, 7 years. Write to cats@results.example.",
    ]
    assert ("Cat Color", "Where an answer fits no choice") in told(brought)
    assert ("Sorry, what color?", "A step") in told(brought)
    assert len(told(brought)) == 2


def test_names_of_steps_can_be_read() -> None:
    script, _ = parse(one(*CAT).yaml, "lost_cat.yml")
    assert script is not None
    assert list(script.steps) == ["hello_we_look_for", "cat_color", "name", "age", "thanks_name_is_cat_color"]


def test_texts_of_other_languages_are_handed_over_beside_it() -> None:
    localization = {
        "spa": {
            "t2": {"text": ["¿De qué color es?"]},
            "color-cat-Black": {"name": ["Negro"]},
            "color-case-0": {"arguments": ["negro oscuro"]},
            "t5": {"text": ["¿Cuántos años tiene @results.name?"]},
        },
        "zzz": {"t1": {"text": ["Zzz!"]}},
    }
    brought = one(*CAT, localization=localization)
    assert set(brought.wordings) == {
        Wording("es", "lost_cat.cat_color", "What color is it?", "¿De qué color es?"),
        Wording("es", "lost_cat.cat_color.choice", "Black", "Negro"),
        Wording("es", "lost_cat.cat_color.words", "black|dark", "negro|oscuro"),
        Wording("es", "lost_cat.age", "How old is {name}?", "¿Cuántos años tiene {name}?"),
        Wording("zzz", "lost_cat.hello_we_look_for", "Hello! We look for cats.", "Zzz!"),
    }
    contexts = {(line.context, line.english) for line in library(brought).lines()}
    assert {(wording.context, wording.english) for wording in brought.wordings} <= contexts


def test_english_is_taken_from_where_it_is() -> None:
    brought = one(
        node("a", says("t", "Hola."), on=None), language="spa", localization={"eng": {"t": {"text": ["Hello."]}}}
    )
    assert "say: Hello." in brought.yaml
    assert brought.wordings == (Wording("es", "lost_cat.hello", "Hello.", "Hola."),)
    assert told(brought) == [("Lost cat", "Its own language is es")]


def test_without_english_the_original_stands_in_its_place_and_is_told() -> None:
    brought = one(node("a", says("t", "Hola."), on=None), language="spa")
    assert "say: Hola." in brought.yaml and brought.wordings == ()
    assert brought.left_out[0].why == "We have put it where English belongs: write the English."


def test_a_fork_by_an_answer_of_before() -> None:
    fork = asks("", "fork", ("Dogs", "has_only_phrase", ["Dog"]), default="Other", operand="@results.pet.category", wait={})
    brought = one(
        node("pet", says("a", "Which pet?"), router=asks("Pet", "pet", ("Dog", "has_any_word", ["dog"]), ("Cat", "has_any_word", ["cat"])), Dog="fork", Cat="fork", Other=None),
        node("fork", router=fork, Dogs="dogs", Other="cats"),
        node("dogs", says("b", "Woof."), on=None),
        node("cats", says("c", "Meow."), on=None),
    )  # fmt: skip
    assert talk(brought, "1")[-1] == "Woof."
    assert talk(brought, "Cat")[-1] == "Meow."


def test_flows_lead_into_one_another() -> None:
    def enter(uuid: str, name: str, terminal: bool) -> dict[str, Any]:
        return {"type": "enter_flow", "uuid": "e", "terminal": terminal, "flow": {"uuid": uuid, "name": name}}

    brought = bring(
        export(
            flow(node("a", enter("Ask name", "Ask name", False), ok="b"), node("b", says("t", "Hi, and bye."), ok="c"), node("c", enter("Bye", "Bye", True)), name="First"),
            flow(node("n", says("q", "Your name?"), router=asks("Who", "n", default="All"), All=None), name="Ask name"),
            flow(node("x", says("y", "Bye."), on=None), name="Bye"),
            flow(node("z", enter("gone", "Elsewhere", True)), name="Last"),
        )
    )  # fmt: skip
    assert [one.name for one in brought] == ["first", "ask_name", "bye", "last"]
    assert "part: yes" in brought[1].yaml and ("Ask name", "It is walked inside other flows") in told(brought[1])
    assert ("elsewhere", "Another flow") in told(brought[3])
    talking = Talk(library(*brought[:3]), facts=TableFacts())
    assert [talking.go("first"), talking.text("Ana")] == ["Your name?", "Hi, and bye.\n\nBye."]


def test_what_we_have_no_step_for_is_told_and_never_done() -> None:
    brought = one(
        node(
            "a",
            says("t", "Hi @contact.name, @(upper(fields.town)) @@home {{7*7}} {x}", attachments=["image:http://x/y.png"]),
            {"type": "call_webhook", "uuid": "w", "url": "http://127.0.0.1/", "method": "GET"},
            {"type": "set_contact_field", "uuid": "f", "field": {"key": "a", "name": "A"}, "value": "b"},
            {"type": "set_run_result", "uuid": "r", "name": "Score", "value": "1", "category": ""},
            {"type": "open_ticket", "uuid": "o", "topic": {"name": "Help"}, "body": "Needs help"},
            on="b",
        ),
        node("b", router=asks("", "b", ("A", "has_group", ["x"]), operand="@contact.groups", wait={}), A="c", Other="d"),
        node("c", says("u", "Member."), on=None),
        node("d", says("v", "Guest."), on=None),
    )
    assert talk(brought)[0].startswith("Hi , @home ((7*7)) (x)\n\nA person who speaks your language")
    assert {what for _, what in told(brought)} >= {
        "The value @contact.name",
        "The value @(upper(fields.town))",
        "A picture or file sent with it",
        "An action",
        "Keeps Score",
        "What is said to who waits",
        "A fork by @contact.groups",
    }
    assert ("call_webhook", "An action") in told(brought) and ("Member.", "A step") in told(brought)
    assert all(left.why.endswith(".") for left in brought.left_out)


def test_rounds_without_a_question_end() -> None:
    brought = one(node("a", says("t", "One."), on="b"), node("b", says("u", "Two."), on="a"))
    assert talk(brought) == ["One.\n\nTwo."]
    assert ("Two.", "A way back to where it came from") in told(brought)


def test_answers_take_no_name_of_ours() -> None:
    brought = one(
        node("a", says("t", "Your number?"), router=asks("Phone", "a", ("P", "has_phone", [])), P="b", Other=None),
        node("b", says("u", "We call @results.phone."), on=None),
    )
    assert "save: their_phone" in brought.yaml
    assert talk(brought, "555-010-0199")[-1].startswith("We call")


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("", "no JSON file"),
        ("{", "no JSON file"),
        ("[1, 2]", "holds no flow"),
        ('{"a": NaN}', "no JSON file"),
        (f'{{"a": {"9" * 5000}}}', "no JSON file"),
        ("[" * 100_000, "no JSON file"),
        ('{"a":' * 60 + "1" + "}" * 60, "nested deeper"),
        (json.dumps({"flows": list(range(200_001))}), "holds more"),
        (" " * 5_000_001, "larger than 5 megabytes"),
        ("{}", "holds no flow of version 13"),
        ('{"flows": []}', "holds no flow of version 13"),
        ('{"states": [], "initial_state": "x"}', "holds no flow of version 13"),
        (export(flow(spec_version="11.6")), "of another version than 13"),
        (export(flow()), "says and asks nothing"),
        (export(flow(*(node(str(n), says("t", "x"), on=None) for n in range(1001)))), "more than 1,000 nodes"),
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(NotBrought, match=sentence):
        bring(text)


ANY = st.text(max_size=40) | st.sampled_from(["@results.a", "@(results.b)", "{a}", "{{x}}", "a: b # c", "$yes|no", "1|2", "'", "x" * 3000, "@contact", "\ud800", "\u202e", "end"])  # fmt: skip
NAMES = st.sampled_from(["a", "b", "c", "d", "end", ""])
TESTS = st.sampled_from(["has_any_word", "has_phrase", "has_only_text", "has_number", "has_number_between", "has_text", "has_date", "has_pattern", "has_category", "odd"])  # fmt: skip


@st.composite
def routers(draw: st.DrawFn, here: str) -> dict[str, Any]:
    cases = draw(st.lists(st.tuples(st.sampled_from(["x", "y", "z"]), TESTS, st.lists(ANY, max_size=3)), max_size=4))
    made = asks(draw(ANY), here, *cases, default=draw(st.sampled_from(["x", "w"])), operand=draw(st.sampled_from(["@results.a", "@results.a.category", "@input", "x"])))
    made["type"] = draw(st.sampled_from(["switch", "switch", "random"]))
    made["wait"] = draw(st.sampled_from([{"type": "msg"}, {"type": "msg", "timeout": {"seconds": 60}}, None]))
    for category in made["categories"]:
        category["name"] = draw(ANY)
    return made


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    nodes = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=5, unique=True)):
        actions = [
            {"type": draw(st.sampled_from(["send_msg", "send_msg", "enter_flow", "open_ticket", "odd"])), "uuid": f"t{number}", "text": draw(ANY), "body": draw(ANY),
             "terminal": draw(st.booleans()), "flow": {"uuid": draw(NAMES), "name": draw(ANY)}}
            for number in range(draw(st.integers(0, 3)))
        ]  # fmt: skip
        router = draw(st.none() | routers(name))
        nodes.append(node(name, *actions, router=router, **{one: draw(NAMES | st.none()) for one in "xyzw"}))
    localization = {language: {"t0": {"text": [draw(ANY)]}, "a-cat-x": {"name": [draw(ANY)]}, "a-case-0": {"arguments": [draw(ANY)]}} for language in LANGUAGES}
    return flow(*nodes, name=draw(ANY), localization=localization, language=draw(st.sampled_from(["eng", "spa", "base"])))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(flows(), min_size=1, max_size=2))
def test_whatever_is_brought_our_reader_takes(drawn: list[dict[str, Any]]) -> None:
    try:
        brought = bring(export(*drawn))
    except NotBrought as refused:
        assert "says and asks nothing" in str(refused)
        return
    for one in brought:
        script, problems = parse(one.yaml, f"{one.name}.yml")
        assert script is not None and problems == [] and script.name == one.name
        known = {(line.context, line.english) for line in script.lines()}
        assert {(wording.context, wording.english) for wording in one.wordings} <= known
