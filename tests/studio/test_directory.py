"""The directory as people keep it: what they change is what residents are told, nobody writes over anybody, and a file changes
only what was looked at."""

import io
import json
import threading
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.desk.identity import accounts
from bot.errors import ImportRefused, NotFound, NotUsable, Stale
from bot.hotline import Hotline
from bot.line import resources as line
from bot.line.hours import over_midnight, parse_hours
from bot.model import Officer, Role
from bot.store import directory_uploads, events, hsds, resources
from bot.store.database import carry_out
from bot.studio.directory import exporting, files, forms, importing, keeping, missing, rewriting, taking_out, telling
from bot.studio.directory.keeping import Query
from bot.studio.directory.services import FIELDS, Place, Service, catalogue, differing
from bot.studio.directory.week_words import week_words
from tests.test_hsds import LOCATION, SERVICE, TABULAR, tables, written

DEMO = Path(__file__).parent.parent.parent / "bot" / "demo" / "directory.json"
TODAY = date(2026, 11, 23)


@pytest.fixture
def town(hotline: Hotline) -> Hotline:
    """With the demo town's directory."""
    line.load_directory(hotline, DEMO)
    return hotline


@pytest.fixture
def ana(hotline: Hotline) -> Officer:
    return accounts.add(hotline, "ana", "Ana Ruiz", Role.SUPERVISOR, "", "", {})


@pytest.fixture
def bo(hotline: Hotline) -> Officer:
    return accounts.add(hotline, "bo", "Bo Lind", Role.ADMIN, "", "", {})


def named(hotline: Hotline, name: str) -> Service:
    (found,) = [one for one in keeping.whole(hotline)[1].services.values() if one.name == name]
    return found


def told(hotline: Hotline, service_id: str) -> list[Any]:
    """What residents' searches read, from the database."""
    with hotline.db.read() as conn:
        return [one.resource for one in resources.all_listings(conn) if one.service_id == service_id]


def everything(hotline: Hotline) -> tuple[Any, Any]:
    with hotline.db.read() as conn:
        return resources.all_records(conn), resources.all_listings(conn)


def packed(**tables: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as folder:
        for name, text in tables.items():
            folder.writestr(f"{name}.csv", text)
    return held.getvalue()


def other(service: Service) -> Service:
    """Another in every field a person can change."""
    return replace(
        service, name=f"{service.name} II", description="New work. More of it.", needs=("papers", "food"),
        languages=("es", "so"), hours="Mo-Fr 08:00-24:00; Sa 22:00-02:00", phones=("+1-555-555-0199 x7", "211"),
        places=(*(replace(one, street="9 Elm Street", latitude="41.5") for one in service.places[:1]),
                Place(name="Annex", street="1 Oak Street", city="Riverbend", latitude="41.1", longitude="-92.2",
                      hours="Su 10:00-12:00", phone="988")),
        eligibility="Everybody", no_id_needed=False, papers=("A letter",), cost="5 dollars", closed=False,
        checked_on="2026-11-20",
    )  # fmt: skip


HOURS = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 1439), st.integers(0, 1440)).map(lambda one: over_midnight(*one)), max_size=8
).map(lambda spans: tuple(sorted({span for own in spans for span in own})))


@given(HOURS)
def test_hours_are_worded_as_they_are_read(hours: tuple[tuple[int, int, int], ...]) -> None:
    assert parse_hours(week_words(hours)) == hours


# Records behind the form


@pytest.mark.parametrize("form", ["nested", "tables", "inside its organization"])
def test_a_service_is_rewritten_in_every_form_of_hsds(form: str, tmp_path: Path) -> None:
    path = {
        "nested": lambda: written(tmp_path, "one.json", SERVICE),
        "tables": lambda: tables(tmp_path, TABULAR),
        "inside its organization": lambda: written(tmp_path, "o.json", {"id": "o1", "name": "Clinic Inc.", "services": [SERVICE]}),
    }[form]()
    known = catalogue(hsds.read(path, TODAY).records, TODAY)
    before = known.services["s1"]
    assert (before.hours, before.phones, before.needs) == ("Th-Fr 10:00-18:00", ("+1 202-456-1111 x7",), ("health",))

    wanted = replace(other(before), organization=before.organization)
    after = catalogue(rewriting.with_changes(known.records, rewriting.changes(known, wanted, TODAY)), TODAY)
    assert differing(wanted, after.services["s1"]) == []
    assert [one.resource.address for one in after.told["s1"]] == ["9 Elm Street, Riverbend", "1 Oak Street, Riverbend"]
    assert after.services["s1"].organization == "Clinic Inc."


