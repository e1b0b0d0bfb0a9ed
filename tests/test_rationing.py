"""Floods are kept and not answered one by one; robots do not talk for ever; a fast person is never held up."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.line.ration import Ration
from bot.line.rationing import limit_answers
from bot.model import Inbound
from tests.line import Clock

JUANA, PEDRO = "+15005550001", "+15005550002"
ALL = "We have all your messages"
Write = Callable[..., str]


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(ZoneInfo("America/Chicago")))


@pytest.fixture
def timed(hotline: Hotline, clock: Clock) -> Hotline:
    open_config = replace(hotline.config, department_hours="24/7", department_holidays=())
    return replace(hotline, now=clock, config=open_config)


@pytest.fixture
def write(timed: Hotline) -> Iterator[Write]:
    numbers = count(1)

    def write(words: str, sender: str = JUANA, line: Hotline = timed) -> str:
        """What is said to a text; empty if nothing is."""
        inbound = Inbound("twilio-sms", f"SM{next(numbers):032x}", sender, "+15005550100", words)
        reply = receive(line, inbound)
        return reply.text if reply else ""

    return write


def rows(hotline: Hotline, where: str) -> int:
    row = hotline.db.look(f"SELECT count(*) FROM {where}", {})
    assert row
    return int(row[0])


# A ration


def test_a_ration_gives_its_burst_and_then_one_now_and_then() -> None:
    ration, full_at, given = Ration(5, 1000), 0, []
    for at in range(10_000, 20_000, 250):
        after = ration.after(full_at, at)
        full_at = after if after is not None else full_at
        if after is not None:
            given.append(at)

    assert given[:5] == [10_000, 10_250, 10_500, 10_750, 11_000]
    assert len(given) == pytest.approx(5 + 9, abs=1)


def test_a_ration_used_up_before_the_clock_was_put_back_is_full() -> None:
    assert Ration(5, 1000).after(3_600_000, 5_000) == 6_000


# Floods


def test_of_a_flood_all_is_kept_and_five_are_answered(timed: Hotline, write: Write, clock: Clock) -> None:
    told = []
    for number in range(300):
        clock.pass_by(seconds=0.06)
        told.append(write(f"good day {number} {'x' * (number % 7)}"))

    said = [words for words in told if words]
    assert rows(timed, "messages WHERE direction = 'in'") == 300
    assert len(said) <= 6
    assert sum(ALL in words for words in said) == 1
    assert ALL in said[-1]
    assert rows(timed, "handoffs WHERE closed_at IS NULL") == 1


def test_a_flood_holds_up_nobody_else(write: Write) -> None:
    for number in range(50):
        write(f"aaa {number}")

    assert "1" in write("hello", PEDRO)


def test_one_danger_in_ever_new_words_is_met_some_times_and_not_for_ever(write: Write, clock: Clock) -> None:
    told = []
    for number in range(60):
        clock.pass_by(seconds=1)
        told.append(write(f"help me please {number} {'x' * (number % 7)}"))

    assert "911" in told[0]
    assert sum(bool(words) for words in told) <= 12
    assert "911" in write("he stabbed my brother with a knife and he is bleeding"), "another danger is met again"


def test_danger_and_stop_are_heard_in_a_flood(timed: Hotline, write: Write) -> None:
    for number in range(20):
        write(f"aaa {number}")

    assert "911" in write("he has a gun and he is breaking my door")
    assert write("STOP") == ""
    assert rows(timed, "threads WHERE stopped") == 1


def test_whoever_asks_to_be_forgotten_in_a_flood_is_called_for_that(timed: Hotline, write: Write) -> None:
    for number in range(4):
        write(f"aaa {number}")
    write("DELETE MY DATA")
    for number in range(20):
        write(f"bbb {number}")

    assert rows(timed, "handoffs WHERE reason LIKE '%asks to see or delete their data%'") == 1
    assert rows(timed, "handoffs WHERE closed_at IS NULL") == 1


def test_after_ten_quiet_minutes_the_line_answers_again(write: Write, clock: Clock) -> None:
    for number in range(20):
        write(f"aaa {number}")
    clock.pass_by(minutes=9)
    assert write("hello") == ""
    clock.pass_by(minutes=2)
    assert write("0") != ""


def test_a_flow_does_not_move_where_its_questions_are_not_said(write: Write, clock: Clock) -> None:
    write("I want to report a theft")
    question = write("0")
    for _ in range(20):
        write("1")
    clock.pass_by(minutes=11)

    assert question
    assert write("0") == question


# People


def test_whoever_answers_a_report_quickly_is_never_held_up(write: Write, clock: Clock) -> None:
    """Three questions in four seconds, again and again, as no thumb writes."""
    for _ in range(5):
        for words in ("0", "1", "1", "x", "2"):
            clock.pass_by(seconds=1.3)
            told = write(words)
            assert told, words
            assert ALL not in told


def test_answers_that_lead_nowhere_end_with_a_person_and_one_that_leads_on_is_answered(
    timed: Hotline, write: Write, clock: Clock
) -> None:
    write("hello")
    told = []
    for number in range(12):
        clock.pass_by(seconds=20)
        told.append(write(f"qwzx {'bcdfg'[number % 5]}rtp"))

    assert 3 <= sum(bool(words) for words in told) <= 9
    assert sum(ALL in words for words in told) == 1
    assert rows(timed, "handoffs WHERE closed_at IS NULL") == 1
    clock.pass_by(seconds=20)
    assert write("0")


# Robots


@pytest.mark.parametrize("change", [True, False], ids=["counting", "always the same"])
def test_a_robot_that_always_answers_is_soon_alone(timed: Hotline, write: Write, clock: Clock, change: bool) -> None:
    told = []
    for number in range(60):
        clock.pass_by(seconds=3)
        told.append(write(f"Thank you for your message{f' number {number}' if change else ''}. We are out of the office."))

    assert sum(bool(words) for words in told) <= 10
    assert not any(told[12:])
    assert rows(timed, "handoffs WHERE reason = 'seems to be a robot'") == 1


def test_a_mirror_is_soon_alone(timed: Hotline, write: Write, clock: Clock) -> None:
    """It gives back every word, with a number of its own in front; and goes on giving back the last of them."""
    heard, said = "hello", 0
    for number in range(60):
        clock.pass_by(seconds=3)
        reply = write(f"{number}: {heard}")
        said += bool(reply)
        heard = reply or heard

    assert said <= 10
    assert write(f"again: {heard}") == ""


def test_a_robot_that_writes_other_sentences_each_time_is_soon_alone(write: Write, clock: Clock) -> None:
    words = "the weather over our valley stays calm while clouds drift and rivers carry leaves past quiet mills".split()
    told = []
    for number in range(60):
        clock.pass_by(seconds=3)
        told.append(write(" ".join(words[(number * 3 + n * (1 + number % 5)) % len(words)] for n in range(9))))

    assert sum(bool(one) for one in told) <= 11
    assert not any(words for words in told[15:] if "911" not in words[:20])


def test_no_robot_is_woken_by_the_clock_alone(write: Write, clock: Clock) -> None:
    for number in range(20):
        clock.pass_by(seconds=3)
        write(f"Thank you for your message number {number}. We are out of the office.")
    told = []
    for number in range(40):  # every minute for forty minutes
        clock.pass_by(seconds=60)
        told.append(write(f"Thank you for your message number {number}. We are out of the office."))

    assert not any(told)


# All residents together


def test_above_the_hourly_limit_texts_are_kept_and_only_danger_is_answered(
    timed: Hotline, write: Write, clock: Clock
) -> None:
    low = replace(timed, config=replace(timed.config, most_answers_an_hour=8))
    for number in range(8):
        assert write("hello", f"+1500556{number:04}", low)
    assert limit_answers(low)

    assert write("hello", "+15005570001", low) == ""
    assert "911" in write("my house is on fire", "+15005570002", low)
    assert rows(low, "messages WHERE direction = 'in'") == 10
    assert rows(low, "handoffs WHERE reason LIKE 'the line%'") == 1
    clock.pass_by(minutes=2)  # no round of the scheduler finds it still reached
    assert write("hello", "+15005570003", low)


def test_what_an_officer_is_answering_needs_no_other_officer_above_the_limit(timed: Hotline, write: Write) -> None:
    write("hello")
    with timed.db.write() as conn:
        conn.exec_driver_sql("UPDATE threads SET holder = 'officer'")
    low = replace(timed, config=replace(timed.config, most_answers_an_hour=1))
    assert limit_answers(low)

    for number in range(20):
        assert write(f"and then he took it {number}", JUANA, low) == ""
    assert rows(low, "handoffs") == 0


def test_below_the_hourly_limit_nothing_is_held_back(timed: Hotline, write: Write) -> None:
    write("hello")

    assert not limit_answers(timed)
