"""Catalogues: made from the flows, brought up to date, and every mistake in a translation found at its line."""

from pathlib import Path

import polib
import pytest

from bot.errors import PuenteError
from bot.flow.library import Library, load
from bot.flow.phrases import Voice
from bot.flow.reading import Line
from bot.flow.strings import unique
from bot.studio.checking import forbidden_questions
from bot.studio.checking.checks import check_folder
from bot.studio.checking.findings import Finding
from bot.studio.checking.reading_grade import grade
from bot.studio.checking.translation_checks import check_translations, read_translations
from bot.studio.checking.typed_word_checks import check_typed_words
from bot.studio.translating.catalogues import NOBODY, catalogue_path, template, update, update_all
from bot.studio.translating.reviews import reviews
from tests.fakes import Talk, with_texts
from tests.test_broken_flows import small_town

ROOT = Path(__file__).parent.parent
LOCALES = ROOT / "locales"
LIBRARY = load(ROOT / "flows")
SHOP = """\
flow: shop
about: Trial.
start: what
steps:
  what:
    ask: "What do you want, {city}?"
    choices:
      - {label: Bread, words: bread|loaf, next: price}
      - {label: Milk, words: milk, next: price}
  price:
    collect: "Call 1-800-555-0100 or 911, or reply 3 by 2 pm."
    save: price
    next: end
"""


def shop(text: str = SHOP) -> Library:
    return with_texts(LIBRARY, text)


def translate(path: Path, **words: str) -> polib.POFile:
    """Fill in some translations by context (dots as `__`), as a translator's editor would."""
    po = polib.pofile(str(path), wrapwidth=0)
    for name, said in words.items():
        entries = [entry for entry in po if entry.msgctxt == name.replace("__", ".") and not entry.msgstr]
        assert entries, name
        entries[0].msgstr = said
    po.save(str(path))
    return po


def entry(path: Path, context: str, number: int = 0) -> polib.POEntry:
    return [one for one in polib.pofile(str(path)) if one.msgctxt == context and not one.obsolete][number]


# Templates and updates


def test_the_template_has_each_string_once_with_place_and_note() -> None:
    pot = template(shop())
    keys = [(one.msgctxt, one.msgid) for one in pot]
    assert len(keys) == len(set(keys)) and not any(one.msgstr for one in pot)
    words = next(one for one in pot if one.msgctxt == "shop.what.words")
    assert (
        words.msgid == "bread|loaf" and words.occurrences == [("trial.yml", "8")] and "separated by |" in words.comment
    )
    assert {context for context, _ in keys} >= {"line.welcome", "words.stop", "wishes.food.hints", "notices.em_dv"}


def test_the_template_is_up_to_date() -> None:
    """`python -m bot locales export` was run after the last change of an English text."""
    shipped = {(one.msgctxt, one.msgid) for one in polib.pofile(str(LOCALES / "bot.pot"))}
    assert shipped == {(one.msgctxt, one.msgid) for one in template(LIBRARY)}


def test_a_new_language_begins_empty_and_honest(tmp_path: Path) -> None:
    path = catalogue_path(tmp_path, "so")
    changes = update(shop(), path, "so")
    po = polib.pofile(str(path))
    assert (changes.new, changes.missing, changes.strings) == (len(po), len(po), len(po))
    assert po.metadata["Language"] == "so" and po.metadata["X-Reviewed-By"] == NOBODY
    assert "not yet read by a qualified translator" in po.header
    before = path.stat().st_mtime_ns
    assert update(shop(), path, "so").new == 0
    assert path.stat().st_mtime_ns == before, "nothing changed, nothing is written"


