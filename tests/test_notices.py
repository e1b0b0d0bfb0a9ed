"""The safety texts in every language: there, short, complete, and honest about who has read them."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import polib
import pytest

from bot.config import read
from bot.flow.library import load
from bot.flow.phrases import placeholders
from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound
from bot.studio.checking.translation_checks import filled
from bot.studio.translating.reviews import reviews
from bot.text.language_names import spoken_name
from bot.text.safety_lexicon import SHIPPED
from bot.text.sms import segments
from tests.conftest import MONDAY
from tests.line import build_hotline, settings

ROOT = Path(__file__).parent.parent
LIBRARY = load(ROOT / "flows", ROOT / "locales")
NOTICES = [name for name, line in LIBRARY.phrases.items() if line.context.startswith("notices.")]
TRANSLATED = [name for name in NOTICES if name != "em_interpreter"]
LANGUAGES = sorted({path.parent.name for path in SHIPPED.glob("*/safety.yml")} - {"en"})


def test_thirty_languages() -> None:
    assert len(LANGUAGES) + 1 >= 30
    assert {"em_911_text", "em_911_text_en", "em_911_call"} <= set(TRANSLATED)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_notice_is_there_and_fits_two_segments(tag: str) -> None:
    voice = LIBRARY.voice(tag)
    for name in TRANSLATED:
        line = LIBRARY.phrase(name)
        assert voice.has(line), name
        said = voice.text(line)
        assert placeholders(said) == placeholders(line.english), name
        assert segments(filled(said, tag)) <= 2, (name, segments(filled(said, tag)))
        for number in ("911", "988", "1-800-799-7233", "1-800-222-1222", "1-888-373-7888", "HELP POLICE"):
            assert (number in said) == (number in line.english), (name, number)


def test_the_languages_name_in_english_is_inside() -> None:
    for tag in LANGUAGES:
        said = filled(LIBRARY.voice(tag).text(LIBRARY.phrase("em_911_call")), tag)
        assert spoken_name(tag) in said, (tag, said)


def test_a_draft_is_called_a_draft(tmp_path: Path) -> None:
    assert {one.tag for one in reviews(ROOT / "locales")} >= set(LANGUAGES)
    path = tmp_path / "so" / "LC_MESSAGES" / "bot.po"
    path.parent.mkdir(parents=True)
    po = polib.pofile(str(ROOT / "locales/so/LC_MESSAGES/bot.po"))
    po.save(str(path))
    (draft,) = reviews(tmp_path)
    assert draft.draft and draft.covers == "safety texts" and "no qualified translator" in str(draft)
    po.metadata.update({"X-Reviewed-By": "A. Warsame", "X-Reviewed-On": "2026-12-01"})
    po.save(str(path))
    (read_,) = reviews(tmp_path)
    assert not read_.draft and "A. Warsame" in str(read_)


def said_to(hotline: Hotline, text: str, sender: str) -> str:
    inbound = Inbound("twilio-sms", f"SM{uuid4().hex}", sender, "+15005550100", text)
    reply = conversation.receive(hotline, inbound)
    return reply.text if reply else ""


@pytest.fixture
def somali(tmp_path: Path, redis_url: str) -> Hotline:
    return replace(build_hotline(settings(tmp_path, REDIS_URL=redis_url), demo=False), now=lambda: MONDAY)


def test_danger_in_a_language_that_is_not_offered_is_met_in_it(somali: Hotline) -> None:
    said = said_to(somali, "nin qori sita ayaa albaabka jebinaya i caawi", "+15005550201")
    assert said.startswith(somali.library.voice("so").text(somali.library.phrase("em_911_text_en")).split("{")[0])
    assert '"Somali"' in said


def test_until_reviewed_a_department_may_say_it_in_english_with_the_interpreters_line(somali: Hotline) -> None:
    careful = replace(somali, config=replace(somali.config, department_interpreter_notices=("so",)))
    said = said_to(careful, "nin qori sita ayaa albaabka jebinaya i caawi", "+15005550202")
    assert said.startswith("Danger now? CALL 911.")
    assert 'Soomaali: call 911 or 555-555-0100 and say "Somali". The interpreter is free.' in said


def test_an_ordinary_first_text_in_it_hears_that_a_person_can_help(somali: Hotline) -> None:
    said = said_to(somali, "waxaan u baahanahay cunto iyo kireeye caawimaad", "+15005550203")
    before, _, after = somali.library.voice("so").text(somali.library.phrase("lang_none")).partition("{lang}")
    assert said.startswith(before) and before
    assert after.split("{")[0] in said


def test_the_word_for_stop_of_a_language_that_is_not_offered_is_heard_from_who_writes_it(somali: Hotline) -> None:
    said_to(somali, "waxaan u baahanahay cunto iyo kireeye caawimaad", "+15005550204")
    said = said_to(somali, "jooji", "+15005550204")
    assert said.startswith(somali.library.voice("so").text(somali.library.phrase("stopped")).split("}")[1][:20], len("Riverbend PD"))
    assert said_to(somali, "waxaan u baahanahay cunto", "+15005550204") == ""
    assert said_to(somali, "START", "+15005550204") != ""


def test_a_word_for_stop_that_is_another_word_elsewhere_stops_nobody_else(somali: Hotline) -> None:
    """In Swahili one says `acha` to be left alone; in Hindi it is "good", and in Spanish a typing mistake."""
    said_to(somali, "quiero reportar un robo de mi bicicleta", "+15005550205")
    assert said_to(somali, "jooji", "+15005550205") != ""
    assert said_to(somali, "0", "+15005550205") != ""


def test_who_cannot_be_told_twice_is_not_answered_in_a_neighbours_language(somali: Hotline) -> None:
    said_to(somali, "waxaan u baahanahay cunto iyo kireeye caawimaad", "+15005550206")
    said = said_to(somali, "xyz qq", "+15005550206")
    assert said.isascii(), "English, not Arabic"


def test_a_departments_own_words_of_danger_reach_the_line(tmp_path: Path, redis_url: str) -> None:
    words = "the mill siren is wailing"
    own = tmp_path / "phrases" / "en"
    own.mkdir(parents=True)
    (own / "safety.yml").write_text("emergency: |\n  mill siren\n")
    plain = build_hotline(settings(tmp_path / "a", REDIS_URL=redis_url), demo=False)
    taught = build_hotline(settings(tmp_path / "b", REDIS_URL=redis_url, SAFETY_PHRASES=str(tmp_path / "phrases")), demo=False)

    assert "Danger now?" not in said_to(plain, words, "+15005550207")
    assert said_to(taught, words, "+15005550207").startswith("Danger now?")


def test_what_is_spoken_in_town_settles_an_unclear_text(tmp_path: Path, redis_url: str) -> None:
    def language_of(priors: str) -> str:
        folder = tmp_path / (priors or "none")
        hotline = build_hotline(settings(folder, REDIS_URL=redis_url, DEPARTMENT_PRIORS=priors), demo=False)
        said_to(hotline, "necesito ajuda", "+15005550208")
        row = hotline.db.look("SELECT language FROM threads", {})
        assert row
        return str(row[0])

    assert language_of("") == "pt"
    assert language_of("es=4.0") == "es"


def test_the_settings_name_languages() -> None:
    config = read({"DEPARTMENT_INTERPRETER_NOTICES": "so, ti", "DEPARTMENT_PRIORS": "so=1.5, es=0.5"})
    assert config.department_interpreter_notices == ("so", "ti")
    assert config.department_priors == (("so", 1.5), ("es", 0.5))
