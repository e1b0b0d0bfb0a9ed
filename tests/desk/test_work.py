"""What officers do with a thread: claim it, write notes on it, close it; on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.threads import notes, outcomes, views
from bot.errors import NotFound, NotUsable, NotYours, TakenAlready
from bot.model import Officer
from tests.desk.post import Desk, refused

# --- claims ---


def test_of_two_officers_exactly_one_gets_each_of_a_hundred_threads(desk: Desk) -> None:
    barrier = threading.Barrier(2)

    def claim(officer: Officer, thread: int) -> Officer | str:
        barrier.wait()
        try:
            handoffs.claim(desk.line, officer, thread)
        except TakenAlready as refusal:
            return refusal.officer
        return officer

    threads = [desk.asks() for _ in range(100)]
    with ThreadPoolExecutor(2) as pool:
        for thread in threads:
            got = list(pool.map(claim, (desk["anna"], desk["bela"]), (thread, thread)))
            winners = [one for one in got if isinstance(one, Officer)]
            assert len(winners) == 1
            assert [one for one in got if isinstance(one, str)] == [winners[0].name]
            held = {one.officer_id for one in views.view(desk.line, desk["santos"], thread).handoffs}
            assert held == {winners[0].id}
            assert desk.deeds(thread).count("claimed") == 1


# --- notes ---


def test_a_note_is_sealed_never_sent_and_stands_on_the_shelf_of_who_is_named(desk: Desk) -> None:
    thread = desk.asks()
    before = desk.got(thread)

    notes.write(desk.line, desk["anna"], thread, "@Bela knows the family, and @santos. Not mail@bela.example.")

    assert desk.got(thread) == before
    assert notes.mentioned_in(desk.line, desk["bela"]) == {thread} == notes.mentioned_in(desk.line, desk["santos"])
    assert notes.mentioned_in(desk.line, desk["anna"]) == frozenset()
    notes.read_by(desk.line, desk["bela"], thread)
    assert notes.mentioned_in(desk.line, desk["bela"]) == frozenset()
    assert notes.mentioned_in(desk.line, desk["santos"]) == {thread}
    with desk.line.db.read() as conn:
        assert not [
            kept for kept in conn.execute(text("SELECT words FROM notes")).scalars() if b"family" in bytes(kept)
        ]


def test_who_may_not_see_a_thread_is_not_named_in_it(desk: Desk) -> None:
    thread = desk.asks()

    sentence = refused(lambda: notes.write(desk.line, desk["anna"], thread, "@cleo please look"), NotYours)
    assert sentence.startswith("Cleo may not see this thread.")
    with pytest.raises(NotFound):
        notes.write(desk.line, desk["cleo"], thread, "hello")
    assert views.view(desk.line, desk["anna"], thread).notes == {}


# --- how it ended ---


def test_how_a_thread_ended_and_was_understood_is_kept_and_the_reason_sealed(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)

    refused(lambda: outcomes.check("report rejected", "phone interpreter", ""), NotUsable)
    refused(lambda: outcomes.check("answered", "", ""), NotUsable)
    outcomes.check("report rejected", "phone interpreter", "It happened in another town.")
    handoffs.close(
        desk.line, desk["anna"], thread, "report rejected", "phone interpreter", "It happened in another town."
    )

    with desk.line.db.read() as conn:
        sql = text("SELECT id, outcome, language_service, outcome_why FROM handoffs WHERE thread_id = :thread")
        id_, outcome, service, why = conn.execute(sql, {"thread": thread}).one()
    assert (outcome, service) == ("report rejected", "phone interpreter")
    assert desk.line.keys.open(bytes(why), f"handoffs.outcome_why:{id_}") == "It happened in another town."
