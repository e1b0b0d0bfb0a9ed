"""Promises a review found broken: what is answered as kept is kept, what waits is seen, what is asked for is given."""

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.twilio import _MESSAGE_ID
from bot.desk.duty import handoffs, waiting
from bot.desk.paging import waves
from bot.desk.threads import replies
from bot.errors import DatabaseUnreachable, Stale, TakenAlready
from bot.flow import telling
from bot.flow.effects import CallOfficer
from bot.flow.library import Library, load
from bot.flow.place import from_json, to_json
from bot.hotline import Hotline
from bot.line import applying, deciding, meetings
from bot.line.conversation import receive
from bot.live_texts import HOME
from bot.model import Inbound, Officer, Role
from bot.store import staff, threads
from bot.store.database import Database, carry_out
from bot.store.ids import new_id
from tests.conftest import MONDAY
from tests.fakes import Talk
from tests.line import Line

# Until the fixes are in: then this line goes.

SENDER = "+15005550001"
ANNA = Officer(11, "anna", "Anna", Role.SUPERVISOR, on_shift=True)
BELA = Officer(12, "bela", "Bela", Role.SUPERVISOR, on_shift=True)


@pytest.fixture(scope="module")
def library() -> Library:
    return load(HOME / "flows", HOME / "locales")


def text(words: str, sender: str = SENDER) -> Inbound:
    return Inbound("twilio-sms", f"SM{new_id():032x}", sender, "+15005550100", words)


def talk(hotline: Hotline, *words: str) -> int:
    """The thread after these texts."""
    for one in words:
        receive(hotline, text(one))
    row = hotline.db.look("SELECT id FROM threads", {})
    assert row
    return int(row[0])


def open_handoffs(hotline: Hotline) -> dict[str, str]:
    rows = hotline.db.look_all("SELECT kind, reason FROM handoffs WHERE closed_at IS NULL", {})
    return {row[0]: row[1] for row in rows}


@pytest.fixture
def desk(hotline: Hotline) -> Hotline:
    with hotline.db.write() as conn:
        for officer in (ANNA, BELA):
            staff.add(conn, officer, "x", 0)
    return replace(hotline, now=lambda: MONDAY)


# The database


@pytest.mark.parametrize("value", [2**70, "\ud800", object()], ids=["too large", "no text", "of no type"])
def test_a_turn_that_cannot_be_written_fails_alone_and_nobody_is_told_a_lie(tmp_path: Path, value: Any) -> None:
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with db.write() as conn:
        conn.exec_driver_sql("CREATE TABLE t (x TEXT)")
    told = in_one_commit(db, lambda: insert(db, value), lambda: insert(db, "fine"))

    assert told[0] != "kept"
    assert told[1] == "kept"
    assert db.look_all("SELECT x FROM t", {}) == [("fine",)]


def test_no_turn_is_called_kept_when_the_lock_file_cannot_be_opened(tmp_path: Path) -> None:
    """As with too many open files, or a full disk."""
    db = Database(f"sqlite:///{tmp_path / 'a.db'}")
    (tmp_path / "a.db.lock").mkdir()
    conn = db._writer.connect()
    conn.execute("CREATE TABLE t (x TEXT)")
    conn.close()

    assert in_one_commit(db, lambda: insert(db, "one"), lambda: insert(db, "two")) == ["DatabaseUnreachable"] * 2


def insert(db: Database, value: Any) -> None:
    db.keep([("INSERT INTO t (x) VALUES (:x)", {"x": value})])


def in_one_commit(db: Database, *calls: Callable[[], None]) -> list[str]:
    """What each call came to; all wait until they can be written together."""
    told = [""] * len(calls)

    def run(n: int) -> None:
        try:
            calls[n]()
            told[n] = "kept"
        except Exception as error:
            told[n] = type(error).__name__

    db._writer._leading.acquire()
    running = [threading.Thread(target=run, args=(n,)) for n in range(len(calls))]
    for n, one in enumerate(running):
        one.start()
        while len(db._writer._waiting) <= n:
            time.sleep(0.001)
    db._writer._leading.release()
    for one in running:
        one.join()
    return told


def test_looking_inside_a_change_waits_for_nobody(hotline: Hotline) -> None:
    with hotline.db.write(), hotline.db.read() as conn:
        assert staff.everybody(conn, hotline.today()) == []


def test_an_error_of_the_database_quotes_no_values(hotline: Hotline) -> None:
    thread_id = talk(hotline, "hello")
    sql = "INSERT INTO threads SELECT * FROM threads WHERE id = :id OR channel = :secret"
    with pytest.raises(Exception) as caught, hotline.db.write() as conn:
        carry_out(conn, (sql, {"id": thread_id, "secret": "my words"}))
    assert "my words" not in str(caught.value)


def test_a_providers_opt_out_is_not_undone_by_a_turn_that_had_read_before_it(hotline: Hotline) -> None:
    talk(hotline, "hello")
    digest = hotline.keys.digest(f"twilio-sms:{SENDER}")
    inbound = text("2")
    seen = threads.look(hotline.db, hotline.keys, "twilio-sms", inbound.provider_id, digest).thread
    assert seen
    with hotline.db.write() as conn:
        threads.silence(conn, seen.id)
    turn = applying.write(hotline, seen, inbound, digest, deciding.decide(hotline, seen, inbound))

    with pytest.raises(Stale):
        hotline.db.keep(turn.statements)


# The turn


def test_the_receipt_address_of_a_reply_is_understood() -> None:
    found = _MESSAGE_ID.search(f"message={new_id()}&part=0")
    assert found


