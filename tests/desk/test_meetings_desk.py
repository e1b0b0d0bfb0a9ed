"""Meetings planned at the desk and read from calendars, interpreters to be found, and what those are told who said they
come: each once, on both databases, with three schedulers at work."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.channels import outside
from bot.desk.meetings import calendars, planning, public_calendar
from bot.desk.meetings.planning import Draft
from bot.errors import NotReached, NotUsable, Stale
from bot.hotline import Hotline
from bot.line import meeting_news
from bot.line import meetings as line_meetings
from bot.line.conversation import receive
from bot.model import Inbound, Officer, Role
from bot.store import messages, staff
from bot.store.calendar import parse_calendar
from bot.store.database import carry_out
from bot.store.ids import new_id
from tests.line import Clock, thread_of
from tests.test_meetings import ics

TOWN = ZoneInfo("America/Chicago")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=TOWN)


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def town(hotline: Hotline, clock: Clock) -> Hotline:
    return replace(hotline, now=clock)


def officer(hotline: Hotline) -> Officer:
    one = Officer(new_id(), f"lin{new_id()}", "Grace Lin", Role.OFFICER, "1988")
    with hotline.db.write() as conn:
        staff.add(conn, one, "no password", hotline.instant())
    return one


def draft(**other: object) -> Draft:
    starts = datetime(2026, 12, 1, 18, 0, tzinfo=TOWN)
    planned = Draft(
        "Tea, talk; and more",
        "Library, 12 Mill Street",
        "Free.\nNo ID.",
        "Lin",
        ("es",),
        starts,
        starts + timedelta(hours=1),
        True,
    )
    return replace(planned, **other)  # type: ignore[arg-type]


def resident(hotline: Hotline, name: str, meeting: str, *, need: str = "nothing", **more: object) -> int:
    """Somebody who wrote in Spanish and says they come, with one more; the id of their thread."""
    for words in ("hola buenas tardes", "¿cuándo abre la biblioteca?"):
        receive(hotline, Inbound("twilio-sms", f"SM{new_id():x}", name, "+15005550100", words))
    thread_id = thread_of(hotline, name)
    with hotline.db.write() as conn:
        resident_id = conn.execute(text("SELECT resident_id FROM threads WHERE id = :id"), {"id": thread_id}).scalar_one()
        values: dict[str, object] = {
            "people": 1,
            "need": need,
            "language": "es",
            "code": "K7P",
            "at": hotline.instant(),
        }
        carry_out(conn, line_meetings.rsvp(resident_id, meeting, **(values | more)))  # type: ignore[arg-type]
    return thread_id


def told(hotline: Hotline, thread_id: int) -> list[str]:
    """What the line said without being asked."""
    with hotline.db.read() as conn:
        said = messages.of_thread(conn, hotline.keys, thread_id)
    return [one.text for one in said if one.author == "bot" and one.state == "queued"]


def says(hotline: Hotline, name: str, words: str) -> str:
    reply = receive(hotline, Inbound("twilio-sms", f"SM{new_id():x}", name, "+15005550100", words))
    return reply.text if reply else ""


def by_three(hotline: Hotline) -> None:
    """A round of three schedulers at once."""
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(work, hotline) for work in [meeting_news.tell, planning.open_tasks] * 3]:
            done.result()


def coming(hotline: Hotline, id: str) -> tuple[int, int, Mapping[str, int]]:
    found = planning.whole(hotline, id).listed.coming
    return found.residents, found.people, found.needs


def test_reminder_change_and_cancellation_come_once_to_who_said_they_come(town: Hotline, clock: Clock) -> None:
    lin = officer(town)
    id = planning.add(town, lin, draft())
    first, late = resident(town, "+15005550111", id), resident(town, "+15005550112", id, need="child_care")
    stranger = resident(town, "+15005550113", planning.add(town, lin, draft(title="Another")))
    assert coming(town, id) == (2, 4, {"child_care": 1})
    by_three(town)
    assert [told(town, one) for one in (first, late, stranger)] == [[], [], []]

    planning.change(town, lin, id, draft(about="Also soup."), 0)  # no other time or place: nobody is told
    by_three(town)
    assert told(town, first) == []
    later = draft().starts + timedelta(hours=1)
    planning.change(town, lin, id, draft(starts=later, ends=later + timedelta(hours=1)), 1)
    by_three(town)
    by_three(town)
    assert [len(told(town, one)) for one in (first, late, stranger)] == [1, 1, 0]
    assert "7:00 PM" in told(town, first)[0] and "Library, 12 Mill Street" in told(town, first)[0]

    clock.time = datetime(2026, 11, 30, 8, 59, tzinfo=TOWN)
    by_three(town)
    assert len(told(town, first)) == 1, "nobody is reminded before nine"
    clock.time = datetime(2026, 11, 30, 9, 0, tzinfo=TOWN)
    by_three(town)
    by_three(town)
    assert [len(told(town, one)) for one in (first, late, stranger)] == [2, 2, 1]
    assert says(town, "+15005550112", "2"), "the reminder asks whether they come"
    assert coming(town, id) == (1, 2, {})

    planning.cancel(town, lin, id)
    by_three(town)
    by_three(town)
    assert [len(told(town, one)) for one in (first, late, stranger)] == [3, 2, 1]
    assert "Tea, talk; and more" in told(town, first)[-1]
    with pytest.raises(Stale):
        planning.cancel(town, lin, id)
    with pytest.raises(Stale):
        planning.change(town, lin, id, draft(), 3)


def test_who_stopped_or_is_in_danger_or_busy_is_told_otherwise(town: Hotline, clock: Clock) -> None:
    lin = officer(town)
    id = planning.add(town, lin, draft())
    phones = [f"+1500555012{n}" for n in range(4)]
    stopped, careful, busy, held = (resident(town, phone, id) for phone in phones)
    says(town, phones[0], "STOP")
    says(town, phones[2], "quiero hacer un reporte")
    with town.db.write() as conn:
        conn.execute(text("UPDATE threads SET safe_contact = true WHERE id = :id"), {"id": careful})
        conn.execute(
            text("UPDATE threads SET holder = 'officer', officer_id = :lin WHERE id = :id"), {"lin": lin.id, "id": held}
        )

    clock.pass_by(hours=1)
    planning.change(town, lin, id, draft(place="Lakay House, 88 Dock Street"), 0)
    by_three(town)

    assert told(town, stopped) == told(town, careful) == []
    for thread in (busy, held):
        assert len(told(town, thread)) == 1 and "K7P" in told(town, thread)[0]
    listed = {(one.thread_id, one.why) for one in planning.whole(town, id).to_call}
    assert listed == {(stopped, "changed"), (careful, "changed")}
    says(town, phones[2], "NO K7P")
    assert coming(town, id)[0] == 3


def test_an_interpreter_is_a_task_that_is_booked_or_whose_lack_is_told(town: Hotline) -> None:
    lin = officer(town)
    id = planning.add(town, lin, draft(interpreters=("zh",)))
    asked = resident(town, "+15005550131", id, need="interpreter")
    resident(town, "+15005550132", id, need="interpreter", language="zh-Hans")  # there is one
    resident(town, "+15005550133", id, need="interpreter", language="so")
    by_three(town)
    by_three(town)
    tasks = {task.language: task for task in planning.tasks(town)}
    assert {tag: (task.state, task.residents) for tag, task in tasks.items()} == {"es": ("open", 1), "so": ("open", 1)}

    planning.settle(town, lin, tasks["so"].id, booked=True)
    planning.settle(town, lin, tasks["es"].id, booked=False)
    by_three(town)
    by_three(town)

    assert planning.whole(town, id).listed.meeting.interpreters == ("zh", "so")
    assert [one.interpreters for one in line_meetings.upcoming(town)] == [("zh", "so")]
    planning.change(town, lin, id, draft(interpreters=("zh", "so"), about="Also soup."), 0)  # as its form shows them
    assert len(told(town, asked)) == 1
    says(town, "+15005550131", "2")
    assert [(one.thread_id, one.why) for one in planning.whole(town, id).to_call] == [(asked, "call after it")]
    planning.settle(town, lin, tasks["so"].id, booked=False)
    assert planning.whole(town, id).listed.meeting.interpreters == ("zh",)


def test_after_it_one_question_to_who_allowed_it_and_the_list_goes(town: Hotline, clock: Clock) -> None:
    lin = officer(town)
    id = planning.add(town, lin, draft())
    asked = [resident(town, f"+1500555014{n}", id, ask_after=True) for n in range(5)]
    not_asked = resident(town, "+15005550149", id)
    clock.time = datetime(2026, 12, 2, 9, 30, tzinfo=TOWN)
    by_three(town)
    by_three(town)
    assert [len(told(town, one)) for one in (*asked, not_asked)] == [1, 1, 1, 1, 1, 0]
    for n in range(5):
        says(town, f"+1500555014{n}", "1" if n else "3")
        assert planning.whole(town, id).answers.useful == {}, "four answers would say who gave which"
        says(town, f"+1500555014{n}", f"los semáforos {n}, seguro social 987-65-4321")

    answers = planning.whole(town, id).answers
    assert answers.useful == {"yes": 4, "no": 1}
    assert {words.partition(",")[0] for words, _ in answers.topics} == {f"los semáforos {n}" for n in range(5)}
    assert "987-65-4321" not in repr(answers.topics)
    clock.time = datetime(2026, 12, 30, tzinfo=TOWN)
    assert meeting_news.forget_lists(town) == 0
    clock.time = datetime(2027, 1, 1, tzinfo=TOWN)
    assert (meeting_news.forget_lists(town), meeting_news.forget_lists(town)) == (1, 0)
    with town.db.read() as conn:
        left = [conn.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in ("rsvps", "meeting_texts")]
    assert left == [0, 0]
    assert [one.coming.people for one in planning.past(town)] == [12]


def test_nobody_is_asked_whom_the_line_does_not_answer_who_is_in_danger_or_complains(
    town: Hotline, clock: Clock
) -> None:
    lin = officer(town)
    id = planning.add(town, lin, draft())
    muted, urgent, complains = (resident(town, f"+1500555015{n}", id, ask_after=True) for n in range(3))
    clock.time = datetime(2026, 12, 2, 9, 30, tzinfo=TOWN)
    with town.db.write() as conn:
        later = town.instant() + 3_600_000
        conn.execute(text("UPDATE threads SET muted_until = :later WHERE id = :id"), {"id": muted, "later": later})
        conn.execute(text("UPDATE threads SET urgent = true WHERE id = :id"), {"id": urgent})
        sql = """INSERT INTO reports (id, number, resident_id, thread_id, kind, state, complete, answers, filed_at)
            SELECT id + 1, 'C-1', resident_id, id, 'complaint', 'received', true, :none, 0 FROM threads WHERE id = :id"""
        conn.execute(text(sql), {"id": complains, "none": b""})

    by_three(town)
    assert [len(told(town, one)) for one in (muted, urgent, complains)] == [0, 0, 0]
    clock.pass_by(hours=2)
    by_three(town)
    assert [len(told(town, one)) for one in (muted, urgent, complains)] == [1, 0, 0]


UNFIT = (
    {"title": ""},
    {"title": "x" * 81},
    {"place": ""},
    {"interpreters": ("klingon",)},
    {"ends": draft().starts},
    {"starts": MONDAY - timedelta(days=2), "ends": MONDAY - timedelta(days=2) + timedelta(hours=1)},
)


def test_a_draft_is_told_to_nobody_and_what_cannot_be_is_refused(town: Hotline) -> None:
    lin = officer(town)
    for wrong in UNFIT:
        with pytest.raises(NotUsable):
            planning.add(town, lin, draft(**wrong))
    id = planning.add(town, lin, draft(published=False), weeks=3)

    assert line_meetings.upcoming(town) == [] and planning.published(town) == []
    assert [one.meeting.starts_at for one in planning.upcoming(town)] == [
        int((draft().starts + timedelta(weeks=week)).timestamp() * 1000) for week in range(3)
    ]
    planning.change(town, lin, id, draft(), 0)
    assert [one.title for one in line_meetings.upcoming(town)] == ["Tea, talk; and more"]
    with pytest.raises(Stale):
        planning.change(town, lin, id, draft(title="Too late"), 0)
    resident(town, "+15005550151", id)
    with pytest.raises(NotUsable):
        planning.change(town, lin, id, draft(published=False), 1)


def test_our_calendar_is_read_back_as_it_was_written(town: Hotline) -> None:
    lin = officer(town)
    long = "Çay ve sohbet, 茶话会; \\n " * 9
    id = planning.add(town, lin, draft(about=long.strip(), interpreters=("es", "zh-Hans")))
    planning.add(town, lin, draft(published=False))
    off = planning.add(town, lin, draft(title="Off"))
    resident(town, "+15005550161", id)
    planning.cancel(town, lin, off)

    written = public_calendar.write("Riverbend PD", planning.published(town), town.instant())
    read, problems = parse_calendar(written.encode(), "ours", TOWN, MONDAY)

    assert problems == []
    assert {(one.id, one.cancelled) for one in read} == {(id, False), (off, True)}
    back = next(one for one in read if one.id == id)
    planned = draft()
    assert (back.title, back.place, back.about, back.officer) == (planned.title, planned.place, long.strip(), "Lin")
    assert (back.starts, back.ends, back.interpreters) == (planned.starts, planned.ends, ("es", "zh-Hans"))
    assert all(len(row.encode()) <= 75 for row in written.split("\r\n"))


EVENT = {
    "UID": "a@city",
    "DTSTART": "20261201T180000",
    "DTEND": "20261201T190000",
    "SUMMARY": "Town hall",
    "LOCATION": "City Hall",
}


def bring(town: Hotline, lin: Officer, *events: dict[str, str], name: str = "City") -> Sequence[calendars.Source]:
    calendars.bring(town, lin, name, ics(*events).encode())
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(calendars.read_due, [town] * 3)) == 1
    return calendars.everything(town)


def test_a_calendar_that_was_brought_again_moves_and_calls_off(town: Hotline, clock: Clock) -> None:
    lin = officer(town)
    ours = planning.add(town, lin, draft())
    bring(
        town, lin, EVENT, {**EVENT, "UID": "b@city", "SUMMARY": "Parade"}, {**EVENT, "UID": ours, "SUMMARY": "Hijacked"}
    )
    assert {one.meeting.title for one in planning.upcoming(town)} == {"Tea, talk; and more", "Town hall", "Parade"}
    there, gone = resident(town, "+15005550171", "a@city"), resident(town, "+15005550172", "b@city")
    clock.pass_by(hours=1)

    source = bring(town, lin, {**EVENT, "DTSTART": "20261201T170000", "DTEND": "20261201T180000"})[0]
    by_three(town)

    assert (source.name, source.state) == ("City", "read")
    assert {name: source.note[name] for name in ("meetings", "new", "moved", "cancelled", "taken")} == {
        "meetings": 1, "new": 0, "moved": 1, "cancelled": 1, "taken": 0,
    }  # fmt: skip
    assert "5:00 PM" in told(town, there)[0] and "Parade" in told(town, gone)[0]
    calendars.remove(town, lin, source.id)
    assert calendars.everything(town) == []
    assert {one.meeting.source for one in planning.upcoming(town)} == {"desk"}


def test_a_calendar_that_breaks_off_or_is_none_changes_nothing(town: Hotline) -> None:
    lin = officer(town)
    bring(town, lin, EVENT)
    for wrong in (b"", b"hello", ics(EVENT).encode()[:-20], b"x" * (calendars.MOST_BYTES + 1)):
        with pytest.raises(NotUsable):
            calendars.bring(town, lin, "City", wrong)

    often = bring(
        town,
        lin,
        EVENT,
        {**EVENT, "UID": "c", "DTSTART": "19700101T000000", "DTEND": "19700101T000100", "RRULE": "FREQ=SECONDLY"},
    )[0]
    assert often.note["meetings"] == 1 and len(often.note["problems"]) == 1


def test_a_newer_file_is_not_lost_to_the_reading_of_the_older(town: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    lin = officer(town)
    read = parse_calendar

    def brought_meanwhile(*given: Any) -> Any:
        monkeypatch.undo()
        calendars.bring(town, lin, "City", ics({**EVENT, "SUMMARY": "Parade " + "x" * 200}).encode())
        return read(*given)

    monkeypatch.setattr("bot.store.calendar.parse_calendar", brought_meanwhile)
    calendars.bring(town, lin, "City", ics(EVENT).encode())
    calendars.read_due(town)
    assert planning.upcoming(town) == [] and calendars.everything(town)[0].state == "waiting"

    calendars.read_due(town)
    (listed,) = planning.upcoming(town)
    assert listed.meeting.title == "Parade " + "x" * 73 and calendars.everything(town)[0].state == "read"


def test_calendars_that_hang_keep_nothing_else_waiting(town: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    lin, seconds = officer(town), [0.0]
    for number in range(3):
        calendars.subscribe(town, lin, f"City {number}", "https://city.example/a.ics")

    def hang(*_: object, **__: object) -> None:
        seconds[0] += outside.WHOLE
        raise NotReached(retry=True, code="late")

    monkeypatch.setattr(outside, "ask", hang)
    monkeypatch.setattr(calendars, "time", SimpleNamespace(monotonic=lambda: seconds[0]))

    assert [calendars.read_due(town) for _ in range(2)] == [2, 1]


class City(BaseHTTPRequestHandler):
    """A city's web server. `pages` are what it answers by path: a status and a body."""

    pages: ClassVar[dict[str, tuple[int, bytes]]] = {}

    def do_GET(self) -> None:
        status, body = self.pages.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if status == 302:
            self.send_header("Location", "/calendar.ics")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def city() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), City)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_citys_calendar_is_read_every_hour_and_its_troubles_are_said(town: Hotline, clock: Clock, city: str) -> None:
    lin = officer(town)
    City.pages = {"/calendar.ics": (200, ics(EVENT).encode()), "/moved": (302, b"")}
    calendars.subscribe(town, lin, "City", f"{city}/calendar.ics")
    assert (calendars.read_due(town), calendars.read_due(town)) == (1, 0)
    assert [one.meeting.title for one in planning.upcoming(town)] == ["Town hall"]

    broken = {
        "unreadable": (200, ics(EVENT).encode()[:-20]), "500": (500, b""), "404": (404, b""),
        "too large": (200, b"x" * (calendars.MOST_BYTES + 1)),
    }  # fmt: skip
    for why, page in [*broken.items(), ("unreadable", (200, ics().encode()))]:
        City.pages["/calendar.ics"] = page
        clock.pass_by(hours=1)
        assert calendars.read_due(town) == 1
        (source,) = calendars.everything(town)
        assert (source.state, source.note["why"]) == ("failed", why)
        assert [one.meeting.title for one in planning.upcoming(town)] == ["Town hall"], why

    calendars.subscribe(town, lin, "Elsewhere", f"{city}/moved")
    calendars.read_due(town)
    assert next(one for one in calendars.everything(town) if one.name == "Elsewhere").note["why"] == "302"


def test_nobody_can_have_our_own_network_read(town: Hotline) -> None:
    config = replace(
        town.config, env="production", public_url="https://line.example", seal_keys="x", twilio_account_sid="AC1",
        twilio_auth_token="t", line_numbers=("+15005550100",),
    )  # fmt: skip
    live, lin = replace(town, config=config), officer(town)
    for address in (
        "http://city.example/a.ics",
        "https://user:word@city.example/",
        "ftp://city.example",
        "https://" + "a" * 600,
    ):
        with pytest.raises(NotUsable):
            calendars.subscribe(live, lin, "Bad", address)

    inside = ("https://127.0.0.1/a.ics", "https://169.254.169.254/latest", "https://[::1]/", "https://localhost/")
    for number, address in enumerate(inside):
        calendars.subscribe(live, lin, f"Inside {number}", address)
    assert calendars.read_due(live) == len(inside)
    assert [one.note["why"] for one in calendars.everything(live)] == ["private address"] * len(inside)
