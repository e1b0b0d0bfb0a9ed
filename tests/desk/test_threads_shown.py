"""What a thread shows beyond its words: who may have a number, whose threads are one, what waits for WhatsApp, what is found."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs, passing, rota
from bot.desk.threads import joining, locating, replies, revealing, safety_cards, searching, showing, views, whatsapp
from bot.desk.threads.searching import Query
from bot.errors import NotFound, NotUsable, NotYours
from bot.flow.effects import FileReport
from bot.housekeeping import tick
from bot.line.applying import Kept, rows
from bot.model import Officer, Spot
from bot.store import bars, messages
from bot.store import handoffs as stored
from bot.store.database import carry_out
from bot.store.messages import Message
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.line import Line, running_line

SID = "HX" + "b2" * 16


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """One line over each database; every test uses phones of its own."""
    url = fresh_postgres(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    with running_line(tmp_path_factory.mktemp("line"), redis_url, MONDAY, DATABASE_URL=url) as made:
        yield made


@pytest.fixture
def line(running: Line) -> Iterator[Line]:
    running.clock.time = MONDAY
    yield running
    running.twilio.rest.ahead = 0.0
    running.twilio.rest.templates.clear()


def asks(line: Line, address: str) -> int:
    line.twilio.text(address, "quiero hablar con un oficial")
    line.twilio.text(address, "un vecino ruidoso")
    return thread_of(line, address)


def thread_of(line: Line, address: str) -> int:
    medium = "whatsapp" if address.startswith("whatsapp:") else "sms"
    return line.thread_of(address.removeprefix("whatsapp:"), f"twilio-{medium}")


def verbs(line: Line, thread: int) -> list[str]:
    sql = text("SELECT verb FROM events WHERE subject = :subject AND actor LIKE 'officer:%' ORDER BY id")
    with line.hotline.db.read() as conn:
        return list(conn.execute(sql, {"subject": f"thread:{thread}"}).scalars())


def test_a_number_is_for_who_holds_the_thread_or_supervises_and_no_longer_than_ten_minutes(line: Line) -> None:
    rodriguez, santos, tran = (line.officer(login) for login in ("rodriguez", "santos", "tran"))
    thread = asks(line, "+15005590001")
    with pytest.raises(NotYours):
        revealing.reveal(line.hotline, rodriguez, thread, "because I want to call")
    with pytest.raises(NotFound):
        revealing.shown(line.hotline, tran, thread)
    handoffs.claim(line.hotline, rodriguez, thread)
    with pytest.raises(NotUsable):
        revealing.reveal(line.hotline, rodriguez, thread, " a b   c   d ")
    assert revealing.shown(line.hotline, rodriguez, thread) is None

    revealing.reveal(line.hotline, rodriguez, thread, "she asked for a call")
    seen = revealing.shown(line.hotline, rodriguez, thread)
    assert seen and seen.number == "+15005590001" and revealing.written(seen.number) == "+1 500-559-0001"
    assert revealing.shown(line.hotline, santos, thread) is None  # each asks for themselves
    line.clock.pass_by(minutes=10, seconds=1)
    assert revealing.shown(line.hotline, rodriguez, thread) is None
    assert verbs(line, thread)[-1] == "revealed"

    told = next(one for one in revealing.told(line.hotline, santos) if one.thread_id == thread)
    assert (told.reason, told.officer, told.read_at) == ("she asked for a call", "Marisol Rodriguez", None)
    unread = revealing.untold(line.hotline, santos)
    revealing.look_at(line.hotline, santos, told.id)
    assert revealing.untold(line.hotline, santos) == unread - 1
    revealing.reveal(line.hotline, santos, thread, "to see what this does")
    assert revealing.untold(line.hotline, santos) == unread - 1  # nobody looks at their own
    own = next(one for one in revealing.told(line.hotline, santos) if one.staff_id == santos.id and not one.read_at)
    with pytest.raises(NotFound):
        revealing.look_at(line.hotline, santos, own.id)

    revealing.reveal(line.hotline, rodriguez, thread, "she asked for a call again")
    (new,) = [one for one in revealing.told(line.hotline, santos) if one.staff_id == rodriguez.id and not one.read_at]
    rota.about(line.hotline, line.officer("whitfield"), thread, santos.id)
    assert thread not in [one.thread_id for one in revealing.told(line.hotline, santos)]
    assert revealing.untold(line.hotline, santos) == unread - 1
    with pytest.raises(NotFound):
        revealing.look_at(line.hotline, santos, new.id)


def test_two_threads_of_a_number_are_joined_held_together_and_parted(line: Line) -> None:
    rodriguez, pierre = line.officer("rodriguez"), line.officer("pierre")
    line.twilio.text("+15005590002", "hola")
    sms = thread_of(line, "+15005590002")
    thread = asks(line, "whatsapp:+15005590002")
    with pytest.raises(NotYours):
        joining.join_number(line.hotline, rodriguez, thread)
    handoffs.claim(line.hotline, rodriguez, thread)
    before = showing.show(line.hotline, rodriguez, views.view(line.hotline, rodriguez, thread))
    assert before.beside and before.beside.thread.id == sms and not before.joined

    joining.join_number(line.hotline, rodriguez, thread)
    joined = showing.show(line.hotline, rodriguez, views.view(line.hotline, rodriguez, thread))
    assert joined.joined
    assert {one.thread_id for one in joined.messages} == {sms, thread}
    assert [one.id for one in joined.messages] == sorted(one.id for one in joined.messages)
    assert views.view(line.hotline, rodriguez, sms).mine  # so that the bot is silent there too
    assert line.twilio.text("+15005590002", "¿hola?") == []
    with pytest.raises(NotYours):
        joining.join_number(line.hotline, rodriguez, thread)
    with pytest.raises(NotFound):
        views.view(line.hotline, pierre, sms)

    joining.reply(line.hotline, rodriguez, thread, sms, "Por mensaje.")
    line.work()
    assert line.twilio.sent_to("+15005590002")[-1] == "Por mensaje."
    handoffs.close(line.hotline, rodriguez, thread, "answered")
    joining.follow(line.hotline, rodriguez, thread)
    assert line.twilio.text("+15005590002", "0") != []  # the bot is there again

    asks(line, "whatsapp:+15005590002")  # again, and it is taken from her by a round of housekeeping, not by a deed
    handoffs.claim(line.hotline, rodriguez, thread)
    assert joining.follow_all(line.hotline) == 1
    assert line.twilio.text("+15005590002", "¿hola?") == []
    handoffs.close(line.hotline, rodriguez, thread, "answered")
    assert joining.follow_all(line.hotline) == 1
    assert joining.follow_all(line.hotline) == 0
    assert line.twilio.text("+15005590002", "0") != []

    santos = line.officer("santos")
    joining.part(line.hotline, santos, thread)
    apart = showing.show(line.hotline, santos, views.view(line.hotline, santos, thread))
    assert {one.thread_id for one in apart.messages} == {thread}
    assert [one for one in verbs(line, sms) if one in ("joined", "parted")] == ["joined", "parted"]
    joining.join_number(line.hotline, santos, thread)  # and can be made again


def test_what_is_open_in_both_threads_of_one_person(line: Line) -> None:
    rodriguez, pierre, santos = (line.officer(login) for login in ("rodriguez", "pierre", "santos"))
    sms, thread = asks(line, "+15005590012"), asks(line, "whatsapp:+15005590012")
    handoffs.claim(line.hotline, rodriguez, thread)
    joining.join_number(line.hotline, rodriguez, thread)
    assert _open(line, sms) == [("officer", rodriguez.id)]

    line.clock.pass_by(minutes=1)
    replies.reply(line.hotline, rodriguez, thread, "Le contesto aquí.")
    with line.hotline.db.read() as conn:
        assert not messages.awaits_answer(conn, sms), "an answer on the other channel is one too"

    passing.release(line.hotline, rodriguez, thread)
    joining.follow(line.hotline, rodriguez, thread)
    assert _open(line, sms) == _open(line, thread) == [("officer", None)], "what waits in the other goes on waiting"

    handoffs.claim(line.hotline, rodriguez, thread)
    joining.follow(line.hotline, rodriguez, thread)
    line.twilio.text("+15005590012", "hay un hombre con una pistola en mi casa")
    handoffs.close(line.hotline, rodriguez, thread, "answered")
    joining.follow(line.hotline, rodriguez, thread)
    assert _open(line, sms) == [("safety", None)], "nobody has seen it yet"

    handoffs.claim(line.hotline, pierre, sms)
    rota.about(line.hotline, santos, thread, pierre.id)
    assert _open(line, sms) == [("safety", None)]
    for one in (sms, thread):
        with pytest.raises(NotFound):
            views.view(line.hotline, pierre, one)
        assert one in _kept_from(line, pierre)
    assert sms not in [one.thread_id for one in views.open_for(line.hotline, pierre)]
    rota.show_again(line.hotline, santos, sms, pierre.id)
    assert sms in [one.thread_id for one in views.open_for(line.hotline, pierre)]
    assert not {sms, thread} & _kept_from(line, pierre)


def _open(line: Line, thread: int) -> list[tuple[str, int | None]]:
    with line.hotline.db.read() as conn:
        return [(one.kind, one.officer_id) for one in stored.of_thread(conn, line.hotline.keys, thread)]


def _kept_from(line: Line, officer: Officer) -> frozenset[int]:
    with line.hotline.db.read() as conn:
        return bars.of_staff(conn, officer.id)


def test_an_officer_may_say_that_two_handles_are_one_person(line: Line) -> None:
    rodriguez, lin = line.officer("rodriguez"), line.officer("lin")
    thread, other = asks(line, "whatsapp:+15005590003"), asks(line, "+15005590004")
    handoffs.claim(line.hotline, rodriguez, thread)
    handle = views.view(line.hotline, rodriguez, other).thread.handle
    with pytest.raises(NotUsable):
        joining.join_by_decision(line.hotline, rodriguez, thread, handle, "I know")
    with pytest.raises(NotFound):
        joining.join_by_decision(line.hotline, rodriguez, thread, "No Bird 0000", "they told me so today")
    handoffs.claim(line.hotline, line.officer("santos"), other)
    with pytest.raises(NotYours, match="Another officer"):
        joining.join_by_decision(line.hotline, rodriguez, thread, handle, "they told me so today")
    handoffs.close(line.hotline, line.officer("santos"), other, "answered")
    with pytest.raises(NotFound):  # nothing is open there, so it is not this officer's to see
        joining.join_by_decision(line.hotline, rodriguez, thread, handle, "they told me so today")
    joining.join_by_decision(line.hotline, line.officer("santos"), thread, handle.lower(), "they told me so today")
    shown = showing.show(line.hotline, rodriguez, views.view(line.hotline, rodriguez, thread))
    assert shown.beside and shown.beside.join
    assert (shown.beside.join.how, shown.beside.join.reason) == ("decision", "they told me so today")
    with pytest.raises(NotFound):
        showing.show(line.hotline, lin, views.view(line.hotline, lin, thread))


def test_after_a_day_the_answer_waits_for_the_resident(line: Line) -> None:
    rodriguez, who = line.officer("rodriguez"), "whatsapp:+15005590005"
    thread = asks(line, who)
    handoffs.claim(line.hotline, rodriguez, thread)
    line.work()
    with pytest.raises(NotYours, match="answer now"):
        whatsapp.answer_later(line.hotline, rodriguez, thread, "Hola")
    line.clock.pass_by(hours=24)
    line.twilio.rest.ahead = 86_400.0
    with pytest.raises(NotYours, match="WhatsApp takes no answer"):
        replies.reply(line.hotline, rodriguez, thread, "Hola")
    with pytest.raises(NotYours, match="call or wait"):
        whatsapp.answer_later(line.hotline, rodriguez, thread, "Hola")
    whatsapp.set_template(line.hotline, line.officer("whitfield"), "es", SID, "waiting")
    with pytest.raises(NotYours, match="call or wait"):
        whatsapp.answer_later(line.hotline, rodriguez, thread, "Hola")
    whatsapp.set_template(line.hotline, line.officer("whitfield"), "es", SID, "approved")
    line.twilio.rest.templates[SID] = whatsapp.wording(line.hotline, "es")

    with pytest.raises(NotUsable, match="num"):
        whatsapp.answer_later(line.hotline, rodriguez, thread, "Su reporte es {num}.")
    whatsapp.answer_later(line.hotline, rodriguez, thread, "Hola, ya hablé con él.")
    whatsapp.answer_later(line.hotline, rodriguez, thread, "Llámeme cuando quiera.")
    line.work()
    tick(line.hotline)
    line.work()
    asked = [one for one in line.twilio.sent if one.recipient == who and "ContentSid" in one.form]
    assert [one.status for one in asked] == ["delivered"]  # once, though two answers wait
    assert asked[0].body == next(one.text for one in _ours(line, thread) if one.template)

    line.twilio.rest.ahead = 0.0
    line.twilio.text(who, "SI")
    tick(line.hotline)
    tick(line.hotline)
    line.work()
    line.work()
    assert line.twilio.sent_to(who)[-3:][1:] == ["Hola, ya hablé con él.", "Llámeme cuando quiera."]
    assert [one.state for one in _ours(line, thread)][-3:] == ["delivered"] * 3
    whatsapp.set_template(line.hotline, line.officer("whitfield"), "es", "", "approved")
    assert whatsapp.listed(line.hotline) == []


def _ours(line: Line, thread: int) -> list[Message]:
    view = views.view(line.hotline, line.officer("rodriguez"), thread)
    return [one for one in view.messages if one.direction == "out"]


def test_what_is_queued_when_the_day_ends_waits_and_what_the_line_says_by_itself_does_not(line: Line) -> None:
    rodriguez, who = line.officer("rodriguez"), "whatsapp:+15005590006"
    thread = asks(line, who)
    handoffs.claim(line.hotline, rodriguez, thread)
    line.work()
    replies.reply(line.hotline, rodriguez, thread, "Un momento.")
    line.clock.pass_by(hours=24, minutes=-1)
    with line.hotline.db.write() as conn:  # as if the worker had been away
        conn.execute(
            text("UPDATE messages SET created_at = :at WHERE thread_id = :t AND state = 'queued'"),
            {"at": line.hotline.instant(), "t": thread},
        )
    line.clock.pass_by(minutes=2)
    count = len(line.twilio.sent)
    line.work()
    assert len(line.twilio.sent) == count
    assert _ours(line, thread)[-1].state == "waiting for the window"
    handoffs.close(line.hotline, rodriguez, thread, "answered")
    line.work()
    assert (_ours_of(line, thread)[-1].state, _ours_of(line, thread)[-1].code) == ("failed", "63016")


def test_where_whatsapp_counts_the_day_otherwise_the_words_wait_all_the_same(line: Line) -> None:
    """Our clock says that a few minutes are left; WhatsApp takes the text and then does not pass it on."""
    rodriguez, who = line.officer("rodriguez"), "whatsapp:+15005590008"
    thread = asks(line, who)
    handoffs.claim(line.hotline, rodriguez, thread)
    line.work()
    line.twilio.rest.ahead = 86_401.0
    replies.reply(line.hotline, rodriguez, thread, "¿Sigue ahí?")
    line.work()
    assert (_ours(line, thread)[-1].state, _ours(line, thread)[-1].code) == ("waiting for the window", "63016")
    shown = showing.show(line.hotline, rodriguez, views.view(line.hotline, rodriguez, thread))
    assert shown.window and shown.window.shut
    assert whatsapp.release_waiting(line.hotline) == 0, "not before they write"
    line.twilio.rest.ahead = 0.0
    line.clock.pass_by(minutes=1)
    line.twilio.text(who, "sí")
    whatsapp.release_waiting(line.hotline)
    line.work()
    assert _ours(line, thread)[-1].state == "delivered"
    assert line.twilio.sent_to(who).count("¿Sigue ahí?") == 2  # the first never arrived
    shown = showing.show(line.hotline, rodriguez, views.view(line.hotline, rodriguez, thread))
    assert shown.window and not shown.window.shut


def test_nobody_is_told_that_a_person_has_read_where_whatsapp_takes_nothing(line: Line) -> None:
    rodriguez, who = line.officer("rodriguez"), "whatsapp:+15005590013"
    line.twilio.text(who, "hay un hombre con una pistola en mi casa")
    thread = thread_of(line, who)
    line.clock.pass_by(hours=24)
    safety_cards.write_cad(line.hotline, rodriguez, thread, "E-26-118", "09:58")
    with pytest.raises(NotYours, match="WhatsApp takes no answer"):
        safety_cards.tell_read(line.hotline, rodriguez, thread)


def _ours_of(line: Line, thread: int) -> list[Message]:
    view = views.view(line.hotline, line.officer("santos"), thread)
    return [one for one in view.messages if one.direction == "out"]


def test_the_search_finds_by_what_is_known_and_only_what_is_ones_own(line: Line) -> None:
    rodriguez, santos, tran = (line.officer(login) for login in ("rodriguez", "santos", "tran"))
    thread = asks(line, "+15005590007")
    seen = views.view(line.hotline, rodriguez, thread).thread
    number = "26-K7P4M-3"
    kept = Kept(line.hotline, seen.resident_id, thread, "es", line.hotline.instant())
    with line.hotline.db.write() as conn:
        for statement in rows(kept, FileReport(number, "theft", True, (("What", "bicicleta roja"),))):
            carry_out(conn, statement)

    def found(officer: Officer, **asked: Any) -> list[int]:
        return [one.id for one in searching.find(line.hotline, officer, Query(**asked)).threads]

    assert found(rodriguez, words=seen.handle) == found(rodriguez, words=seen.handle.lower()) == [thread]
    assert found(rodriguez, words="26 k7p4m 3") == [thread]
    assert thread in found(rodriguez, topic="theft", language="es", since=date(2026, 11, 23), until=date(2026, 11, 23))
    assert found(rodriguez, words=seen.handle, until=date(2026, 11, 22)) == []
    assert found(rodriguez, words=seen.handle, language="vi") == []
    assert found(tran, words=seen.handle) == []
    assert found(rodriguez, words="bicicleta") == []
    assert found(rodriguez, words="%") == []
    handoffs.claim(line.hotline, rodriguez, thread)
    handoffs.close(line.hotline, rodriguez, thread, "answered")
    assert found(rodriguez, words=seen.handle) == []  # closed: no longer this officer's
    assert found(santos, words=seen.handle) == [thread]


def test_a_spot_is_told_from_the_nearest_place_of_the_town(line: Line) -> None:
    here = locating.locate(line.hotline, Spot(41.1000, -92.3000))
    assert (here.near, round(here.km, 2)) == ("Old Mill", 0.0)
    north = locating.locate(line.hotline, Spot(41.1060, -92.3000))
    assert (north.near, north.direction) == ("Old Mill", "north")
    assert 0.6 < north.km < 0.7
    old_mill = next(mark for mark in north.marks if mark.name == "Old Mill")
    assert north.y < old_mill.y and abs(north.x - old_mill.x) < 1
    assert all(0 < mark.x < locating.WIDTH and 0 < mark.y < locating.HEIGHT for mark in north.marks)
    assert locating.locate(line.hotline, Spot(-33.9, 151.2)) == locating.Whereabouts(Spot(-33.9, 151.2))
