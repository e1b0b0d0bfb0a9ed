"""The conversation core: choices, and what every question takes without saying so. Places go through JSON between texts."""

import pytest

from bot.flow import awaiting
from bot.flow.effects import CallOfficer, SpeakLanguage
from bot.flow.library import REST
from bot.flow.phrases import Catalogue
from bot.flow.place import Place
from tests.fakes import TableFacts, Talk
from tests.test_steps import HELP
from tests.trial_flows import LIBRARY, PETS, REPORT, SEEN, talk

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
    awaiting.officer_left(walk)
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
