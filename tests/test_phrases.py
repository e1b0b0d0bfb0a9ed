"""Translations as the line uses them: looked up, fallen back from, filled in; words and hints of two languages."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flow.phrases import Catalogue, Voice, fill, load_catalogue, placeholders
from bot.flow.reading import Line
from bot.flow.steps.base import Heard
from tests.fakes import Talk
from tests.test_steps import LIBRARY

HELLO = Line("trial.hello", "Hello.")
WORDS = Line("trial.hello.words", "yes|y")
HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: es\\n"\n\n'


def catalogue(tmp_path: Path, entries: str) -> Catalogue:
    path = tmp_path / "bot.po"
    path.write_text(HEAD + entries, encoding="utf-8")
    return load_catalogue(path, "es")


@pytest.mark.parametrize(
    "entries, said",
    [
        ('msgctxt "trial.hello"\nmsgid "Hello."\nmsgstr "Hola."\n', "Hola."),
        ('msgctxt "trial.hello"\nmsgid "Hello."\nmsgstr ""\n', "Hello."),  # missing: English, not nothing
        (
            '#, fuzzy\nmsgctxt "trial.hello"\nmsgid "Hello."\nmsgstr "Adiós."\n',
            "Hello.",
        ),  # stale: English, not the old one
        ('#~ msgctxt "trial.hello"\n#~ msgid "Hello."\n#~ msgstr "Hola."\n', "Hello."),  # set aside
        ('msgctxt "other.hello"\nmsgid "Hello."\nmsgstr "Hola."\n', "Hello."),  # stands elsewhere
        ('msgctxt "trial.hello"\nmsgid "Hello"\nmsgstr "Hola"\n', "Hello."),  # of another English
        ('msgid "Hello."\nmsgstr "Hola."\n', "Hello."),  # without its context
        ("", "Hello."),
    ],
)
def test_what_is_said(tmp_path: Path, entries: str, said: str) -> None:
    found = catalogue(tmp_path, entries)
    assert Voice(found).text(HELLO) == said
    assert found.has(HELLO) is (said == "Hola.")


def test_words_of_both_languages_may_be_typed() -> None:
    voice = Voice(Catalogue("es", {(WORDS.context, WORDS.english): "sí | claro||"}))
    assert voice.typed(WORDS) == ["yes", "y", "sí", "claro"]
    assert Voice(Catalogue("en", {})).typed(WORDS) == ["yes", "y"]


def test_a_table_is_made_once_for_a_voice() -> None:
    voice, made = Voice(Catalogue("es", {})), []

    def make(of: Voice) -> list[str]:
        made.append(of.tag)
        return []

    assert voice.table("key", make) is voice.table("key", make)
    assert made == ["es"]
    Voice(Catalogue("fr", {})).table("key", make)
    assert made == ["es", "fr"]


@pytest.mark.parametrize(
    "text, filled",
    [
        ("Hello {name}.", "Hello A{name}B."),  # what is filled in is not filled again
        ("{name}{name}", "A{name}BA{name}B"),
        ("{other}!", "!"),  # nobody knows it: no resident reads a raw name
        ("{Name} { name } {}", "{Name} { name } {}"),  # no placeholder
        ("plain", "plain"),
    ],
)
def test_placeholders_are_filled_once(text: str, filled: str) -> None:
    assert fill(text, lambda name: {"name": "A{name}B"}.get(name, "")) == filled


@given(st.text(max_size=60))
def test_filling_raises_nothing_and_leaves_no_known_name(text: str) -> None:
    assert not placeholders(fill(text, lambda name: ""))


def test_a_language_without_texts_speaks_english() -> None:
    assert LIBRARY.voice("xx").text(LIBRARY.phrase("left")) == LIBRARY.phrase("left").english
    assert LIBRARY.voice("xx") is LIBRARY.voice("xx")


@pytest.mark.parametrize(
    "text, wish",
    [
        ("Somebody STOLE my bike", "theft"),
        ("i am hungry", "food"),
        ("they evicted us", "shelter"),  # evict*
        ("I need an immigration lawyer", "immigration_lawyer"),  # longer than `lawyer`
        ("i lost my wallet", "lost"),
        ("the stop sign is down on 5th", "damage"),
        ("good evening", None),
        ("", None),
    ],
)
def test_wishes_are_found_in_what_people_write(text: str, wish: str | None) -> None:
    found = LIBRARY.wish(LIBRARY.voice("en"), text)
    assert (found.name if found else None) == wish


def test_everywhere_words_whatever_case_accents_and_marks() -> None:
    walk = Talk(LIBRARY).walk()
    assert walk.is_word(Heard("  MAIN   menu! "), "menu")
    assert walk.is_word(Heard("I don’t understand."), "unclear")
    assert not walk.is_word(Heard("the menu please"), "menu")
    assert not walk.is_word(Heard(""), "menu")
