"""What came with a text is fetched once, however the provider fails; and nothing about it keeps a text from being kept
and answered."""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.client import HTTPResponse

import pytest
from sqlalchemy import text

from bot.channels import twilio_media
from bot.channels.simulator import Simulator
from bot.errors import MediaUnfetched
from bot.fake_twilio.faults import Fault
from bot.fake_twilio.media import JPEG, OGG
from bot.housekeeping import tick
from bot.line import attachments
from bot.line.conversation import receive
from bot.line.reconciling import reconcile
from bot.model import Inbound, Media
from bot.queue import Queue
from bot.store import attachments as store
from tests.attachments.conftest import PHOTO, asked, came, content, later, states, texted
from tests.line import TOKEN, Line

# What is kept


def test_a_picture_is_fetched_once_and_sealed(line: Line, resident: str) -> None:
    texted(line, resident, PHOTO)
    (one,) = came(line, resident)
    assert (one.state, one.content_type, one.size) == ("kept", "image/jpeg", len(JPEG))
    assert content(line, one) == JPEG
    with line.hotline.db.read() as conn:
        sealed = conn.execute(text("SELECT content FROM attachments WHERE id = :id"), {"id": one.id}).scalar_one()
        extra = "SELECT extra FROM messages WHERE id = :id"
        assert conn.execute(text(extra), {"id": one.message_id}).scalar_one() is None, "no address of it is kept"
    assert JPEG[:20] not in bytes(sealed)
    for _ in range(3):
        later(line, minutes=10)
    assert asked(line) == 1


def test_content_cannot_be_put_into_another_row(line: Line, resident: str) -> None:
    texted(line, resident, PHOTO, ("audio/ogg", OGG))
    first, second = came(line, resident)
    with line.hotline.db.write() as conn:
        swap = "UPDATE attachments SET content = (SELECT content FROM attachments WHERE id = :other) WHERE id = :id"
        conn.execute(text(swap), {"id": first.id, "other": second.id})
    with pytest.raises(ValueError, match="another row"):
        content(line, first)
    assert content(line, second) == OGG


def test_ten_things_with_one_text(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault(on="media", times=1, code=20500))
    texted(line, resident, *[("image/jpeg", JPEG + bytes([n])) for n in range(10)])
    assert sorted(states(line, resident)) == [("kept", "")] * 9 + [("waiting", "500")]
    later(line, seconds=1)
    found = came(line, resident)
    assert [one.place for one in found] == list(range(10))
    assert [content(line, one) for one in found] == [JPEG + bytes([n]) for n in range(10)]


def test_a_text_that_was_found_in_the_list_has_its_picture_too(line: Line, resident: str) -> None:
    line.twilio.withhold(resident, "hola", media=[PHOTO])
    assert reconcile(line.hotline).recovered == 1
    line.work()
    assert states(line, resident) == [("kept", "")]


def test_a_list_of_things_that_fails_holds_up_no_text(line: Line, resident: str) -> None:
    line.twilio.withhold(resident, "hola", media=[PHOTO, PHOTO])
    line.twilio.faults.put(Fault(on="fetch", code=20500))
    assert reconcile(line.hotline).recovered == 1
    line.work()
    assert states(line, resident) == [("refused", "address")] * 2
    assert len(line.twilio.sent_to(resident)) == 1


# Bad days of the provider


def test_what_is_not_there_yet_is_tried_after_1_3_and_30_seconds(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault(on="media", times=3, code=20404))
    texted(line, resident, PHOTO)
    tries = [asked(line)]
    for seconds in (0.5, 0.5, 2.5, 0.5, 29.5):
        later(line, seconds=seconds)
        tries.append(asked(line))
    assert tries == [1, 1, 2, 2, 3, 3]
    assert states(line, resident) == [("waiting", "404")]
    later(line, seconds=0.5)
    assert asked(line) == 4 and states(line, resident) == [("kept", "404")]


def test_whoever_is_not_let_in_tries_again(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault(on="media", times=1, code=20003))
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("waiting", "401")]
    later(line, seconds=1)
    assert came(line, resident)[0].state == "kept"


def test_a_host_that_hangs_is_left(line: Line, resident: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio_media, "READ", 0.3)
    line.twilio.faults.put(Fault("hang", on="media", times=1, seconds=3))
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("waiting", "late")]
    later(line, seconds=1)
    assert came(line, resident)[0].state == "kept"


def test_after_a_day_it_is_given_up(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault(on="media", code=20404))
    texted(line, resident, PHOTO)
    for span in (1, 3, 30, 300):
        later(line, seconds=span)
    for _ in range(26):
        later(line, hours=1)
    assert states(line, resident) == [("gone", "404")]
    assert asked(line) == 28, "five within six minutes, then one an hour"
    line.twilio.faults.clear()
    later(line, hours=2)
    assert asked(line) == 28


