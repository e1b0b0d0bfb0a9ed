"""Community meetings: read from calendars as people write them, told by date, and come to or not."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher

from bot.config import Config
from bot.demo.load import demo_password, load_once
from bot.errors import ImportRefused
from bot.line import meetings as line
from bot.migrations import upgrade
from bot.store.calendar import PlannedMeeting, read_calendar
from bot.store.database import Database, Statement
from bot.store.schema import meetings, places, resources, staff

DEMO = Path(__file__).parent.parent / "bot" / "demo"
CONFIG = Config()
CHICAGO = CONFIG.timezone
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=CHICAGO)
RESIDENT = 1

WHOLE = {"UID": "a", "DTSTART": "20261201T180000", "DTEND": "20261201T190000", "SUMMARY": "Talk", "LOCATION": "Hall"}


def ics(*events: dict[str, str]) -> str:
    """A calendar of these events; what a name has after ; stays with it: {"DTSTART;VALUE=DATE": …}."""
    lines = [
        line
        for event in events
        for line in ("BEGIN:VEVENT", *(f"{name}:{value}" for name, value in event.items() if value), "END:VEVENT")
    ]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//t//t//EN", *lines, "END:VCALENDAR", ""])


def read(folder: Path, *events: dict[str, str]) -> tuple[list[PlannedMeeting], list[tuple[int, str, str]]]:
    path = folder / "meetings.ics"
    path.write_text(ics(*events), newline="")
    found, problems = read_calendar(path, CHICAGO, NOW)
    return found, [(problem.row, problem.field, str(problem.severity)) for problem in problems]


def starts(found: list[PlannedMeeting]) -> list[str]:
    return [one.starts.strftime("%Y-%m-%d %H:%M %Z") for one in found]


# Reading calendars


def test_an_event_in_each_way_to_write_a_time(tmp_path: Path) -> None:
    found, problems = read(
        tmp_path,
        {**WHOLE, "UID": "local"},
        {**WHOLE, "UID": "utc", "DTSTART": "20261202T000000Z", "DTEND": "20261202T010000Z"},
        {**WHOLE, "UID": "length", "DTEND": "", "DURATION": "PT90M"},
    )

    assert problems == []
    assert set(starts(found)) == {"2026-12-01 18:00 CST"}
    assert {one.uid: one.ends - one.starts for one in found}["length"] == timedelta(minutes=90)


def test_a_weekly_meeting_keeps_its_hour_when_the_clock_is_changed(tmp_path: Path) -> None:
    weekly = {**WHOLE, "RRULE": "FREQ=WEEKLY;UNTIL=20270401", "EXDATE": "20261208T180000"}
    found, problems = read(tmp_path, weekly)

    assert problems == []
    assert starts(found)[:2] == ["2026-12-01 18:00 CST", "2026-12-15 18:00 CST"]
    assert starts(found)[-3:] == ["2027-03-16 18:00 CDT", "2027-03-23 18:00 CDT", "2027-03-30 18:00 CDT"]


def test_what_comes_back_for_ever_is_taken_half_a_year_ahead(tmp_path: Path) -> None:
    found, _ = read(
        tmp_path, {**WHOLE, "DTSTART": "20200107T180000", "DTEND": "20200107T190000", "RRULE": "FREQ=WEEKLY"}
    )

    assert starts(found)[0] == "2026-11-24 18:00 CST"
    assert timedelta(days=175) < found[-1].starts - NOW < timedelta(days=184)


def test_one_date_of_a_series_may_be_moved_or_cancelled_and_keeps_its_id(tmp_path: Path) -> None:
    series = {**WHOLE, "RRULE": "FREQ=WEEKLY;COUNT=3"}
    moved = {**WHOLE, "RECURRENCE-ID": "20261208T180000", "DTSTART": "20261209T170000", "DTEND": "20261209T180000"}
    off = {**WHOLE, "RECURRENCE-ID": "20261215T180000", "DTSTART": "20261215T180000", "DTEND": "20261215T190000"}
    before, _ = read(tmp_path, series)
    found, problems = read(tmp_path, moved, {**off, "STATUS": "CANCELLED"}, series)

    assert problems == []
    assert starts(found) == ["2026-12-01 18:00 CST", "2026-12-09 17:00 CST", "2026-12-15 18:00 CST"]
    assert [one.id for one in found] == [one.id for one in before]
    assert [one.cancelled for one in found] == [False, False, True]


@pytest.mark.parametrize(
    ("event", "problem", "used"),
    [
        ({**WHOLE, "UID": ""}, (1, "UID", "error"), 0),
        ({**WHOLE, "SUMMARY": ""}, (1, "SUMMARY", "error"), 0),
        ({**WHOLE, "DTSTART": ""}, (1, "DTSTART", "error"), 0),
        ({**WHOLE, "DTSTART": "soon"}, (1, "DTSTART", "error"), 0),
        ({**WHOLE, "DTEND": "20261201T170000"}, (1, "DTEND", "error"), 0),
        ({**WHOLE, "RRULE": "FREQ=SOMETIMES"}, (1, "RRULE", "warning"), 1),
        ({**WHOLE, "RRULE": "FREQ=MINUTELY"}, (1, "RRULE", "error"), 0),
        ({**WHOLE, "LOCATION": ""}, (1, "LOCATION", "warning"), 1),
        ({**WHOLE, "DTEND": ""}, (1, "DTEND", "note"), 1),
        ({**WHOLE, "X-PUENTE-INTERPRETERS": "es,xx"}, (1, "X-PUENTE-INTERPRETERS", "warning"), 1),
        (
            {**WHOLE, "DTSTART": "", "DTEND": "", "DTSTART;VALUE=DATE": "20261201"},
            (1, "DTSTART", "warning"),
            1,
        ),
    ],
)
def test_every_problem_is_said_with_its_event(
    tmp_path: Path, event: dict[str, str], problem: tuple[int, str, str], used: int
) -> None:
    found, problems = read(tmp_path, event)

    assert problem in problems
    assert len(found) == used


def test_of_an_event_told_twice_the_later_version_counts(tmp_path: Path) -> None:
    found, problems = read(tmp_path, {**WHOLE, "SEQUENCE": "2", "SUMMARY": "New"}, {**WHOLE, "SEQUENCE": "1"})

    assert [one.title for one in found] == ["New"]
    assert problems == [(2, "UID", "warning")]


def test_what_is_no_calendar_is_refused(tmp_path: Path) -> None:
    for text in ("hello", "", "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"):
        (tmp_path / "x.ics").write_text(text)
        with pytest.raises(ImportRefused):
            read_calendar(tmp_path / "x.ics", CHICAGO, NOW)


def test_the_demo_calendar_is_without_fault() -> None:
    found, problems = read_calendar(DEMO / "meetings.ics", CHICAGO, NOW)

    assert problems == []
    assert len({one.id for one in found}) == len(found) > 60
    assert all(one.officer and one.interpreters for one in found)


# In the database


@pytest.fixture
def hotline(database_url: str) -> Iterator[Any]:
    upgrade(database_url)
    db = Database(database_url)
    resident = (
        "INSERT INTO residents (id, handle, address_hash, address, created_at) VALUES (:id, 'x', :hash, :address, 0)"
    )
    for id in (RESIDENT, RESIDENT + 1):
        db.keep([(resident, {"id": id, "hash": str(id), "address": b""})])
    yield SimpleNamespace(db=db, config=CONFIG, now=lambda: NOW)
    db.close()


def load(hotline: Any, folder: Path, *events: dict[str, str]) -> dict[str, int]:
    (folder / "m.ics").write_text(ics(*events), newline="")
    return dict(line.load_meetings(hotline, folder / "m.ics").counts)


def coming(meeting_id: str, code: str = "K7P", people: int = 0) -> Statement:
    return line.rsvp(RESIDENT, meeting_id, people=people, need="nothing", language="vi", code=code)


def test_the_next_meetings_are_told_in_the_departments_time(hotline: Any) -> None:
    line.load_meetings(hotline, DEMO / "meetings.ics")
    found = line.upcoming(hotline)

    assert [one.title for one in found] == ["Community conversation", "Coffee with an officer", "Play and talk"]
    assert found[0].starts == datetime(2026, 11, 24, 18, 0, tzinfo=CHICAGO)
    assert found[0].starts.tzinfo is CHICAGO and found[0].interpreters == ("es", "vi", "ar", "zh")
    assert line.meeting(hotline, found[1].id) == found[1]
    assert line.meeting(hotline, "never") is None


def test_a_meeting_that_is_on_now_is_told_and_one_that_is_over_is_not(hotline: Any, tmp_path: Path) -> None:
    load(hotline, tmp_path, WHOLE)
    for minutes, told in ((30, 1), (59, 1), (60, 0)):
        hotline.now = lambda minutes=minutes: datetime(2026, 12, 1, 18, 0, tzinfo=CHICAGO) + timedelta(minutes=minutes)
        assert len(line.upcoming(hotline)) == told


def test_the_calendar_loaded_again_says_what_is_new_moved_and_cancelled(hotline: Any, tmp_path: Path) -> None:
    others = [{**WHOLE, "UID": uid} for uid in ("b", "c", "d")]
    assert load(hotline, tmp_path, WHOLE, *others) == {"meetings": 4, "new": 4, "moved": 0, "cancelled": 0}
    hotline.db.keep([coming("a"), coming("b", "K7R"), coming("c", "K7T")])

    later = {**WHOLE, "DTSTART": "20261202T180000", "DTEND": "20261202T190000"}
    counts = load(hotline, tmp_path, later, {**others[0], "STATUS": "CANCELLED"}, {**WHOLE, "UID": "e"})

    # c is gone and awaited, so it is cancelled; d is gone and nobody waits for it.
    assert counts == {"meetings": 3, "new": 1, "moved": 1, "cancelled": 2}
    assert {one.id for one in line.upcoming(hotline, limit=9)} == {"a", "e"}
    assert hotline.db.look("SELECT count(*) FROM meetings", {}) == (4,)
    assert load(hotline, tmp_path, later, {**others[0], "STATUS": "CANCELLED"}, {**WHOLE, "UID": "e"})["cancelled"] == 0


def test_coming_changing_ones_mind_and_not_coming(hotline: Any, tmp_path: Path) -> None:
    load(hotline, tmp_path, WHOLE)
    hotline.db.keep([coming("a", "K7P", people=1)])
    hotline.db.keep([coming("a", "M4T", people=3)])

    assert hotline.db.look("SELECT count(*), max(people), max(code) FROM rsvps", {}) == (1, 3, "M4T")
    assert line.rsvp_by_code(hotline, RESIDENT, "K7P") is None
    found = line.rsvp_by_code(hotline, RESIDENT, " m4t. ")
    assert found is not None and found.id == "a"

    assert line.rsvp_by_code(hotline, RESIDENT + 1, "M4T") is None  # the code is of no use to anybody else
    hotline.db.keep([line.cancel_rsvp(RESIDENT, "m4t")])
    assert hotline.db.look("SELECT count(*) FROM rsvps", {}) == (0,)


def test_codes_have_nothing_that_looks_like_another() -> None:
    codes = {line.new_code(random.Random(seed)) for seed in range(500)}

    assert len(codes) > 400
    assert all(len(code) == 3 and not set(code) & set("AEIOU01L2Z5S8BGQ") for code in codes)


# The demo town


def test_the_demo_town_is_loaded_once_and_tells_how_to_sign_in(database_url: str, tmp_path: Path) -> None:
    upgrade(database_url)
    config = Config(database_url=database_url, data_dir=tmp_path / "var")
    told = load_once(config, NOW)
    db = Database(config.database)
    with db.read() as conn:
        people = {row.login: row for row in conn.execute(staff.select())}
        sizes = [len(conn.execute(table.select()).all()) for table in (staff, resources, places)]
        assert conn.execute(meetings.select()).first()

    assert sizes == [10, 67, 14]
    assert [line.split()[:2] for line in told] == [
        ["officer", "rodriguez"],
        ["supervisor", "santos"],
        ["admin", "whitfield"],
    ]
    assert all(line.endswith(f"/ {demo_password(config)}") for line in told)
    assert PasswordHasher().verify(people["tran"].password_hash, demo_password(config))
    assert json.loads(people["haddad"].languages) == {"ar": 3, "fr": 1}  # her French ran out
    assert json.loads(people["tran"].languages) == {"vi": 3, "fr": 1}  # his was never tested

    assert load_once(config, NOW) == told
    with db.write() as conn:
        conn.execute(staff.update().where(staff.c.login == "santos").values(password_hash=PasswordHasher().hash("own")))
    assert [line.split()[1] for line in load_once(config, NOW)] == ["rodriguez", "whitfield"]
    db.close()


def test_the_demo_never_comes_into_production(tmp_path: Path) -> None:
    config = Config(
        env="production",
        data_dir=tmp_path,
        public_url="https://x.example",
        seal_keys="x",
        twilio_account_sid="AC",
        twilio_auth_token="x",
        line_numbers=("+15005550100",),
    )

    assert load_once(config) == []
    assert list(tmp_path.iterdir()) == []
