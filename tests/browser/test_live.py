"""The stream that tells open desks that something changed: quick, to whom it may, and no longer than they are signed in."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie

import pytest
import requests

from bot.demo.load import demo_password
from bot.desk.identity import sessions
from bot.desk.identity.accounts import Session
from bot.desk.threads import views
from bot.queue import Change
from bot.web import live
from bot.web.audience import Audience, Seat
from tests.browser.conftest import MONDAY
from tests.browser.test_desk_page import asks_for_an_officer, phone, say
from tests.line import Line


class Listener:
    """One open stream, read line by line. `last` is the mark a browser would come back with."""

    def __init__(self, answer: requests.Response) -> None:
        self.answer, self.last = answer, ""
        self._lines: Iterator[str] = answer.iter_lines(chunk_size=1, decode_unicode=True)

    def event(self) -> tuple[str, str]:
        """The next event: its name and what it carries. Comments are passed over."""
        name = data = ""
        for line in self._lines:
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data = value
            elif field == "id":
                self.last = value
            elif not line and name:
                return name, data
        return "", ""

    def until(self, wanted: str) -> str:
        """What the next event of this name carries."""
        while True:
            name, carried = self.event()
            if name in (wanted, ""):
                return carried


def signed_in(line: Line, login: str) -> requests.Session:
    line.clock.time = MONDAY
    browser = requests.Session()
    form = {"login": login, "password": demo_password(line.hotline.config)}
    answer = browser.post(f"{line.url}/signin", data=form, timeout=10, allow_redirects=False)
    assert answer.status_code == 303
    return browser


@contextmanager
def listening(line: Line, login: str, after: str = "") -> Iterator[Listener]:
    browser = signed_in(line, login)
    headers = {"Last-Event-ID": after} if after else {}
    with browser.get(f"{line.url}/desk/live", headers=headers, stream=True, timeout=20) as answer:
        answer.raise_for_status()
        yield Listener(answer)


def ready(line: Line) -> None:
    """Until the process listens to Redis: the first stream has it do so."""
    until = time.monotonic() + 10
    while not line.hotline.queue.connection().pubsub_numsub("puente:live")[0][1]:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_the_stream_is_not_kept_back_or_stored(line: Line) -> None:
    with listening(line, "rodriguez") as stream:
        headers = stream.answer.headers

    assert headers["Content-Type"].startswith("text/event-stream")
    assert headers["X-Accel-Buffering"] == "no"
    assert headers["Cache-Control"] == "no-store"


def test_nobody_listens_without_signing_in(line: Line) -> None:
    assert requests.get(f"{line.url}/desk/live", timeout=10).status_code == 401


def in_spanish(line: Line) -> int:
    return asks_for_an_officer(line, phone())


def in_english(line: Line) -> int:
    return say(line, phone(), "i want to talk to an officer", "a loud neighbour")


def test_a_thread_is_named_only_to_whom_it_is_to_see(line: Line) -> None:
    with listening(line, "rodriguez") as spanish, listening(line, "haddad") as arabic:
        ready(line)

        thread = in_spanish(line)
        for_both = in_english(line)

        assert spanish.until(f"thread-{thread}") == str(thread)
        told = list(iter(arabic.event, (f"thread-{for_both}", str(for_both))))
    assert ("look", "0") in told
    assert str(thread) not in [carried for _, carried in told]


def test_who_may_no_longer_see_a_thread_is_told_to_look_and_not_at_what(line: Line) -> None:
    thread = in_english(line)
    with listening(line, "haddad") as arabic:
        ready(line)
        line.hotline.queue.announce(thread)
        assert arabic.until(f"thread-{thread}") == str(thread)
        with line.hotline.db.write() as conn:
            conn.exec_driver_sql(f"UPDATE handoffs SET language = 'es' WHERE thread_id = {thread}")

        line.hotline.queue.announce(thread)
        line.hotline.queue.announce(thread)  # it is gone from their list now
        last = in_english(line)

        told = list(iter(arabic.event, (f"thread-{last}", str(last))))
    assert [carried for name, carried in told if name == "changed" and carried != str(last)] == ["0"]
    assert str(thread) not in [carried for _, carried in told]


def test_who_comes_back_is_told_what_changed_meanwhile(line: Line) -> None:
    with listening(line, "rodriguez") as here, listening(line, "rodriguez") as cut:
        ready(line)
        first = in_spanish(line)
        cut.until(f"thread-{first}")
        here.until(f"thread-{first}")
        cut.answer.close()

        second, third = in_spanish(line), in_english(line)
        here.until(f"thread-{third}")

        with listening(line, "rodriguez", after=cut.last) as again:
            told = list(iter(again.event, (f"thread-{third}", str(third))))
    assert f"thread-{second}" in [name for name, _ in told]
    assert "look" not in [name for name, _ in told]


def test_who_comes_back_after_too_long_is_told_to_look_at_everything(line: Line) -> None:
    with listening(line, "rodriguez", after="long-ago") as stream:
        assert stream.event() == ("look", "0")


class Meanwhile:
    """A lock, and what somebody else does as soon as it is free for the first time."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._lock, self._act = threading.Lock(), [act]

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        if self._act:
            self._act.pop()()


