"""The life of a report: each change one text in its resident's language, questions that come back answered, promised days
that are kept or apologised for, and two officers at once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.reports import filed, news, states
from bot.desk.reports.filed import Step
from bot.desk.threads import views
from bot.errors import NotFound, NotUsable, Stale, Unsure
from bot.hotline import Hotline
from bot.model import Role
from bot.store import bars
from bot.store.casework import Wanted
from bot.store.database import carry_out
from tests.conftest import MONDAY
from tests.desk.reporting import EN, ES, NOISE_EN, NOISE_ES, files, officer, said_to, state, text, version
from tests.line import Clock


@pytest.fixture
def town(hotline: Hotline) -> Hotline:
    return replace(hotline, now=Clock(MONDAY))


def clock(town: Hotline) -> Clock:
    assert isinstance(town.now, Clock)
    return town.now


def test_each_change_is_one_text_in_the_language_of_its_resident(town: Hotline) -> None:
    report, number = files(town, ES, NOISE_ES)
    lopez = officer(town, "lopez")
    steps = (
        Step("reading", 1), Step("officer", 2), Step("accepted", 3, police_number="26-1234"),
        Step("sent", 4, agency="Servicios", agency_phone="555-555-0199"),
        Step("closed", 5, reason_is="reason_done"),
    )  # fmt: skip

    for n, step in enumerate(steps, 1):
        assert filed.change(town, lopez, report, step) == "told"
        told = said_to(town, ES)
        assert len(told) == n and told[-1].startswith(number)
        assert filed.view(town, lopez, report).case.row.state == step.state

    spanish = town.library.voice("es")
    assert told[0] == spanish.text(town.library.phrase("report_reading")).replace("{num}", number)
    assert spanish.has(town.library.phrase("report_reading"))
    assert "Lopez" in told[1] and "26-1234" in told[2] and "555-555-0199" in told[3]
    assert spanish.text(town.library.phrase("reason_done")) in told[4]
    history = filed.view(town, lopez, report).case.changes
    assert [(one.state, one.telling, one.officer) for one in history] == [(s.state, "told", "Lopez") for s in steps]


def test_a_question_stands_its_resident_at_it_and_comes_back_answered(town: Hotline) -> None:
    report, number = files(town, ES, NOISE_ES)
    lopez = officer(town, "lopez")

    filed.change(town, lopez, report, Step("more", 1, question="¿De qué casa viene el ruido?"))
    assert "¿De qué casa viene el ruido?" in said_to(town, ES)[-1]
    assert number in text(town, ES, "de la casa azul, número 14")

    view = filed.view(town, lopez, report)
    assert view.case.row.state == "reading"
    assert [(one.question, one.words) for one in view.case.additions] == [
        ("¿De qué casa viene el ruido?", "de la casa azul, número 14")
    ]
    assert view.case.row.promised_at and view.case.row.promised_at > town.instant()  # as the answer said
    assert len(said_to(town, ES)) == 1  # the thanks rode on the webhook's answer
    with pytest.raises(Stale):
        filed.change(town, lopez, report, Step("closed", 2, reason_is="reason_done"))


def test_a_reviewed_question_is_asked_in_the_language_of_its_resident(town: Hotline) -> None:
    report, _ = files(town, ES, NOISE_ES)
    lopez = officer(town, "lopez")
    offered = dict(filed.view(town, lopez, report).questions)
    where = next(value for value, words in offered.items() if words.startswith("Where did it happen"))

    filed.change(town, lopez, report, Step("more", 1, question_is=where))

    assert "¿Dónde pasó?" in said_to(town, ES)[-1]


def test_what_is_added_by_itself_answers_the_question_too(town: Hotline) -> None:
    report, number = files(town, EN, NOISE_EN)
    filed.change(town, officer(town, "lopez"), report, Step("more", 1, question="Which house is it?"))
    text(town, EN, "0")

    for words in ("6", number, "1", "the blue one"):
        text(town, EN, words)

    assert state(town, report) == "reading"


def test_english_is_not_sent_to_who_reads_another_language_without_a_warning(town: Hotline) -> None:
    report, _ = files(town, ES, NOISE_ES)
    lopez = officer(town, "lopez")
    step = Step("closed", 1, reason="We talked to the owner of the dogs and they will keep them inside.")

    with pytest.raises(Unsure):
        filed.change(town, lopez, report, step)
    assert said_to(town, ES) == [] and state(town, report) == "received"

    filed.change(town, lopez, report, replace(step, all_the_same=True))
    assert "they will keep them inside." in said_to(town, ES)[-1]


def test_spanish_to_who_reads_spanish_and_english_to_who_reads_english_need_no_warning(town: Hotline) -> None:
    lopez = officer(town, "lopez")
    for sender, talk, reason in (
        (ES, NOISE_ES, "Hablamos con el dueño de los perros y los va a guardar"),
        (EN, NOISE_EN, "We talked to the owner of the dogs"),
    ):
        report, _ = files(town, sender, talk)
        assert filed.change(town, lopez, report, Step("closed", 1, reason=reason)) == "told"
        assert f"{reason}." in said_to(town, sender)[-1]


@pytest.mark.parametrize("flag", ["stopped", "safe_contact"])
def test_who_cannot_be_texted_is_not_and_the_officer_knows(town: Hotline, flag: str) -> None:
    report, number = files(town, ES, NOISE_ES)
    lopez = officer(town, "lopez")
    with town.db.write() as conn:
        conn.exec_driver_sql(f"UPDATE threads SET {flag} = true")
    why = flag.replace("_", " ")

    assert filed.view(town, lopez, report).untold == why
    assert filed.change(town, lopez, report, Step("accepted", 1, police_number="26-9")) == why
    assert said_to(town, ES) == []
    last = filed.view(town, lopez, report).case.changes[-1]
    assert (last.telling, last.why) == ("untold", why)
    if flag == "safe_contact":
        for words in ("0", "6"):
            text(town, ES, words)
        shown = text(town, ES, number)
        assert "26-9" not in shown and "Ruido" not in shown and number in shown


def test_who_asked_for_no_contact_gets_none(town: Hotline) -> None:
    report, _ = files(town, EN, (*NOISE_EN[:-2], "4", "1"))

    assert filed.change(town, officer(town, "lopez"), report, Step("reading", 1)) == "no contact"
    assert said_to(town, EN) == []


def test_at_night_nobody_is_woken(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    clock(town).time = MONDAY.replace(hour=23)

    assert filed.change(town, officer(town, "lopez"), report, Step("reading", 1)) == "later"
    assert news.tell_due(town) == 0 and said_to(town, EN) == []
    clock(town).time = MONDAY.replace(hour=8) + timedelta(days=1)

    assert [news.tell_due(town) for _ in range(2)] == [1, 0]
    assert len(said_to(town, EN)) == 1


def test_a_question_waits_while_an_officer_writes_with_its_resident(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    for words in ("officer", "about the music"):
        text(town, EN, words)
    before = len(said_to(town, EN))

    assert filed.change(town, officer(town, "lopez"), report, Step("more", 1, question="Which house?")) == "later"
    assert len(said_to(town, EN)) == before
    text(town, EN, "X")

    assert news.tell_due(town) == 1
    assert "Which house?" in said_to(town, EN)[-1]


def test_a_promised_day_that_went_by_is_apologised_for_once(town: Hotline) -> None:
    report, number = files(town, EN, NOISE_EN)
    lopez = officer(town, "lopez")
    clock(town).time = MONDAY + timedelta(days=town.config.department_review_days)
    assert news.tell_late(town) == 0  # the day itself is not over
    assert filed.listed(town, lopez, Wanted(late=True)) == []

    clock(town).time += timedelta(days=1)
    assert [news.tell_late(town) for _ in range(3)] == [1, 0, 0]
    told = said_to(town, EN)
    assert len(told) == 1 and told[0].startswith(f"{number} is taking longer")
    row = filed.listed(town, lopez, Wanted(late=True))[0]
    assert row.id == report and row.promised_at and row.promised_at > town.instant()

    clock(town).time += timedelta(days=30)
    assert news.tell_late(town) == 0 and len(said_to(town, EN)) == 1
    filed.change(town, lopez, report, Step("reading", version(town, report)))
    assert filed.listed(town, lopez, Wanted(late=True)) == []


def test_three_schedulers_at_once_apologise_once(town: Hotline) -> None:
    files(town, EN, NOISE_EN)
    clock(town).time = MONDAY + timedelta(days=10)

    assert sum(at_once(*[lambda: news.tell_late(town)] * 3)) == 1
    assert len(said_to(town, EN)) == 1


def test_of_two_officers_at_once_one_changes_it_and_the_other_is_told_who(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    pair = officer(town, "lopez"), officer(town, "chen")

    for n in range(1, 11):
        states = ("officer", "officer") if n % 2 else ("accepted", "accepted")

        def try_(which: int, states: tuple[str, str] = states, n: int = n) -> str:
            try:
                return filed.change(town, pair[which], report, Step(states[which], n, police_number=f"26-{n}"))
            except Stale as told:
                return str(told)

        outcomes = at_once(lambda: try_(0), lambda: try_(1))
        assert sorted(one == "told" for one in outcomes) == [False, True], outcomes
        loser = next(one for one in outcomes if one != "told")
        assert loser.endswith("changed this report in the meantime. See how it stands now.")
    assert len(said_to(town, EN)) == 10 and version(town, report) == 11


def at_once(*calls: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(len(calls))

    def call(one: Callable[[], object]) -> object:
        barrier.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_a_complaint_is_read_by_supervisors_only(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    with town.db.write() as conn:
        conn.exec_driver_sql("UPDATE reports SET kind = 'complaint'")
    lopez, santos = officer(town, "lopez"), officer(town, "santos", Role.SUPERVISOR)

    assert filed.listed(town, lopez, Wanted()) == []
    with pytest.raises(NotFound):
        filed.view(town, lopez, report)
    with pytest.raises(NotFound):
        filed.change(town, lopez, report, Step("reading", 1))
    assert [one.id for one in filed.listed(town, santos, Wanted())] == [report]


KEPT = ("a bar", "a shut account", "its kind")


@pytest.mark.parametrize("why", KEPT)
def test_a_report_is_not_given_to_who_may_not_read_it_or_is_gone(town: Hotline, why: str) -> None:
    report, _ = files(town, EN, NOISE_EN)
    lopez, santos = officer(town, "lopez"), officer(town, "santos", Role.SUPERVISOR)
    thread = filed.view(town, santos, report).case.row.thread_id
    assert lopez in filed.view(town, santos, report).takers
    with town.db.write() as conn:
        match why:
            case "a bar":
                carry_out(conn, bars.putting(thread, lopez.id, "knows them", santos.id, town.instant()))
            case "a shut account":
                conn.exec_driver_sql(f"UPDATE staff SET disabled = true WHERE id = {lopez.id}")
            case _:
                conn.exec_driver_sql("UPDATE reports SET kind = 'complaint'")

    with pytest.raises(NotUsable):
        filed.change(town, santos, report, Step("officer", 1, officer_id=lopez.id))
    assert filed.view(town, santos, report).takers == (santos,)
    assert said_to(town, EN) == [] and filed.change(town, santos, report, Step("officer", 1)) == "told"


def test_beside_its_thread_private_numbers_are_masked_too(town: Hotline) -> None:
    where = "Calle Lantern 12, seguro social 987-65-4321"
    report, _ = files(town, ES, tuple(where if one == "Calle Lantern 12" else one for one in NOISE_ES))
    santos = officer(town, "santos", Role.SUPERVISOR)
    filed.change(town, santos, report, Step("more", 1, question="¿De qué casa viene el ruido?"))
    text(town, ES, "de la casa azul, seguro social 987-65-4321")

    shown = views.view(town, santos, filed.view(town, santos, report).case.row.thread_id).reports

    assert [one.id for one in shown] == [report] and "casa azul" in shown[0].additions[0]
    assert "987-65-4321" not in repr(shown) and "*" in repr(shown[0].answers) and "*" in shown[0].additions[0]


UNUSABLE = (
    Step("accepted", 1), Step("closed", 1), Step("closed", 1, reason_is="report_sent"), Step("sent", 1, agency="City"),
    Step("more", 1), Step("more", 1, question="x" * 300), Step("more", 1, question_is="menu/choose"),
    Step("officer", 1, officer_id=5), Step("received", 1), Step("gone", 1), Step("sent", 1, to_city=True),
)  # fmt: skip


def test_what_is_missing_is_said_and_nothing_is_changed(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    lopez = officer(town, "lopez")

    for step in UNUSABLE:
        with pytest.raises(NotUsable, match=r"\.$"):
            filed.change(town, lopez, report, step)

    assert state(town, report) == "received" and said_to(town, EN) == []


def test_every_change_that_is_refused_says_why() -> None:
    for now in states.STATES:
        for then in states.STATES:
            if then in states.NEXT[now]:
                states.check(now, then)
            else:
                with pytest.raises(NotUsable, match=r"\.$"):
                    states.check(now, then)


def test_the_list_is_by_promised_day_and_narrows(town: Hotline) -> None:
    lopez = officer(town, "lopez")
    first, _ = files(town, ES, NOISE_ES)
    clock(town).pass_by(days=1)
    second, _ = files(town, EN, NOISE_EN)
    filed.change(town, lopez, first, Step("reading", 1))

    def found(**wanted: object) -> list[int]:
        return [one.id for one in filed.listed(town, lopez, Wanted(**wanted))]  # type: ignore[arg-type]

    assert found() == [second, first]  # of the other nothing is promised any more
    assert found(states=("reading",)) == [first] and found(language="en") == [second]
    assert found(kind="theft") == [] and found(officer_id=lopez.id) == [first]
    assert found(since=filed.filed_within(town, 1)) == [second, first]
    clock(town).pass_by(days=1)
    assert found(since=filed.filed_within(town, 1)) == [second]


def test_the_form_names_the_language_of_each_answer(town: Hotline) -> None:
    report, _ = files(town, ES, NOISE_ES)

    answers = {one.question: one for one in filed.view(town, officer(town, "lopez"), report).answers}

    assert (answers["Noise"].words, answers["Noise"].language) == ("Dogs", "en")
    assert answers["Days and hours"].language == "es"


def test_a_report_of_the_release_before_is_read_and_changed_too(town: Hotline) -> None:
    report, _ = files(town, EN, NOISE_EN)
    with town.db.write() as conn:
        conn.exec_driver_sql("UPDATE reports SET promised_at = NULL, contact = NULL, facts = NULL, public_id = NULL")
    lopez = officer(town, "lopez")

    assert filed.view(town, lopez, report).case.spot is None
    assert filed.change(town, lopez, report, Step("reading", 1)) == "told"
