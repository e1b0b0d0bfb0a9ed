"""Translators at work: what they write is checked, read by somebody else, and only then what residents read."""

from dataclasses import replace

import polib
import pytest

from bot.errors import NotTranslated, NotUsable, NotYours, Stale
from bot.hotline import Hotline, speaking
from bot.live_texts import CATALOGUE, FLOW, live
from bot.model import Officer
from bot.store import wordings
from bot.store.wordings import NOTHING, Wording
from bot.studio.releasing.releases import name_of
from bot.studio.translating import glossary, going_live, progress, writing
from bot.studio.translating.progress import Standing, String
from bot.translators.libretranslate import LibreTranslate
from tests.fake_translator import FakeTranslator

MUSIC = ("report_noise.what.choice", "Music or party")
DOGS_WORDS = ("report_noise.what.words", "dog|dogs|barking")
FIRE = "notices.em_fire"


def string(hotline: Hotline, key: tuple[str, str], tag: str = "es") -> String:
    return progress.language(hotline, tag).string(progress.digest_of(key))


def of_context(hotline: Hotline, context: str, tag: str = "es") -> String:
    found = [one for one in progress.language(hotline, tag).strings if one.line.context == context]
    assert found, context
    return found[0]


def work(hotline: Hotline, key: tuple[str, str], tag: str = "es") -> Wording:
    found = string(hotline, key, tag).work
    assert found
    return found


def write(hotline: Hotline, who: Officer, key: tuple[str, str], text: str, **more: str) -> Wording:
    kept = string(hotline, key).work
    writing.write(hotline, who, "es", progress.digest_of(key), text, kept.id if kept else NOTHING, **more)
    return work(hotline, key)


def reworded(hotline: Hotline, before: str, after: str, flow: str = "report_noise") -> Hotline:
    """The line with other English in a flow."""
    text = hotline.texts.flows[flow]
    assert before in text
    return speaking(hotline, hotline.texts.changed({(FLOW, flow): text.replace(before, after)}))


def publish(hotline: Hotline, who: Officer) -> Hotline:
    """What is reviewed goes live; the line as it speaks then."""
    ready = going_live.look(hotline, "es")
    assert not ready.errors
    seen = [name_of(one) for one in ready.warnings]
    assert going_live.put_live(hotline, who, "es", "better words", seen).state == "live"
    return speaking(hotline, live(hotline.db))