def test_who_shares_a_place_keeps_it_as_it_was(tmp_path: Path) -> None:
    second = {**SERVICE, "id": "s2", "name": "Second", "service_at_locations": [{"id": "sal2", "location_id": "loc1"}]}
    known = catalogue(hsds.read(written(tmp_path, "two.json", [SERVICE, second]), TODAY).records, TODAY)
    for field in FIELDS:
        wanted = replace(known.services["s1"], **{field: getattr(other(known.services["s1"]), field)})
        if field == "papers":
            wanted = replace(wanted, no_id_needed=False)
        if field == "no_id_needed":
            continue
        after = catalogue(rewriting.with_changes(known.records, rewriting.changes(known, wanted, TODAY)), TODAY)
        assert differing(after.services["s1"], wanted) == [], field
        assert after.services["s2"] == known.services["s2"], field
        assert after.told["s2"] == known.told["s2"], field


def test_every_service_of_the_town_can_be_taken_out_and_says_the_same() -> None:
    known = catalogue(hsds.read(DEMO, TODAY).records, TODAY)
    for id in known.services:
        body, change = taking_out.taken_out(known, id)
        after = catalogue(rewriting.with_changes(known.records, {**change, ("service", id): body}), TODAY)
        assert (after.services, after.told) == (known.services, known.told)


# Kept by people


def test_what_is_kept_is_what_residents_are_told(town: Hotline, ana: Officer) -> None:
    service = named(town, "Harvest Table Pantry")
    wanted = other(service)
    changed = keeping.change(town, ana, wanted, service.seen)

    assert set(changed) == set(FIELDS) - {"closed"}
    first, second = sorted(told(town, service.id), key=lambda one: one.phone)
    assert (first.name, first.phone, first.no_id_needed) == ("Harvest Table Pantry II", "+1-555-555-0199 x7", False)
    assert (second.phone, second.hours, second.address) == ("988", ((6, 600, 720),), "1 Oak Street, Riverbend")
    assert [one.name for one in line.find(town, "papers", words="Annex")] == ["Harvest Table Pantry II"]
    kept = keeping.find(town, service.id)
    assert (kept.mark.changed_by, kept.mark.hand) == ("Ana Ruiz", frozenset(FIELDS) - {"closed", "checked_on"})
    with town.db.read() as conn:
        (event,) = events.latest(conn, f"service:{service.id}", 5)
    assert (event.verb, event.actor) == ("service changed", f"officer:{ana.id}")


def test_nothing_but_the_service_changes(town: Hotline, ana: Officer) -> None:
    service = named(town, "Harvest Table Pantry")
    before = [one for one in everything(town)[1] if one.service_id != service.id]
    keeping.change(town, ana, replace(service, name="Another"), service.seen)
    assert [one for one in everything(town)[1] if one.service_id != service.id] == before


def test_the_second_of_two_who_save_is_told(town: Hotline, ana: Officer, bo: Officer) -> None:
    service = named(town, "Harvest Table Pantry")
    keeping.change(town, ana, replace(service, name="Ana's"), service.seen)
    for act in (keeping.close, keeping.check):
        with pytest.raises(Stale):
            act(town, bo, service.id, service.seen)
    with pytest.raises(Stale):
        keeping.change(town, bo, replace(service, name="Bo's"), service.seen)
    assert named(town, "Ana's").id == service.id


