"""The conversation core: what every flow can do without saying so. Places go through JSON between every two texts."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.flow.effects import CallOfficer, FileReport, LeaveOfficer, ReportFacts, SpeakLanguage
from bot.flow.engine import report_is_open, told_so_far
from bot.flow.library import REST, Library, load
from bot.flow.phrases import Catalogue
from bot.flow.place import Frame, Place, from_json, to_json
from bot.flow.script import Script, parse
from bot.flow.steps.base import Heard
from bot.flow.walk import RunawayScript
from tests.fakes import TableFacts, Talk, with_texts
from tests.test_steps import HELP

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "flows", ROOT / "locales")

PETS = """
flow: pets
about: Trial.
start: kind
steps:
  kind:
    ask: What pet?
    save: pet
    next: name
    choices:
      - {label: Dog, words: dog}
      - {label: Cat, words: cat}
      - {label: Fish, words: fish}
  name:
    collect: Its name?
    save: name
    skip: yes
    next: color
  color:
    collect: Its color?
    save: color
    next: told
  told:
    say: "{pet}, {name}, {color}."
    next: end
"""
REPORT = """
flow: report_pet
about: Trial.
report: {topic: Lost pet, kind: pet, keep_days: 30}
start: kind
steps:
  kind:
    ask: What pet?
    label: Pet
    save: pet
    next: name
    choices:
      - {label: Dog, words: dog}
      - {label: Cat, words: cat}
  name:
    collect: Its name?
    label: Name of it
    save: pet_name
    skip: yes
    next: seen
  seen:
    do: seen
    next: end
"""
SEEN = """
flow: seen
about: Part.
part: yes
start: where
steps:
  where:
    collect: Where was it?
    label: Place
    save: place
    next: when
  when:
    collect: When was it?
    label: Time
    as: when
    save: when
    next: end
