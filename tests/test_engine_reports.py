"""The conversation core: reports told, changed and taken up again, limits, versions, and places as they are kept."""

import json
from dataclasses import replace

import pytest

from bot.flow import telling
from bot.flow.effects import CallOfficer, FileReport, LeaveOfficer, ReportFacts
from bot.flow.engine import report_is_open, told_so_far
from bot.flow.library import REST, Library
from bot.flow.place import Frame, Place, from_json, to_json
from bot.flow.script import Script, parse
from bot.flow.steps.base import Heard
from bot.flow.walk import RunawayScript
from tests.fakes import Talk
from tests.trial_flows import LIBRARY, PETS, REPORT, SEEN, talk

# Reports


def tell(pet: str = "cat") -> Talk:
    here = talk(REPORT, SEEN)
    here.go("report_pet")
    for words in (pet, "Misha", "5th and Oak"):
        here.text(words)
    return here


def test_summary_with_every_answer_changed_in_turn() -> None:
    here = tell()
    labels = ["Pet", "Name of it", "Place", "Time"]
    answers = ["Cat", "Misha", "5th and Oak", "yesterday at 3 pm"]
    questions = ["What pet? 1 Dog 2 Cat", "Its name?", "Where was it?", "When was it?"]
    changed = ["Dog", "Rex", "the park", "last Monday at 8 am"]
    said = here.text(answers[3])
    for number, (question, new) in enumerate(zip(questions, changed, strict=True), 1):
        lines = [f"{label}: {answer}" for label, answer in zip(labels, answers, strict=True)]
        assert list(map(str.strip, said.splitlines())) == [
            "Please check.",
            *lines,
            "1 Send",
            "2 Change something",
            "3 Delete",
        ]
        menu = here.text("2")
        assert menu.splitlines()[1:] == [f"{n} {label}" for n, label in enumerate(labels, 1)]
        assert here.text(str(number)) == question
        answers[number - 1] = new
        said = here.text(new)
    lines = [f"{label}: {answer}" for label, answer in zip(labels, answers, strict=True)]
    assert said.splitlines()[1:5] == lines
    filed = here.text("1")
    start = "2026-03-02T08:00:00-08:00"
    kept = [*zip(labels[:3], changed[:3], strict=True), ("Time", f"{changed[3]} [{start}]")]
    facts = ReportFacts(chosen=(("Pet", changed[0]),), told=True)
    assert here.done == (FileReport("26-F1111-0", "pet", True, tuple(kept), facts),)
    assert "26-F1111-0" in filed
    assert here.at == REST


def test_a_change_can_be_skipped_and_gone_back_on() -> None:
    here = tell()
    here.text("yesterday at 3 pm")
    here.text("change")
    assert here.text("two") == "Its name?"
    said = here.text("S")
    assert "Name of it" not in said and "Pet: Cat" in said


def test_a_deleted_report_is_not_filed() -> None:
    here = tell()
    here.text("yesterday")
    here.text("delete")
    assert here.done == () and here.at == REST
    assert not report_is_open(here.library, here.place)


def test_left_and_taken_up_again_where_it_was() -> None:
    here = tell()
    assert here.text("X") == here.phrase("left_report")
    assert here.place.draft is not None and here.at == REST
    said = here.text("2")
    assert said == "Welcome back. You were telling us about: Lost pet. 1 Go on 2 Start again 3 Menu"
    assert here.text("1") == "When was it?"
    assert "Name of it: Misha" in here.text("yesterday")


def test_started_again_with_nothing_kept() -> None:
    here = tell()
    here.text("menu")
    here.text("report")
    said = here.text("start again")  # from the very beginning, so that it may be about something else
    assert said.startswith("I will ask a few short questions.")
    assert here.place.draft is None and here.place.top.answers == {}


def test_an_officer_in_the_middle_of_a_report_and_back_to_the_question() -> None:
    here = tell()
    assert here.text("officer").startswith("What do you want to talk about?")
    here.text("my cat is old")
    assert [type(effect) for effect in here.done] == [CallOfficer]
    told, about = told_so_far(here.library, here.place)
    assert ("What do you want", about) and told == (("Pet", "Cat"), ("Name of it", "Misha"), ("Place", "5th and Oak"))
    assert here.text("X").startswith(here.phrase("left_officer"))
    assert here.done == (LeaveOfficer(),)
    assert here.at == ("seen", "when")


