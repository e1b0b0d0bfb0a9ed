"""The desk can be read in Spanish, whole: every sentence it says, with everything that is filled in."""

import re

import polib
import pytest

from bot.live_texts import HOME
from bot.web.desk_catalogue import Sentence, sentences
from bot.web.tongue import TONGUES

_FILLED = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}")


def translations(tag: str) -> dict[Sentence, tuple[str, ...]]:
    kept: dict[Sentence, tuple[str, ...]] = {}
    for entry in polib.pofile(str(HOME / "locales" / tag / "LC_MESSAGES" / "desk.po")):
        if entry.msgid_plural:
            kept[entry.msgid, entry.msgid_plural] = (entry.msgstr_plural[0], entry.msgstr_plural[1])
        else:
            kept[entry.msgid] = (entry.msgstr,)
    return kept


@pytest.mark.parametrize("tag", [tag for tag in TONGUES if tag != "en"])
def test_every_sentence_is_translated_and_fills_in_the_same(tag: str) -> None:
    kept = translations(tag)
    wrong = []
    for one in sentences():
        said = kept.get(one, ())
        if not said or not all(said):
            wrong.append(f"not translated: {one}")
            continue
        for english, words in zip((one,) if isinstance(one, str) else one, said, strict=True):
            same = sorted(_FILLED.findall(english)) == sorted(_FILLED.findall(words))
            spaced = (english[:1].isspace(), english[-1:].isspace()) == (words[:1].isspace(), words[-1:].isspace())
            if not same or not spaced:
                wrong.append(f"filled in otherwise: {english!r}: {words!r}")
    assert wrong == [], "`python -m bot locales desk` writes what is missing into the file"


def test_pages_errors_and_tables_are_all_found() -> None:
    found = sentences()
    assert "Sign out" in found  # a template
    assert "{officer} has already taken this thread." in found
    assert "transferred to 911" in found  # a table
    assert ("%(num)s code on paper is left.", "%(num)s codes on paper are left.") in found