@pytest.mark.parametrize("how", ["endless", "huge"])
def test_what_is_too_large_is_left_after_20_megabytes(
    line: Line, resident: str, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    read, plainly = [0], HTTPResponse.read1

    def counted(self: HTTPResponse, most: int = -1) -> bytes:
        got = plainly(self, most)
        read[0] += len(got)
        return got

    monkeypatch.setattr(HTTPResponse, "read1", counted)
    line.twilio.faults.put(Fault(how, on="media", times=1))  # type: ignore[arg-type]
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("refused", "too large")]
    assert read[0] == 0 if how == "huge" else 20_000_000 < read[0] <= 20_000_000 + 65_536
    later(line, hours=2)
    assert asked(line) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        b"<html><script>alert(1)</script></html>",
        b"\n <svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"PK\x03\x04\x14\x00\x00\x00",
        b"MZ\x90\x00\x03",
    ],
)
def test_what_is_no_picture_is_not_kept_as_one(line: Line, resident: str, hostile: bytes) -> None:
    texted(line, resident, ("image/jpeg", hostile))
    (one,) = came(line, resident)
    assert (one.state, one.code, one.size) == ("refused", "kind", None)
    assert content(line, one) is None


def test_a_page_that_the_provider_calls_a_page_is_not_kept(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault("type", on="media", times=1))
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("refused", "kind")]


# Two at once, and nobody


def test_whoever_died_of_it_is_followed_by_another_when_the_time_is_up(line: Line, resident: str) -> None:
    line.twilio.text(resident, "hola", media=[PHOTO])
    (left,) = came(line, resident)
    at = int(line.clock().timestamp() * 1000)
    with line.hotline.db.write() as conn:
        assert store.claim(conn, left, at, at + 60_000)
    line.work()
    later(line, seconds=59)
    assert asked(line) == 0 and came(line, resident)[0].state == "fetching"
    later(line, seconds=2)
    assert asked(line) == 1 and came(line, resident)[0].state == "kept"
    with line.hotline.db.write() as conn:
        thawed = store.keep(conn, line.hotline.keys, left, b"late", "image/jpeg", at)
        assert not thawed and not store.give_up(conn, left, "gone", at, "late")
    assert content(line, came(line, resident)[0]) == JPEG


def test_of_many_at_once_one_fetches(line: Line, resident: str) -> None:
    line.twilio.text(resident, "hola", media=[PHOTO])
    thread = line.thread_of(resident)
    start = threading.Barrier(8)

    def work(_: int) -> int:
        start.wait()
        return attachments.fetch(line.hotline, thread)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 1
    assert asked(line) == 1


def test_what_kills_whoever_takes_it_is_not_taken_for_ever(line: Line, resident: str) -> None:
    line.twilio.text(resident, "hola", media=[PHOTO])
    with line.hotline.db.write() as conn:
        died = "UPDATE attachments SET state = 'fetching', tries = 40, due_at = 0 WHERE state = 'waiting'"
        conn.execute(text(died))
    later(line, seconds=1)
    assert came(line, resident)[0].state == "gone" and asked(line) == 0


def test_without_bells_it_is_fetched_beside_the_other_work(line: Line, resident: str) -> None:
    line.twilio.text(resident, "hola", media=[PHOTO])
    attachments.fetch_forgotten(replace(line.hotline, queue=Queue("redis://127.0.0.1:1/0")))
    until = time.monotonic() + 30
    while came(line, resident)[0].state != "kept":
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_bell_that_nobody_hears_is_not_rung_again_and_again(line: Line, resident: str) -> None:
    line.twilio.text(resident, "hola", media=[PHOTO])
    for _ in range(5):
        tick(line.hotline)
    assert line.hotline.queue._slow.count == 1
    line.work()
    assert states(line, resident) == [("kept", "")]


def test_a_clock_that_was_put_back_keeps_nothing_waiting(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault(on="media", times=1, code=20404))
    texted(line, resident, PHOTO)
    line.clock.pass_by(hours=-2)
    tick(line.hotline)
    line.work()
    assert came(line, resident)[0].state == "kept"


def test_the_simulator_only_says_that_there_was_something(line: Line, resident: str) -> None:
    pressed = Inbound("simulator", "one", resident, "simulator", "hola", (Media("simulated", "image/jpeg"),))
    assert receive(line.hotline, pressed)
    line.work()
    with line.hotline.db.read() as conn:
        found = store.of_thread(conn, line.thread_of(resident, "simulator"))
    assert [(one.state, one.code) for (one,) in found.values()] == [("refused", "simulated")]
    with pytest.raises(MediaUnfetched):
        Simulator().fetch("one", "simulated")


def test_a_medium_that_was_switched_off_is_waited_for(line: Line, resident: str) -> None:
    line.twilio.text(f"whatsapp:{resident}", "hola", media=[PHOTO])
    without = replace(line.hotline, channels={"twilio-sms": line.hotline.channels["twilio-sms"]})
    attachments.fetch(without, line.thread_of(resident, "twilio-whatsapp"))
    with line.hotline.db.read() as conn:
        ((one,),) = store.of_thread(conn, line.thread_of(resident, "twilio-whatsapp")).values()
    assert (one.state, one.code) == ("waiting", "channel off")


def test_nothing_of_it_is_logged(line: Line, resident: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    line.twilio.faults.put(Fault("redirect", on="media", times=1, to="https://evil.example/secret-path"))
    texted(line, resident, PHOTO)
    (one,) = came(line, resident)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith(("bot", "workers"))]
    assert f"attachment {one.id} not fetched: redirect" in ours
    for private in ("secret-path", resident[-7:], one.provider_id, TOKEN):
        assert not [said for said in ours if private in said]
