"""Every rule opens its alarm from real rows and closes it when they are gone, on both databases."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import event

from bot.line import reconciling
from bot.queue import Queue
from bot.store import figures
from bot.store.figures import Disk
from bot.watch import alarms, rules, words
from bot.watch.snapshot import take
from tests.conftest import MONDAY
from tests.line import running_line
from tests.watch.conftest import Town, heard_now, instant, town_of

NIGHT = MONDAY.replace(hour=3)


# Each rule: rows that open its alarm, and what closes it.


def test_nothing_is_the_matter_with_a_quiet_line(town: Town) -> None:
    assert town.kinds() == set()


@dataclass(frozen=True)
class Case:
    """What makes an alarm, what makes none, and how it ends."""

    kind: str
    so: Callable[[Town], object]
    not_yet: Callable[[Town], object]
    ends: str


GONE = "UPDATE messages SET state = 'delivered', code = NULL"
TAKEN = "UPDATE handoffs SET officer_id = 7, claimed_at = opened_at"


def failed(code: str, count: int = 1) -> Callable[[Town], object]:
    return lambda town: [town.text_of(state="failed", code=code, ago=60) for _ in range(count)]


def waits(code: str) -> Callable[[Town], object]:
    return lambda town: town.text_of(state="queued", code=code, ago=10)


def fetched(*ago: float) -> Callable[[Town], object]:
    """A text came by webhook 20 minutes ago; since then these were fetched."""
    return lambda town: [
        town.text_of("in", "received", ago=1200),
        *(town.text_of("in", "received", ago=seconds, recovered=True) for seconds in ago),
    ]


def report(town: Town, promised_at: int | None = None, late_at: int | None = None) -> None:
    sql = """INSERT INTO reports (id, number, resident_id, thread_id, kind, state, answers, filed_at, promised_at, late_at)
        VALUES (1, '26-K7P4M-3', 1, 1, 'noise', 'received', :answers, 1, :promised_at, :late_at)"""
    town.do(sql, answers=b"", promised_at=promised_at, late_at=late_at)


CASES = (
    Case("twilio_silent", fetched(300, 60), fetched(62, 60), "UPDATE messages SET recovered = false"),
    Case("texts_waiting", lambda t: t.text_of(state="queued", ago=130), lambda t: t.text_of(state="queued", ago=60), GONE),
    Case("uncertain", lambda t: t.text_of(state="uncertain", ago=7200), lambda t: t.text_of(state="uncertain", ago=90_000), GONE),
    Case(
        "quarantined", lambda t: t.text_of("in", "quarantined", ago=60),
        lambda t: t.text_of("in", "quarantined", ago=90_000), "UPDATE messages SET state = 'received'",
    ),
    Case("account_refused", failed("30002"), failed("21610"), GONE),
    Case("account_refused", waits("20003"), waits("20429"), GONE),
    Case("sender_wrong", failed("21606"), failed("30003"), GONE),
    Case("content_wrong", failed("21617"), failed("30036", 3), GONE),
    Case("sender_full", waits("21611"), lambda t: t.text_of(state="sent", code="21611"), GONE),
    Case("filtered", failed("30007", 2), failed("30007"), GONE),
    Case(
        "filtered", lambda t: [failed("30004", 3)(t), [t.text_of() for _ in range(100)]],
        lambda t: [failed("30004", 3)(t), [t.text_of() for _ in range(150)]], GONE,
    ),
    Case("nobody_answers", lambda t: t.handoff(ago=1900), lambda t: t.handoff(ago=1700), TAKEN),
    Case("urgent_waits", lambda t: t.handoff(ago=310, urgent=True), lambda t: t.handoff(ago=310), TAKEN),
    Case("not_paged", lambda t: t.handoff(ago=70, paged_at=None), lambda t: t.handoff(ago=70), TAKEN),
    Case(
        "reconcile_late", lambda t: t.mark("listed:twilio-sms", t.at - 310_000),
        lambda t: t.mark("listed:twilio-sms", t.at - 290_000), "UPDATE marks SET at = at + 310000",
    ),
    Case(
        "reconcile_late", lambda t: t.do("DELETE FROM marks"), lambda t: None,
        "INSERT INTO marks VALUES ('listed:twilio-sms', {at}), ('listed:twilio-whatsapp', {at})",
    ),
    Case(
        "cap_reached", lambda t: t.mark("cap until", t.at + 30_000), lambda t: t.mark("cap until", t.at - 1),
        "DELETE FROM marks WHERE name = 'cap until'",
    ),
    Case(
        "attachments_late", lambda t: t.attachment(t.text_of("in", "received"), "waiting", ago=1000),
        lambda t: t.attachment(t.text_of("in", "received"), "refused", ago=1000), "UPDATE attachments SET state = 'kept'",
    ),
    Case(
        "reports_late", lambda t: report(t, promised_at=t.at - 1000), lambda t: report(t, promised_at=t.at + 1000),
        "UPDATE reports SET promised_at = NULL",
    ),
    Case(
        "reports_late", lambda t: report(t, promised_at=t.at + 1000, late_at=t.at - 1000), lambda t: report(t, late_at=1),
        "UPDATE reports SET promised_at = NULL",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_rule_opens_its_alarm_and_closes_it(town: Town, case: Case) -> None:
    case.so(town)
    assert town.kinds() == {case.kind}

    town.do(case.ends.format(at=town.at))
    assert town.kinds() == set()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_what_is_not_enough_opens_none(town: Town, case: Case) -> None:
    case.not_yet(town)

    assert case.kind not in town.kinds()


def test_at_night_only_the_urgent_are_called_for(town: Town) -> None:
    town.clock.time = NIGHT
    heard_now(town)
    town.handoff(ago=1900)
    town.handoff(ago=1900, kind="safety", urgent=True)

    assert town.kinds() == {"urgent_waits"}


def test_what_came_at_night_is_not_late_as_soon_as_the_day_begins(town: Town) -> None:
    town.handoff(ago=1, opened_at=instant(NIGHT), paged_at=instant(NIGHT))

    for hour, minute, late in ((8, 5, set()), (8, 29, set()), (8, 31, {"nobody_answers"})):
        town.clock.time = MONDAY.replace(hour=hour, minute=minute)
        heard_now(town)
        assert town.kinds() == late


def test_after_an_outage_of_our_own_twilio_is_not_called_silent(town: Town) -> None:
    """All the texts of six hours are fetched in one round, and no webhook came since the line is back."""
    town.text_of("in", "received", ago=6 * 3600)
    for _ in range(30):
        town.text_of("in", "received", ago=20, recovered=True)

    assert town.kinds() == set()


def test_one_webhook_ends_the_silence(town: Town) -> None:
    fetched(300, 60)(town)
    assert town.kinds() == {"twilio_silent"}
    assert "20 minutes ago" in town.note("twilio_silent")

    town.text_of("in", "received", ago=0)

    assert town.kinds() == set()


def test_a_line_without_twilio_is_not_late_with_asking_it(tmp_path: Path, own_redis: str) -> None:
    town = town_of(tmp_path, "", own_redis, TWILIO_ACCOUNT_SID="")
    town.do("DELETE FROM marks")

    assert town.kinds() == set()
    town.hotline.db.close()


def test_asking_twilio_sets_the_mark_that_is_watched(tmp_path: Path, own_redis: str) -> None:
    with running_line(tmp_path, own_redis, MONDAY) as line:
        reconciling.reconcile(line.hotline)

        listed = take(line.hotline).listed

    assert listed == {"twilio-sms": instant(MONDAY), "twilio-whatsapp": instant(MONDAY)}


@pytest.mark.parametrize(("free", "kinds"), [(2e9, set()), (5e8, {"disk_low"}), (5e7, {"disk_full"}), (None, set())])
def test_a_disk_that_fills(town: Town, free: float | None, kinds: set[str]) -> None:
    snapshot = replace(take(town.hotline), disk=Disk(1_000, None if free is None else int(free)), redis=None)

    found = {alarm.kind for alarm in rules.alarms(snapshot, town.hotline.config)}

    assert found - {"scheduler_silent", "redis_down"} == kinds


def test_the_size_of_the_database_and_its_disk(town: Town) -> None:
    disk = take(town.hotline).disk

    assert disk.size > 10_000
    assert (disk.free is not None) == town.hotline.db.sqlite


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [("maxmemory-policy", "allkeys-lru", "redis_evicting"), ("maxmemory", "1mb", "redis_full")],
)
def test_a_redis_set_so(town: Town, own_redis: str, name: str, value: str, kind: str) -> None:
    with redis.Redis.from_url(own_redis) as client:
        before = client.config_get(name)[name]
        client.config_set(name, value)
        try:
            assert town.kinds() == {kind}
        finally:
            client.config_set(name, before)
    assert town.kinds() == set()


def test_a_redis_that_is_away(town: Town, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path / 'nobody.sock'}"
    away = replace(town.hotline, config=replace(town.hotline.config, redis_url=nowhere), queue=Queue(nowhere))

    found = {alarm.kind for alarm in rules.alarms(take(away), away.config)}

    assert "redis_down" in found
    assert not found & {"worker_silent", "bells_late", "redis_full", "redis_evicting"}  # nobody can know


def test_workers_and_their_bells(town: Town) -> None:
    town.hotline.queue.put("deliver", 1)
    alone = {alarm.kind for alarm in rules.alarms(take(town.hotline), town.hotline.config)}
    assert "worker_silent" in alone

    town.clock.time = datetime.now(MONDAY.tzinfo) + timedelta(seconds=100)  # rq writes down its own time
    heard_now(town)
    town.hotline.queue.beat("worker")
    assert take(town.hotline).redis.bells.waiting == 1  # type: ignore[union-attr]
    assert "bells_late" not in town.kinds()
    town.clock.pass_by(seconds=60)
    assert "bells_late" in town.kinds()


def test_a_scheduler_that_looks_no_more(town: Town) -> None:
    def silent() -> bool:
        found = rules.alarms(take(town.hotline), town.hotline.config)
        return "scheduler_silent" in {alarm.kind for alarm in found}

    assert silent()
    alarms.watch(town.hotline)
    assert not silent()
    assert alarms.standing(town.hotline) == len(town.open())
    town.clock.pass_by(seconds=90)
    assert silent()
    assert alarms.standing(town.hotline) == len(town.open()) + 1


def test_every_rule_has_words_and_all_words_a_rule() -> None:
    assert set(words.KINDS) == {*rules.RULES, "database_down"}


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 seconds"), (1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (90_000, "25 hours")],
)
def test_a_span_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert words.span(seconds) == said


def test_figures_of_the_last_hour(town: Town) -> None:
    town.text_of("in", "received", ago=100)
    town.text_of("in", "received", ago=4000)
    town.text_of(ago=90)
    town.text_of(ago=80, author="officer", officer_id=3)
    town.text_of(state="failed", code="30007", ago=70)

    with town.hotline.db.read() as conn:
        hour = figures.last_hour(conn, town.at)

    assert hour == figures.Hour(1, 3, 2, 1, {"30007": 1})


def test_no_query_of_the_watch_reads_a_whole_table(tmp_path: Path, own_redis: str) -> None:
    """On SQLite, which says in one plain line how it would look."""
    town = town_of(tmp_path, "", own_redis)
    engine, asked = town.hotline.db.engine, list[str]()

    def note(*told: Any) -> None:
        asked.append(told[2])

    event.listen(engine, "before_cursor_execute", note)
    take(town.hotline)
    event.remove(engine, "before_cursor_execute", note)
    selects = [sql for sql in asked if sql.startswith("SELECT")]
    with engine.connect() as conn:
        plans = {
            str(row[3])
            for sql in selects
            for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", (0,) * sql.count("?"))
        }

    town.hotline.db.close()
    assert len(selects) >= 10
    assert {plan for plan in plans if plan.startswith("SCAN") and "USING" not in plan} <= {
        "SCAN marks"
    }  # a handful of rows