def test_reworded_english_keeps_the_translation_as_fuzzy(tmp_path: Path) -> None:
    path = catalogue_path(tmp_path, "es")
    update(shop(), path, "es")
    translate(path, shop__what="¿Qué quiere, {city}?", shop__what__choice="Pan")
    changed = SHOP.replace("What do you want", "What would you want").replace("label: Bread", "label: Bread roll")
    changes = update(shop(changed), path, "es")
    assert (changes.new, changes.reworded, changes.gone, changes.fuzzy) == (0, 2, 0, 2)
    stale = entry(path, "shop.what")
    assert (
        stale.fuzzy and stale.msgstr == "¿Qué quiere, {city}?" and stale.previous_msgid == "What do you want, {city}?"
    )
    assert entry(path, "shop.what.choice").msgstr == "Pan"
    # Once more: what it was made from stays; and back: it is right again.
    update(shop(changed.replace("would you want", "would you like")), path, "es")
    assert entry(path, "shop.what").previous_msgid == "What do you want, {city}?"
    update(shop(), path, "es")
    back = entry(path, "shop.what")
    assert not back.fuzzy and back.msgstr == "¿Qué quiere, {city}?"


def test_what_is_gone_is_set_aside_and_comes_back(tmp_path: Path) -> None:
    path = catalogue_path(tmp_path, "es")
    update(shop(), path, "es")
    translate(path, shop__price="Llame al 1-800-555-0100 o 911, o responda 3 antes de las 2.")
    assert update(LIBRARY, path, "es").gone == 1
    aside = polib.pofile(str(path)).obsolete_entries()
    assert [one.msgctxt for one in aside] == ["shop.price"]
    assert update(LIBRARY, path, "es").gone == 0
    changes = update(shop(), path, "es")
    assert changes.new == 5, "the question, two labels and their words"
    assert entry(path, "shop.price").msgstr.startswith("Llame")
    assert not polib.pofile(str(path)).obsolete_entries()


def test_header_and_notes_are_the_translators(tmp_path: Path) -> None:
    path = catalogue_path(tmp_path, "es")
    update(shop(), path, "es")
    po = translate(path, shop__price="Llame")
    po.metadata["X-Reviewed-By"], po.metadata["Last-Translator"] = "A. Reader, certified", "B. Writer"
    po.header = "Ours."
    next(one for one in po if one.msgctxt == "shop.price").tcomment = "Formal on purpose."
    po.save(str(path))
    update(shop(SHOP.replace("Milk", "Tea")), path, "es")
    after = polib.pofile(str(path))
    assert (
        after.metadata["X-Reviewed-By"] == "A. Reader, certified" and after.metadata["Last-Translator"] == "B. Writer"
    )
    assert after.header == "Ours." and entry(path, "shop.price").tcomment == "Formal on purpose."


def test_all_languages_at_once_and_tags_that_are_none(tmp_path: Path) -> None:
    said = update_all(ROOT / "flows", tmp_path, "so")
    assert said[0].startswith(f"{tmp_path.name}/bot.pot: ") and said[1].startswith("so: 0 of ")
    assert update_all(ROOT / "flows", tmp_path)[1:] == [
        said[1].replace(f"({said[1].split('(')[1]}", "(0 new, 0 reworded, 0 gone)")
    ]
    for tag in ("en", "../es", "Spanish", "ES", "", "es_MX"):
        with pytest.raises(PuenteError):
            update_all(ROOT / "flows", tmp_path, tag)
    (catalogue_path(tmp_path, "so")).write_text("<<<<<<< ours\n", encoding="utf-8")
    with pytest.raises(PuenteError, match="cannot be read"):
        update_all(ROOT / "flows", tmp_path)


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/LC_MESSAGES/bot.po")), ids=lambda path: path.parts[-3])
def test_shipped_catalogues_say_who_wrote_and_who_read_them(path: Path) -> None:
    metadata = polib.pofile(str(path)).metadata
    assert metadata["Language"] == path.parts[-3]
    assert all(metadata.get(field, "").strip() for field in ("Last-Translator", "X-Reviewed-By", "X-Reviewed-On"))


# Mistakes in translations


