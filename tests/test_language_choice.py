"""Which language we answer in, and what languages are called: tables with reasons."""

import pytest

from bot.text import language_names
from bot.text.language import detect
from bot.text.language_choice import Choice, Standing, choose, in_latin_letters, served, weighed
from bot.text.language_model import scripts
from bot.text.language_names import direction, endonym, english_name, name_in, named
from tests.first_texts import first_texts

OFFERED = ["en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr"]
MORE = [*OFFERED, "hi", "ur", "uk", "fa", "so", "am", "ps", "ne"]

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
