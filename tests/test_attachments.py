"""What came with a text is fetched once, however the provider fails; and nothing about it keeps a text from being kept
and answered."""

import itertools
import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPResponse
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.channels import twilio_media
from bot.channels.simulator import Simulator
from bot.channels.twilio_media import Account, public
from bot.errors import MediaUnfetched
from bot.fake_twilio.faults import Fault
from bot.fake_twilio.media import JPEG, OGG
from bot.housekeeping import tick
from bot.line import attachments
from bot.line.conversation import receive
from bot.line.media_kinds import kind_of
from bot.line.reconciling import reconcile
from bot.model import Inbound, Media
from bot.queue import Queue
from bot.store import attachments as store
from bot.store.attachments import Attachment
from tests.conftest import fresh_postgres
from tests.line import ACCOUNT, TOKEN, Line, running_line

PHOTO = ("image/jpeg", JPEG)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    """One line over each database; every test uses phones of its own."""
    url = fresh_postgres(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    more = {"DATABASE_URL": url, "DEPARTMENT_HOURS": "24/7", "DEPARTMENT_HOLIDAYS": "2000-01-01"}
    with running_line(tmp_path_factory.mktemp("line"), redis_url, today(), **more) as made:
        yield made


@pytest.fixture
def line(running: Line) -> Iterator[Line]:
    """It, with nothing left to do and nothing wrong."""
    running.work()
    running.clock.time = today()
    running.twilio.rest.counts.clear()
    yield running
    running.twilio.faults.clear()
    running.twilio.rest.media.redirects = False
    running.twilio.rest.media.asked.clear()
    with running.hotline.db.write() as conn:
        conn.execute(text("UPDATE attachments SET state = 'gone' WHERE state IN ('waiting', 'fetching')"))


@pytest.fixture
def resident() -> str:
    """Somebody who never wrote before."""
    return f"+1500555{next(_phones)}"


_phones = itertools.count(9000)


def today() -> datetime:
    return datetime.now(ZoneInfo("America/Chicago"))


def came(line: Line, resident: str) -> list[Attachment]:
    with line.hotline.db.read() as conn:
        found = store.of_thread(conn, line.thread_of(resident))
    return [one for several in found.values() for one in several]


def states(line: Line, resident: str) -> list[tuple[str, str]]:
    return [(one.state, one.code) for one in came(line, resident)]


def content(line: Line, one: Attachment) -> bytes | None:
    with line.hotline.db.read() as conn:
        return store.content(conn, line.hotline.keys, one.id)


def texted(line: Line, resident: str, *media: tuple[str, bytes], **params: str) -> None:
    """A text that is answered, whatever came with it; and a worker that looks after the bells."""
    assert line.twilio.text(resident, "hola, me robaron la bicicleta", media=media, **params)
    line.work()


def later(line: Line, **span: float) -> None:
    line.clock.pass_by(**span)
    tick(line.hotline)
    line.work()


def asked(line: Line) -> int:
    """How often the provider was asked for the content of something."""
    answered = line.twilio.rest.counts.items()
    return sum(count for (kind, status), count in answered if kind in ("media", "cdn") and status)


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


# Where it is fetched from


def test_the_delivery_network_is_not_shown_our_credentials(line: Line, resident: str) -> None:
    line.twilio.rest.media.redirects = True
    texted(line, resident, PHOTO)
    assert states(line, resident) == [("kept", "")]
    assert line.twilio.rest.media.asked == {"requests": 1, "with_authorization": 0}


@contextmanager
def decoy() -> Iterator[tuple[int, list[object]]]:
    """A port where nobody should come, and who came."""
    visitors: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def welcome() -> None:
            listening.settimeout(0.05)
            while not stop.is_set():
                try:
                    visitor, address = listening.accept()
                except TimeoutError:
                    continue
                visitors.append(address)
                visitor.close()

        thread = threading.Thread(target=welcome)
        thread.start()
        try:
            yield listening.getsockname()[1], visitors
        finally:
            stop.set()
            thread.join()


def test_nobody_is_followed_elsewhere(line: Line, resident: str) -> None:
    with decoy() as (port, visitors):
        for to in (f"http://127.0.0.1:{port}/x", f"https://127.0.0.1:{port}/x", f"//localhost:{port}/x"):
            line.twilio.faults.put(Fault("redirect", on="media", times=1, to=to))
        texted(line, resident, PHOTO, PHOTO, PHOTO)
        time.sleep(0.2)
    assert visitors == []
    assert states(line, resident) == [("waiting", "redirect")] * 3


def test_a_chain_of_redirects_has_an_end(line: Line, resident: str) -> None:
    line.twilio.faults.put(Fault("redirect", on="media", to="?again"))
    line.twilio.faults.put(Fault("redirect", on="cdn", to=f"{line.twilio.url}/_cdn/x"))
    texted(line, resident, PHOTO)
    assert asked(line) <= 4 and came(line, resident)[0].state == "waiting"


def tricks(port: int, sid: str) -> list[str]:
    """Addresses that are not this text's, in the ways such are written."""
    me, other = "ME" + "1" * 32, "2" * 32
    home = f"2010-04-01/Accounts/{ACCOUNT}/Messages"
    path = f"/{home}/{sid}/Media/{me}"
    elsewhere = [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
        "[0:0:0:0:0:ffff:7f00:1]", "0.0.0.0", "127.0.0.1.nip.io", "api.twilio.com.127.0.0.1.nip.io",
        "api.twilio.com@127.0.0.1", "api.twilio.com%40127.0.0.1", "user:word@127.0.0.1", "①②⑦.⓪.⓪.①",
    ]  # fmt: skip
    return [
        *[f"http://{host}:{port}{path}" for host in elsewhere],
        f"http://169.254.169.254/latest/meta-data{path}",
        f"https://169.254.169.254{path}",
        f"https://[fd00:ec2::254]{path}",
        f"https://metadata.google.internal{path}",
        f"http://api.twilio.com{path}",
        f"https://api.twilio.com\\@127.0.0.1:{port}{path}",
        f"https://127.0.0.1:{port}\\.api.twilio.com{path}",
        f"https://127.0.0.1:{port}#api.twilio.com{path}",
        f"https://127.0.0.1:{port}/?https://api.twilio.com{path}",
        f"https://evil.example/https://api.twilio.com{path}",
        f"https://api.twilio.com:{port}{path}",
        f"https://api-twilio.com{path}",
        f"https://xapi.twilio.com{path}",
        f"https://api.twilio.com.evil.example{path}",
        f"https://api.twilio.com/{home}/MM{other}/Media/{me}",
        f"https://api.twilio.com/2010-04-01/Accounts/AC{other}/Messages/{sid}/Media/{me}",
        f"https://api.twilio.com{path}/../../../MM{other}/Media/{me}",
        f"https://api.twilio.com{path}?x=http://127.0.0.1:{port}",
        f"https://api.twilio.com{path}\n",
        f"https://api.twilio.com{path}.json",
        f"https://api.twilio.com{path.replace('/Media/', '//Media/')}",
        f"https://api.twilio.com{path.replace('Media', 'media')}",
        f"https://api.twilio.com{path.upper()}",
        f"https://api.twilio.com/{home}/{sid}/Media/ME{'1' * 31}",
        f"https://api.twilio.com/{home}/{sid}/Media/ME{'1' * 30}%2e",
        f"file:///etc/passwd{path}",
        f"gopher://127.0.0.1:{port}{path}",
        f"dict://127.0.0.1:{port}{path}",
        f"data:image/jpeg;base64,AAAA{path}",
        f"//127.0.0.1:{port}{path}",
        path,
        me,
        "",
    ]


def test_an_address_that_is_not_of_this_text_is_never_asked(line: Line) -> None:
    sid = "MM" + "3" * 31
    with decoy() as (port, visitors):
        all_of_them = tricks(port, sid + "0")
        for n, _ in enumerate(all_of_them):
            own = f"{sid[:-2]}{n:03x}"
            trick = tricks(port, own)[n]
            more = {"NumMedia": "1", "MediaUrl0": trick, "MediaContentType0": "image/jpeg", "MessageSid": own}
            resident = f"+1500555{next(_phones)}"
            texted(line, resident, **more)
            assert states(line, resident) == [("refused", "address")], trick
        later(line, seconds=30)
        time.sleep(0.2)
    assert len(all_of_them) >= 25
    assert visitors == [] and asked(line) == 0


def test_only_addresses_of_the_open_internet_are_followed() -> None:
    ours = (
        "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 ::1 :: "
        "fe80::1%eth0 fd00:ec2::254 ::ffff:127.0.0.1 ::ffff:169.254.169.254 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe "
        "2002:7f00:1::1 2001:0:4136:e378:8000:63bf:80ff:fffe ff02::1"
    )
    assert [address for address in ours.split() if public(address)] == []
    assert all(map(public, ("3.210.10.1", "2606:4700::1111", "64:ff9b::3d2:a01", "::ffff:3.210.10.1")))


@pytest.mark.parametrize(
    "url",
    [
        "https://mms.twiliocdn.com/AC1/x?Expires=1&Signature=a~b",
        "https://media.twiliocdn.com/x",
        "https://mcs.us1.twilio.com/v1/x",
        "https://api.twilio.com/x",
    ],
)
def test_twilios_own_hosts_may_be_followed(url: str) -> None:
    assert twilio_media._allowed(account(""), url).netloc in url


@pytest.mark.parametrize(
    "url",
    [
        "http://mms.twiliocdn.com/x",
        "https://mms.twiliocdn.com:8443/x",
        "https://twiliocdn.com.evil.example/x",
        "https://eviltwiliocdn.com/x",
        "https://someone.s3.amazonaws.com/x",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/x",
        "https://mms.twiliocdn.com@127.0.0.1/x",
        "https://mms.twiliocdn.com\\@127.0.0.1/x",
        "https://127.0.0.1/x",
        "https://[::1]/x",
        "https://mms.twiliocdn.com/x y",
        "https://mms.twiliocdn.com/x\r\nHost: evil.example",
        "https://mms.twiliocdn.com:x/",
        "file:///etc/passwd",
        "ftp://mms.twiliocdn.com/x",
        "",
    ],
)
def test_others_may_not(url: str) -> None:
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media._allowed(account(""), url)
    assert refused.value.code == "redirect"


def test_a_name_that_leads_home_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody has the name of a host in their hands."""
    asked_for = []

    def lead_home(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked_for.append(host)
        return [(socket.AF_INET, 1, 6, "", ("3.210.10.1", port)), (socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lead_home)
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media.fetch(account(""), "MM" + "0" * 32, "ME" + "0" * 32)
    assert (refused.value.code, asked_for) == ("redirect", ["api.twilio.com"])


def test_credentials_do_not_travel_in_the_open() -> None:
    with pytest.raises(MediaUnfetched) as refused:
        twilio_media.fetch(account("http://gateway.example"), "MM" + "0" * 32, "ME" + "0" * 32)
    assert refused.value.code == "not https"


# How it is read


def account(api_url: str) -> Account:
    return Account(ACCOUNT, ACCOUNT, TOKEN, api_url)


@contextmanager
def answering(*pieces: bytes, pause: float = 0.0) -> Iterator[str]:
    """A host that answers one request with these bytes, as slowly as told; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            conn, _ = listening.accept()
            with conn:
                conn.recv(65536)
                for piece in pieces:
                    try:
                        conn.sendall(piece)
                    except OSError:
                        return
                    time.sleep(pause)

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def fetched(url: str) -> bytes:
    return twilio_media.fetch(account(url), "MM" + "0" * 32, "ME" + "0" * 32).content


def test_an_answer_in_chunks_is_read_whole() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with answering(head, b"3\r\nabc\r\n", b"2\r\nde\r\n", b"0\r\n\r\n") as url:
        assert fetched(url) == b"abcde"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "cut off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "empty"),
        (b"HTTP/1.1 307 Temporary Redirect\r\nContent-Length: 0\r\n\r\n", "redirect"),
        (b"HTTP/1.1 307 Temporary Redirect\r\nLocation: https://[\r\n\r\n", "connection"),
        (b"SSH-2.0-hello\r\n", "connection"),
        (b"", "connection"),
    ],
)
def test_half_an_answer_is_none(answer: bytes, code: str) -> None:
    with answering(answer) as url, pytest.raises(MediaUnfetched) as failed:
        fetched(url)
    assert (failed.value.retry, failed.value.code) == (True, code)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_whoever_sends_a_byte_now_and_then_is_cut_off(monkeypatch: pytest.MonkeyPatch, head: bytes) -> None:
    monkeypatch.setattr(twilio_media, "WHOLE", 0.5)
    with answering(head, *[b"x"] * 40, pause=0.05) as url, pytest.raises(MediaUnfetched) as failed:
        fetched(url)
    assert (failed.value.retry, failed.value.code) == (True, "late")


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