def test_of_many_who_save_at_once_one_wins(town: Hotline, ana: Officer) -> None:
    service = named(town, "Harvest Table Pantry")
    won: list[str] = []
    ready = threading.Barrier(4)

    def save(name: str) -> None:
        ready.wait()
        try:
            keeping.change(town, ana, replace(service, name=name), service.seen)
            won.append(name)
        except Stale:
            pass

    threads = [threading.Thread(target=save, args=(f"name {n}",)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(won) == 1
    assert keeping.find(town, service.id).service.name == won[0]
    assert [one.name for one in told(town, service.id)] == won


def test_a_service_is_added_closed_and_opened_again(town: Hotline, ana: Officer) -> None:
    made = Service(name="Sewing Circle", description="Mends clothes.", needs=("work",), languages=("so",), phones=("211",))
    id = keeping.add(town, ana, made)
    (resource,) = told(town, id)
    assert (resource.name, resource.needs, resource.checked_on) == ("Sewing Circle", ("work",), town.today().isoformat())

    keeping.close(town, ana, id, keeping.find(town, id).service.seen)
    assert told(town, id) == []
    assert [one.service.id for one in keeping.listed(town, Query(shown="closed"))] == [id]
    keeping.reopen(town, ana, id, keeping.find(town, id).service.seen)
    assert told(town, id) == [resource]
    with pytest.raises(NotFound):
        keeping.find(town, "nothing")


def test_what_cannot_be_unsaid_here_is_refused(town: Hotline, ana: Officer, tmp_path: Path) -> None:
    location = {**LOCATION, "languages": [{"id": "x", "name": "Korean", "code": "ko"}], "phones": []}
    spoken = {**SERVICE, "phones": [], "service_at_locations": [{"id": "sal1", "location": location}]}
    line.load_directory(town, written(tmp_path, "one.json", spoken))
    service = keeping.find(town, "s1").service
    assert service.languages == ("ko",)
    with pytest.raises(NotUsable, match=r"“Languages” cannot be kept so"):
        keeping.change(town, ana, replace(service, languages=()), service.seen)
    assert told(town, "s1")[0].languages == ("ko",)


def test_due_begins_with_the_oldest_and_one_press_takes_it_off(town: Hotline, ana: Officer) -> None:
    due = keeping.listed(town, Query(shown="due", days=30))
    days = [one.service.checked_on for one in due]
    assert days == sorted(days)
    assert len(days) > 1
    first = due[0].service
    keeping.check(town, ana, first.id, first.seen)
    kept = keeping.find(town, first.id)
    assert (kept.service.checked_on, kept.mark.checked_by, kept.due) == (town.today().isoformat(), "Ana Ruiz", False)
    assert kept.mark.hand == frozenset()
    assert keeping.counts(town, 30)["due"] == len(due) - 1


@pytest.mark.parametrize(
    ("query", "name"),
    [
        (Query(words="harvest pantry"), "Harvest Table Pantry"),
        (Query(words="mill street", need="food", language="vi"), "Harvest Table Pantry"),
    ],
)
def test_services_are_found(town: Hotline, query: Query, name: str) -> None:
    assert name in [one.service.name for one in keeping.listed(town, query)]
    assert keeping.listed(town, replace(query, words="nothing of this")) == []
    assert keeping.listed(town, replace(query, need="lawyer")) == []
    assert keeping.listed(town, replace(query, language="km")) == []


def test_the_preview_is_the_text_of_the_flow(town: Hotline) -> None:
    service = named(town, "Harvest Table Pantry")
    known = keeping.whole(town)[1]
    english, spanish = telling.told(town, known.told[service.id], ("en", "es"))
    assert english.text.startswith("Harvest Table Pantry: Free groceries each week, one bag a person. +1-555-555-0102.")
    assert "español" in spanish.text
    assert english.segments >= 1


# The form


FORM = {"name": ["A"], "main": ["food"]}
WRONG = [
    ("name", {"name": [" "]}),
    ("name", {"name": ["x" * 121]}),
    ("description", {"description": ["bell \x07"]}),
    ("main", {"main": ["nothing"]}),
    ("other_languages", {"other_languages": ["Spanish, Klingonese"]}),
    ("hours", {"hours": ["nine to five"]}),
    ("phones", {"phones": ["12"]}),
    ("phones", {"phones": ["+1-555-555-0100 xyz"]}),
    ("papers", {"papers": ["A bill"], "no_id_needed": ["yes"]}),
    ("checked_on", {"checked_on": ["2026-11-24"]}),
    ("checked_on", {"checked_on": ["soon"]}),
    ("place-0-name", {"place-0-city": ["Riverbend"]}),
    ("place-0-latitude", {"place-0-name": ["Hall"], "place-0-latitude": ["91"], "place-0-longitude": ["1"]}),
    ("place-0-longitude", {"place-0-name": ["Hall"], "place-0-latitude": ["41"]}),
    ("place-0-latitude", {"place-0-name": ["Hall"], "place-0-latitude": ["nan"], "place-0-longitude": ["1"]}),
    ("place-0-hours", {"place-0-name": ["Hall"], "place-0-hours": ["Mo"]}),
]


@pytest.mark.parametrize(("field", "typed"), WRONG)
def test_each_field_says_what_is_wrong_with_it(field: str, typed: dict[str, list[str]]) -> None:
    assert set(forms.read({**FORM, **typed}, Service(), (), TODAY).wrong) == {field}


def test_a_form_that_is_sent_as_it_came_changes_nothing(town: Hotline) -> None:
    for service in keeping.whole(town)[1].services.values():
        typed = forms.read(forms.shown(service), service, (), TODAY)
        assert (differing(service, typed.service), typed.wrong) == ([], {}), service.name


# Files


@pytest.mark.parametrize("kind", list(exporting.KINDS))
def test_what_is_exported_changes_nothing_when_it_comes_back(town: Hotline, ana: Officer, kind: str) -> None:
    service = named(town, "Harvest Table Pantry")
    keeping.change(town, ana, other(service), service.seen)
    keeping.add(town, ana, Service(name="Sewing Circle", needs=("work",), phones=("211",)))
    listed = everything(town)[1]
    upload = importing.bring(town, ana, f"directory.{kind}", exporting.export(keeping.whole(town)[1], kind))
    found = importing.look(town, upload)
    assert (found.added, found.changed, found.gone, found.others) == ([], [], [], 0)
    importing.apply(town, ana, upload, found.seen, theirs=(), close_gone=True)
    assert {one.resource.id: one for one in everything(town)[1]} == {one.resource.id: one for one in listed}


def test_a_file_changes_what_was_looked_at_and_only_once_it_is_wanted(town: Hotline, ana: Officer) -> None:
    records = json.loads(DEMO.read_text(encoding="utf-8"))
    first, second = records[0], records[1]
    first["name"], first["fees_description"] = "Harvest Hall", "1 dollar"
    del records[1]
    records.append({"id": "new", "name": "New Clinic", "status": "active", "phones": [{"id": "p", "number": "988"}]})
    before = everything(town)
    upload = importing.bring(town, ana, "Directory.JSON", json.dumps(records).encode())
    found = importing.look(town, upload)

    assert [one.id for one in found.added] == ["new"]
    assert [(one.before.id, one.fields, one.conflicts) for one in found.changed] == [(first["id"], ["name", "cost"], [])]
    assert [one.id for one in found.gone] == [second["id"]]
    assert everything(town) == before

    importing.apply(town, ana, upload, found.seen, theirs=(), close_gone=False)
    assert [one.name for one in told(town, first["id"])] == ["Harvest Hall"]
    assert told(town, "new")
    assert told(town, second["id"])  # only closed if asked
    with pytest.raises(NotFound):
        importing.look(town, upload)  # the file is gone once it is used

    upload = importing.bring(town, ana, "directory.json", json.dumps(records).encode())
    found = importing.look(town, upload)
    importing.apply(town, ana, upload, found.seen, theirs=(), close_gone=True)
    assert told(town, second["id"]) == []
    assert keeping.find(town, second["id"]).service.closed
    assert named(town, "Harvest Hall").cost == "1 dollar"


@pytest.mark.parametrize("wins", ["ours", "theirs"])
def test_what_was_changed_by_hand_stays_unless_it_is_given_up(town: Hotline, ana: Officer, wins: str) -> None:
    service = named(town, "Harvest Table Pantry")
    made = keeping.add(town, ana, Service(name="Sewing Circle", needs=("work",), phones=("211",)))
    by_hand = replace(service, hours="Su 10:00-12:00", phones=("211",), places=(Place(name="Tent", street="2 Elm Street"),))
    keeping.change(town, ana, by_hand, service.seen)
    today = keeping.find(town, service.id).service
    keeping.check(town, ana, service.id, today.seen)

    upload = importing.bring(town, ana, "directory.json", DEMO.read_bytes())
    found = importing.look(town, upload)
    (changed,) = found.changed
    assert (changed.before.id, set(changed.conflicts)) == (service.id, {"hours", "phones", "places"})
    assert [one.id for one in found.made_here] == [made]
    assert found.gone == []

    theirs = [(service.id, name) for name in changed.conflicts] if wins == "theirs" else []
    importing.apply(town, ana, upload, found.seen, theirs=theirs, close_gone=True)
    kept = keeping.find(town, service.id)
    wanted = service if wins == "theirs" else by_hand
    assert differing(kept.service, replace(wanted, checked_on=town.today().isoformat())) == []
    assert kept.mark.hand == (frozenset() if wins == "theirs" else {"hours", "phones", "places"})
    assert told(town, made)


def test_a_directory_that_changed_meanwhile_is_looked_at_again(town: Hotline, ana: Officer, bo: Officer) -> None:
    upload = importing.bring(town, ana, "one.json", json.dumps([SERVICE]).encode())
    found = importing.look(town, upload)
    service = named(town, "Harvest Table Pantry")
    keeping.check(town, bo, service.id, service.seen)
    before = everything(town)
    with pytest.raises(Stale):
        importing.apply(town, ana, upload, found.seen, theirs=(), close_gone=True)
    assert everything(town) == before
    again = importing.look(town, upload)
    importing.apply(town, ana, upload, again.seen, theirs=(), close_gone=False)
    assert told(town, "s1")


def test_a_file_is_forgotten_after_an_hour(town: Hotline, ana: Officer) -> None:
    upload = importing.bring(town, ana, "one.json", json.dumps([SERVICE]).encode())
    importing.forget_old(town)
    assert importing.look(town, upload).added
    with town.db.write() as conn:
        carry_out(conn, ("UPDATE directory_uploads SET made_at = made_at - 3600001", {}))
    with pytest.raises(NotFound):
        importing.look(town, upload)
    importing.forget_old(town)
    with town.db.read() as conn:
        assert directory_uploads.find(conn, upload, 0) is None


REFUSED: list[tuple[str, bytes, str]] = [
    ("a.txt", b"x", "ends in"),
    ("a.json", b"no json", "no service"),
    ("a.json", b"[" * 100_000, "cannot be read"),
    ("a.json", b'[{"id": "1", "name": "a\\u0000b", "description": "x"}]', "cannot be read"),
    ("a.json", b'[{"id": "1", "name": "a\\ud800b", "description": "x"}]', "cannot be read"),
    ("a.zip", b"PK no zip", "cannot be opened"),
    ("a.zip", packed(), "no CSV or JSON"),
    ("a.json", b" " * (files.MOST_BYTES + 1), "larger than"),
    ("a.zip", packed(**{f"t{n}": "id" for n in range(files.MOST_FILES + 1)}), "more than"),
    ("a.csv", b"id,name\n1,x\n", "no service"),
]


@pytest.mark.parametrize(("name", "body", "why"), REFUSED)
def test_what_is_no_directory_is_refused(town: Hotline, ana: Officer, name: str, body: bytes, why: str) -> None:
    before = everything(town)
    with pytest.raises(ImportRefused, match=why):
        importing.bring(town, ana, name, body)
    assert everything(town) == before


def test_a_zip_that_is_too_large_unpacked_is_refused_and_names_lead_nowhere(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("services.csv", "id,name\n" + "1,x\n" * 6_000_000)
    with pytest.raises(ImportRefused, match="Unpacked"):
        files.read("a.zip", held.getvalue(), TODAY)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as folder:
        folder.writestr("../../services.csv", "id,name\n1,x\n")
        folder.writestr("/etc/notes.txt", "x")
    assert list(files.read("a.zip", out.getvalue(), TODAY)[0].services) == ["1"]


def test_the_command_takes_along_what_the_page_does_and_writes_over_no_edits(town: Hotline, ana: Officer, tmp_path: Path) -> None:
    taken, settings = tmp_path / "directory.zip", {"DATABASE_URL": town.config.database_url, "DATA_DIR": str(tmp_path)}
    settings["REDIS_URL"] = town.config.redis_url
    ran = CliRunner().invoke(main, ["resources", "export", str(taken)], env=settings)
    assert (ran.exit_code, ran.output) == (0, "")
    assert taken.read_bytes()[:2] == b"PK"
    assert CliRunner().invoke(main, ["resources", "export", str(tmp_path / "a.txt")], env=settings).exit_code == 1

    service = named(town, "Harvest Table Pantry")
    keeping.change(town, ana, replace(service, cost="One dollar"), service.seen)
    ran = CliRunner().invoke(main, ["resources", "import", str(DEMO)], env=settings)
    assert ran.exit_code == 1
    assert "Services edited by hand: 1." in ran.output
    assert named(town, "Harvest Table Pantry").cost == "One dollar"
    ran = CliRunner().invoke(main, ["resources", "import", "--over-edits", str(DEMO)], env=settings)
    assert ran.exit_code == 0, ran.output
    assert named(town, "Harvest Table Pantry").cost == "Free"
    assert keeping.find(town, service.id).mark.hand == frozenset()


# What was not found


def test_small_counts_of_what_was_missed_are_hidden(town: Hotline) -> None:
    with town.db.write() as conn:
        for language, near, need, times in (("es", "Old Mill", "food", 14), ("es", "Eastgate", "work", 3), ("so", "", "food", 2)):
            for _ in range(times):
                carry_out(conn, line.miss(need, near, language))
    found = missing.missing(town, town.today().year)
    assert list(found.languages) == ["es", "so"]
    needs = {row.label: [None if cell.hidden else cell.value for cell in row.cells] for row in found.by_need.rows if not row.total}
    assert needs["work"][0] is None
    assert needs["food"][1] is None
    assert [cell.hidden for cell in found.by_area.rows[-1].cells][1]
    assert missing.missing(town, town.today().year - 1).languages == []
