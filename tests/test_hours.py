"""Opening hours in the wall clock of a place, also when the clock is changed."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.line.hours import next_opening, open_at, open_since, parse_hours

CHICAGO = ZoneInfo("America/Chicago")
OFFICE = parse_hours("Mo-Fr 08:00-20:00; Sa 09:00-17:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("Mo-Tu 08:00-20:00", ((0, 480, 1200), (1, 480, 1200))),
        ("mo,we 9:00-12:00, 13:00-17:00", ((0, 540, 720), (0, 780, 1020), (2, 540, 720), (2, 780, 1020))),
        ("Sa-Mo 10:00-11:00", ((0, 600, 660), (5, 600, 660), (6, 600, 660))),  # over the end of the week
        ("Monday-Tuesday 08:00-09:00", ((0, 480, 540), (1, 480, 540))),
        ("Su 22:00-02:00", ((0, 0, 120), (6, 1320, 1440))),  # over midnight, and over the end of the week
        ("Fr 20:00-24:00", ((4, 1200, 1440),)),
        ("Fr 20:00-00:00", ((4, 1200, 1440),)),
        ("24/7", tuple((day, 0, 1440) for day in range(7))),
        ("", ()),
    ],
)
def test_hours_are_read(text: str, hours: tuple[tuple[int, int, int], ...]) -> None:
    assert parse_hours(text) == hours


@pytest.mark.parametrize(
    "text", ["always", "Mo-Xx 08:00-20:00", "Mo 8-20", "Mo 08:00-25:00", "Mo 08:99-09:00", "08:00-20:00"]
)
def test_hours_that_cannot_be_read_are_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"^has "):
        parse_hours(text)


@pytest.mark.parametrize(
    ("when", "open_now", "opens"),
    [
        ("2026-11-23T07:59", False, "2026-11-23T08:00"),
        ("2026-11-23T08:00", True, "2026-11-24T08:00"),
        ("2026-11-23T19:59", True, "2026-11-24T08:00"),
        ("2026-11-23T20:00", False, "2026-11-24T08:00"),  # the closing minute is not included
        ("2026-11-21T17:00", False, "2026-11-23T08:00"),  # Saturday evening: Sunday is skipped
        ("2026-10-31T18:00", False, "2026-11-02T08:00"),  # the night in between is an hour longer
        ("2026-03-07T18:00", False, "2026-03-09T08:00"),  # an hour shorter
    ],
)
def test_an_office(when: str, open_now: bool, opens: str) -> None:
    assert open_at(OFFICE, at(when)) is open_now
    assert next_opening(OFFICE, at(when)) == at(opens)


def test_the_hour_on_the_wall_stays_when_the_clock_is_changed() -> None:
    before, after = next_opening(OFFICE, at("2026-10-31T07:00")), next_opening(OFFICE, at("2026-11-01T07:00"))

    assert before is not None and after is not None
    assert (before.hour, after.hour) == (9, 8)  # Saturday, Monday
    assert (before.utcoffset(), after.utcoffset()) == (timedelta(hours=-5), timedelta(hours=-6))


def test_an_opening_in_the_hour_that_spring_leaves_out_is_at_the_change() -> None:
    early = parse_hours("Su 02:30-05:00")

    assert next_opening(early, at("2026-03-08T01:00")) == at("2026-03-08T03:00")
    assert open_at(early, at("2026-03-08T03:00"))


def test_an_opening_in_the_hour_that_comes_twice_is_at_its_first_time() -> None:
    opening = next_opening(parse_hours("Su 01:30-05:00"), at("2026-11-01T00:00"))

    assert opening is not None and opening.utcoffset() == timedelta(hours=-5)


def test_midnight_within_a_night_is_no_opening() -> None:
    night = parse_hours("Fr 22:00-04:00")

    assert next_opening(night, at("2026-11-20T23:00")) == at("2026-11-27T22:00")


def test_never_open_and_always_open_never_open_again() -> None:
    assert next_opening((), at("2026-11-20T23:00")) is None
    assert next_opening(parse_hours("24/7"), at("2026-11-20T23:00")) is None


def test_open_once_a_week_is_found_a_week_later() -> None:
    assert next_opening(parse_hours("Mo 09:00-10:00"), at("2026-11-23T09:00")) == at("2026-11-30T09:00")


@pytest.mark.parametrize(
    ("hours", "when", "since"),
    [
        ("Mo-Fr 08:00-20:00", "2026-11-23T10:00", "2026-11-23T08:00"),
        ("Mo-Fr 08:00-20:00", "2026-11-23T08:00", "2026-11-23T08:00"),
        ("Mo-Fr 08:00-20:00", "2026-11-23T20:00", None),
        ("Mo 08:00-12:00,13:00-17:00", "2026-11-23T14:00", "2026-11-23T13:00"),
        ("Mo-Su 22:00-02:00", "2026-11-24T01:00", "2026-11-23T22:00"),  # since before midnight
        ("24/7", "2026-11-24T10:00", "2026-11-23T00:00"),  # never shuts: the day before is long enough ago
    ],
)
def test_since_when_it_is_open(hours: str, when: str, since: str | None) -> None:
    assert open_since(parse_hours(hours), at(when)) == (at(since) if since else None)
