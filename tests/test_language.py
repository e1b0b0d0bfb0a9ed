"""What language a text is in, what it is called, and which language we answer in: tables with reasons."""

import csv
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import language, language_names
from bot.text.language import detect
from bot.text.language_choice import ANSWER, Choice, Standing, choose, in_latin_letters, served, weighed
from bot.text.language_model import compare, corpus, lexicon, scripts, train
from bot.text.language_model.masking import masked, people, says_nothing
from bot.text.language_model.romanise import romanise
from bot.text.language_names import direction, endonym, english_name, name_in, named

HERE = Path(__file__).parent
OFFERED = ["en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr"]
MORE = [*OFFERED, "hi", "ur", "uk", "fa", "so", "am", "ps", "ne"]


def first_texts() -> list[tuple[str, str]]:
    lines = (HERE / "first_texts.tsv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [(wanted, text) for wanted, text in rows]


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

    assert time.thread_time() - began < 0.25


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


# --- which language we answer in -----------------------------------------------------------------------------------

DETECTED = Standing("es", "detected", 0.95)
TO_FRENCH = Standing("es", "detected", 0.95, other="fr")
CHOSEN = Standing("vi", "chosen", 1.0)
ASKED = Standing(source="asked")
FIRM_FR = [("fr", 0.98), ("es", 0.01)]
FIRM_ES = [("es", 0.97)]
ENGLISH = "this is a whole sentence"


@pytest.mark.parametrize(
    "why, standing, text, guesses, action, tag",
    [
        ("chosen stays", CHOSEN, "bonjour a vous tous", FIRM_FR, "keep", "vi"),
        ("sure", Standing(), "hola necesito ayuda", FIRM_ES, "answer", "es"),
        ("sure", ASKED, "hola necesito ayuda", FIRM_ES, "answer", "es"),  # asked, and wrote a sentence instead
        ("unsure", Standing(), "ola amigo", [("es", 0.5), ("pt", 0.4)], "ask", None),
        ("says nothing", Standing(), "👍", [], "ask", None),
        ("says nothing", DETECTED, "ok", [("en", 0.9)], "keep", "es"),
        ("says nothing", DETECTED, "123 Main St", [("en", 0.99)], "keep", "es"),
        ("says nothing", DETECTED, 'Liked "hola"', [("en", 0.99)], "keep", "es"),
        ("says nothing", TO_FRENCH, "7", [], "keep", "es"),
        ("same", DETECTED, "sí señor", FIRM_ES, "keep", "es"),
        ("same", TO_FRENCH, "sí claro que sí", FIRM_ES, "keep", "es"),  # the other one is forgotten
        ("first in another", DETECTED, "je ne comprends pas", FIRM_FR, "keep", "es"),
        ("second in another", TO_FRENCH, "je parle français", FIRM_FR, "switch", "fr"),
        ("first in another", TO_FRENCH, ENGLISH, [("en", 0.99)], "keep", "es"),  # a third language starts anew
        ("unsure", TO_FRENCH, "merci", FIRM_FR, "keep", "es"),  # one word is a loan word or a courtesy
        ("unsure", TO_FRENCH, "je ne sais pas", [("fr", 0.6), ("ht", 0.3)], "keep", "es"),
        ("unsure", TO_FRENCH, "hola my friend how is la cosa", [("en", 0.86), ("es", 0.12)], "keep", "es"),  # mixed
        ("not offered", Standing(), "kedu ka i mere", [("ig", 0.99)], "ask", None),
        ("not offered", Standing("es", "detected", 0.9, other="ig"), "kedu ka i mere", [("ig", 0.99)], "ask", "es"),
        (
            "sure",
            Standing(),
            "你好吗",
            [("zh-Hans", 0.5), ("zh-Hant", 0.49)],
            "answer",
            "zh-Hans",
        ),  # the form matters less
        (
            "same",
            Standing("zh-Hant", "detected", 0.9),
            "你好",
            [("zh-Hans", 0.62), ("zh-Hant", 0.34)],
            "keep",
            "zh-Hant",
        ),
    ],
)
def test_choice(
    why: str, standing: Standing, text: str, guesses: list[tuple[str, float]], action: str, tag: str | None
) -> None:
    choice = choose(standing, text, guesses, OFFERED)

    assert (choice.why, choice.action, choice.standing.tag) == (why, action, tag)


def test_a_chosen_language_is_not_even_guessed_at() -> None:
    def refuse(text: str) -> list[tuple[str, float]]:
        raise AssertionError(text)

    assert choose(CHOSEN, "bonjour", refuse, OFFERED).action == "keep"
    assert choose(DETECTED, "👍", refuse, OFFERED).action == "keep"


def test_two_texts_running_switch_and_nothing_between_them_counts() -> None:
    standing = DETECTED
    actions = []
    for text in ("je ne comprends pas ce que vous dites", "ok", "pouvez vous écrire en français"):
        choice = choose(standing, text, detect, OFFERED)
        standing = choice.standing
        actions.append(choice.action)

    assert actions == ["keep", "keep", "switch"]
    assert standing == Standing("fr", "detected", choice.standing.sure)


def test_hindi_and_urdu_in_latin_letters_are_asked_about_once() -> None:
    first = choose(Standing(), "mujhe madad chahiye", detect, MORE)
    second = choose(first.standing, "mera ghar ka kiraya bahut zyada hai", detect, MORE)

    assert (first.action, set(first.among), first.why) == ("ask", {"hi", "ur"}, "latin letters")
    assert second.action == "answer" and second.standing.tag in {"hi", "ur"}
    assert in_latin_letters("mujhe madad chahiye", "hi") and not in_latin_letters("मुझे मदद चाहिए", "hi")


def test_only_offered_languages_are_asked_about_two_or_three_of_them() -> None:
    for _, text in first_texts():
        choice = choose(Standing(), text, detect, OFFERED)
        if choice.action == "ask":
            assert 2 <= len(choice.among) <= 3
            assert set(choice.among) <= set(OFFERED)


def test_priors_raise_what_is_spoken_in_town() -> None:
    even = (("es", 0.5), ("pt", 0.45))

    assert weighed(even, {"pt": 1.5})[0][0] == "pt"
    assert choose(Standing(), "ola amigo", even, OFFERED, {"pt": 1.5}).standing.tag == "pt"
    assert weighed(even, {"ko": 3.0}) == even


def test_nearest_served() -> None:
    assert [served(tag, OFFERED) for tag in ("prs", "zh", "yue", "ig")] == [None, "zh-Hans", "zh-Hant", None]
    assert served("prs", MORE) == "fa"


@pytest.mark.parametrize("wanted, text", first_texts())
def test_first_texts(wanted: str, text: str) -> None:
    action, *tags = wanted.split()
    if action == "name":
        assert named(text) == set(tags)
        return
    choice = choose(Standing(), text, detect, MORE)

    assert choice.action == action, choice
    if action == "answer":
        assert choice.standing.tag in tags, choice
    else:
        assert set(tags) <= set(choice.among), choice


def test_choice_keeps_its_evidence() -> None:
    choice = choose(Standing(), "necesito ayuda con mi renta", detect, OFFERED)

    assert isinstance(choice, Choice)
    assert choice.evidence[0] == ("es", choice.standing.sure)


# --- names ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, tags",
    [
        ("espanol", "es"), ("Spanish", "es"), ("ESPAÑOL", "es"), ("en español por favor", "es"), ("Tiếng Việt", "vi"),
        ("tieng viet", "vi"), ("kreyol", "ht"), ("中文", "zh-Hans zh-Hant"), ("chino", "zh-Hans zh-Hant"), ("廣東話", "zh-Hant"),
        ("我说中文", "zh-Hans zh-Hant"), ("farsi", "fa"), ("mam", "mam"), ("hablo mam", "mam"), ("K'iche'", "quc"),
        ("quiero hablar en q'anjobal", "kjb"), ("soy sordo", "ase"), ("Kurdish", "ku ckb"), ("по-русски", "ru"),
        ("I speak Spanish", "es"), ("mam y español", "mam es"), ("Español/English", "es en"), ("한국어", "ko"), ("عربي", "ar"),
        ("hablo mixteco bajo", "mix"), ("français svp", "fr"), ("af soomaali", "so"), ("ትግርኛ", "ti"), ("انگلیسی", "en"),
        ("the spanish man took it", ""), ("I need food", ""), ("no", ""), ("en", ""), ("", ""), ("👍", ""),
        ("my french neighbour", ""),
    ],
)  # fmt: skip
def test_named(text: str, tags: str) -> None:
    assert named(text) == frozenset(tags.split())