def test_a_reply_that_rode_on_a_webhook_is_delivered_by_its_receipts(line: Line) -> None:
    line.twilio.text("+15005559301", "hello")
    line.twilio.settle()
    sql = "SELECT state FROM messages WHERE direction = 'out' AND thread_id = :thread"
    assert line.hotline.db.look(sql, {"thread": line.thread_of("+15005559301")}) == ("delivered",)


def test_a_database_that_is_away_inside_a_turn_is_no_fault_of_the_text(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*given: object, **more: object) -> str:
        raise DatabaseUnreachable("away")

    monkeypatch.setattr("bot.flow.engine.begin", away)
    with pytest.raises(DatabaseUnreachable):
        receive(hotline, text("hello"))
    assert hotline.db.look("SELECT count(*) FROM messages", {}) == (0,)


def test_an_error_after_the_notice_keeps_the_notice(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object) -> None:
        raise KeyError

    talk(hotline, "hello")
    monkeypatch.setattr("bot.flow.engine.Walk.interrupt", broken)
    reply = receive(hotline, text("my husband beats me every night"))

    assert reply and "911" in reply.text and "not working" not in reply.text
    assert "safety" in open_handoffs(hotline)


def test_an_error_says_nothing_to_who_sent_stop(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    talk(hotline, "hello", "STOP")
    monkeypatch.setattr("bot.line.guarding.look", lambda turn: 1 / 0)

    assert receive(hotline, text("abc")) is None


def test_a_meeting_that_an_import_dropped_meanwhile_is_no_dead_end(hotline: Hotline) -> None:
    talk(hotline, "hello")
    row = hotline.db.look("SELECT resident_id FROM threads", {})
    assert row
    hotline.db.keep(
        [
            ("UPDATE threads SET urgent = urgent", {}),
            meetings.rsvp(row[0], "gone", people=1, need="", language="en", code="K7P"),
        ]
    )
    assert hotline.db.look("SELECT count(*) FROM rsvps", {}) == (0,)


# The desk


def test_a_thread_an_officer_holds_is_not_taken_with_a_new_safety_card(desk: Hotline) -> None:
    thread_id = talk(desk, "I want to talk to an officer", "S")
    handoffs.claim(desk, ANNA, thread_id)
    talk(desk, "he has a gun and is going to shoot me")

    with pytest.raises(TakenAlready, match="Anna"):
        handoffs.claim(desk, BELA, thread_id)
    replies.reply(desk, ANNA, thread_id, "Are you safe?")


def test_leaving_the_queue_leaves_the_safety_card(desk: Hotline) -> None:
    talk(desk, "I want to talk to an officer", "S", "he has a gun and is going to shoot me", "X")
    assert set(open_handoffs(desk)) == {"safety"}


def test_a_second_reason_is_added_to_an_open_hand_off_and_paged_for(desk: Hotline) -> None:
    thread_id = talk(desk, "I want to talk to an officer", "S")
    waves.page(desk, thread_id)
    talk(desk, "delete my data")

    assert open_handoffs(desk)["officer"] == "asked for an officer; asks to see or delete their data"
    assert waves.page(desk, thread_id) == 1


def test_who_waits_too_long_is_told_in_open_hours(desk: Hotline) -> None:
    talk(desk, "I want to talk to an officer", "S")
    later = replace(desk, now=lambda: MONDAY + timedelta(minutes=15))

    assert waiting.tell_who_waits(later) == 1


def test_after_the_officer_closed_a_leftover_question_calls_no_officer(desk: Hotline) -> None:
    thread_id = talk(desk, "I want to talk to an officer", "S", "my husband beats me every night")
    handoffs.claim(desk, ANNA, thread_id)
    handoffs.close(desk, ANNA, thread_id, "answered")
    talk(desk, "3")

    assert open_handoffs(desk) == {}


# The flow


def at_summary(library: Library) -> Talk:
    """A lost thing told to the end."""
    for seed in range(50):
        chance, one = random.Random(seed), Talk(library)
        one.go("report_lost")
        for _ in range(40):
            if one.at == ("report_check", "check"):
                one.place = from_json(json.loads(json.dumps(to_json(one.place))))
                return one
            one.text(chance.choice(["1", "2", "3", "S", "yesterday", "something here"]))
    raise AssertionError("no way to the summary")


def test_an_officer_is_called_while_an_answer_is_being_changed(library: Library) -> None:
    one = at_summary(library)
    for words in ("2", "1", "officer", "my words"):
        one.text(words)
    assert any(isinstance(effect, CallOfficer) for effect in one.done)


def test_the_language_changes_while_an_answer_is_being_changed(library: Library) -> None:
    one = at_summary(library)
    one.text("2")
    one.text("1")
    question = one.at
    one.text("language")
    one.text("2")
    assert one.at == question
    one.text("un paraguas")
    assert one.at == ("report_check", "check")


def test_back_from_a_changed_answer_is_the_summary_and_it_can_be_sent(library: Library) -> None:
    one = at_summary(library)
    for words in ("2", "1", "back"):
        one.text(words)
    assert one.at == ("report_check", "check")
    assert "26-" in one.text("1")


def test_an_interruption_asked_for_twice_is_one(library: Library) -> None:
    one = at_summary(library)
    before = len(one.place.frames)
    for _ in range(5):
        one.text("language")
    assert len(one.place.frames) == before + 1


def test_a_draft_dropped_while_its_question_is_open_leads_to_the_menu(library: Library) -> None:
    one = Talk(library)
    one.go("report_noise")
    one.text("1")
    walk = one.walk()
    telling.greet(walk)
    one.keep(walk)
    one.place.draft = None
    one.text("1")
    assert one.at == ("menu", "choose")
