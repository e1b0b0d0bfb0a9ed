"""Directories of help are read from every form of HSDS, and every mistake in them is said with its place."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.errors import ImportRefused
from bot.store.hsds import Directory, read
from bot.store.hsds_hours import minute
from bot.store.hsds_languages import language_tag
from bot.store.hsds_shapes import FIELDS, TABLE_OF, TABLES
from bot.store.problems import Severity

TODAY = date(2026, 11, 22)
DEMO = Path(__file__).parent.parent / "bot" / "demo" / "directory.json"

# A service as the examples of the standard have it: everything inside everything, told more than once.
LANGUAGE = {"id": "l1", "name": "Urdu", "code": "ur"}
PHONE = {"id": "p1", "number": "+1 202-456-1111", "extension": 7, "type": "voice", "languages": [LANGUAGE]}
SCHEDULE = {"id": "h1", "freq": "WEEKLY", "byday": "TH,FR", "opens_at": "10:00:00", "closes_at": "18:00:00"}
PLACE = {"id": "a1", "address_1": "1 Main Street", "city": "Riverbend", "address_type": "physical"}
LOCATION = {
    "id": "loc1",
    "location_type": "physical",
    "name": "Civic Center",
    "latitude": 41.1,
    "longitude": -92.3,
    "addresses": [PLACE],
    "phones": [PHONE],
}
TERM = {"id": "t1", "code": "health", "name": "Health", "taxonomy": "Puente needs"}
SERVICE = {
    "id": "s1",
    "name": "Walk-in Clinic",
    "description": "Nurses see you the same day. No appointment.",
    "status": "active",
    "assured_date": "2026-10-01",
    "phones": [PHONE],
    "schedules": [SCHEDULE],
    "organization": {"id": "o1", "name": "Clinic Inc.", "description": "A clinic.", "phones": [PHONE]},
    "service_at_locations": [{"id": "sal1", "location": LOCATION}],
    "attributes": [{"id": "at1", "link_entity": "service", "taxonomy_term": TERM}],
    "required_documents": [{"id": "d1", "document": "No ID needed"}],
}


def written(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def tables(folder: Path, files: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    for name, rows in files.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(column for row in rows for column in row)))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def said(directory: Directory) -> list[tuple[str, int, str, str]]:
    return [(p.file, p.row, p.field, str(p.severity)) for p in directory.problems]


# One service, in every form


FORMS: dict[str, Callable[[Path], Path]] = {
    "one full service": lambda folder: written(folder, "service.json", SERVICE),
    "a list": lambda folder: written(folder, "services.json", [SERVICE]),
    "a page": lambda folder: written(folder, "page.json", {"total_items": 1, "contents": [SERVICE]}),
    "a table of full services": lambda folder: written(folder, "tables.json", {"services": [SERVICE]}),
    "inside its organization": lambda folder: written(
        folder, "organization.json", {"id": "o1", "name": "Clinic Inc.", "legal_status": "x", "services": [SERVICE]}
    ),
    "inside its place": lambda folder: written(
        folder,
        "service_at_location.json",
        {"id": "sal1", "location": LOCATION, "service": {**SERVICE, "service_at_locations": []}},
    ),
    "tabular JSON": lambda folder: written(folder, "tabular.json", {f"{k}.csv": list(v) for k, v in TABULAR.items()}),
    "CSV": lambda folder: tables(folder, TABULAR),
}
TABULAR: dict[str, Sequence[Mapping[str, str]]] = {
    "organizations": [{"id": "o1", "name": "Clinic Inc.", "description": "A clinic."}],
    "services": [
        {
            "id": "s1",
            "organization_id": "o1",
            "name": "Walk-in Clinic",
            "description": "Nurses see you the same day. No appointment.",
            "status": "active",
            "assured_date": "2026-10-01",
        }
    ],
    "locations": [
        {"id": "loc1", "location_type": "physical", "name": "Civic Center", "latitude": "41.1", "longitude": "-92.3"}
    ],
    "service_at_location": [{"id": "sal1", "service_id": "s1", "location_id": "loc1"}],
    "addresses": [{"id": "a1", "location_id": "loc1", "address_1": "1 Main Street", "city": "Riverbend"}],
    "phones": [{"id": "p1", "service_id": "s1", "number": "+1 202-456-1111", "extension": "7", "type": "voice"}],
    "languages": [{"id": "l1", "phone_id": "p1", "name": "Urdu", "code": "ur"}],
    "schedules": [
        {"id": "h1", "service_id": "s1", "byday": "TH,FR", "freq": "WEEKLY", "opens_at": "10:00", "closes_at": "18:00"}
    ],
    "attributes": [{"id": "at1", "link_id": "s1", "link_entity": "service", "taxonomy_term_id": "t1"}],
    "taxonomy_terms": [{"id": "t1", "code": "health", "name": "Health"}],
    "required_documents": [{"id": "d1", "service_id": "s1", "document": "No ID needed"}],
}


@pytest.mark.parametrize("form", FORMS)
def test_a_service_reads_the_same_in_every_form(form: str, tmp_path: Path) -> None:
    directory = read(FORMS[form](tmp_path), TODAY)

    (listing,) = directory.listings
    told = listing.resource
    assert directory.problems == ()
    assert (told.id, told.name, told.what) == ("s1", "Walk-in Clinic", "Nurses see you the same day")
    assert (told.phone, told.languages, told.needs) == ("+1 202-456-1111 x7", ("ur",), ("health",))
    assert told.hours == ((3, 600, 1080), (4, 600, 1080))
    assert (told.address, told.no_id_needed, told.checked_on) == ("1 Main Street, Riverbend", True, "2026-10-01")
    assert listing.spot is not None and (listing.spot.latitude, listing.spot.longitude) == (41.1, -92.3)


def test_tables_of_1_1_and_2_0_are_read_by_their_old_names(tmp_path: Path) -> None:
    folder = tables(
        tmp_path,
        {
            "services": [{"id": "s", "name": "Food Desk", "status": "active", "taxonomy_ids": ""}],
            "services_at_location": [{"id": "sl", "service_id": "s", "location_id": "l"}],
            "locations": [{"id": "l", "name": "Hall", "latitude": "1", "longitude": "2"}],
            "physical_addresses": [{"id": "x", "location_id": "l", "address_1": "2 Elm Street", "city": "Riverbend"}],
            "postal_addresses": [{"id": "x", "location_id": "l", "address_1": "Box 9", "city": "Riverbend"}],
            "regular_schedules": [
                {"id": "x", "service_id": "s", "weekday": "1", "opens_at": "09:00:00", "closes_at": "17:00:00"}
            ],
            "holiday_schedules": [{"id": "x", "service_id": "s", "closed": "true", "start_date": "2026-12-25"}],
            "languages": [{"id": "x", "service_id": "s", "language": "Spanish"}],
            "accessibility_for_disabilities": [{"id": "x", "location_id": "l", "accessibility": "ramp"}],
            "services_taxonomy": [{"id": "x", "service_id": "s", "taxonomy_id": "t"}],
            "taxonomy": [{"id": "t", "name": "Food", "vocabulary": "AIRS"}],
        },
    )
    directory = read(folder, TODAY)

    (listing,) = directory.listings
    assert listing.resource.hours == ((0, 540, 1020),)
    assert (listing.resource.address, listing.resource.languages) == ("2 Elm Street, Riverbend", ("es",))
    assert listing.resource.needs == ("food",)
    assert directory.records["accessibility"]["x"]["description"] == "ramp"
    assert directory.records["schedule"]["x"]["byday"] == "MO"
    assert {p.severity for p in directory.problems} == {Severity.NOTE}


def test_the_ohana_set_is_read(tmp_path: Path) -> None:
    folder = tables(
        tmp_path,
        {
            "organizations": [
                {"id": "1", "name": "Library", "website": "https://l.example", "funding_sources": "City"}
            ],
            "locations": [
                {
                    "id": "7",
                    "organization_id": "1",
                    "name": "Main Library",
                    "latitude": "37.5",
                    "longitude": "-122.3",
                    "languages": "Spanish, Chinese (Mandarin)",
                    "accessibility": "ramp, elevator",
                    "virtual": "false",
                }
            ],
            "services": [
                {
                    "id": "3",
                    "location_id": "7",
                    "name": "Reading Help",
                    "description": "Literacy for adults.",
                    "status": "active",
                    "keywords": "English Language, Tutoring",
                    "website": "https://l.example/r",
                    "taxonomy_ids": "101-01",
                }
            ],
            "addresses": [{"id": "1", "location_id": "7", "address_1": "24 Second Avenue", "city": "San Mateo"}],
            "mail_addresses": [{"id": "1", "location_id": "7", "address_1": "Box 1", "city": "San Mateo"}],
            "phones": [
                {"id": "1", "location_id": "7", "number": "650 780-7018", "number_type": "fax"},
                {"id": "2", "location_id": "7", "number": "650 780-7019", "number_type": "voice"},
            ],
            "regular_schedules": [
                {"id": "1", "service_id": "3", "weekday": "Monday", "opens_at": "2pm", "closes_at": "4:00 PM"}
            ],
            "taxonomy": [{"taxonomy_id": "101-01", "name": "Disaster Response"}],
        },
    )
    directory = read(folder, TODAY)

    (listing,) = directory.listings
    told = listing.resource
    assert (told.phone, told.languages, told.hours) == ("650 780-7019", ("es", "zh"), ((0, 840, 960),))
    assert (told.needs, told.address) == (("english", "school"), "24 Second Avenue, San Mateo")
    assert "Library" in listing.words
    assert directory.records["service"]["3"]["url"] == "https://l.example/r"
    assert [one["description"] for one in directory.records["location"]["7"]["accessibility"]] == ["ramp", "elevator"]
    assert said(directory) == [
        ("services.csv", 2, "attributes", "note")
    ]  # the categories were guessed, and that is said


# What is wrong


def one_of(kind: str, **fields: str) -> dict[str, list[Mapping[str, str]]]:
    """A sound directory of tables with one more row, at row 3 where the table has one already."""
    rows: list[Mapping[str, str]] = [*TABULAR.get(kind, ()), {"id": "new", **fields}]
    return {**{name: list(known) for name, known in TABULAR.items()}, kind: rows}


@pytest.mark.parametrize(
    ("more", "place", "severity", "words"),
    [
        (one_of("services", id="", name="Ghost"), ("services.csv", 3, "id"), "error", "has no id"),
        (one_of("services", organization_id="o1"), ("services.csv", 3, "name"), "error", "is missing"),
        (one_of("organizations", name=""), ("organizations.csv", 3, "name"), "error", "is missing"),
        (one_of("phones", service_id="s1", number=""), ("phones.csv", 3, "number"), "error", "is missing"),
        (
            one_of("phones", id="", service_id="s1", number="911"),
            ("phones.csv", 3, "id"),
            "warning",
            "kept as phones.csv:3",
        ),
        (one_of("services", id="s1", name="Twin"), ("services.csv", 3, "id"), "error", "row 2 already"),
        (
            one_of("services", name="X", status="active", organization_id="o9"),
            ("services.csv", 3, "organization_id"),
            "warning",
            "organization o9, which is not here",
        ),
        (
            one_of("phones", service_id="s9", number="211"),
            ("phones.csv", 3, "service_id"),
            "error",
            "kept but not used",
        ),
        (one_of("phones", number="211"), ("phones.csv", 3, ""), "error", "belongs to nothing"),
        (
            one_of("service_at_location", service_id="s1", location_id="l9"),
            ("service_at_location.csv", 3, "location_id"),
            "error",
            "location l9, which is not here",
        ),
        (one_of("locations", latitude="north", longitude="2"), ("locations.csv", 3, "latitude"), "warning", "degrees"),
        (one_of("locations", latitude="91", longitude="2"), ("locations.csv", 3, "latitude"), "warning", "between -90"),
        (one_of("locations", longitude="2"), ("locations.csv", 3, "latitude"), "warning", "is missing"),
        (
            one_of("schedules", service_id="s1", byday="MO", opens_at="late", closes_at="17:00"),
            ("schedules.csv", 3, "opens_at"),
            "warning",
            "no time",
        ),
        (
            one_of("schedules", service_id="s1", byday="someday", opens_at="9:00", closes_at="17:00"),
            ("schedules.csv", 3, "byday"),
            "warning",
            "no days",
        ),
        (
            one_of("schedules", service_id="s1", byday="MO", opens_at="17:00", closes_at="9:00"),
            ("schedules.csv", 3, "closes_at"),
            "warning",
            "next day",
        ),
        (
            one_of("schedules", service_id="s1", byday="MO", opens_at="9:00", closes_at="10:00", valid_to="2020-01-01"),
            ("schedules.csv", 3, "valid_to"),
            "note",
            "has ended",
        ),
        (one_of("languages", service_id="s1", code="xx"), ("languages.csv", 3, "code"), "warning", "no language"),
        (one_of("languages", service_id="s1", name="Klingon?"), ("languages.csv", 3, "name"), "warning", "no language"),
        (one_of("phones", service_id="s1", number="12"), ("phones.csv", 3, "number"), "warning", "cannot be a phone"),
        (
            one_of("services", name="Y", status="active", assured_date="soon"),
            ("services.csv", 3, "assured_date"),
            "warning",
            "no date",
        ),
        (one_of("services", name="Z", status="inactive"), ("services.csv", 3, "status"), "note", "not shown"),
        (
            one_of("programs", organization_id="o1", mood="good"),
            ("programs.csv", 2, "mood"),
            "note",
            "no field of a program",
        ),
    ],
)
def test_every_problem_is_said_with_file_row_and_field(
    more: dict[str, Any], place: tuple[str, int, str], severity: str, words: str, tmp_path: Path
) -> None:
    directory = read(tables(tmp_path, more), TODAY)

    found = [p for p in directory.problems if (p.file, p.row, p.field) == place and p.severity == severity]
    assert found, directory.problems
    assert words in found[0].words
    assert "s1" in {listing.service_id for listing in directory.listings}  # the sound rows are used all the same


def test_no_row_with_an_id_is_lost_however_broken(tmp_path: Path) -> None:
    broken = one_of("phones", service_id="nobody", number="")
    directory = read(tables(tmp_path, broken), TODAY)

    assert directory.records["phone"]["new"] == {"id": "new", "service_id": "nobody"}


@pytest.mark.parametrize(
    ("name", "content", "row", "words"),
    [
        ("directory.json", "{not json", 0, "is no JSON"),
        ("directory.json", [SERVICE, "nonsense"], 2, "is no record"),
        ("directory.json", [SERVICE, {"colour": "blue"}], 2, "no record of HSDS that we know"),
        ("weather.csv", "id,name\n1,rain\n", 0, "no table of HSDS"),
        ("services.csv", "id,name\n1,a,b,c\n", 2, "has 4 cells, the header 2"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: Any, row: int, words: str) -> None:
    problems = read(written(tmp_path, name, content), TODAY).problems

    assert any(problem.row == row and words in problem.words for problem in problems), problems


def test_a_column_too_many_is_kept(tmp_path: Path) -> None:
    directory = read(written(tmp_path, "services.csv", "id,name\n1,a,b\n"), TODAY)

    assert directory.records["service"]["1"] == {"id": "1", "name": "a", "column 3": "b"}


def test_another_encoding_or_separator_is_read_and_the_encoding_said(tmp_path: Path) -> None:
    (tmp_path / "organizations.csv").write_bytes("id;name\n1;Café\n".encode("cp1252"))
    directory = read(tmp_path, TODAY)

    assert directory.records["organization"]["1"]["name"] == "Café"
    assert [(p.row, p.severity) for p in directory.problems] == [(0, Severity.WARNING)]


def test_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no CSV or JSON file"):
        read(tmp_path, TODAY)
    with pytest.raises(ImportRefused, match="There is no file"):
        read(tmp_path / "gone.json", TODAY)


def test_what_is_told_twice_and_differently_is_said_once_and_the_first_counts(tmp_path: Path) -> None:
    other = {**SERVICE, "id": "s2", "organization": {"id": "o1", "name": "Another Name"}}
    directory = read(written(tmp_path, "d.json", [SERVICE, other, {**other, "id": "s3"}]), TODAY)

    assert said(directory) == [("d.json", 2, "organization.name", "warning")]
    assert "Clinic Inc." in directory.problems[0].words


def test_a_record_that_says_the_same_in_less_is_no_problem(tmp_path: Path) -> None:
    written(tmp_path, "full.json", SERVICE)
    written(tmp_path, "thin.json", {"contents": [{"id": "s1", "name": "Walk-in Clinic", "status": "active"}]})
    directory = read(tmp_path, TODAY)

    assert directory.problems == ()
    assert directory.records["service"]["s1"] == SERVICE


# What residents are told


def with_need(code: str) -> dict[str, Any]:
    term = {**TERM, "id": code, "code": code}
    return {**SERVICE, "attributes": [{"id": "at1", "taxonomy_term": term}]}


def test_where_somebody_may_be_hiding_neither_address_nor_spot_is_told(tmp_path: Path) -> None:
    directories = [
        read(written(tmp_path, f"{need}.json", with_need(need)), TODAY) for need in ("safety_at_home", "shelter")
    ]
    (hidden,), (shelter,) = (directory.listings for directory in directories)

    assert (hidden.resource.address, hidden.spot) == ("", None)
    assert "Civic Center" not in hidden.words + shelter.words  # nor is it found by where it is
    assert shelter.resource.address == ""
    assert shelter.spot is not None and shelter.spot.latitude == round(shelter.spot.latitude, 2)
    assert all("never texted" in directory.problems[0].words for directory in directories)


def test_nobody_is_sorted_under_lawyers_by_a_guess(tmp_path: Path) -> None:
    notario = {"id": "n", "name": "Notario Immigration Lawyer Services and Taxes", "status": "active", "url": "x"}
    (listing,) = read(written(tmp_path, "n.json", notario), TODAY).listings

    assert listing.resource.needs == ("money",)


@pytest.mark.parametrize(
    ("schedule", "hours", "words"),
    [
        ({"byday": "MO", "opens_at": "9am", "closes_at": "5pm"}, ((0, 540, 1020),), ""),
        ({"byday": "SU", "opens_at": "22:00", "closes_at": "02:00"}, ((0, 0, 120), (6, 1320, 1440)), ""),
        ({"byday": "MO", "opens_at": "00:00", "closes_at": "23:59"}, ((0, 0, 1440),), ""),  # all day
        ({"freq": "DAILY", "opens_at": "8:00", "closes_at": "9:00"}, tuple((day, 480, 540) for day in range(7)), ""),
        (
            {"freq": "MONTHLY", "byday": "1SA", "opens_at": "8:00", "closes_at": "13:00"},
            (),
            "first Saturday of the month 8:00-13:00",
        ),
        (
            {"byday": "MO", "interval": "2", "opens_at": "8:00", "closes_at": "9:00"},
            (),
            "",
        ),  # every other Monday is no week
    ],
)
def test_schedules_become_hours_or_words(
    tmp_path: Path, schedule: dict[str, str], hours: tuple[tuple[int, int, int], ...], words: str
) -> None:
    service = {**SERVICE, "schedules": [{"id": "h", "freq": "WEEKLY", **schedule}]}
    (listing,) = read(written(tmp_path, "s.json", service), TODAY).listings

    assert listing.resource.hours == hours
    assert listing.resource.what.partition("; ")[2] == words


def test_a_service_in_two_places_is_two_listings_with_their_own_hours() -> None:
    directory = read(DEMO, TODAY)
    classes = [one.resource for one in directory.listings if one.resource.name == "Library English Classes"]

    assert len(classes) == 2 and len({one.id for one in classes}) == 2
    assert {hours[0][0] for hours in (one.hours for one in classes)} == {0, 1}


def test_the_demo_directory_is_without_fault() -> None:
    directory = read(DEMO, TODAY)

    assert len(directory.records["service"]) == len(json.loads(DEMO.read_text(encoding="utf-8"))) == 66
    assert {problem.severity for problem in directory.problems} <= {Severity.NOTE}
    assert all(one.resource.phone and one.resource.languages and one.resource.needs for one in directory.listings)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("es", "es"),
        ("spa", "es"),  # ISO 639-2
        ("Español", "es"),
        ("Chinese (Mandarin)", "zh"),
        ("Chinese (Cantonese)", "yue"),
        ("zh_hant", "zh-Hant"),
        ("Tagalog", "tl"),
        ("fil", "tl"),  # the line knows it as Tagalog
        ("prs", "prs"),  # CLDR would say fa-AF
        ("العربية", "ar"),
        ("zz", None),
        ("", None),
    ],
)
def test_languages(text: str, expected: str | None) -> None:
    assert language_tag(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("4:00 PM", 960), ("12am", 0), ("12:30 p.m.", 750), ("09:00:00-06:00", 540), ("24:00", 1440)]
    + [(text, None) for text in ("9", "25:00", "13pm", "9:60", "noon", "")],
)
def test_times(text: str, expected: int | None) -> None:
    assert minute(text) == expected


def test_every_table_is_known_by_the_name_it_is_exported_under() -> None:
    assert {TABLES[TABLE_OF[kind]] for kind in FIELDS} == set(FIELDS)
