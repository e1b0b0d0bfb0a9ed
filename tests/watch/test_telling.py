"""An alarm is told when it opens and when it is over: once, however many schedulers there are, and again to who refused."""

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from bot.config import Config
from bot.errors import DatabaseUnreachable, NotTold, SettingWrong
from bot.hotline import Hotline
from bot.store import alarms as store
from bot.store.database import Database
from bot.watch import alarms, words
from bot.watch.outage import Outage
from bot.watch.rounds import look
from bot.watch.telling import News, tell, ways
from tests.conftest import MONDAY
from tests.line import settings
from tests.watch.conftest import Mailbox, Receiver, Town, heard_now, town_of

# Opened, told, closed


def told_by(town: Town, **more: Any) -> Town:
    town.hotline = replace(town.hotline, config=replace(town.hotline.config, **more))
    return town


def _looks(town: Town, *seconds: float) -> None:
    """Looks at these distances, while a worker lives."""
    for pause in seconds:
        town.clock.pass_by(seconds=pause)
        heard_now(town)
        town.hotline.queue.beat("worker")
        alarms.watch(town.hotline)


def test_an_alarm_is_told_when_it_opens_and_when_it_is_over(town: Town, receiver: Receiver) -> None:
    told_by(town, alarm_webhook_url=receiver.url)
    began = town.clock()
    text_id = town.text_of(state="uncertain", ago=60)

    _looks(town, 0)
    assert set(town.open()) == {"uncertain"}
    assert receiver.bodies == []  # seen once may be a restart
    _looks(town, 15, 15, 15)
    assert receiver.states() == [("uncertain", "open")]
    town.do("UPDATE messages SET state = 'delivered' WHERE id = :id", id=text_id)
    _looks(town, 15, 15, 15)
    assert set(town.open()) == {"uncertain"}  # it may come back
    _looks(town, 15, 15)

    assert town.open() == {}
    assert receiver.states() == [("uncertain", "open"), ("uncertain", "over")]
    opened, over = receiver.bodies
    assert opened == {
        "kind": "uncertain", "state": "open", "urgent": False,
        "sentence": "It is not known whether texts arrived: 1 text in the last day.",
        "advice": words.KINDS["uncertain"].advice, "since": began.isoformat(), "line": "Riverbend PD",
        "text": f"Riverbend PD: {opened['sentence']} {opened['advice']}",
    }  # fmt: skip
    assert over["sentence"] == "It is over: It is not known whether texts arrived." and over["advice"] == ""


def test_what_comes_back_within_a_minute_is_the_same_alarm(town: Town, receiver: Receiver) -> None:
    told_by(town, alarm_webhook_url=receiver.url)
    text_id = town.text_of(state="uncertain", ago=60)
    for state in ("uncertain", "delivered") * 3:
        town.do("UPDATE messages SET state = :state WHERE id = :id", state=state, id=text_id)
        _looks(town, 20, 20)

    assert receiver.states() == [("uncertain", "open")]


def test_what_was_seen_only_once_is_forgotten(town: Town, receiver: Receiver) -> None:
    told_by(town, alarm_webhook_url=receiver.url)
    text_id = town.text_of(state="uncertain", ago=60)
    _looks(town, 0)
    town.do("UPDATE messages SET state = 'delivered' WHERE id = :id", id=text_id)
    _looks(town, 15, 50)

    with town.hotline.db.read() as conn:
        assert store.all_open(conn) == store.closed_since(conn, 0) == []
    assert receiver.asked == 0


def test_three_schedulers_tell_once(town: Town, receiver: Receiver) -> None:
    told_by(town, alarm_webhook_url=receiver.url)
    town.text_of(state="uncertain", ago=60)
    town.handoff(ago=400, urgent=True)
    others = [replace(town.hotline, db=Database(town.hotline.config.database)) for _ in range(3)]
    together = threading.Barrier(3)

    def look_now(hotline: Hotline) -> None:
        together.wait()
        alarms.watch(hotline)

    with ThreadPoolExecutor(3) as pool:
        for _ in range(6):
            town.clock.pass_by(seconds=15)
            heard_now(town)
            town.hotline.queue.beat("worker")
            list(pool.map(look_now, others))
    for other in others:
        other.db.close()

    assert sorted(receiver.states()) == [("uncertain", "open"), ("urgent_waits", "open")]


def test_of_three_who_would_tell_one_does(town: Town) -> None:
    with town.hotline.db.write() as conn:
        store.see(conn, "uncertain", "", town.at)
        [kept] = store.all_open(conn)
        assert [store.hand_over(conn, kept.id, town.at, ["webhook"]) for _ in range(3)] == [True, False, False]
        [telling] = store.to_tell(conn, town.at)
        assert [store.claim(conn, telling, town.at + 60_000) for _ in range(3)] == [True, False, False]
        assert store.to_tell(conn, town.at) == []
        assert len(store.to_tell(conn, town.at + 60_000)) == 1  # whoever took it died


def test_who_refuses_is_asked_again_and_the_others_are_told_meanwhile(
    town: Town, receiver: Receiver, mailbox: Mailbox
) -> None:
    told_by(
        town, alarm_webhook_url=receiver.url, alarm_email_to=("chief@maple.example", "it@maple.example"),
        smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
    )  # fmt: skip
    receiver.refuse = 3
    town.text_of(state="uncertain", ago=60)

    _looks(town, 0, 15)
    assert (receiver.asked, len(mailbox.letters)) == (1, 1)
    _looks(town, *(15,) * 20)

    assert (receiver.asked, len(mailbox.letters)) == (4, 1)
    assert receiver.states() == [("uncertain", "open")]


