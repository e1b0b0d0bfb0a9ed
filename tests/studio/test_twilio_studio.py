"""Flows of Twilio Studio as ours: what both know is carried over, the rest is told, and our reader takes it all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.errors import NotBrought
from bot.flow.library import read_texts, texts_of
from bot.flow.script import parse
from bot.studio.importing.sketch import Brought
from bot.studio.importing.twilio_studio import bring
from tests.fakes import TableFacts, Talk

SHIPPED = texts_of(Path(__file__).parents[2] / "flows")


def widget(name: str, kind: str, properties: dict[str, Any] | None = None, **ways: str | None) -> dict[str, Any]:
    """A widget, with where each event leads."""
    transitions = [{"event": event} | ({"next": to} if to else {}) for event, to in ways.items()]
    return {"name": name, "type": kind, "transitions": transitions, "properties": (properties or {}) | {"offset": {"x": 0, "y": 0}}}


def split(name: str, given: str, *conditions: tuple[str, str, str], otherwise: str | None = None, called: str = "If value equal_to x") -> dict[str, Any]:
    """A split: its conditions as type, value and where they lead."""
    made = widget(name, "split-based-on", {"input": given}, noMatch=otherwise)
    for kind, value, to in conditions:
        condition = {"friendly_name": called, "arguments": [given], "type": kind, "value": value}
        made["transitions"].append({"event": "match", "next": to, "conditions": [condition]})
    return made


def says(name: str, body: str, to: str | None = None, **ways: str) -> dict[str, Any]:
    return widget(name, "send-message", {"body": body, "from": "{{flow.channel.address}}"}, sent=to, **ways)


def asks(name: str, body: str, to: str | None = None, **ways: str) -> dict[str, Any]:
    return widget(name, "send-and-wait-for-reply", {"body": body, "timeout": "3600"}, incomingMessage=to, **ways)


def definition(*states: dict[str, Any], first: str = "Trigger", begin: str = "") -> dict[str, Any]:
    trigger = widget("Trigger", "trigger", incomingMessage=begin or states[0]["name"], incomingCall=None)
    return {"description": "Made for a test", "states": [trigger, *states], "initial_state": first, "flags": {"allow_concurrent_calls": True}}


def one(*states: dict[str, Any]) -> Brought:
    return bring(json.dumps(definition(*states)), "Street light")


def talk(brought: Brought, *said: str) -> list[str]:
    library, problems = read_texts(SHIPPED | {brought.name: brought.yaml})
    assert library is not None and not problems, [str(problem) for problem in problems]
    talking = Talk(library, facts=TableFacts())
    return [talking.go(brought.name), *(talking.text(text) for text in said)]


def told(brought: Brought) -> list[tuple[str, str]]:
    return [(left.place, left.what) for left in brought.left_out]


REPLY = "{{widgets.%s.inbound.Body}}"


def test_a_flow_is_talked_through_as_it_was_drawn() -> None:
    brought = one(
        says("hello", "Hello!", "what"),
        asks("what", "What is broken? Reply 1 for a street light, 2 for a sign.", "sort"),
        split("sort", REPLY % "what", ("equal_to", "1", "where"), ("matches_any_of", "2, sign", "where"), otherwise="what"),
        asks("where", "Where is it?", "thanks"),
        says("thanks", "Thanks. {{widgets.where.inbound.Body}}: {{ widgets.what.inbound.Body | upcase }}."),
    )
    assert brought.name == "street_light" and brought.wordings == ()
    assert talk(brought, "2", "Oak Street") == [
        "Hello!\n\nWhat is broken? 1 a street light 2 a sign",
        "Where is it?",
        "Thanks. Oak Street: a sign.",
    ]
    assert talk(brought, "sign")[1] == "Where is it?"
    assert told(brought) == [("sort", "Where an answer fits no choice")]


def test_lines_that_explain_numbers_become_choices_with_these_numbers() -> None:
    brought = one(
        asks("menu", "Choose:\n3. Noise\n7) Parking", "sort"),
        split("sort", REPLY % "menu", ("equal_to", "3", "noise"), ("equal_to", "7", "parking")),
        says("noise", "About noise."),
        says("parking", "About parking."),
    )
    assert talk(brought, "7") == ["Choose: 3 Noise 7 Parking", "About parking."]
    assert talk(brought, "noise")[1] == "About noise."


def test_conditions_with_names_and_variables_in_between() -> None:
    sort = split("sort", "{{flow.variables.answer}}", ("equal_to", "y", "yes"), called="Of course")
    keep = widget("keep", "set-variables", {"variables": [{"key": "answer", "value": REPLY % "sure"}]}, next="sort")
    brought = one(asks("sure", "Sure?", "keep"), keep, sort, says("yes", "You said {{flow.variables.answer}}."))
    assert talk(brought, "y") == ["Sure? 1 Of course", "You said Of course."]
    assert told(brought) == []


def test_words_inside_an_answer_lead_elsewhere() -> None:
    brought = one(
        asks("what", "What was lost?", "sort"),
        split("sort", REPLY % "what", ("contains", "gun", "call"), ("regex", "[0-9]+", "call"), otherwise="thanks"),
        says("call", "Please call us."),
        says("thanks", "Noted."),
    )
    assert talk(brought, "a small gun")[1] == "Please call us."
    assert talk(brought, "a bag")[1] == "Noted."
    assert told(brought) == [("sort", "A way by regex [0-9]+")]


def test_a_fork_by_an_answer_of_before() -> None:
    brought = one(
        asks("pet", "Which pet?", "sort"),
        split("sort", REPLY % "pet", ("equal_to", "dog", "age"), ("equal_to", "cat", "age")),
        asks("age", "How old?", "again"),
        split("again", REPLY % "pet", ("equal_to", "Dog", "woof"), otherwise="meow"),
        says("woof", "Woof."),
        says("meow", "Meow."),
    )
    assert talk(brought, "1", "7")[-1] == "Woof."
    assert talk(brought, "cat", "7")[-1] == "Meow."


def test_what_we_have_no_step_for_is_told_and_never_done() -> None:
    brought = one(
        says("hello", "Hi {{contact.channel.address}} {% if a %}x{% endif %} {x}", "fetch", failed="other"),
        widget("fetch", "make-http-request", {"url": "http://127.0.0.1/", "method": "GET"}, success="set", failed="other"),
        widget("set", "set-variables", {"variables": [{"key": "n", "value": "1"}]}, next="sort"),
        split("sort", "{{widgets.fetch.parsed.x}}", ("equal_to", "1", "other"), otherwise="person"),
        widget("person", "send-to-flex", {"workflow": "W"}, callComplete=None),
        says("other", "Other."),
    )
    assert talk(brought)[0].startswith("Hi x (x)\n\nA person who speaks your language")
    assert {what for _, what in told(brought)} == {
        "The value ((contact.channel.address))", "The value (% if a %)", "The value (% endif %)", "What it does at failed",
        "The widget make-http-request", "Sets n", "A fork by ((widgets.fetch.parsed.x))", "What is said to who waits", "A step",
    }  # fmt: skip
    assert all(left.why.endswith(".") for left in brought.left_out)


def test_as_the_rest_api_wraps_it_and_without_a_trigger() -> None:
    inside = definition(says("end", "Bye."), first="end")
    brought = bring(json.dumps({"friendly_name": "Good bye", "sid": "FW0", "definition": inside}))
    assert brought.name == "good_bye" and talk(brought) == ["Bye."]


def test_rounds_without_a_question_end() -> None:
    brought = one(says("a", "One.", "b"), says("b", "Two.", "a"))
    assert talk(brought) == ["One.\n\nTwo."]
    assert told(brought) == [("b", "A way back to where it came from")]


@pytest.mark.parametrize(
    "text, sentence",
    [
        ("x", "no JSON file"),
        ("{}", "no flow of Twilio Studio"),
        ('{"states": [], "initial_state": ""}', "no flow of Twilio Studio"),
        ('{"states": {"a": 1}, "initial_state": "a"}', "no flow of Twilio Studio"),
        ('{"states": [], "initial_state": "a"}', "says and asks nothing"),
        (json.dumps(definition(*(says(f"w{n}", "x") for n in range(1001)))), "more than 1,000 widgets"),
        ('{"version": "13", "flows": []}', "no flow of Twilio Studio"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(NotBrought, match=sentence):
        bring(text)


NAMES = st.sampled_from(["a", "b", "c", "d", "end", "Trigger", "city"])
KINDS = st.sampled_from(["send-message", "send-and-wait-for-reply", "send-and-wait-for-reply", "split-based-on", "split-based-on", "set-variables", "send-to-flex", "trigger", "odd"])  # fmt: skip
ANY = st.text(max_size=40) | st.sampled_from(["{{widgets.a.inbound.Body}}", "{{flow.variables.x}}", "Reply 1 for a, 2 for b", "1. One\n2. Two", "{a}", "a: b # c", "$yes", "1|2", "1", "2", "x" * 3000, "{% raw %}", "\ud800", "\u202e", "\n" * 50])  # fmt: skip
GIVEN = st.sampled_from([REPLY % "a", REPLY % "b", "{{flow.variables.x}}", "{{trigger.message.Body}}"])
EVENTS = ("incomingMessage", "sent", "next", "noMatch", "timeout")


@st.composite
def widgets(draw: st.DrawFn, name: str) -> dict[str, Any]:
    properties = {"body": draw(ANY), "input": draw(GIVEN), "variables": [{"key": "x", "value": draw(GIVEN | ANY)}]}
    made = widget(name, draw(KINDS), properties, **{event: draw(NAMES | st.none()) for event in EVENTS})
    for kind, value, to in draw(st.lists(st.tuples(st.sampled_from(["equal_to", "matches_any_of", "contains", "regex"]), ANY, NAMES), max_size=4)):
        condition = {"friendly_name": draw(ANY), "arguments": [], "type": kind, "value": value}
        made["transitions"].append({"event": "match", "next": to, "conditions": [condition]})
    return made


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    return {"states": [draw(widgets(name)) for name in names], "initial_state": draw(NAMES)}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(definitions(), st.text(max_size=20))
def test_whatever_is_brought_our_reader_takes(drawn: dict[str, Any], title: str) -> None:
    try:
        brought = bring(json.dumps(drawn), title)
    except NotBrought as refused:
        assert "says and asks nothing" in str(refused)
        return
    script, problems = parse(brought.yaml, f"{brought.name}.yml")
    assert script is not None and problems == [] and script.name == brought.name