def test_from_a_draft_to_what_residents_read(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    before = string(hotline, MUSIC).live
    kept = write(hotline, ana, MUSIC, "  Música alta\r\no fiesta ", note="as people say here")
    assert (kept.text, kept.state, kept.author, kept.same) == ("Música alta\no fiesta", "draft", "Ana Ruiz", False)
    assert string(hotline, MUSIC).standing == Standing.DRAFT
    with pytest.raises(NotUsable, match="nothing reviewed"):
        going_live.put_live(hotline, ana, "es", "better words")
    with pytest.raises(NotYours):
        writing.agree(hotline, ana, "es", {kept.digest: kept.id})
    assert writing.agree(hotline, bo, "es", {kept.digest: kept.id}) == 1
    read = work(hotline, MUSIC)
    assert (read.state, read.reviewer, read.note) == ("reviewed", "Bo Lind", "as people say here")
    assert string(hotline, MUSIC).live == before, "nobody reads it before it is put live"

    spoken = publish(hotline, bo)
    line = string(spoken, MUSIC).line
    assert spoken.library.voice("es").text(line) == "Música alta\no fiesta"
    assert string(spoken, MUSIC).standing == Standing.TRANSLATED
    assert work(spoken, MUSIC).state == "live"
    was, now = (polib.pofile(each.texts.catalogues["es"]() + "\n") for each in (hotline, spoken))
    assert [(one.msgctxt, one.msgid) for one in was] == [(one.msgctxt, one.msgid) for one in now]
    changed = [one for old, one in zip(was, now, strict=True) if old.msgstr != one.msgstr]
    assert [one.tcomment for one in changed] == ["as people say here\nWritten by Ana Ruiz\nRead by Bo Lind"]
    told = [(event.who, event.verb) for event in writing.history(spoken, "es", kept.digest)]
    assert told == [("Bo Lind", "agreed to a wording"), ("Ana Ruiz", "wrote a wording")]


@pytest.mark.parametrize(
    ("context", "text", "says"),
    [
        ("line.wa_template", "{dept}: tenemos una respuesta. Responda SÍ.", "line.wa_template: {num} is lost."),
        ("notices.em_fire", "Salga y llame al 912.", "911 is lost"),
        ("line.weekdays", "lunes|martes", "line.weekdays: has 2 parts instead of 7"),
        ("report_noise.what.choice", "Música " * 60, "characters long"),
        ("report_noise.what.choice", " \n ", "nothing in it"),
        ("report_noise.what.choice", "Música\x07", "cannot be seen"),
        ("report_noise.what.choice", "M\u202eacisú", "order"),
        ("report_noise.what.words", "fuegos artificiales|cohetes", "would be both"),
        ("notices.em_fire", None, "always translated"),
    ],
)
def test_what_would_do_harm_is_refused_with_its_name(
    hotline: Hotline, ana: Officer, context: str, text: str | None, says: str
) -> None:
    one = of_context(hotline, context)
    with pytest.raises(NotUsable) as refused:
        writing.write(hotline, ana, "es", one.digest, text or one.line.english, NOTHING, same=text is None)
    assert says in str(refused.value)
    assert of_context(hotline, context).work is None


def test_the_second_of_two_never_wins_unseen(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    write(hotline, ana, MUSIC, "Música fuerte")
    digest = progress.digest_of(MUSIC)
    with pytest.raises(Stale):
        writing.write(hotline, bo, "es", digest, "Música o baile", NOTHING)
    seen = work(hotline, MUSIC)
    write(hotline, ana, MUSIC, "Música muy fuerte")
    for deed in (
        lambda: writing.agree(hotline, bo, "es", {digest: seen.id}),
        lambda: writing.send_back(hotline, bo, "es", {digest: seen.id}, "no"),
        lambda: writing.write(hotline, bo, "es", digest, "Baile", seen.id),
        lambda: writing.withdraw(hotline, bo, "es", digest, seen.id),
    ):
        with pytest.raises(Stale):
            deed()
    assert (work(hotline, MUSIC).text, work(hotline, MUSIC).state) == ("Música muy fuerte", "draft")


def test_sent_back_with_a_reason_and_written_anew(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    kept = write(hotline, ana, MUSIC, "Música fuerte")
    seen = {kept.digest: kept.id}
    with pytest.raises(NotUsable, match="what is to be changed"):
        writing.send_back(hotline, bo, "es", seen, "  ")
    with pytest.raises(NotYours):
        writing.send_back(hotline, ana, "es", seen, "too loud")
    writing.send_back(hotline, bo, "es", seen, "say party too")
    back = work(hotline, MUSIC)
    assert (back.state, back.note, back.reviewer) == ("sent back", "say party too", "Bo Lind")
    with pytest.raises(Stale):
        writing.agree(hotline, bo, "es", {back.digest: back.id})
    again = write(hotline, ana, MUSIC, "Música fuerte o fiesta")
    assert (again.state, again.note, again.reviewer) == ("draft", "", "")


def test_all_or_none_are_agreed_to(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    theirs, own = write(hotline, ana, MUSIC, "Música fuerte"), write(hotline, bo, DOGS_WORDS, "perro|perros|ladridos")
    with pytest.raises(NotYours):
        writing.agree(hotline, bo, "es", {theirs.digest: theirs.id, own.digest: own.id})
    assert {work(hotline, key).state for key in (MUSIC, DOGS_WORDS)} == {"draft"}
    assert [one.key for one in writing.waiting(progress.language(hotline, "es"))] == [MUSIC, DOGS_WORDS]


def test_a_stale_string_shows_both_englishes_until_it_is_looked_at(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    changed = reworded(hotline, "Music or party", "Loud music or a party")
    key = (MUSIC[0], "Loud music or a party")
    one = string(changed, key)
    assert (one.standing, one.was, one.live) == (Standing.STALE, "Music or party", string(hotline, MUSIC).live)
    line = one.line
    assert changed.library.voice("es").text(line) == line.english, "nobody reads a stale sentence"
    kept = write(changed, ana, key, one.live)
    writing.agree(changed, bo, "es", {kept.digest: kept.id})
    with changed.db.read() as conn:
        body, taken = going_live.going_live(changed, conn, "es")
    assert [wording.text for wording in taken] == [one.live]
    (entry,) = [entry for entry in polib.pofile(body) if (entry.msgctxt, entry.msgid) == key]
    assert (entry.msgstr, entry.fuzzy, entry.previous_msgid) == (one.live, False, None)


def test_what_was_written_for_english_that_is_gone_is_still_shown(hotline: Hotline, ana: Officer) -> None:
    write(hotline, ana, MUSIC, "Música fuerte")
    changed = reworded(hotline, "Music or party", "Loud music or a party")
    assert [one.text for one in progress.language(changed, "es").earlier] == ["Música fuerte"]


def test_no_translation_needed(hotline: Hotline, ana: Officer) -> None:
    writing.write(hotline, ana, "es", progress.digest_of(MUSIC), "", NOTHING, same=True)
    assert (work(hotline, MUSIC).text, work(hotline, MUSIC).same) == ("Music or party", True)


def test_a_machine_drafts_and_people_answer_for_it(
    hotline: Hotline, ana: Officer, bo: Officer, machine: FakeTranslator
) -> None:
    helped = replace(hotline, translator=LibreTranslate(machine.url))
    digest = progress.digest_of(MUSIC)
    writing.draft_by_machine(helped, ana, "es", digest, NOTHING)
    made = work(helped, MUSIC)
    assert (made.state, made.author_id, made.text) == ("machine", None, "[en to es] Music or party")
    with pytest.raises(Stale):
        writing.agree(helped, bo, "es", {digest: made.id})
    writing.accept(helped, ana, "es", digest, made.id)
    taken = work(helped, MUSIC)
    assert (taken.state, taken.author, taken.text) == ("draft", "Ana Ruiz", made.text)
    with pytest.raises(NotYours):
        writing.agree(helped, ana, "es", {digest: taken.id})
    with pytest.raises(NotUsable, match="does not write over it"):
        writing.draft_by_machine(helped, bo, "es", digest, taken.id)
    with pytest.raises(NotUsable, match="no machine"):
        writing.draft_by_machine(hotline, bo, "es", digest, NOTHING)


def test_no_machine_words_what_must_not_be_wrong(hotline: Hotline, ana: Officer, machine: FakeTranslator) -> None:
    helped = replace(hotline, translator=LibreTranslate(machine.url))
    asked = len(machine.asked())
    never = [
        one
        for one in progress.language(helped, "es").strings
        if one.flow in ("notices", "privacy", "safe_contact", "words") or one.line.typed
    ]
    assert len(never) > 150
    for one in never:
        with pytest.raises(NotUsable):
            writing.draft_by_machine(helped, ana, "es", one.digest, NOTHING)
    assert len(machine.asked()) == asked
    machine.tell(fails=503)
    try:
        with pytest.raises(NotTranslated):
            writing.draft_by_machine(helped, ana, "es", progress.digest_of(MUSIC), NOTHING)
    finally:
        machine.tell()
    assert string(helped, MUSIC).work is None


def test_the_glossary_warns_and_keeps_nothing_out(hotline: Hotline, ana: Officer) -> None:
    glossary.put(hotline, ana, "es", "party", "fiesta")
    glossary.put(hotline, ana, "", "Rivertown")
    digest = progress.digest_of(MUSIC)
    warned = writing.write(hotline, ana, "es", digest, "Música o baile", NOTHING)
    assert warned == ["report_noise.what.choice: the glossary has fiesta for party."]
    assert work(hotline, MUSIC).text == "Música o baile"
    assert writing.write(hotline, ana, "es", digest, "Música o FIESTAS", work(hotline, MUSIC).id) == []
    terms = glossary.of_language(hotline, "es")
    assert glossary.missed(terms, "Go to rivertown hall.", "Vaya a Villarrío.") == [
        "the name Rivertown is not kept as it is"
    ]
    assert glossary.missed(terms, "Rivertowns are parties.", "Nada.") == []
    assert glossary.of_language(hotline, "vi") == [one for one in terms if one.term == "Rivertown"]
    glossary.put(hotline, ana, "es", "party", "reunión", "at home")
    assert [(one.term, one.wording) for one in glossary.every(hotline)] == [("Rivertown", ""), ("party", "reunión")]
    glossary.drop(hotline, ana, glossary.every(hotline)[1].id)
    assert [one.term for one in glossary.every(hotline)] == ["Rivertown"]
    with pytest.raises(NotUsable):
        glossary.put(hotline, ana, "es", "party", "")


def test_counts_of_flows_add_up_to_those_of_the_language(hotline: Hotline, ana: Officer) -> None:
    before = progress.language(hotline, "es").counts
    write(hotline, ana, MUSIC, "Música fuerte")
    language = progress.language(hotline, "es")
    assert language.counts.strings == len(language.strings) == before.strings
    assert language.counts.by[Standing.DRAFT] == 1
    assert sum(language.counts.by.values()) == language.counts.strings
    assert sum(one.strings for one in language.flows.values()) == language.counts.strings
    assert language.flows["report_noise"].by[Standing.DRAFT] == 1
    assert language.counts.said == before.said, "residents read on what is live"


def test_a_language_that_covers_safety_counts_those_texts_only(hotline: Hotline) -> None:
    language = progress.language(hotline, "am")
    assert language.covers == "safety texts"
    assert language.counts.by[Standing.MISSING] == 0
    assert language.counts.strings < len(language.strings)


def test_what_goes_live_by_another_way_is_no_work_any_more(hotline: Hotline, ana: Officer, bo: Officer) -> None:
    kept = write(hotline, ana, MUSIC, "Música fuerte")
    writing.agree(hotline, bo, "es", {kept.digest: kept.id})
    with hotline.db.read() as conn:
        body, _ = going_live.going_live(hotline, conn, "es")
    spoken = speaking(hotline, hotline.texts.changed({(CATALOGUE, "es"): body}))
    assert work(spoken, MUSIC).state == wordings.REVIEWED
    assert string(spoken, MUSIC).standing == Standing.TRANSLATED