"""


def talk(*flows: str, tag: str = "en", **facts: object) -> Talk:
    table = TableFacts(**facts)  # type: ignore[arg-type]
    return Talk(with_texts(LIBRARY, *flows), tag, table)


# Choices by number


@pytest.mark.parametrize(
    "two, script",
    [
        ("2", "Western"), ("٢", "Arabic-Indic"), ("۲", "Persian"), ("२", "Devanagari"), ("২", "Bengali"), ("૨", "Gujarati"),
        ("੨", "Gurmukhi"), ("၂", "Burmese"), ("២", "Khmer"), ("໒", "Lao"), ("๒", "Thai"), ("２", "full width"), ("2️⃣", "keycap"),
        ("2.", "dot"), ("2)", "bracket"), ("(2)", "brackets"), ("#2", "number sign"), (" 2 ", "spaces"), ("２。", "Chinese stop"),
        ("[2]", "square brackets"), ("2、", "Chinese comma"), ("two", "English word"), ("TWO", "capitals"), ("Cat", "label"),
    ],
)  # fmt: skip
def test_a_choice_by_its_number_in_any_script(two: str, script: str) -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text(two) == "Its name?", script
    assert pets.place.top.answers == {"pet": "Cat"}


@pytest.mark.parametrize("tag", sorted(LIBRARY.catalogues))
def test_number_words_of_every_language(tag: str) -> None:
    voice = LIBRARY.voice(tag)
    words = voice.text(LIBRARY.everywhere["numbers"]).split("|")
    for number in (1, 2, 3):
        pets = talk(PETS, tag=tag)
        pets.go("pets")
        pets.text(words[number])
        assert pets.place.top.answers == {"pet": ("Dog", "Cat", "Fish")[number - 1]}


@pytest.mark.parametrize("words", ["0", "4", "12", "22", "2 3", "2x", "-2", "2.5", ".", "²ⁿ", "two cats and a dog"])
def test_what_is_no_choice(words: str) -> None:
    pets = talk(PETS)
    pets.go("pets")
    pets.text(words)
    assert not (pets.place.top.answers or {}).get("pet")


def test_choices_in_words_of_two_languages_whatever_accents() -> None:
    pets = talk(PETS, tag="es")
    pets.library.catalogues["es"] = lambda: Catalogue("es", {("pets.kind.words", "fish"): "pez|pececito|acuático"})
    pets.go("pets")
    pets.text("¡ACUATICO!")
    assert pets.place.top.answers == {"pet": "Fish"}


# The words of every question


def test_back_keeps_answers_and_ends_at_the_beginning() -> None:
    pets = talk(PETS)
    pets.go("pets")
    pets.text("cat")
    pets.text("Misha")
    assert pets.text("back") == "Its name?"
    assert pets.text("B") == "What pet? 1 Dog 2 Cat 3 Fish"
    assert pets.text("b") == f"{pets.phrase('nothing_before')}\n\nWhat pet? 1 Dog 2 Cat 3 Fish"
    pets.text("dog")
    pets.text("S")
    assert pets.text("brown") == "Dog, , brown."


def test_skip_only_where_it_may_be() -> None:
    pets = talk(PETS)
    pets.go("pets")
    pets.text("cat")
    assert pets.text("skip") == "Its color?"
    assert pets.text("s") == f"{pets.phrase('nothing_to_skip')}\n\nIts color?"


def test_leave_rests_at_the_menu_unsaid() -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text("x") == pets.phrase("left")
    assert pets.at == REST
    assert pets.text("1").startswith("What do you need?")


def test_menu_by_zero_and_by_word() -> None:
    for word in ("0", "٠", "menu", "Main Menu"):
        pets = talk(PETS)
        pets.go("pets")
        assert pets.text(word).startswith("1 Find help near me")
        assert pets.at == REST


@pytest.mark.parametrize("words", ["?", "？", "؟", "I don't understand", "what"])
def test_not_understanding_the_line(words: str) -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text(words) == f"{pets.phrase('unclear')}\n\nWhat pet? 1 Dog 2 Cat 3 Fish"


@pytest.mark.parametrize("tag", sorted(LIBRARY.catalogues))
def test_everywhere_words_of_every_language(tag: str) -> None:
    """Each of them, at a question for free words, does what it says."""
    pets = talk(PETS, tag=tag)
    voice = pets.library.voice(tag)
    does = {
        "menu": REST,
        "back": ("pets", "kind"),
        "skip": ("pets", "color"),
        "leave": REST,
        "language": ("language", "pick"),
    }
    for name, place in does.items():
        for word in pets.library.words(voice, name):
            pets.place = Place()
            pets.go("pets")
            pets.text("2")
            pets.text(word)
            assert pets.at == place, (name, word)


def test_language_changes_and_the_question_is_asked_again() -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text("language").startswith("Which language?")
    said = pets.text("español")
    assert pets.done == (SpeakLanguage("es"),) and pets.tag == "es"
    assert said.endswith("What pet? 1 Dog 2 Cat 3 Fish")
    assert pets.text("dos") == "Its name?"


def test_three_misses_then_a_person_then_the_question_again() -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text("zebra") == pets.phrase("retry_1")
    assert pets.text("okapi") == f"{pets.phrase('retry_2')}\n\nWhat pet? 1 Dog 2 Cat 3 Fish"
    assert pets.text("gnu").startswith("I am sorry. Do you want a person")
    said = pets.text("yes")
    assert said.startswith("What do you want to talk about?")
    pets.text("S")
    assert [type(effect) for effect in pets.done] == [CallOfficer]
    walk = pets.walk()
    walk.officer_left()
    assert pets.keep(walk) == "What pet? 1 Dog 2 Cat 3 Fish"
    assert pets.text("cat") == "Its name?"


def test_a_miss_is_forgotten_once_an_answer_is_understood() -> None:
    pets = talk(PETS)
    pets.go("pets")
    pets.text("zebra")
    pets.text("cat")
    pets.text("back")
    assert pets.text("zebra") == pets.phrase("retry_1")


def test_an_empty_text_is_said_to_be_empty() -> None:
    pets = talk(PETS)
    pets.go("pets")
    assert pets.text("  ") == pets.phrase("empty")


# Wishes and the menu


def test_a_first_text_that_says_what_is_wanted() -> None:
    first = Talk(LIBRARY, facts=TableFacts(help=HELP))
    assert first.begin("somebody stole my bike last night").startswith("I will ask a few short questions.")
    assert Talk(LIBRARY).begin("hello").startswith("1 Find help near me")
    assert Talk(LIBRARY).begin("officer").startswith("What do you want to talk about?")


def test_a_wish_at_the_menu_and_one_inside_a_report() -> None:
    here = talk(REPORT, SEEN)
    here.begin("hi")
    assert (
        here.text("I am hungry, is there a food bank")
        == "Your ZIP code or neighborhood? You can also send your location. S to skip."
    )
    here = talk(REPORT, SEEN)
    here.go("report_pet")
    assert here.text("my landlord evicted me") == here.phrase("retry_1"), "a report is not left for a guess"
    here.go("report_pet")
    assert here.text("i want to talk to a person").startswith("What do you want to talk about?")


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
    walk.greet_draft()
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
    ping = "flow: ping\nabout: T.\nstart: a\nsteps:\n  a:\n    go: pong\n"
    pong = "flow: pong\nabout: T.\nstart: a\nsteps:\n  a:\n    go: ping\n"
    with pytest.raises(RunawayScript):
        talk(ping, pong).go("ping")


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