def findings(tmp_path: Path, context: str, said: str, tag: str = "es") -> list[tuple[str, bool]]:
    """What is found in one string once it is translated so, and that it is found at its line."""
    path = catalogue_path(tmp_path, tag)
    library = shop()
    update(library, path, tag)
    po = polib.pofile(str(path), wrapwidth=0)
    changed = next(one for one in po if one.msgctxt == context)
    changed.msgstr = said
    po.save(str(path))
    own, wrong = read_translations(path.read_text(encoding="utf-8"), "bot.po", tag)
    assert own is not None and not wrong
    entries = path.read_text(encoding="utf-8").split("\n\n")
    before = next(at for at, text in enumerate(entries) if f'msgctxt "{context}"' in text)
    line = sum(text.count("\n") + 2 for text in entries[:before]) + 1  # where the entry begins, its notes included
    found: list[Finding] = [*check_translations(library, own), *check_typed_words(library, own)]
    here = [
        one for one in found if one.problem.words.startswith(f"{context}: ") and "is missing" not in one.problem.words
    ]
    assert all(one.problem.line == line for one in here)
    return [(one.problem.words.removeprefix(f"{context}: "), one.blocks) for one in here]


LONG = "Queremos ayudarle hoy mismo. " * 12


@pytest.mark.parametrize(
    "context, said, expected",
    [
        ("shop.what", "¿Qué quiere, {city}?", []),
        ("shop.what", "¿Qué quiere?", [("{city} is lost", True)]),
        ("shop.what", "¿Qué quiere, {city} {town}?", [("{town} is not in the English", True)]),
        ("shop.what", "¿Qué quiere, {city} { city }?", [("has a { or } that belongs to no placeholder", True)]),
        ("shop.what", LONG + "{city}", [("is 357 characters long; 300 are the most", True), ("takes 3 segments; 3 are the most", False)][:1]),
        ("shop.what", "¿Qué desea comprar aquí? " * 10 + "{city}", [("takes 4 segments; 3 are the most", False)]),
        ("shop.price", "1-800-555-0100, 911, 3, 2", []),
        ("shop.price", "١-٨٠٠-٥٥٥-٠١٠٠, ٩١١, ٣, ٢", []),  # in any script's digits
        ("shop.price", "1-800-555-0100, 3, 2", [("the number 911 is lost", True)]),
        ("shop.price", "1-800-555-0101, 911, 3, 2", [("the number 1-800-555-0100 is lost", True), ("the number 1-800-555-0101 is not in the English", True)]),
        ("shop.price", "1-800-555-0100, 911, 3", [("the number 2 is lost", False)]),  # `2 pm` may be `14h`
        ("shop.price", "1-800-555-0100, 911 (112), 3, 2", [("the number 112 is not in the English", True)]),
        ("line.weekdays", "lunes|martes|miércoles|jueves|viernes|sábado", [("has 6 parts instead of 7", True)]),
        ("line.months", "a|b|c|d|e|f|g|h|i||k|l", [("has 11 parts instead of 12", True)]),
        ("words.numbers", "cero|uno|dos", [("has 3 parts instead of 10", True)]),
        ("notices.em_911_text_en", '911, 911 "{lang_en}", AYUDA POLICIA', [("HELP POLICE must stay as it is", True)]),
        ("notices.em_crisis_es", "988, 2, 988: HELP", [("AYUDA must stay as it is", True)]),
        ("line.welcome", "{dept}: 911. AYUDA, ALTO.", [("STOP must stay as it is", True), ("HELP must stay as it is", True)]),
        ("notices.em_fire", "Salga. 911. " + "Está aquí. " * 12, [("takes 3 segments; 2 are the most", False)]),
        ("shop.price", "1-800-555-0100, 911, 3, 2. ¿Cuándo nació? Su fecha de nacimiento.", [("asks for date of birth, which this line never asks", True)]),
        ("shop.what.words", "pan|alto|hogaza", [("`alto` already means `stop` everywhere", True)]),
        ("shop.what.words", "pan|cancel", [("carriers take `cancel` for STOP", True)]),
        ("shop.what.words", "pan|menú", [("`menu` already means `menu` everywhere", False)]),
        ("words.leave", "salir|end", [("carriers take `end` for STOP", True)]),
        ("words.leave", "salir|back", [("`back` would be both `back` and `leave`", True)]),
    ],
)  # fmt: skip
def test_mistakes_in_a_translation(tmp_path: Path, context: str, said: str, expected: list[tuple[str, bool]]) -> None:
    if "alto" in said:  # a word for stop in Spanish
        path = catalogue_path(tmp_path, "es")
        update(shop(), path, "es")
        translate(path, words__stop="alto|basta")
    assert findings(tmp_path, context, said) == expected