def test_a_name_that_is_a_plain_word_here_names_nothing() -> None:
    assert named("hindi") == {"hi"}
    assert named("hindi", standing="tl") == frozenset()  # "no"


@pytest.mark.parametrize(
    "tag, own, english, spanish, way",
    [
        ("es", "Español", "Spanish", "español", "ltr"),
        ("fr", "Français", "French", "francés", "ltr"),
        ("ar", "العربية", "Arabic", "árabe", "rtl"),
        ("zh-Hant", "繁體中文", "Traditional Chinese", "chino tradicional", "ltr"),
        ("tl", "Tagalog", "Tagalog", "tagalo", "ltr"),
        ("mam", "Mam", "Mam", "mam", "ltr"),
        ("prs", "دری", "Dari", "darí", "rtl"),
    ],
)
def test_names(tag: str, own: str, english: str, spanish: str, way: str) -> None:
    assert (endonym(tag), english_name(tag), name_in(tag, "es"), direction(tag)) == (own, english, spanish, way)


def test_every_language_we_detect_has_a_name_of_its_own_and_in_english() -> None:
    from bot.text.language_model.model import models

    for tag in {tag for model in models().values() for tag in model.tags} | {
        "zh-Hans",
        "zh-Hant",
        "ja",
        "ko",
        "th",
        "km",
    }:
        assert english_name(tag) != tag
        assert endonym(tag)
        assert tag in named(english_name(tag)) and tag in named(endonym(tag))


def test_every_voice_only_language_is_known_by_name() -> None:
    for tag in language_names.VOICE_ONLY:
        assert tag in named(english_name(tag)) and tag in named(name_in(tag, "es"))


def test_an_unknown_tag_is_called_by_itself() -> None:
    assert (endonym("xx"), english_name("xx"), direction("xx")) == ("xx", "xx", "ltr")


@pytest.mark.parametrize(
    "text, script",
    [
        ("hola", "Latin"),
        ("привіт", "Cyrillic"),
        ("سلام", "Arabic"),
        ("我要police", "Latin"),
        ("我要报警 police", "Han"),
    ],
)
def test_tally(text: str, script: str) -> None:
    written = scripts.tally(text)

    assert max(written, key=lambda name: written[name]) == script


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
