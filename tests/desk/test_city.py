"""Reports that are a city's: sent once by an outbox that outlasts its failures, told to their residents when the city has
them and is done, and nothing of a resident in them. And what others see of ours."""

import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.channels import open311 as geo_report
from bot.channels import outside
from bot.channels.open311 import City, Taken
from bot.desk.reports import city, filed, news, open311
from bot.desk.reports.filed import Step
from bot.desk.reports.open311 import Asked, Sent
from bot.errors import NotFound, NotReached, NotUsable, SignInRefused, Stale
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store.city import Route
from bot.store.published import Service
from tests.answering import answering
from tests.conftest import MONDAY
from tests.desk.fake_city import FakeCity, fake_city
from tests.desk.reporting import DAMAGE_EN, EN, ES, NOISE_EN, NOISE_ES, files, officer, said_to, state, version
from tests.line import Clock


@pytest.fixture
def town(hotline: Hotline) -> Hotline:
    return replace(hotline, now=Clock(MONDAY))


@pytest.fixture
def fake() -> Iterator[FakeCity]:
    with fake_city() as started:
        yield started


@pytest.fixture
def karen(town: Hotline) -> Officer:
    return officer(town, "karen", Role.ADMIN)


TOLD = "Noise: Dogs; When: Often"


def goes_to(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    route = Route("noise", "Riverbend 311", "555-555-0311", fake.url, "riverbend.example", "NOISE", "a-key")
    city.set_route(town, karen, route)


def hand_over(town: Hotline, karen: Officer) -> int:
    report, _ = files(town, ES, NOISE_ES)
    place = filed.view(town, karen, report).place
    step = Step("sent", version(town, report), to_city=True, for_city=TOLD, place_for_city=place)
    assert filed.change(town, karen, report, step) == "city"
    return report


def pass_by(town: Hotline, **span: float) -> None:
    assert isinstance(town.now, Clock)
    town.now.pass_by(**span)


def test_a_report_goes_to_the_city_and_its_resident_hears_when_the_city_has_it(
    town: Hotline, karen: Officer, fake: FakeCity
) -> None:
    goes_to(town, karen, fake)
    report = hand_over(town, karen)
    assert said_to(town, ES) == []

    assert [city.work(town) for _ in range(3)] == [1, 0, 0]

    assert fake.posts() == [{
        "service_code": "NOISE", "description": "Noise: Dogs; When: Often", "jurisdiction_id": "riverbend.example",
        "api_key": "a-key", "address_string": "Calle Lantern 12",
    }]  # fmt: skip
    told = said_to(town, ES)
    assert len(told) == 1 and "Riverbend 311" in told[0] and "555-555-0311" in told[0]
    request = filed.view(town, karen, report).city
    assert request and (request.state, request.request_id) == ("open", "638344")


def test_the_city_closes_it_and_the_resident_hears_that_once(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    goes_to(town, karen, fake)
    report = hand_over(town, karen)
    city.work(town)
    pass_by(town, hours=2)
    city.work(town)
    assert state(town, report) == "sent" and len(said_to(town, ES)) == 1

    fake.closed = True
    for _ in range(3):
        pass_by(town, hours=2)
        city.work(town)

    view = filed.view(town, karen, report)
    assert view.case.row.state == "closed" and view.city and view.city.note == "A crew was there."
    told = said_to(town, ES)
    assert len(told) == 2 and "A crew" not in told[1]  # in the resident's language, not the city's
    assert town.library.voice("es").text(town.library.phrase("reason_city_did")) in told[1]


def test_a_city_that_gives_tokens_first(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    goes_to(town, karen, fake)
    fake.slow, fake.numbered = True, False
    report = hand_over(town, karen)
    for _ in range(3):
        city.work(town)
        pass_by(town, minutes=11)
    assert len(fake.posts()) == 1
    fake.numbered = True
    city.work(town)

    request = filed.view(town, karen, report).city
    assert request and (request.state, request.request_id) == ("open", "638344")
    assert len(said_to(town, ES)) == 1


def test_a_city_that_is_down_is_asked_again_and_the_resident_waits_for_the_truth(
    town: Hotline, karen: Officer, fake: FakeCity
) -> None:
    goes_to(town, karen, fake)
    fake.fails = [503, 500, 429]
    hand_over(town, karen)
    tries = 0
    while not said_to(town, ES) and tries < 10:
        city.work(town)
        tries += 1
        pass_by(town, minutes=16)

    assert tries == 4 and len(fake.posts()) == 4 and len(said_to(town, ES)) == 1


@pytest.mark.parametrize("failure", [None, 504])
def test_what_a_city_may_have_is_not_sent_again_by_itself(
    town: Hotline, karen: Officer, fake: FakeCity, failure: int | None
) -> None:
    goes_to(town, karen, fake)
    fake.fails = [failure]
    report = hand_over(town, karen)
    for _ in range(3):
        city.work(town)
        pass_by(town, hours=1)

    view = filed.view(town, karen, report)
    assert len(fake.posts()) == 1 and said_to(town, ES) == []
    assert view.case.row.state == "reading" and view.city and view.city.unsure


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[{}]", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", b"", b"Hello?\r\n"],
)
def test_only_looks_are_made_again_after_half_an_answer(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(NotReached) as sent:
        geo_report.send(City(url, "", "", development=True), "NOISE", {"description": "Dogs"})
    with answering(answer) as url, pytest.raises(NotReached) as looked:
        geo_report.find(City(url, "", "", development=True), "t-1")

    assert (sent.value.retry, looked.value.retry) == (False, True)
    assert sent.value.code == looked.value.code


def test_what_a_city_refuses_comes_back_to_the_desk(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    goes_to(town, karen, fake)
    fake.fails = [400]
    report = hand_over(town, karen)

    city.work(town)
    news.tell_due(town)

    row = filed.view(town, karen, report).case.row
    assert (row.state, row.city) == ("reading", "refused") and said_to(town, ES) == []
    again = Step("sent", row.version, to_city=True, for_city="Noise", place_for_city="12 Lantern Street")
    assert filed.change(town, karen, report, again) == "city"
    city.work(town)
    assert len(said_to(town, ES)) == 1


def test_what_is_taken_back_is_not_sent_and_nobody_is_told_that_it_was(
    town: Hotline, karen: Officer, fake: FakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_to(town, karen, fake)
    report = hand_over(town, karen)
    filed.change(town, karen, report, Step("reading", version(town, report)))
    assert city.work(town) == 0 and fake.asked == []
    view = filed.view(town, karen, report)
    assert view.city and view.city.state == "withdrawn"
    assert [(one.state, one.telling, one.why) for one in view.case.changes] == [
        ("sent", "untold", "overtaken"), ("reading", "told", "")
    ]  # fmt: skip

    def taken_back_meanwhile(*_: object) -> Taken:
        filed.change(town, karen, report, Step("officer", version(town, report)))
        return Taken("638344", "")

    again = Step("sent", version(town, report), to_city=True, for_city=TOLD, place_for_city="12 Lantern Street")
    assert filed.change(town, karen, report, again) == "city"
    monkeypatch.setattr("bot.channels.open311.send", taken_back_meanwhile)
    city.work(town)
    view = filed.view(town, karen, report)
    assert view.case.row.state == "officer" and view.city and view.city.state == "withdrawn"
    assert not any("Riverbend 311" in told for told in said_to(town, ES))


def test_what_the_city_has_is_not_refused_when_its_kind_goes_nowhere_any_more(
    town: Hotline, karen: Officer, fake: FakeCity
) -> None:
    goes_to(town, karen, fake)
    report = hand_over(town, karen)
    city.work(town)

    city.drop_route(town, karen, "noise")
    pass_by(town, hours=2)
    city.work(town)

    view = filed.view(town, karen, report)
    assert view.case.row.state == "sent" and view.city and (view.city.state, view.city.code) == ("withdrawn", "")


def test_a_city_that_hangs_keeps_nothing_else_waiting(
    town: Hotline, karen: Officer, fake: FakeCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_to(town, karen, fake)
    for _ in range(3):
        hand_over(town, karen)
    seconds = [0.0]

    def hang(*_: object) -> Taken:
        seconds[0] += outside.WHOLE
        raise NotReached(retry=True, code="late")

    monkeypatch.setattr(city, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    monkeypatch.setattr("bot.channels.open311.send", hang)

    assert [city.work(town) for _ in range(2)] == [2, 1]


def test_an_officer_sees_and_says_what_the_city_is_told_of_the_place(
    town: Hotline, karen: Officer, fake: FakeCity
) -> None:
    goes_to(town, karen, fake)
    where = "Calle Lantern 12, seguro social 987-65-4321"
    report, _ = files(town, ES, tuple(where if one == "Calle Lantern 12" else one for one in NOISE_ES))
    place = filed.view(town, karen, report).place
    assert place.startswith("Calle Lantern 12") and "987-65-4321" not in place

    sent = Step("sent", 1, to_city=True, for_city=TOLD, place_for_city="12 Lantern Street")
    for wrong in ({"place_for_city": " "}, {"place_for_city": "x" * 201}, {"for_city": "x" * 1001}):
        with pytest.raises(NotUsable):
            filed.change(town, karen, report, replace(sent, **wrong))
    assert filed.change(town, karen, report, replace(sent, state="reading")) == "told"  # and nothing goes to the city
    assert filed.change(town, karen, report, replace(sent, version=2)) == "city"
    city.work(town)
    assert [one["address_string"] for one in fake.posts()] == ["12 Lantern Street"]


def test_a_city_out_of_reach_for_a_week_counts_as_refusing(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    goes_to(town, karen, fake)
    fake.fails = [503] * 100
    report = hand_over(town, karen)
    for _ in range(40):
        city.work(town)
        pass_by(town, hours=6)

    assert state(town, report) == "reading" and said_to(town, ES) == []


def test_production_asks_no_machine_of_our_own_network(fake: FakeCity) -> None:
    for url in (
        fake.url,
        "https://127.0.0.1/",
        "https://localhost:8443/x",
        "https://[::1]/",
        "https://169.254.169.254/a",
    ):
        with pytest.raises(NotReached) as failure:
            outside.ask("GET", url, development=False)
        assert failure.value.code in ("address", "private address") and not failure.value.retry
    assert fake.asked == []
    for url in (
        "http://city.example/",
        "https://a@city.example/",
        "https://city.example\\@x/",
        "ftp://city.example/",
        "",
    ):
        assert not outside.usable(url, development=False)
    assert outside.usable("https://311.city.example:8443/v2", development=False)


BLOCK = Service("damage", "graffiti", "Damage, graffiti", "", "block", True)
NOISE = Service("noise", "noise", "Noise", "", "block", True)
PIN = (41.11253, -92.30551)


def files_noise(town: Hotline) -> int:
    report, _ = files(town, EN, NOISE_EN)
    with town.db.write() as conn:
        sealed = town.keys.seal(
            f'{{"spot": "{PIN[0]},{PIN[1]}", "chosen": [["Noise", "Music or party"]]}}', f"reports.facts:{report}"
        )
        conn.exec_driver_sql(
            "UPDATE reports SET facts = %s" if not town.db.sqlite else "UPDATE reports SET facts = ?", (sealed,)
        )
    return report


def test_others_see_what_was_chosen_and_roughly_where_and_no_word_of_a_resident(town: Hotline, karen: Officer) -> None:
    open311.set_service(town, karen, NOISE)
    report = files_noise(town)
    assert open311.requests(town, Asked()) == []  # nobody has read it yet
    filed.change(town, karen, report, Step("reading", 1))

    (shown,) = open311.requests(town, Asked())

    assert shown["description"] == "Noise: Music or party" and shown["status"] == "open"
    assert (shown["lat"], shown["long"]) == (41.115, -92.305)  # to the kilometre, whatever was set: people live there
    assert str(shown["requested_datetime"]).endswith(":00:00Z")
    number = filed.view(town, karen, report).case.row.number
    said = repr(shown)
    for private in (number, "Lantern Street", "every night", "Karen", EN, str(PIN[0]), str(report)):
        assert private not in said
    assert open311.requests(town, Asked(ids=(str(shown["service_request_id"]),))) == [shown]
    assert open311.requests(town, Asked(statuses=("closed",))) == [] == open311.requests(town, Asked(codes=("other",)))


@pytest.mark.parametrize("hidden", ["UPDATE threads SET safe_contact = true", "UPDATE threads SET urgent = true",
                                    "UPDATE reports SET kind = 'complaint'", "DELETE FROM city_services"])  # fmt: skip
def test_what_is_nobody_elses_business_is_not_shown(town: Hotline, karen: Officer, hidden: str) -> None:
    open311.set_service(town, karen, NOISE)
    report = files_noise(town)
    filed.change(town, karen, report, Step("reading", 1))
    (shown,) = open311.requests(town, Asked())
    with town.db.write() as conn:
        conn.exec_driver_sql(hidden)

    assert (
        open311.requests(town, Asked()) == [] == open311.requests(town, Asked(ids=(str(shown["service_request_id"]),)))
    )


def test_damage_against_a_group_is_not_shown_and_nobody_is_asked_for_it(town: Hotline, karen: Officer) -> None:
    open311.set_service(town, karen, BLOCK)
    assert "hate" not in [one.code for one in open311.attributes(town, "damage")]
    hate = DAMAGE_EN.index("this morning") + 1
    for talk in (DAMAGE_EN, (*DAMAGE_EN[:hate], "yes", "no", *DAMAGE_EN[hate + 1 :])):
        report, _ = files(town, EN, talk)
        filed.change(town, karen, report, Step("reading", 1))
        answers = {one.question: one.words for one in filed.view(town, karen, report).answers}
        assert answers["Against a group"] == ("No" if talk is DAMAGE_EN else "Yes")

    (shown,) = open311.requests(town, Asked())
    assert "group" not in repr(shown)


def test_kinds_that_are_never_shown_cannot_be(town: Hotline, karen: Officer) -> None:
    for kind in ("other", "complaint", "hate", "no such"):
        with pytest.raises(NotUsable):
            open311.set_service(town, karen, replace(NOISE, kind=kind))
    assert "other" not in open311.kinds(town)


def test_a_system_with_a_key_sends_us_a_report_and_sees_how_it_stands(town: Hotline, karen: Officer) -> None:
    open311.set_service(town, karen, BLOCK)
    key = open311.give_key(town, karen, "Riverbend 311")
    sent = Sent("graffiti", PIN, "", "I am Ana, call 555-555-0123. Paint on the wall.", {"nothing": "known"})

    number = open311.receive(town, key, sent)

    (mine,) = open311.inbox(town, closed=False)
    assert mine.content["description"].startswith("I am Ana") and mine.sender == "Riverbend 311"
    (shown,) = open311.requests(town, Asked(ids=(number,)))
    assert shown["status"] == "open" and "Ana" not in repr(shown) and shown["lat"] == 41.113
    open311.move(town, karen, mine.id, "received", "closed", "reason_done")
    with pytest.raises(Stale):
        open311.move(town, karen, mine.id, "received", "reading", "")
    (shown,) = open311.requests(town, Asked(ids=(number,)))
    assert shown["status"] == "closed" and shown["status_notes"] == town.library.phrase("reason_done").english


def test_who_may_not_send_is_refused(town: Hotline, karen: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    open311.set_service(town, karen, replace(BLOCK, takes=False))
    key = open311.give_key(town, karen, "Riverbend 311")
    sent = Sent("graffiti", PIN, "", "", {})
    with pytest.raises(NotFound):
        open311.receive(town, key, sent)
    open311.set_service(town, karen, BLOCK)
    for wrong in ("", "guess"):
        with pytest.raises(SignInRefused):
            open311.receive(town, wrong, sent)
    with pytest.raises(NotUsable):
        open311.receive(town, key, replace(sent, spot=None))

    monkeypatch.setattr(open311, "MOST_AN_HOUR", 2)
    open311.receive(town, key, sent)
    open311.receive(town, key, sent)
    with pytest.raises(Stale):
        open311.receive(town, key, sent)
    open311.end_key(town, karen, open311.keys(town)[0].id)
    with pytest.raises(SignInRefused):
        open311.receive(town, key, sent)


def test_what_the_city_is_told_is_kept_sealed(town: Hotline, karen: Officer, fake: FakeCity) -> None:
    goes_to(town, karen, fake)
    hand_over(town, karen)
    row = town.db.look("SELECT r.api_key, q.content FROM city_routes r, city_requests q", {})
    assert row and not re.search(rb"a-key|Lantern|Dogs", bytes(row[0]) + bytes(row[1]))
