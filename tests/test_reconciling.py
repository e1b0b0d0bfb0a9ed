"""Texts whose webhook never reached us: found in the provider's list, kept once, answered if they are still young."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.channels import twilio
from bot.housekeeping import tick
from bot.line.reconciling import reconcile, reconcile_now_and_then
from bot.model import Holder
from bot.store import threads
from tests.line import Line, running_line


@pytest.fixture
def line(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Line]:
    today = datetime.now(ZoneInfo("America/Chicago"))
    more = {"DATABASE_URL": database_url, "DEPARTMENT_HOURS": "24/7", "DEPARTMENT_HOLIDAYS": "2000-01-01"}
    with running_line(tmp_path, redis_url, today, **more) as running:
        yield running


def kept(line: Line, resident: str) -> list[str]:
    sql = "SELECT provider_id FROM messages WHERE thread_id = :thread AND direction = 'in' ORDER BY id"
    with line.hotline.db.read() as conn:
        return list(conn.execute(text(sql), {"thread": line.thread_of(resident)}).scalars())


def holder(line: Line, resident: str) -> Holder:
    with line.hotline.db.read() as conn:
        return threads.read(conn, line.hotline.keys, line.thread_of(resident)).holder


def round_of(line: Line, **span: float) -> None:
    line.clock.pass_by(**span)
    tick(line.hotline)
    line.work()


def test_a_young_text_is_kept_once_and_answered_once(line: Line) -> None:
    sid = line.twilio.withhold("+15005558001", "hola, me robaron la bicicleta")
    found = reconcile(line.hotline)
    assert found.recovered == 1 and str(found).startswith("1 texts listed, 1 of them were missing")
    line.work()
    assert line.twilio.repeat(sid) == [], "the webhook that comes after all is a repeat"
    assert reconcile(line.hotline).recovered == 0
    round_of(line, seconds=20)
    assert kept(line, "+15005558001") == [sid]
    told = line.twilio.sent_to("+15005558001")
    assert len(told) == 1 and told[0].startswith("Línea de mensajes")


def test_what_the_list_held_long_ago_is_not_asked_for_every_minute(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy day's list is long; of it only the end is read, or a round takes longer than schedulers may live."""
    monkeypatch.setattr(twilio, "_PAGE", 5)
    for number in range(60):
        line.twilio.withhold(f"+1500555{7000 + number}", "hello")
    first = line.twilio.received[0].created
    for number, one in enumerate(line.twilio.received):
        one.created = one.sent = first - timedelta(hours=3) + timedelta(minutes=2 * number)
    line.clock.time = datetime.now(line.clock.time.tzinfo)
    assert reconcile(line.hotline).listed == 60
    line.twilio.rest.counts.clear()
    sid = line.twilio.withhold("+15005558030", "hola")
    line.twilio.received[-1].created = line.twilio.received[-2].created + timedelta(seconds=30)

    assert reconcile(line.hotline).recovered == 1
    assert kept(line, "+15005558030") == [sid]
    assert line.twilio.rest.counts["list", 200] <= 3  # of two media


def test_a_text_that_came_by_webhook_is_not_kept_again(line: Line) -> None:
    line.twilio.text("+15005558002", "hola")
    assert reconcile(line.hotline).recovered == 0
    assert len(line.twilio.sent_to("+15005558002")) == 1


def test_after_an_outage_one_apology_and_an_officer_reads(line: Line) -> None:
    for words in ("hola", "me robaron la bicicleta", "sigue ahi?"):
        line.twilio.withhold("+15005558003", words)
    line.clock.pass_by(hours=6)
    assert reconcile(line.hotline).recovered == 3
    line.work()
    round_of(line, seconds=20)
    told = line.twilio.sent_to("+15005558003")
    assert len(told) == 1 and "llegó tarde" in told[0], told
    assert holder(line, "+15005558003") is Holder.WAITING
    assert len(kept(line, "+15005558003")) == 3


def test_a_danger_that_came_late_is_urgent_for_staff(line: Line) -> None:
    line.twilio.withhold("+15005558004", "mi papa no respira")
    line.clock.pass_by(hours=2)
    reconcile(line.hotline)
    with line.hotline.db.read() as conn:
        assert threads.read(conn, line.hotline.keys, line.thread_of("+15005558004")).urgent


def test_stop_during_an_outage_is_obeyed(line: Line) -> None:
    line.twilio.text("+15005558005", "hola")
    line.twilio.withhold("+15005558005", "STOP")
    line.clock.pass_by(hours=2)
    reconcile(line.hotline)
    with line.hotline.db.read() as conn:
        assert threads.read(conn, line.hotline.keys, line.thread_of("+15005558005")).stopped


def test_a_provider_that_cannot_be_asked_is_asked_again_from_the_same_moment(line: Line) -> None:
    reconcile(line.hotline)
    line.twilio.withhold("+15005558006", "hola")
    line.twilio.fail_next(code=20500, status=500, times=2, on="list")
    assert "twilio-sms" in reconcile(line.hotline).unasked
    line.clock.pass_by(minutes=5)
    assert reconcile(line.hotline).recovered == 1


def test_three_schedulers_are_one(line: Line) -> None:
    line.twilio.withhold("+15005558007", "hola, necesito comida")
    with ThreadPoolExecutor(3) as together:
        found = list(together.map(lambda _: reconcile_now_and_then(line.hotline), range(3)))
    assert sum(found) == 1 and kept(line, "+15005558007")
    assert reconcile_now_and_then(line.hotline) == 0, "a round a minute"
    line.clock.time += timedelta(seconds=61)
    assert reconcile_now_and_then(line.hotline) == 0
    line.work()
    assert len(line.twilio.sent_to("+15005558007")) == 1
