"""What officers write: taken back in time, kept while it is typed, and taken from replies kept ready; on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.threads import canned, composing, replies
from bot.errors import NotFound, NotUsable, NotYours
from bot.line import delivery
from tests.conftest import MONDAY
from tests.desk.post import Desk, refused
from tests.line import Clock

# --- taking back ---


def test_a_text_can_be_taken_back_for_ten_seconds_and_its_words_are_a_draft_again(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    words = "Vaya  a la\n\ncalle Third. " + "ñ" * 900

    replies.reply(desk.line, desk["anna"], thread, words.strip(), wait=10_000)
    desk.clock.pass_by(seconds=9)
    assert not [one for one in desk.got(thread) if "Third" in one], "not sent while it can be taken back"
    left = replies.waiting(desk.line, desk["anna"], thread)
    assert left and left.left == 1000
    assert replies.undo(desk.line, desk["anna"], thread) == words.strip()

    desk.clock.pass_by(seconds=30)
    assert not [one for one in desk.got(thread) if "Third" in one]
    assert composing.drafts(desk.line, desk["anna"], thread).reply == words.strip()
    assert replies.waiting(desk.line, desk["anna"], thread) is None

    other = desk.asks()
    handoffs.claim(desk.line, desk["anna"], other)
    delivery.deliver(desk.line, other)
    replies.offer_meeting(desk.line, desk["anna"], other, wait=10_000)
    offered = replies.undo(desk.line, desk["anna"], other)
    composing.forget_old(desk.line)
    assert composing.drafts(desk.line, desk["anna"], other).reply == offered != ""

    replies.reply(desk.line, desk["anna"], other, "tried once", wait=10_000)
    with desk.line.db.write() as conn:  # as after a try that the provider did not take
        conn.execute(text("UPDATE messages SET tries = 1 WHERE state = 'queued'"))
    assert replies.waiting(desk.line, desk["anna"], other) is None


def test_a_text_whose_time_has_come_is_rung_for_sent_once_and_can_no_longer_be_taken_back(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    replies.reply(desk.line, desk["anna"], thread, "first", wait=10_000)
    desk.clock.pass_by(seconds=4)
    replies.reply(desk.line, desk["anna"], thread, "second", wait=10_000)
    replies.offer_meeting(desk.line, desk["anna"], thread)  # must not overtake the two before it

    assert replies.ring_for_due(desk.line) == 0
    assert not {"first", "second"} & set(desk.got(thread))
    desk.clock.pass_by(seconds=6)
    assert replies.ring_for_due(desk.line) == 1
    assert [one for one in desk.got(thread) if one in ("first", "second")] == ["first"]
    assert replies.undo(desk.line, desk["anna"], thread) == "second"
    assert "too late" in refused(lambda: replies.undo(desk.line, desk["anna"], thread), NotYours)
    assert desk.got(thread)[-2:] == [
        "first", "Hablemos de esto por teléfono o en persona, con un intérprete gratis. ¿Cuándo puede usted?",
    ]  # fmt: skip


def test_undo_and_sending_at_the_same_instant_never_do_both(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    late = replace(desk.line, now=Clock(MONDAY))

    for n in range(20):
        replies.reply(desk.line, desk["anna"], thread, f"text {n}", wait=10_000)
        late.now.time = desk.clock.time  # type: ignore[attr-defined]
        late.now.pass_by(seconds=10)  # type: ignore[attr-defined]
        barrier = threading.Barrier(2)

        def undo(barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                replies.undo(desk.line, desk["anna"], thread)
            except NotYours:
                return False
            return True

        def send(barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return delivery.deliver(late, thread)

        with ThreadPoolExecutor(2) as pool:
            undone, sent = pool.submit(undo), pool.submit(send)
            assert undone.result() is not bool(sent.result()), "taken back or sent: one of them"
        assert (f"text {n}" in desk.got(thread)) is not undone.result()
        desk.clock.pass_by(seconds=20)


def test_a_text_with_an_unfilled_place_is_not_sent(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)

    sentence = refused(lambda: replies.reply(desk.line, desk["anna"], thread, "Su reporte es {num}."), NotUsable)
    assert sentence == "Fill in {num} first, or take it out."


# --- what is typed ---


def test_a_draft_is_sealed_found_again_and_not_brought_back_by_a_form_of_before(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    began = desk.line.instant()

    assert composing.keep(desk.line, desk["anna"], thread, "reply", "Un momento", began)
    assert composing.keep(desk.line, desk["anna"], thread, "note", "ask Bela", began)
    assert composing.drafts(desk.line, desk["anna"], thread) == composing.Typed("Un momento", "ask Bela")
    assert composing.drafts(desk.line, desk["bela"], thread) == composing.Typed("", "")
    with desk.line.db.read() as conn:
        assert not [
            kept for kept in conn.execute(text("SELECT words FROM unsent")).scalars() if b"momento" in bytes(kept)
        ]

    desk.clock.pass_by(seconds=1)
    replies.reply(desk.line, desk["anna"], thread, "Un momento, por favor")
    assert not composing.keep(desk.line, desk["anna"], thread, "reply", "Un momento, por fav", began)
    assert composing.drafts(desk.line, desk["anna"], thread) == composing.Typed("", "ask Bela")
    refused(lambda: composing.keep(desk.line, desk["bela"], thread, "reply", "no", began), NotYours)


def test_two_who_type_see_each_other_for_as_long_as_they_do(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    composing.keep(desk.line, desk["anna"], thread, "reply", "Un mo", desk.line.instant())
    composing.keep(desk.line, desk["bela"], thread, "note", "I kn", desk.line.instant())

    assert composing.typing(desk.line, desk["anna"], thread) == [("Bela", "note")]
    assert composing.typing(desk.line, desk["bela"], thread) == [("Anna", "reply")]
    replies.reply(desk.line, desk["anna"], thread, "Un momento")
    assert composing.typing(desk.line, desk["bela"], thread) == [], "who sent it types no more"
    desk.clock.pass_by(seconds=9)
    assert composing.typing(desk.line, desk["anna"], thread) == []
    with pytest.raises(NotFound):
        composing.typing(desk.line, desk["cleo"], thread)


# --- replies kept ready ---


def test_replies_kept_ready_come_in_the_residents_language_with_the_english_beside(desk: Desk) -> None:
    thread = desk.asks()
    ready = {one.key: one for one in canned.ready(desk.line, desk["anna"], thread)}

    assert ready["greeting"].language == "es"
    assert (
        ready["greeting"].words
        == "Hola, soy Oficial Anna, de Riverbend PD. Leí sus mensajes y estoy aquí para ayudarle."
    )
    assert ready["greeting"].english.startswith("Hello, I am Officer Anna of Riverbend PD.")
    assert "{num}" in ready["property_release"].words, "no report: the place stays open"
    assert "555-555-0100" in ready["property_release"].words


def test_the_departments_own_reply_is_offered_only_in_languages_somebody_reviewed(desk: Desk) -> None:
    boss = desk["santos"]
    canned.add(desk.line, boss, "Food bank", "The food bank opens at nine. Ask for {officer}.")
    own = canned.own(desk.line)[0]
    thread = desk.asks()
    assert "Food bank" not in [one.title for one in canned.ready(desk.line, desk["anna"], thread)]

    spanish = "El banco de comida abre a las nueve. Pregunte por {officer}."
    refused(lambda: canned.put(desk.line, boss, own.id, "es", spanish, ""), NotUsable)
    refused(lambda: canned.put(desk.line, boss, own.id, "es", "Pregunte por {dept}.", "A. Morales"), NotUsable)
    refused(lambda: canned.add(desk.line, boss, "Other", "Ask {nobody}."), NotUsable)
    canned.put(desk.line, boss, own.id, "es", spanish, "A. Morales")

    offered = next(one for one in canned.ready(desk.line, desk["anna"], thread) if one.title == "Food bank")
    assert offered.words == "El banco de comida abre a las nueve. Pregunte por Anna."
    assert (offered.english, offered.reviewed_by) == ("The food bank opens at nine. Ask for Anna.", "A. Morales")

    canned.put(desk.line, boss, own.id, "en", "The food bank opens at nine. Ask for {officer}.", "B. Hill")
    assert set(canned.own(desk.line)[0].words) == {"en", "es"}
    canned.put(desk.line, boss, own.id, "en", "The food bank is closed. Ask for {officer}.", "B. Hill")
    assert set(canned.own(desk.line)[0].words) == {"en"}, "nobody has read the Spanish as words for this"