@pytest.mark.parametrize(
    "first, second, clash",
    [
        ("pan|trigo", "leche|trigo", "trigo"),  # in Spanish
        ("pan", "leche|bread", "bread"),  # with the English of the other, which is always understood
        ("pan", "leche|PÁN", "pan"),  # but for accents and case
    ],
)
def test_two_choices_with_one_word(tmp_path: Path, first: str, second: str, clash: str) -> None:
    path = catalogue_path(tmp_path, "es")
    update(shop(), path, "es")
    po = polib.pofile(str(path), wrapwidth=0)
    words = [one for one in po if one.msgctxt == "shop.what.words"]
    words[0].msgstr, words[1].msgstr = first, second
    po.save(str(path))
    own, _ = read_translations(path.read_text(encoding="utf-8"), "bot.po", "es")
    assert own is not None
    (found,) = check_typed_words(shop(), own)
    assert found.problem.words == f"shop.what.words: `{clash}` would be both `Bread` and `Milk`" and found.blocks
    assert found.problem.line == own.entries["shop.what.words", "milk"].linenum


def test_missing_and_stale_texts_block_only_where_lives_hang_on_them(tmp_path: Path) -> None:
    path = catalogue_path(tmp_path, "es")
    update(LIBRARY, path, "es")
    po = translate(path, notices__em_not="Si no es una emergencia, responda 9.", line__left="Aquí paramos. Responda 0.")
    for one in po:
        if one.msgctxt in ("notices.em_not", "line.left"):
            one.flags.append("fuzzy")
    po.save(str(path))
    own, _ = read_translations(path.read_text(encoding="utf-8"), "bot.po", "es")
    assert own is not None
    found = {
        one.problem.words.split(":")[0]: (one.problem.words, one.blocks) for one in check_translations(LIBRARY, own)
    }
    stale, missing = (
        "the translation is stale, and people read English",
        "the translation is missing, and people read English",
    )
    assert found["notices.em_not"] == (f"notices.em_not: {stale}", True)
    assert found["line.left"] == (f"line.left: {stale}", False)
    assert found["notices.em_fire"] == (f"notices.em_fire: {missing}", True)
    assert found["words.stop"] == (f"words.stop: {missing}", True)
    assert found["words.menu"] == (f"words.menu: {missing}", False)
    assert len(found) >= len({line.context for line, _ in unique(LIBRARY)})


@pytest.mark.parametrize(
    "text, line, words",
    [
        ("<<<<<<< ours\n", 1, "this is no PO file"),
        ('msgid ""\nmsgstr ""\n"Language: fr\\n"\n"X-Reviewed-By: x\\n"\n"X-Reviewed-On: x\\n"\n"Last-Translator: x\\n"\n', 1, "`Language` in the header is not es"),
    ],
)  # fmt: skip
def test_files_and_headers_that_are_wrong(tmp_path: Path, text: str, line: int, words: str) -> None:
    flows = small_town(tmp_path)
    path = catalogue_path(tmp_path / "locales", "es")
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    errors, _ = check_folder(flows, tmp_path / "locales")
    assert ("locales/es/LC_MESSAGES/bot.po", line, words) in [(one.file, one.line, one.words) for one in errors]


# Questions that may not be asked