# What it is


@dataclass(frozen=True)
class Sample:
    kind: str | None
    content: bytes
    told: str = ""


def ftyp(brand: bytes, *compatible: bytes) -> bytes:
    body = b"ftyp" + brand + b"\0\0\0\0" + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body + b"\0\0\0\x08free"


SAMPLES: Sequence[Sample] = (
    Sample("image/jpeg", JPEG, "text/html"),
    Sample("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    Sample("image/gif", b"GIF89a\x01\0\x01\0"),
    Sample("image/webp", b"RIFF\x24\0\0\0WEBPVP8 "),
    Sample("image/heic", ftyp(b"heic", b"mif1", b"heic")),
    Sample("image/heic", ftyp(b"mif1", b"mif1", b"heix")),
    Sample("video/mp4", ftyp(b"isom", b"iso2", b"mp41")),
    Sample("video/mp4", ftyp(b"mp42", b"isom")),
    Sample("audio/mp4", ftyp(b"mp42", b"isom"), "audio/mp4"),
    Sample("audio/mp4", ftyp(b"M4A ", b"mp42")),
    Sample("video/3gpp", ftyp(b"3gp4", b"isom")),
    Sample("audio/3gpp", ftyp(b"3gp5"), "audio/3gpp"),
    Sample("video/quicktime", ftyp(b"qt  ")),
    Sample("audio/ogg", OGG),
    Sample("audio/amr", b"#!AMR\n\x3c\x91"),
    Sample("audio/mpeg", b"ID3\x04\0\0"),
    Sample("audio/mpeg", b"\xff\xfb\x90\x64\0\0"),
    Sample("application/pdf", b"%PDF-1.7\n%\xe2\xe3"),
    Sample("text/vcard", b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana\r\nEND:VCARD\r\n"),
    Sample("text/plain", b"La placa era ABC 123.", "text/plain"),
    Sample(None, b""),
    Sample(None, b"<!DOCTYPE html><p>hola"),
    Sample(None, b"words, then <script>alert(1)</script>", "text/plain"),
    Sample(None, b"BEGIN:VCARD\r\nNOTE:<img src=x onerror=alert(1)>\r\nEND:VCARD", "text/vcard"),
    Sample(None, b"<?xml version='1.0'?><svg/>", "image/svg+xml"),
    Sample(None, "\ufeff<svg/>".encode("utf-16")),
    Sample(None, b"PK\x03\x04", "image/png"),
    Sample(None, b"\x1f\x8b\x08\0", "image/jpeg"),
    Sample(None, b"\x7fELF\x02\x01", "image/jpeg"),
    Sample(None, b"RIFF\x24\0\0\0AVI LIST"),
    Sample(None, ftyp(b"mif1", b"avif")),
    Sample(None, ftyp(b"crx ")),
    Sample(None, b"\xff\xfe\0\0"),
    Sample(None, b"\xff\xff\xff\xff\xff\xff"),
    Sample(None, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    Sample(None, b"\xff\xd8"),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.kind} {sample.content[:16]!r}")
def test_a_file_is_what_its_bytes_say(sample: Sample) -> None:
    assert kind_of(sample.content, sample.told) == sample.kind


def test_the_bytes_are_looked_at_in_little_time() -> None:
    """The longest that is kept, of the kind that must be read to its end."""
    began = time.process_time()
    assert kind_of(b"a < b \n" * 2_800_000) == "text/plain"
    assert time.process_time() - began < 10