def test_tries_are_further_and_further_apart() -> None:
    assert [alarms.pause(tries) for tries in (0, 1, 2, 5, 6, 50)] == [15_000, 30_000, 60_000, 480_000, 600_000, 600_000]


def test_an_alarm_nobody_could_be_told_of_is_told_once_somebody_can(town: Town, receiver: Receiver) -> None:
    town.text_of(state="uncertain", ago=60)
    _looks(town, 0, 15, 15)
    assert town.open()["uncertain"].told_at is None

    told_by(town, alarm_webhook_url=receiver.url)
    _looks(town, 15)

    assert receiver.states() == [("uncertain", "open")]


def test_a_letter(town: Town, mailbox: Mailbox) -> None:
    config = replace(
        town.hotline.config, alarm_email_to=("chief@maple.example", "it@maple.example"), public_url="https://line.example",
        smtp_url=f"smtp://127.0.0.1:{mailbox.port}",
    )  # fmt: skip

    tell(config, "email", News("twilio_silent", "open", "for 5 minutes texts had to be fetched", MONDAY))

    letter = message_from_bytes(mailbox.letters[0], policy=policy.default)
    assert letter["To"] == "chief@maple.example, it@maple.example"
    assert letter["From"] == "puente@line.example"
    assert letter["Subject"] == "[Puente, Riverbend PD] Urgent: Twilio does not reach the line"
    body = letter.get_content()
    assert "Twilio does not reach the line: for 5 minutes texts had to be fetched." in body
    assert "Since 2026-11-23 10:00 CST. See https://line.example/desk/health" in body


def test_a_password_is_not_said_in_the_open(town: Town, mailbox: Mailbox) -> None:
    address = f"smtp://puente:s%40cret@127.0.0.1:{mailbox.port}"
    config = replace(town.hotline.config, alarm_email_to=("chief@maple.example",), smtp_url=address)

    with pytest.raises(NotTold) as refused:
        tell(config, "email", News("uncertain", "open", "", MONDAY))

    assert "cret" not in str(refused.value)
    assert mailbox.letters == []


@pytest.mark.parametrize("way", ["webhook", "email"])
def test_whom_nobody_hears_is_said_without_addresses(town: Town, way: str) -> None:
    config = replace(
        town.hotline.config, alarm_webhook_url="http://127.0.0.1:1/secret", smtp_url="smtp://u:secret@127.0.0.1:1",
        alarm_email_to=("secret@maple.example",),
    )  # fmt: skip

    with pytest.raises(NotTold) as failed_:
        tell(config, way, News("uncertain", "open", "", MONDAY))

    assert "secret" not in str(failed_.value) and "127" not in str(failed_.value)


@pytest.mark.parametrize("name", ["SMTP_URL", "ALARM_WEBHOOK_URL"])
def test_a_setting_that_may_hold_a_password_is_not_repeated(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingWrong) as refused:
        settings(tmp_path, **{name: "mailto:puente:s3cret@host"})

    assert name in str(refused.value) and "s3cret" not in str(refused.value)


def test_ways_to_be_told(tmp_path: Path) -> None:
    assert ways(Config()) == ()
    assert ways(Config(alarm_email_to=("a@b.example",))) == ()
    both = Config(alarm_email_to=("a@b.example",), smtp_url="smtp://h", alarm_webhook_url="http://h")
    assert ways(both) == ("webhook", "email")


# The database away


class Away(Database):
    """A database that can be taken away."""

    away = False

    def read(self) -> Any:
        return self._unless_away(super().read)

    def write(self) -> Any:
        return self._unless_away(super().write)

    def _unless_away(self, way: Callable[[], Any]) -> Any:
        if self.away:
            raise DatabaseUnreachable("The database cannot be used.")
        return way()


def test_a_database_that_is_away_is_told_by_one_of_three_schedulers(town: Town, receiver: Receiver) -> None:
    told_by(town, alarm_webhook_url=receiver.url)
    receiver.refuse = 1
    database = Away(town.hotline.config.database)
    schedulers = [(replace(town.hotline, db=database), Outage()) for _ in range(3)]

    def rounds(count: int) -> None:
        for _ in range(count):
            town.clock.pass_by(seconds=5)
            town.hotline.queue.beat("worker")
            for hotline, outage in schedulers:
                look(hotline, outage)

    heard_now(town)
    rounds(1)
    database.away = True
    rounds(2)
    assert receiver.asked == 0  # a moment is nothing
    rounds(20)
    assert receiver.states() == [("database_down", "open")]
    database.away = False
    rounds(10)

    assert receiver.states() == [("database_down", "open"), ("database_down", "over")]
    with town.hotline.db.read() as conn:
        [past] = store.closed_since(conn, 0)
    assert (past.kind, past.closed_at is None) == ("database_down", False)
    assert town.hotline.queue.first("database_down", 1)  # the next one is told again
    town.hotline.queue.no_longer("database_down")
    database.close()


def test_a_file_that_is_not_there_any_more_is_told(tmp_path: Path, own_redis: str, receiver: Receiver) -> None:
    """A real database that cannot be written: its file is no database."""
    town = told_by(town_of(tmp_path / "line", "", own_redis), alarm_webhook_url=receiver.url)
    town.hotline.db.close()
    for name in os.listdir(tmp_path / "line"):
        if name.startswith("puente.db"):
            (tmp_path / "line" / name).write_bytes(b"no database, and longer than a page" * 200)
    outage = Outage()
    for _ in range(5):
        town.clock.pass_by(seconds=5)
        look(town.hotline, outage)

    assert receiver.states() == [("database_down", "open")]
