"""Residents are asked how our help was: a day after it, once in thirty days, in the daytime, never where it could do harm; and
what they answer is kept without them."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.demo.past import Past
from bot.hotline import Hotline
from bot.line import conversation, surveys, window
from bot.model import Inbound, Media
from bot.store import attachments, handoffs, messages
from bot.store import surveys as store
from bot.store.database import Database
from tests.line import Clock

ZONE = ZoneInfo("America/Chicago")
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
HOUR = 3_600_000  # ms
OFFICER = 71


@pytest.fixture
def town(hotline: Hotline) -> Hotline:
    return replace(hotline, now=Clock(NOW))


def helped(
    line: Hotline, past: Past, name: str = "+15005550111", ago: int = 25, outcome: str = "answered",
    channel: str = "simulator",
) -> int:  # fmt: skip
    """Somebody whose thread with an officer was closed so many hours ago."""
    at = line.instant() - ago * HOUR
    thread = past.thread(name, name, "es", channel, at - HOUR)
    past.text(thread, at - HOUR, "words")
    past.handoff(thread, at - HOUR, language="es", officer=OFFICER, closed=at, outcome=outcome, service="certified officer")
    return thread


def keep(line: Hotline, past: Past) -> None:
    with line.db.write() as conn:
        past.keep(conn)


def said(line: Hotline, thread: int) -> list[str]:
    with line.db.read() as conn:
        return [one.text for one in messages.of_thread(conn, line.keys, thread) if one.direction == "out"]


def answer(line: Hotline, words: str, number: int, name: str = "+15005550111") -> str:
    inbound = Inbound("simulator", f"answer-{number}", name, "demo", words)
    reply = conversation.receive(line, inbound)
    return reply.text if reply else ""


def test_asked_once_whoever_looks_and_answered_without_a_name(town: Hotline) -> None:
    past = Past(town.keys)
    thread = helped(town, past)
    keep(town, past)
    done: list[int] = []
    together = [threading.Thread(target=lambda: done.append(surveys.ask(town))) for _ in range(3)]
    for one in together:
        one.start()
    for one in together:
        one.join()

    assert sum(done) == 1 and surveys.ask(town) == 0
    assert len(said(town, thread)) == 1 and "1" in said(town, thread)[0] and "5" in said(town, thread)[0]

    for number, words in enumerate(("2", "5", "1", "El oficial fue amable")):
        answer(town, words, number)
    with town.db.read() as conn:
        kept = conn.execute(text("SELECT question, answer, language, day, task FROM survey_answers")).fetchall()
        came = [one.text for one in messages.of_thread(conn, town.keys, thread) if one.direction == "in"]
        tasks = store.tasks(conn, town.keys, 10)
        columns = conn.execute(text("SELECT * FROM survey_answers")).keys()
    assert sorted(map(tuple, kept)) == [
        ("again", "no", "es", "2026-11-24", None), ("help", "2", "es", "2026-11-24", "open"),
        ("understood", "5", "es", "2026-11-24", None), ("words", "", "es", "2026-11-24", "open"),
    ]  # fmt: skip
    assert {task.words for task in tasks} == {"", "El oficial fue amable"}
    assert came == ["words"]  # what they answered is shown to nobody who reads the thread
    assert {"thread_id", "resident_id", "officer_id", "created_at"}.isdisjoint(columns)


def test_a_voice_note_at_the_last_question_is_there_to_be_heard(town: Hotline) -> None:
    past = Past(town.keys)
    thread = helped(town, past)
    keep(town, past)
    surveys.ask(town)
    for number, words in enumerate(("2", "5", "1")):
        answer(town, words, number)
    note = Media("ME" + "3" * 32, "audio/ogg")
    conversation.receive(town, Inbound("simulator", "answer-note", "+15005550111", "demo", "", media=(note,)))

    with town.db.read() as conn:
        shown = {one.id: one.text for one in messages.of_thread(conn, town.keys, thread) if one.direction == "in"}
        (note_id,) = attachments.of_thread(conn, thread)
    assert shown[note_id] == "" and sorted(shown.values()) == ["", "words"]  # none of the numbers they answered


def test_an_answer_that_tells_of_danger_is_met_and_shown(town: Hotline) -> None:
    past = Past(town.keys)
    thread = helped(town, past)
    keep(town, past)
    surveys.ask(town)

    assert "911" in answer(town, "hay un hombre con pistola en mi casa ahora", 1)
    with town.db.read() as conn:
        came = [one.text for one in messages.of_thread(conn, town.keys, thread) if one.direction == "in"]
        assert sorted(came) == ["hay un hombre con pistola en mi casa ahora", "words"]
        assert conn.execute(text("SELECT count(*) FROM survey_answers")).scalar() == 0


def test_not_again_within_thirty_days(town: Hotline) -> None:
    past = Past(town.keys)
    helped(town, past)
    keep(town, past)
    assert surveys.ask(town) == 1
    clock = town.now
    assert isinstance(clock, Clock)

    for days, asked in ((20, 0), (31, 1)):
        clock.time = NOW + timedelta(days=days)
        past = Past(town.keys)
        at = town.instant() - 25 * HOUR
        with town.db.read() as conn:
            thread = int(conn.execute(text("SELECT id FROM threads")).scalar_one())
        past.handoff(thread, at - HOUR, language="es", officer=OFFICER, closed=at, outcome="answered", service="none")
        keep(town, past)
        assert surveys.ask(town) == asked
    clock.time = NOW + timedelta(days=100)
    assert (surveys.forget_old(town), surveys.forget_old(town)) == (1, 0)


def test_nobody_is_asked_where_it_could_do_harm(town: Hotline) -> None:
    past = Past(town.keys)
    ended = ("complaint filed", "test", "the resident left", "transferred to 988 or a domestic violence partner")
    threads = {outcome: helped(town, past, outcome, outcome=outcome) for outcome in ended}
    flags = {
        "careful": "safe_contact = true", "stopped": "stopped = true", "urgent": "urgent = true",
        "held": "holder = 'officer'", "muted": "muted_until = :later",
    }  # fmt: skip
    threads |= {name: helped(town, past, name) for name in (*flags, "crisis", "complaint", "fine")}
    threads["too soon"] = helped(town, past, "too soon", ago=23)
    threads["too late"] = helped(town, past, "too late", ago=49)
    at = town.instant() - 30 * HOUR
    past.handoff(threads["crisis"], at, language="es", kind="safety", officer=OFFICER, closed=at + HOUR)
    past.report(threads["complaint"], at, "complaint", "26-AAAAA-1")
    keep(town, past)
    with town.db.write() as conn:
        for name, change in flags.items():
            values = {"id": threads[name]} | ({"later": town.instant() + HOUR} if "later" in change else {})
            conn.execute(text(f"UPDATE threads SET {change} WHERE id = :id"), values)

    surveys.ask(town)

    assert [name for name, thread in threads.items() if said(town, thread)] == ["fine"]


def test_nobody_is_woken_and_a_department_may_ask_nobody(town: Hotline) -> None:
    past = Past(town.keys)
    helped(town, past)
    keep(town, past)

    for hour in (8, 19, 23):
        assert surveys.ask(replace(town, now=Clock(NOW.replace(hour=hour)))) == 0
    assert surveys.ask(replace(town, config=replace(town.config, survey=False))) == 0
    assert surveys.ask(town) == 1


def test_after_a_report_they_are_asked_whether_they_got_what_they_needed(town: Hotline) -> None:
    past = Past(town.keys)
    at = town.instant() - 25 * HOUR
    thread = past.thread("+15005550111", "One", "es", "simulator", at - 48 * HOUR)
    past.text(thread, at - 48 * HOUR, "words")
    past.decided(past.report(thread, at - 48 * HOUR, "theft", "26-AAAAA-1"), at, "accepted")
    keep(town, past)
    assert surveys.ask(town) == 1

    answer(town, "2", 1)
    answer(town, "la copia para el seguro", 2)

    with town.db.read() as conn:
        kept = conn.execute(text("SELECT question, answer FROM survey_answers")).fetchall()
        waits = handoffs.of_thread(conn, town.keys, thread)
        came = [one.text for one in messages.of_thread(conn, town.keys, thread) if one.direction == "in"]
    assert [tuple(one) for one in kept] == [("needed", "no")]
    # An officer reads what is still missing.
    assert [one.about for one in waits] == ["la copia para el seguro"] and "la copia para el seguro" in came


def test_whom_no_text_reaches_and_who_is_at_something_else_cost_no_transaction(
    town: Hotline, writes: list[Database]
) -> None:
    past = Past(town.keys)
    helped(town, past)
    shut = helped(town, past, "whatsapp:+15005550112", channel="twilio-whatsapp")
    keep(town, past)
    answer(town, "quiero hacer un reporte", 1)
    writes.clear()

    assert surveys.ask(town) == 0 and writes == []
    at = town.instant()
    with town.db.read() as conn:
        now, then = (
            store.due(conn, at - 48 * HOUR, at - 24 * HOUR, windowed=window.CHANNEL, opened=at - days * window.DAY)
            for days in (1, 3)
        )
    assert shut not in [one.thread_id for one in now] and shut in [one.thread_id for one in then]
    assert (len(now), len(then)) == (1, 2)