def test_greeted_after_a_long_silence() -> None:
    here = tell()
    walk = here.walk()
    telling.greet(walk)
    assert here.keep(walk).startswith("Welcome back.")
    assert here.text("1") == "When was it?"


# Limits and versions


RUNAWAY = "flow: runaway\nabout: Trial.\nstart: s0\nsteps:\n" + "".join(
    f"  s{n}:\n    say: Step {n}.\n    next: {f's{n + 1}' if n < 60 else 'end'}\n" for n in range(61)
)


def test_a_script_that_goes_on_and_on_is_stopped() -> None:
    with pytest.raises(RunawayScript):
        talk(RUNAWAY).go("runaway")
    short = RUNAWAY.replace("next: s40\n", "next: end\n")
    short = short[: short.index("  s40:")]
    assert talk(short).go("runaway").count("Step") == 40


def test_two_flows_that_lead_to_each_other_are_stopped() -> None:
    """A check finds them before they go live; the engine does not rely on it."""
    flows = {
        one: parse(f"flow: {one}\nabout: T.\nstart: a\nsteps:\n  a:\n    go: {other}\n", "trial.yml")[0]
        for one, other in (("ping", "pong"), ("pong", "ping"))
    }
    scripts = {**LIBRARY.scripts, **{name: flow for name, flow in flows.items() if flow}}
    with pytest.raises(RunawayScript):
        Talk(replace(LIBRARY, scripts=scripts, _voices={})).go("ping")


def test_a_thread_finishes_in_the_version_it_began() -> None:
    here = talk(PETS)
    here.go("pets")
    old = here.library.scripts["pets"]
    new, problems = parse(PETS.replace("Its name?", "What is it called?").replace("Fish", "Bird"), "pets.yml")
    assert new is not None and not problems and new.version != old.version
    versions = {old.version: old}
    here.library = with_older(here.library, new, versions)
    assert here.text("fish") == "Its name?"
    fresh = replace_talk(here)
    fresh.go("pets")
    assert fresh.text("bird") == "What is it called?"


def test_a_version_that_is_lost_goes_on_in_the_live_one() -> None:
    here = talk(PETS)
    here.go("pets")
    new, _ = parse(PETS.replace("Its name?", "What is it called?"), "pets.yml")
    assert new is not None
    here.library = with_older(here.library, new, {})
    assert here.text("dog") == "What is it called?"


def test_a_step_or_flow_that_is_gone_leads_to_rest() -> None:
    here = talk(PETS)
    here.go("pets")
    here.place.top.step = "no such step"
    assert here.text("hello there")
    assert here.at == REST
    here.place = Place([Frame("no_such_flow", "1", "nowhere")])
    assert here.text("1").startswith("What do you need?")


def with_older(library: Library, live: Script, versions: dict[str, Script]) -> Library:
    changed = replace(library, scripts={**library.scripts, live.name: live}, _voices={})
    changed.older = lambda name, version: versions.get(version)
    return changed


def replace_talk(here: Talk) -> Talk:
    return Talk(here.library, here.tag, here.facts)


# Places


def test_a_place_survives_json_and_is_never_changed_in_place() -> None:
    here = tell()
    here.text("officer")
    before = json.dumps(to_json(here.place))
    assert json.dumps(to_json(from_json(json.loads(before)))) == before
    for words in ("X", "0", "back", "hello", "?"):
        walk = here.walk()
        walk.hear(Heard(words))
        assert json.dumps(to_json(here.place)) == before


def test_the_way_back_has_an_end() -> None:
    loop = "flow: loop\nabout: T.\nstart: a\nsteps:\n  a:\n    collect: More?\n    save: more\n    next: a\n"
    here = talk(loop)
    here.go("loop")
    for number in range(40):
        here.text(f"word {number}")
    assert len(here.place.trail) <= 16 and len(json.dumps(to_json(here.place))) < 2000
