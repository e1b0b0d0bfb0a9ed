"""What language a text is in, what of it says nothing, and how that is learned: tables with reasons."""

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import language
from bot.text.language import detect
from bot.text.language_choice import ANSWER
from bot.text.language_model import compare, corpus, lexicon, train
from bot.text.language_model.masking import masked, people, says_nothing
from bot.text.language_model.romanise import romanise
from bot.text.language_names import english_name, named
from tests.first_texts import first_texts

HERE = Path(__file__).parent


# --- detection -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, tag",
    [
        ("necesito ayuda con la renta", "es"),
        ("mwen bezwen ed pou kay la", "ht"),
        ("toi can giup do", "vi"),  # no marks
        ("preciso de ajuda com o aluguel", "pt"),
        ("waxaan u baahanahay caawimaad", "so"),
        ("kailangan ko po ng tulong", "tl"),
        ("saya perlu bantuan", "id"),  # near Tagalog
        ("мені потрібна допомога", "uk"),
        ("мне нужна помощь", "ru"),
        ("ሓገዝ የድልየኒ", "ti"),
        ("እርዳታ እፈልጋለሁ", "am"),
        ("زه مرستې ته اړتیا لرم", "ps"),
        ("پێویستم بە یارمەتییە", "ckb"),
        ("مجھے مدد چاہیے", "ur"),
        ("من کمک لازم دارم", "fa"),
        ("मलाई सहयोग चाहियो", "ne"),
        ("mainu madad di lod hai", "pa"),
        ("amar sahajjo dorkar", "bn"),
        ("mane madad joiye che", "gu"),
        ("baddi mosa3ade iza btreed", "ar"),
        ("lotfan be man komak konid", "fa"),
        ("pomogite pozhaluista srochno", "ru"),
        ("dopomozhit meni bud laska", "uk"),
        ("erdata efelgalehu ebakachihu", "am"),
        ("hagez yedliyeni alo bejakum", "ti"),
        ("za mraste ta zarurat laram", "ps"),
        ("nyob zoo kuv xav tau kev pab", "hmn"),
        ("我需要帮助", "zh-Hans"),
        ("我需要幫助", "zh-Hant"),
        ("佢喺邊度", "zh-Hant"),  # Cantonese words
        ("図書館", "ja"),  # a character only Japanese has
        ("助けてください", "ja"),
        ("ช่วยด้วย", "th"),
        ("ຊ່ວຍແດ່", "lo"),
    ],
)
def test_best_guess(text: str, tag: str) -> None:
    assert detect(text)[0][0] == tag


@pytest.mark.parametrize("text", ["", " ", "911", "😀👍", "?!...", "\u200b", "\ufe0f"])
def test_no_letters_no_guess(text: str) -> None:
    assert detect(text) == []


@pytest.mark.parametrize("text", ["no", "si", "bon", "salam", "hotel", "namaste", "سلام", "halo"])
def test_words_of_several_languages_stay_below_the_threshold(text: str) -> None:
    guesses = detect(text)

    assert len(guesses) > 1 and guesses[0][1] < ANSWER


def test_guesses_are_ranked_and_add_up_to_at_most_one() -> None:
    for _, text in first_texts():
        chances = [chance for _, chance in detect(text)]
        assert chances == sorted(chances, reverse=True)
        assert sum(chances) <= 1.001


def test_the_same_text_gives_the_same_answer_in_another_process() -> None:
    text = "ola preciso d ayuda pls"
    code = f"from bot.text.language import detect; print(detect({text!r}))"
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=HERE.parent)

    assert other.stdout.strip() == repr(detect(text))


def test_without_pycld2_the_line_still_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pycld2", None)
    language._cld2.cache_clear()
    try:
        assert [detect(text)[0][0] for text in ("necesito ayuda", "mwen bezwen manje", "мне нужна помощь")] == [
            "es",
            "ht",
            "ru",
        ]
    finally:
        language._cld2.cache_clear()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_error(text: str) -> None:
    guesses = detect(text)
    said = named(text)
    says_nothing(text)

    assert all(0 < chance <= 1 for _, chance in guesses)
    assert isinstance(said, frozenset)


def test_half_a_surrogate_pair_is_no_error() -> None:
    assert detect("necesito ayuda \ud83d")[0][0] == "es"
    assert says_nothing("\ud83d") and named("\ud83d") == frozenset()


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "1 St " * 20_000, "Main " * 20_000, "你" * 50_000, "my name is " * 5_000, "' " * 9_999]
)
def test_long_texts_take_bounded_time(text: str) -> None:
    began = time.thread_time()
    detect(text)
    says_nothing(text)
    named(text)

    assert time.thread_time() - began < 2, "hours, if it grew with the square of the length"


# --- what says nothing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, left",
    [
        ("my name is Nguyen Van Anh", "my name is"),
        ("me llamo jose y necesito ayuda", "me llamo y necesito ayuda"),  # a known name, not written large
        ("I live at 12 Oak Ave please help", "I live at please help"),
        ("Main St 88", "Main St 88"),  # nothing else is left, so it stays
        ("He is in the way", "He is in the way"),  # "way" is a street only behind a number
        ("soy de Guatemala", "soy de Guatemala"),  # not a name that follows
    ],
)
def test_names_and_addresses_are_masked(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "12",
        "😀",
        "ok",
        "Maria Lopez",
        "1234 Elm Street Apt 5",
        'Liked "We want to help"',
        '👍 to "Hello"',
        "Le gustó “hola”",
        "lol",
        "a@b.org",
    ],
)
def test_says_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text", ["hola", "help", "he is in the way", "no", "الو", "我", "liked it", "gustó mucho", "soy de Guatemala"]
)
def test_says_something(text: str) -> None:
    assert not says_nothing(text)


# --- the trainer ---------------------------------------------------------------------------------------------------


def test_the_same_texts_give_the_same_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "EPOCHS", 4)
    monkeypatch.setattr(train, "TEXTS_A_LANGUAGE", 60)
    languages = {tag: corpus.Language() for tag in ("hi", "mr", "ne")}
    for tag, text, latin in corpus.own_texts():
        if tag in languages and not latin:
            languages[tag].whole.append((text, 1.0))

    first, second = (train.fit(languages, sorted(languages), 12) for _ in range(2))

    assert first.any() and (first == second).all()


@pytest.mark.parametrize(
    "tag, native, start",
    [
        ("ru", "помогите", "pomogite"),
        ("hi", "मुझे मदद", "muj"),
        ("am", "ሰላም", "s"),
        ("bn", "আমার", "a"),
        ("ur", "مدد", "m"),
    ],
)
def test_native_letters_are_romanised(tag: str, native: str, start: str) -> None:
    for seed in range(5):
        latin = romanise(native, tag, random.Random(seed))

        assert latin.isascii() and latin.startswith(start)


def test_compare_prints_a_row_for_each_detector() -> None:
    rows = [
        ("es", "short", "necesito ayuda"),
        ("vi", "short", "toi can giup do"),
        ("ht", "short", "mwen bezwen èd"),
    ] * 5
    table = compare.compare(rows).splitlines()

    assert [line.split(" | ")[0].strip("| ") for line in table[2:]][:2] == ["ours", "langdetect"]
    assert "**100.0**" in table[2]


def test_no_name_of_a_person_is_a_word_we_know_and_every_tag_of_the_lexicon_is_a_language() -> None:
    entries = lexicon._entries()

    assert not people() & set(entries)
    assert all(english_name(tag) != tag for tags in entries.values() for tag in tags)