def test_who_comes_back_while_nobody_is_there_misses_nothing(line: Line) -> None:
    thread, who = in_english(line), Session(line.officer("rodriguez"), "", "of-a-session")
    audience = Audience(line.hotline, threading.Event())
    audience._threads = (threading.current_thread(),)  # what changes is passed on here
    seat = audience.join(who, "", 9)
    assert seat
    audience._pass_on(Change("1", thread))
    audience.leave(seat)
    back: list[Seat | None] = []

    audience._guard = Meanwhile(lambda: back.append(audience.join(who, "1", 9)))  # type: ignore[assignment]
    audience._pass_on(Change("2", thread))

    assert back[0] and not back[0].news.empty()


def test_a_change_is_told_at_once_and_not_at_the_next_poll(line: Line) -> None:
    thread = in_spanish(line)
    with listening(line, "rodriguez") as stream:
        ready(line)
        waits = []
        for _ in range(10):
            began = time.monotonic()
            line.hotline.queue.announce(thread)
            assert stream.until(f"thread-{thread}") == str(thread)
            waits.append(time.monotonic() - began)

    assert sorted(waits)[5] < 5  # a page that polls looks every fifteen seconds


def test_a_stream_ends_when_its_session_does(line: Line) -> None:
    login = "tran"
    with listening(line, login) as stream:
        token = SimpleCookie(stream.answer.request.headers["Cookie"])["puente"].value
        session = sessions.session(line.hotline, token)
        assert session

        sessions.sign_out(line.hotline, session)

        told = list(iter(stream.event, ("", "")))
    assert set(told) == {("look", "0")}


def test_a_stream_ends_by_itself_so_that_it_is_opened_anew(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_BREATH", 0.1)
    monkeypatch.setattr(live, "_LONGEST", 0.3)
    with listening(line, "tran") as stream:
        assert stream.event() == ("look", "0")
        assert stream.event() == ("", "")


def test_when_all_seats_are_taken_the_desk_is_told_to_poll(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = signed_in(line, "tran")
    monkeypatch.setattr(live, "MOST_STREAMS", 0)

    answer = browser.get(f"{line.url}/desk/live", timeout=10)

    assert answer.status_code == 503


# The routes of the desk themselves, without a browser.


@pytest.mark.parametrize("verb", ["claim", "reply", "close"])
def test_a_form_that_our_page_did_not_send_is_refused(line: Line, verb: str) -> None:
    thread = asks_for_an_officer(line, phone())

    answer = signed_in(line, "rodriguez").post(f"{line.url}/desk/{thread}/{verb}", data={"words": "hola"}, timeout=10)

    assert answer.status_code == 403
    assert not views.view(line.hotline, line.officer("rodriguez"), thread).mine


def test_a_thread_in_another_language_is_not_there(line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    haddad = signed_in(line, "haddad")

    codes = [haddad.get(f"{line.url}/desk/{thread}{end}", timeout=10).status_code for end in ("", "/nothing")]

    assert codes == [404, 404]
    assert "closed or passed on" in haddad.get(f"{line.url}/desk/{thread}/conversation", timeout=10).text


def test_translators_see_no_thread(line: Line) -> None:
    morales = signed_in(line, "morales")

    for path in ("/desk", "/desk/list", "/desk/live", f"/desk/{asks_for_an_officer(line, phone())}"):
        assert morales.get(f"{line.url}{path}", timeout=10).status_code == 403


def test_no_page_shows_where_a_resident_is_texted(line: Line) -> None:
    number = f"+1555{uuid.uuid4().int % 10**7:07d}"
    thread = asks_for_an_officer(line, number)
    rodriguez = signed_in(line, "rodriguez")

    for path in ("/desk", "/desk/list", f"/desk/{thread}", f"/desk/{thread}/conversation"):
        assert number.removeprefix("+") not in rodriguez.get(f"{line.url}{path}", timeout=10).text


def test_a_page_that_shows_it_already_is_given_nothing(line: Line) -> None:
    thread = asks_for_an_officer(line, phone())
    rodriguez = signed_in(line, "rodriguez")
    address = f"{line.url}/desk/{thread}/conversation?standing=waiting"
    mark = rodriguez.get(address, timeout=10).text.split('name="mark" value="')[1].split('"')[0]

    assert rodriguez.get(f"{address}&mark={mark}", timeout=10).status_code == 204
    assert rodriguez.get(f"{address}&mark=other", timeout=10).status_code == 200


def test_stylesheets_last_and_change_their_address_with_their_content(line: Line) -> None:
    page = requests.get(f"{line.url}/signin", timeout=10).text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]

    answer = requests.get(line.url + address, timeout=10)

    assert "?v=" in address
    assert "immutable" in answer.headers["Cache-Control"]
    assert "no-store" in requests.get(f"{line.url}/signin", timeout=10).headers["Cache-Control"]
