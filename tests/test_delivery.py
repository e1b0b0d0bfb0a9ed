"""Every text of ours reaches the provider once, whatever happens between us and it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.threads import replies
from bot.fake_twilio.faults import Fault
from bot.housekeeping import tick
from bot.line import delivery, sending
from bot.store import messages
from bot.store.database import carry_out
from bot.store.ids import new_id
from tests.line import Line, running_line

WORDS = "Buenos días, soy Rodriguez."


@pytest.fixture
def line(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Line]:
    """A line on today's time: what rode on a webhook's answer is looked after by the time its id was made."""
    today = datetime.now(ZoneInfo("America/Chicago"))
    with running_line(
        tmp_path, redis_url, today, DEPARTMENT_HOURS="24/7", DEPARTMENT_HOLIDAYS="2000-01-01", DATABASE_URL=database_url
    ) as running:
        running.clock.time = datetime.now(today.tzinfo)  # to start took some seconds
        yield running


def later(line: Line, **span: float) -> None:
    line.clock.pass_by(**span)
    tick(line.hotline)
    line.twilio.settle()


def states(line: Line, resident: str) -> list[str]:
    sql = "SELECT state FROM messages WHERE thread_id = :thread AND direction = 'out' ORDER BY id"
    with line.hotline.db.read() as conn:
        return list(conn.execute(text(sql), {"thread": line.thread_of(resident)}).scalars())


def taken(line: Line, resident: str) -> int:
    """A thread that an officer holds."""
    line.twilio.text(resident, "quiero hablar con un oficial")
    line.twilio.text(resident, "S")
    thread = line.thread_of(resident)
    handoffs.claim(line.hotline, line.officer("rodriguez"), thread)
    line.work()
    return thread


def write(line: Line, thread: int, words: str = WORDS) -> None:
    replies.reply(line.hotline, line.officer("rodriguez"), thread, words)
    line.work()


def lost_answer(line: Line, resident: str, words: str) -> None:
    """A text that is kept and answered, and the answer lost on its way."""
    sid = line.twilio.withhold(resident, words)
    form, token = line.twilio._inbound[sid]
    assert "<Message" in line.twilio.call("/hooks/twilio", form, token).body


# Replies on a webhook's answer


def test_a_reply_that_never_arrived_is_sent_once(line: Line) -> None:
    lost_answer(line, "+15005557001", "hola, me robaron la bicicleta")
    assert line.twilio.sent_to("+15005557001") == []
    later(line, seconds=30)
    assert line.twilio.sent_to("+15005557001") == [], "the provider has a minute to say that it has it"
    later(line, seconds=45)
    later(line, seconds=60)
    later(line, minutes=5)
    assert len(line.twilio.sent_to("+15005557001")) == 1
    assert states(line, "+15005557001") == ["delivered"]


def test_a_reply_of_which_no_receipt_came_is_found_and_not_sent_again(line: Line) -> None:
    line.twilio.action_receipts = line.twilio.callback_receipts = False
    line.twilio.text("+15005557002", "hola, me robaron la bicicleta")
    assert states(line, "+15005557002") == ["offered"]
    later(line, seconds=75)
    later(line, minutes=5)
    assert len(line.twilio.sent_to("+15005557002")) == 1
    assert states(line, "+15005557002") == ["accepted"]


@pytest.mark.parametrize("minutes", [-5, 5])
def test_a_clock_that_is_wrong_by_minutes_doubles_nothing(line: Line, minutes: int) -> None:
    line.clock.pass_by(minutes=minutes)
    line.twilio.action_receipts = line.twilio.callback_receipts = False
    line.twilio.text("+15005557012", "hola, me robaron la bicicleta")
    later(line, minutes=7)
    later(line, minutes=7)
    assert len(line.twilio.sent_to("+15005557012")) == 1


def test_while_the_provider_cannot_be_asked_nothing_is_sent_and_nothing_forgotten(line: Line) -> None:
    lost_answer(line, "+15005557003", "hola, me robaron la bicicleta")
    line.twilio.fail_next(code=20500, status=500, times=4, on="list")  # two of them meet the round of reconciling
    later(line, seconds=75)
    assert line.twilio.sent_to("+15005557003") == []
    later(line, seconds=10)
    assert line.twilio.sent_to("+15005557003") == []
    later(line, seconds=10)
    assert len(line.twilio.sent_to("+15005557003")) == 1


def test_an_answer_of_the_line_that_comes_too_late_is_not_sent(line: Line) -> None:
    lost_answer(line, "+15005557004", "hola, me robaron la bicicleta")
    later(line, minutes=20)
    later(line, minutes=20)
    assert line.twilio.sent_to("+15005557004") == []
    assert states(line, "+15005557004") == ["failed"]


# Texts by REST


def test_accepted_and_then_an_error_is_adopted(line: Line) -> None:
    thread = taken(line, "+15005557011")
    line.twilio.fail_next(code=20500, status=500, after_accepting=True)
    write(line, thread)
    later(line, seconds=75)
    later(line, seconds=75)
    assert line.twilio.sent_to("+15005557011").count(WORDS) == 1
    assert states(line, "+15005557011")[-1] in ("accepted", "sent", "delivered")


def test_an_error_before_accepting_is_sent_once_more_after_a_look(line: Line) -> None:
    thread = taken(line, "+15005557012")
    line.twilio.fail_next(code=20500, status=500)
    write(line, thread)
    assert WORDS not in line.twilio.sent_to("+15005557012")
    assert states(line, "+15005557012")[-1] == "submitting"
    later(line, seconds=75)
    later(line, seconds=16)
    assert line.twilio.sent_to("+15005557012").count(WORDS) == 1


def test_after_the_second_time_unknown_an_officer_is_shown_that_it_is(line: Line) -> None:
    thread = taken(line, "+15005557013")
    line.twilio.fail_next(code=20500, status=500, times=2)
    write(line, thread)
    for _ in range(4):
        later(line, seconds=75)
    assert WORDS not in line.twilio.sent_to("+15005557013")
    assert states(line, "+15005557013")[-1] == "uncertain"


def test_the_same_words_twice_are_two_texts(line: Line) -> None:
    """A text that is looked for is not taken for the earlier one with the same words."""
    thread = taken(line, "+15005557014")
    write(line, thread)
    line.twilio.fail_next(code=20500, status=500)
    write(line, thread)
    later(line, seconds=75)
    later(line, seconds=16)
    assert line.twilio.sent_to("+15005557014").count(WORDS) == 2


def test_a_busy_provider_is_given_time_and_the_order_is_kept(line: Line) -> None:
    thread = taken(line, "+15005557015")
    before = line.twilio.rest.requests
    line.twilio.fail_next(code=20429, status=429, times=2)
    write(line, thread, "uno")
    write(line, thread, "dos")
    for _ in range(30):
        later(line, seconds=3)
    assert line.twilio.sent_to("+15005557015")[-2:] == ["uno", "dos"]
    # Two texts, two refusals, and what is asked for in those two minutes to reconcile, of two numbers' kinds.
    assert line.twilio.rest.requests - before <= 10, "while it is busy it is asked seldom"


def test_whoever_was_stopped_between_taking_and_sending_lets_it_be(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    thread = taken(line, "+15005557016")
    monkeypatch.setattr(sending, "_LEASE", -1.0)  # the time in which it might be sent is over
    replies.reply(line.hotline, line.officer("rodriguez"), thread, WORDS)
    delivery.deliver(line.hotline, thread)
    assert WORDS not in line.twilio.sent_to("+15005557016")
    monkeypatch.undo()
    later(line, seconds=75)
    later(line, seconds=16)
    assert line.twilio.sent_to("+15005557016").count(WORDS) == 1


def test_what_a_restored_backup_still_holds_as_queued_is_looked_for_first(line: Line) -> None:
    thread = taken(line, "+15005557017")
    write(line, thread)  # sent after the copy was made
    replies.reply(line.hotline, line.officer("rodriguez"), thread, "¿Sigue ahí?")  # never sent
    with line.hotline.db.write() as conn:
        as_copied = "UPDATE messages SET state = 'queued', provider_id = NULL, tries = 0 WHERE author = 'officer'"
        conn.execute(text(as_copied))
        messages.doubt_queued(conn)
    for _ in range(3):
        later(line, seconds=75)
    told = line.twilio.sent_to("+15005557017")
    assert told.count(WORDS) == 1 and told.count("¿Sigue ahí?") == 1


# A provider without room


@pytest.mark.parametrize(("asked", "kept"), [(60.0, 60), (86_400.0, 300)])
def test_a_provider_that_says_how_long_is_left_alone_so_long(line: Line, asked: float, kept: int) -> None:
    thread = taken(line, "+15005557021")
    line.twilio.fail_next(code=20429, status=429, retry_after=asked)
    write(line, thread)
    refused = creates(line)
    for _ in range(4):
        later(line, seconds=kept / 4 - 1)
    assert creates(line) == refused and WORDS not in line.twilio.sent_to("+15005557021")
    later(line, seconds=4)
    later(line, seconds=1)
    assert line.twilio.sent_to("+15005557021").count(WORDS) == 1


def test_a_provider_without_room_is_asked_at_most_twice_a_second(line: Line) -> None:
    """Forty threads wait, four workers try them all every second; then there is room again."""
    residents = [f"+150055571{n:02d}" for n in range(40)]
    for resident in residents:
        line.twilio.text(resident, "hola, me robaron la bicicleta")
    line.work()
    waiting = [line.thread_of(resident) for resident in residents]
    at = int(line.clock().timestamp() * 1000)
    with line.hotline.db.write() as conn:
        for thread in waiting:
            statement = messages.written(
                line.hotline.keys, id=new_id(), thread_id=thread, channel="twilio-sms", words=WORDS, language="es", at=at,
                officer_id=None,
            )  # fmt: skip
            carry_out(conn, statement)
    line.twilio.faults.put(Fault(code=20429, status=429))
    asked: list[int] = []
    with ThreadPoolExecutor(4) as workers:
        for _ in range(30):
            before = creates(line)
            list(workers.map(lambda thread: delivery.deliver(line.hotline, thread), waiting))
            asked.append(creates(line) - before)
            line.clock.pass_by(seconds=1)
        assert asked[0] <= 4, "as many as there are workers, before anybody knows"
        assert sum(asked[1:]) >= 1 and max(asked[1:]) <= 2
        line.twilio.faults.clear()
        for _ in range(60):
            list(workers.map(lambda thread: delivery.deliver(line.hotline, thread), waiting))
            line.clock.pass_by(seconds=1)
    line.twilio.settle()
    assert [line.twilio.sent_to(resident).count(WORDS) for resident in residents] == [1] * 40


def test_several_workers_on_one_thread_send_each_text_once_and_in_order(line: Line) -> None:
    thread = taken(line, "+15005557190")
    said = [f"text number {number}" for number in range(12)]
    at = int(line.clock().timestamp() * 1000)
    with line.hotline.db.write() as conn:
        for words in said:
            statement = messages.written(
                line.hotline.keys, id=new_id(), thread_id=thread, channel="twilio-sms", words=words, language="es", at=at,
                officer_id=None,
            )  # fmt: skip
            carry_out(conn, statement)
    with ThreadPoolExecutor(6) as workers:
        list(workers.map(lambda _: delivery.deliver(line.hotline, thread), range(30)))
    line.twilio.settle()
    assert [words for words in line.twilio.sent_to("+15005557190") if words in said] == said


def creates(line: Line) -> int:
    """How often the provider was asked to send something."""
    return sum(count for (kind, _), count in line.twilio.rest.counts.items() if kind == "create")
