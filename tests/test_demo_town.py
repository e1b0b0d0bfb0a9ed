"""The four files of the demo town are whole, fit together, and can reach nobody real."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from math import cos, hypot, radians
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import yaml
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import Calendar

from bot.text.fold import fold

DEMO = Path(__file__).parent.parent / "bot" / "demo"
NEEDS = {
    *("food", "shelter", "immigration_lawyer", "safety_at_home", "health", "mental_health", "english", "work"),
    *("school", "crime_victims", "papers", "transport", "money", "elder_disability", "lawyer", "translation"),
}
OFFERED = ["en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr"]
TODAY = date(2026, 11, 22)  # the demo's "now": the day these files were last gone through
DAYS = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
FICTIONAL = re.compile(r"\+1-555-555-01\d\d")
Json = dict[str, Any]


def read_yaml(name: str) -> Json:
    """As the loader reads it: node texts only, so that `no` and `99051` stay what was typed."""
    found: Json = yaml.load((DEMO / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return found


SERVICES: list[Json] = json.loads((DEMO / "directory.json").read_text(encoding="utf-8"))
TOWN = read_yaml("town.yml")
STAFF: list[Json] = read_yaml("staff.yml")["staff"]
CALENDAR = Calendar.from_ical((DEMO / "meetings.ics").read_bytes())
MEETINGS: list[Any] = CALENDAR.walk("VEVENT")
WEEKLY = [meeting for meeting in MEETINGS if "RRULE" in meeting]
PLACES: dict[str, Json] = {place["name"]: place for place in TOWN["places"]}
CHICAGO = ZoneInfo(TOWN["timezone"])


def named(service: Json) -> str:
    return str(service["name"])


each_service = pytest.mark.parametrize("service", SERVICES, ids=named)
each_meeting = pytest.mark.parametrize("meeting", MEETINGS, ids=lambda meeting: str(meeting["UID"]))
each_person = pytest.mark.parametrize("person", STAFF, ids=lambda person: str(person["login"]))


def objects(found: Any, key: str = "") -> Iterator[tuple[str, Json]]:
    """Every JSON object below, with the key it stands under."""
    if isinstance(found, dict):
        yield key, found
        for name, below in found.items():
            yield from objects(below, name)
    elif isinstance(found, list):
        for below in found:
            yield from objects(below, key)


def needs(service: Json) -> list[str]:
    return [str(attribute["taxonomy_term"]["code"]) for attribute in service["attributes"]]


def spoken(service: Json) -> set[str]:
    return {str(language["code"]) for language in service["languages"]}


def locations(service: Json) -> list[Json]:
    return [at["location"] for at in service["service_at_locations"]]


def schedules(service: Json) -> list[Json]:
    apart = [schedule for at in service["service_at_locations"] for schedule in at.get("schedules", ())]
    return [*service["schedules"], *apart]


def kilometres(one: Json, other: Json) -> float:
    """Flat-earth distance: right to some metres across a town."""
    north = float(one["latitude"]) - float(other["latitude"])
    east = (float(one["longitude"]) - float(other["longitude"])) * cos(radians(float(one["latitude"])))
    return 111.2 * hypot(north, east)


def clock(text: str) -> time:
    assert re.fullmatch(r"\d\d:\d\d", text), text
    return time.fromisoformat(text)


# The town


def test_the_town_fits_the_texts_it_is_put_into() -> None:
    department = TOWN["department"]

    assert len(department["short"]) <= 20
    assert department["url"].startswith("https://") and ".example/" in department["url"]
    assert int(department["review_days"]) > 0
    assert department["retention"] and department["record_law"]
    assert TOWN["languages"] == OFFERED


def test_opening_hours_and_holidays_parse() -> None:
    open_days: Counter[str] = Counter()
    for row in TOWN["department"]["opening_hours"]:
        open_days.update(row["days"].split(","))
        assert clock(row["opens_at"]) < clock(row["closes_at"])

    assert set(open_days) <= DAYS and max(open_days.values()) == 1
    assert all(date.fromisoformat(holiday["date"]) for holiday in TOWN["department"]["holidays"])


def test_places_are_one_town_eight_neighborhoods_five_zip_codes() -> None:
    zips = {name for name in PLACES if name.isdigit()}
    neighborhoods = set(PLACES) - zips - {TOWN["town"]}

    assert len(PLACES) == len(TOWN["places"])
    assert (len(neighborhoods), len(zips)) == (8, 5)
    assert {PLACES[name]["zip"] for name in neighborhoods} == zips
    assert all(PLACES[name]["zip"] == name for name in zips)


def test_no_two_places_answer_to_one_name() -> None:
    owners: dict[str, str] = {}
    for name, place in PLACES.items():
        for alias in (name, *place["aliases"]):
            assert owners.setdefault(fold(alias), name) == name, f"{alias}: {owners[fold(alias)]} and {name}"


def test_places_lie_in_the_town_and_near_their_zip_code() -> None:
    for place in TOWN["places"]:
        assert kilometres(place, TOWN["centre"]) < float(TOWN["radius_km"])
        if place["zip"]:
            assert kilometres(place, PLACES[place["zip"]]) < 2


# The directory


def test_the_directory_is_large_enough_to_choose_from() -> None:
    per_need = Counter(need for service in SERVICES for need in needs(service))
    per_organization = Counter(service["organization"]["id"] for service in SERVICES)

    assert len(SERVICES) >= 60
    assert set(per_need) == NEEDS
    assert min(per_need.values()) >= 3
    assert sum(count > 1 for count in per_organization.values()) >= 8


def test_every_offered_language_is_spoken_somewhere() -> None:
    per_language = Counter(code for service in SERVICES for code in spoken(service))

    for tag in TOWN["languages"]:
        if tag != "en":
            assert per_language[tag.split("-")[0]] >= 3, tag


def test_an_id_stands_for_one_thing_only() -> None:
    seen: dict[str, Json] = {}
    for _, found in objects(SERVICES):
        assert UUID(found["id"])
        assert seen.setdefault(found["id"], found) == found

    assert len({service["id"] for service in SERVICES}) == len(SERVICES)
    # Only these may be told twice: each service carries its own copy of them.
    shared = {"organization", "contacts", "location", "addresses", "accessibility", "taxonomy_term"}
    own = [found["id"] for key, found in objects(SERVICES) if key not in shared]
    assert len(own) == len(set(own))


def test_a_phone_number_is_given_once_in_the_whole_town() -> None:
    department = TOWN["department"]
    numbers = [department["non_emergency_phone"], department["front_desk_phone"]]
    numbers += [phone["number"] for service in SERVICES for phone in service["phones"]]
    numbers += [person["number"] for person in STAFF]

    assert all(FICTIONAL.fullmatch(number) for number in numbers)
    assert len(numbers) == len(set(numbers))


@each_service
def test_a_service_has_what_hsds_and_a_resident_need(service: Json) -> None:
    assert service["status"] == "active"
    assert 0 < len(service["description"]) <= 60 and service["description"].isascii()
    assert len(service["name"]) <= 32 and service["name"].isascii()
    assert len(service["phones"]) == 1
    assert service["languages"] and service["attributes"] and service["service_areas"]
    assert service["organization"]["name"] and service["organization"]["description"]
    assert len(needs(service)) == len(set(needs(service))) and set(needs(service)) <= NEEDS
    assert len(spoken(service)) == len(service["languages"])
    assert all(re.fullmatch(r"[a-z]{2,3}", code) for code in spoken(service))


@each_service
def test_the_hours_of_a_service_parse(service: Json) -> None:
    assert schedules(service)
    for schedule in schedules(service):
        rule = rrulestr(f"FREQ={schedule['freq']};BYDAY={schedule['byday']}", dtstart=datetime(2026, 11, 22))
        assert rule.after(datetime(2026, 11, 22)) is not None
        assert schedule["freq"] in {"WEEKLY", "MONTHLY"}
        assert {day.lstrip("123") for day in schedule["byday"].split(",")} <= DAYS
        assert clock(schedule["opens_at"]) < clock(schedule["closes_at"])


@each_service
def test_a_service_lies_where_its_neighborhood_is(service: Json) -> None:
    for location in locations(service):
        if location["location_type"] == "virtual":
            continue
        (address,) = location["addresses"]
        neighborhood = PLACES[address["region"]]
        assert address["city"] == TOWN["town"] and address["state_province"] == TOWN["state"]
        assert address["postal_code"] == neighborhood["zip"]
        assert kilometres(location, neighborhood) < 1
        assert kilometres(location, TOWN["centre"]) < float(TOWN["radius_km"])


@each_service
def test_cost_and_papers_are_told(service: Json) -> None:
    papers = [row["document"] for row in service["required_documents"]]
    (cost,) = service["cost_options"]

    assert papers
    assert "No ID needed" not in papers or len(papers) == 1
    assert (service["fees_description"] == "Free") == (cost.get("amount") == 0)


@pytest.mark.parametrize("service", [s for s in SERVICES if "safety_at_home" in needs(s)], ids=named)
def test_nothing_leads_to_a_place_of_safety(service: Json) -> None:
    for location in locations(service):
        assert location["location_type"] == "virtual"
        assert not {"addresses", "latitude", "longitude", "transportation"} & set(location)


@pytest.mark.parametrize("service", [s for s in SERVICES if "immigration_lawyer" in needs(s)], ids=named)
def test_immigration_advice_comes_from_the_accredited(service: Json) -> None:
    assert re.search(r"license|accredited", service["accreditations"])


def test_a_few_entries_are_stale_and_none_is_from_the_future() -> None:
    ages = [(TODAY - date.fromisoformat(service["assured_date"])).days for service in SERVICES]

    assert min(ages) >= 0
    assert 3 <= sum(age > 180 for age in ages) <= 10


# The meetings


def test_ten_meetings_and_some_that_come_back_every_week() -> None:
    single = [meeting for meeting in MEETINGS if "RRULE" not in meeting]
    days = [meeting["DTSTART"].dt.date() for meeting in single]

    assert len(single) == 10 and len(WEEKLY) >= 2
    assert days == sorted(days)
    assert days[0] == date(2026, 11, 24) and days[-1] > date(2027, 3, 1)
    assert len({meeting["UID"] for meeting in MEETINGS}) == len(MEETINGS)


@each_meeting
def test_a_meeting_says_when_where_who_and_in_which_languages(meeting: Any) -> None:
    start, end = meeting["DTSTART"].dt, meeting["DTEND"].dt
    officers = {person["name"].split()[-1] for person in STAFF if person["role"] in {"officer", "supervisor"}}
    found = [place for service in SERVICES for place in locations(service) if "addresses" in place]
    streets = {place["addresses"][0]["address_1"]: (place["latitude"], place["longitude"]) for place in found}

    assert start.tzinfo is not None and start.utcoffset() == start.astimezone(CHICAGO).utcoffset()
    assert 9 <= start.hour < end.hour <= 21 and start.date() == end.date()
    assert streets[str(meeting["LOCATION"]).split(", ", 1)[1]] == (meeting["GEO"].latitude, meeting["GEO"].longitude)
    assert "Free. No ID." in meeting["DESCRIPTION"]
    assert "MEETING" in meeting["CATEGORIES"].cats
    assert str(meeting["X-PUENTE-OFFICER"]) in officers
    assert all(re.fullmatch(r"[a-z]{2,3}", tag) for tag in str(meeting["X-PUENTE-INTERPRETERS"]).split(","))


@pytest.mark.parametrize("meeting", WEEKLY, ids=lambda meeting: str(meeting["UID"]))
def test_a_weekly_meeting_goes_on_and_leaves_out_only_its_own_days(meeting: Any) -> None:
    start = meeting["DTSTART"].dt
    rule = rrulestr(meeting["RRULE"].to_ical().decode(), dtstart=start)

    assert rule[0] == start
    assert rule.after(datetime(2031, 1, 1, tzinfo=CHICAGO)) is not None  # there is always a next one
    assert all(rule.between(left_out.dt, left_out.dt, inc=True) for left_out in meeting["EXDATE"].dts)


def test_the_calendar_is_wrapped_as_rfc_5545_wants() -> None:
    lines = (DEMO / "meetings.ics").read_bytes().split(b"\r\n")

    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75


# The staff


def test_the_ten_people() -> None:
    roles = Counter(person["role"] for person in STAFF)
    serving = [person for person in STAFF if person["role"] in {"officer", "supervisor"}]

    assert roles == {"officer": 7, "supervisor": 1, "admin": 1, "translator": 1}
    assert STAFF[0]["name"].endswith("Rodriguez") and STAFF[0]["languages"][0]["tag"] == "es"
    assert len({person["login"] for person in STAFF}) == 10
    assert len({person["badge"] for person in serving}) == len(serving)
    assert {person["on_shift"] for person in serving} == {"yes", "no"}


def test_somebody_tested_answers_in_every_offered_language() -> None:
    answered = {
        language["tag"]
        for person in STAFF
        if person["role"] in {"officer", "supervisor"}
        for language in person["languages"]
        if int(language["level"]) >= 2 and date.fromisoformat(language["expires_on"]) > TODAY
    }

    assert set(TOWN["languages"]) - {"en"} <= answered


@each_person
def test_a_level_above_courtesy_has_a_test(person: Json) -> None:
    assert not {"password", "secret"} & set(person)
    assert person["gender"] in {"woman", "man"}
    for language in person["languages"]:
        level = int(language["level"])
        assert 0 <= level <= 4
        if level >= 2:
            tested, expires = (date.fromisoformat(language[key]) for key in ("tested_on", "expires_on"))
            assert language["test"] and tested <= TODAY
            assert 2 <= (expires - tested).days / 365 <= 3.01


def test_one_test_ran_out_and_one_was_never_taken() -> None:
    languages = [language for person in STAFF for language in person["languages"]]

    assert sum(bool(row["expires_on"]) and date.fromisoformat(row["expires_on"]) < TODAY for row in languages) == 1
    assert sum(not row["test"] for row in languages) == 1