ASKED = {
    "en": ("What is your date of birth?", "Please do not send your Social Security number."),
    "es": ("¿Cuál es su estatus migratorio?", "No envíe su número de seguro social."),
    "fr": ("Dans quel pays êtes-vous né ? Pays de naissance :", "N'envoyez pas votre numéro de sécurité sociale."),
    "pt": ("Qual é a sua data de nascimento?", "Não envie a sua carteira de motorista."),
    "ht": ("Ki dat ou fèt?", "Pa voye nimewo Sosyal Sekirite."),
    "vi": ("Ngày sinh của quý vị là gì?", "Xin đừng gửi số an sinh xã hội."),
    "tl": ("Ano ang petsa ng kapanganakan ninyo?", "Huwag ipadala ang inyong Social Security."),
    "ru": ("Какой у вас иммиграционный статус?", "Не присылайте номер социального страхования."),
    "ko": ("생년월일을 알려 주세요.", "사회보장번호를 보내지 마세요."),
    "zh-Hans": ("您的出生日期是什么？", "请不要发送社会安全号码。"),
    "zh-Hant": ("您的國籍是什麼？", "請不要傳送社會安全號碼。"),
    "ar": ("ما هو تاريخ ميلادك؟", "لا ترسل رقم الضمان الاجتماعي."),
}


@pytest.mark.parametrize("tag", sorted(ASKED))
def test_forbidden_questions_in_every_language(tag: str) -> None:
    question, statement = ASKED[tag]
    assert forbidden_questions.asked_for(question, tag, whole=True)
    assert forbidden_questions.asked_for(statement, tag, whole=True) is None


def test_every_shipped_language_has_words_for_what_may_not_be_asked() -> None:
    shipped = {path.parts[-3] for path in LOCALES.glob("*/LC_MESSAGES/bot.po")}
    whole = {one.tag for one in reviews(LOCALES) if one.covers == "everything"}
    assert whole | {"en"} <= set(ASKED) and whole < shipped


@pytest.mark.parametrize(
    "text, asks",
    [
        ("Do you have a green card?", "immigration status"),
        ("Do you not have a green card?", "immigration status"),  # a question is one, whatever it denies
        ("You can report without your papers. What happened?", None),
        ("For advice on immigration status, call a lawyer. What happened?", None),  # only told, in an `ask`
        ("Call us at your birthday party?", "date of birth"),
        ("What was taken?", None),
    ],
)
def test_questions_and_statements(text: str, asks: str | None) -> None:
    assert forbidden_questions.asked_for(text, "en", whole=False) == asks


@pytest.mark.parametrize(
    "text, years",
    [
        ("The cat sat on the mat and the dog ran.", 0.39 * 10 + 11.8 * 1.0 - 15.59),
        (
            "We keep your texts for two years. Officers and staff who need them can read them.",
            0.39 * 8 + 11.8 * 18 / 16 - 15.59,
        ),
        (
            "While we asked, she comes: the little table and the tree.",
            0.39 * 5.5 + 11.8 * 13 / 11 - 15.59,
        ),  # silent ends
        ("Reply one word.", 0.0),  # too short to say
    ],
)
def test_grade_of_english(text: str, years: float) -> None:
    assert grade(text) == pytest.approx(years)


def test_a_translation_is_spoken_by_the_line(tmp_path: Path) -> None:
    """From the flow through the PO file to what a resident reads."""
    path = catalogue_path(tmp_path, "es")
    library = shop()
    update(library, path, "es")
    translate(path, shop__what="¿Qué quiere, {city}?", shop__what__choice="Pan", shop__what__words="pan|panecillo")
    own, _ = read_translations(path.read_text(encoding="utf-8"), "bot.po", "es")
    assert own is not None and isinstance(own.voice, Voice) and own.line_of(Line("no.such", "No.")) == 1
    library.catalogues["es"] = lambda: own.voice._catalogue
    talk = Talk(library, "es")
    assert talk.go("shop") == "¿Qué quiere, Maple? 1 Pan 2 Milk"
    assert talk.text("panecillo").startswith("Call 1-800")
