"""A hand-off from the resident's text to the officer's answer and back, through signed webhooks and a stand-in Twilio."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.desk.duty import handoffs
from bot.desk.threads import replies, views
from bot.errors import NotFound, NotYours, PuenteError, TakenAlready
from tests.conftest import MONDAY
from tests.line import LINE, Line


@pytest.fixture(autouse=True)
def _monday_morning(line: Line) -> None:
    line.clock.time = MONDAY


def test_an_officer_answers_and_the_bot_goes_on_where_it_was(line: Line) -> None:
    resident, tran = "+15005552001", line.officer("tran")
    line.twilio.text(resident, "toi muon noi chuyen voi canh sat")
    line.twilio.text(resident, "hang xom cua toi")
    line.work()
    thread = line.thread_of(resident)

    assert [one.thread_id for one in views.open_for(line.hotline, tran) if one.thread_id == thread] == [thread]
    handoffs.claim(line.hotline, tran, thread)
    replies.reply(line.hotline, tran, thread, "Chào anh, tôi là Tran. Tôi đang đọc tin của anh.")
    line.work()

    told = [one for one in line.twilio.sent if one.recipient == resident and "Tôi đang đọc" in one.body]
    assert len(told) == 1
    assert told[0].sender == LINE
    assert "/hooks/twilio/status?message=" in told[0].form["StatusCallback"][0]

    assert line.twilio.text(resident, "cam on") == []  # the bot is silent while the officer has the thread
    handoffs.close(line.hotline, tran, thread, "answered")
    line.work()
    assert "Tran" in line.twilio.sent_to(resident)[-1]
    assert line.twilio.text(resident, "0") != []


def test_what_the_officer_wrote_is_known_to_have_arrived(line: Line) -> None:
    resident, tran = "+15005552002", line.officer("tran")
    line.twilio.text(resident, "toi muon noi chuyen voi canh sat")
    line.twilio.text(resident, "S")
    thread = line.thread_of(resident)
    handoffs.claim(line.hotline, tran, thread)
    replies.reply(line.hotline, tran, thread, "Xin chào")
    line.work()

    states = {
        one.text: one.state for one in views.view(line.hotline, tran, thread).messages if one.author == "officer"
    }
    assert states == {"Xin chào": "delivered"}


def test_of_two_officers_exactly_one_gets_the_thread(line: Line) -> None:
    for n in range(20):
        resident = f"+1500555{2100 + n}"
        line.twilio.text(resident, "quiero hablar con un oficial")
        line.twilio.text(resident, "S")
        thread = line.thread_of(resident)
        officers = [line.officer("rodriguez"), line.officer("santos")]
        barrier = threading.Barrier(2)

        def claim(officer, thread=thread, barrier=barrier):  # type: ignore[no-untyped-def]
            barrier.wait()
            try:
                handoffs.claim(line.hotline, officer, thread)
            except PuenteError as error:
                return error
            return officer

        with ThreadPoolExecutor(2) as pool:
            got = list(pool.map(claim, officers))

        refused = [one for one in got if isinstance(one, TakenAlready)]
        winner = next(one for one in got if not isinstance(one, PuenteError))
        assert len(refused) == 1
        assert refused[0].officer == winner.name
        handoffs.close(line.hotline, winner, thread, "answered")


def test_only_the_holder_may_write_or_close(line: Line) -> None:
    resident, rodriguez, santos = "+15005552201", line.officer("rodriguez"), line.officer("santos")
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")
    thread = line.thread_of(resident)
    handoffs.claim(line.hotline, rodriguez, thread)

    with pytest.raises(NotYours):
        replies.reply(line.hotline, santos, thread, "hola")
    with pytest.raises(NotYours):
        handoffs.close(line.hotline, santos, thread, "answered")


def test_a_thread_of_a_language_one_does_not_speak_is_not_there(line: Line) -> None:
    resident = "+15005552301"
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")

    with pytest.raises(NotFound):
        views.view(line.hotline, line.officer("tran"), line.thread_of(resident))


def test_after_stop_an_officer_cannot_text(line: Line) -> None:
    resident, rodriguez = "+15005552401", line.officer("rodriguez")
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")
    thread = line.thread_of(resident)
    handoffs.claim(line.hotline, rodriguez, thread)
    line.twilio.text(resident, "ALTO")
    before = len(line.twilio.sent_to(resident))

    with pytest.raises(NotYours, match="STOP"):
        replies.reply(line.hotline, rodriguez, thread, "hola")
    line.work()
    assert len(line.twilio.sent_to(resident)) == before


def test_the_number_is_nowhere_in_what_an_officer_sees(line: Line) -> None:
    resident, rodriguez = "+15005552501", line.officer("rodriguez")
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")

    seen = views.view(line.hotline, rodriguez, line.thread_of(resident))
    assert "5005552501" not in repr(seen)


def test_a_word_for_help_that_is_a_cry_is_met_with_the_notice_first(line: Line) -> None:
    said = line.twilio.text("+15005552601", "auxilio")

    assert "911" in said[0]
    assert "911" in said[0].splitlines()[0] and "HELP POLICE" in said[0]
    assert "988" not in said[0]  # the notice, not the text of HELP


def test_who_holds_a_thread_also_takes_the_safety_card_that_comes_up_in_it(line: Line) -> None:
    resident, rodriguez = "+15005552701", line.officer("rodriguez")
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")
    thread = line.thread_of(resident)
    handoffs.claim(line.hotline, rodriguez, thread)
    line.twilio.text(resident, "hay un hombre con una pistola en mi puerta")

    handoffs.claim(line.hotline, rodriguez, thread)
    assert {one.officer_id for one in views.view(line.hotline, rodriguez, thread).handoffs} == {rodriguez.id}
