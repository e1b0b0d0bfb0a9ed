"""Nobody waits unseen: who is asked, who is asked next, what falls back, and what residents are told; on both databases."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.desk.duty import handing_over, handoffs, passing, rota, waiting
from bot.desk.identity import accounts
from bot.desk.paging import waves
from bot.desk.paging.routing import Need, next_wave
from bot.desk.threads import replies, views
from bot.errors import NotFound
from bot.flow.effects import FileReport
from bot.hotline import Hotline
from bot.line.applying import Kept, rows
from bot.line.duty import hands
from bot.line.town import Town
from bot.model import Role
from bot.store import duty as plans
from bot.store import handoffs as store
from bot.store import notes, staff
from bot.store.database import carry_out
from bot.store.handovers import Summary
from tests.conftest import MONDAY
from tests.desk.post import OFFICER, Post, among, phrase
from tests.line import Clock


@pytest.fixture
def post(hotline: Hotline) -> Post:
    clock = Clock(MONDAY)
    made = Post(replace(hotline, now=clock), clock)
    made.hire("anna", "es")
    made.hire("bela", "es", on_shift=False)
    made.hire("cleo", "vi")
    made.hire("santos", role=Role.SUPERVISOR)
    return made


def rounds(post: Post) -> None:
    for work in (
        waves.page_forgotten, waves.ask_next, waiting.say_good_morning, waiting.tell_who_waits, waiting.call_supervisors,
        waiting.take_back, handing_over.begin_and_end_shifts,
    ):  # fmt: skip
        work(post.line)


def at_once(work: Callable[[Hotline], int], line: Hotline) -> int:
    """Three schedulers do it at the same time; how often it was done."""
    done, barrier = [], threading.Barrier(3)

    def run() -> None:
        barrier.wait()
        done.append(work(line))

    running = [threading.Thread(target=run) for _ in range(3)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return sum(done)


def on_call(post: Post, login: str, begins: int = 480, ends: int = 1200) -> None:
    rota.plan(post.line, post["santos"], post[login].id, "on call", MONDAY.date(), begins, ends, weekly=False)


def test_the_tested_one_then_who_is_on_call_then_an_interpreter_then_the_supervisor(post: Post) -> None:
    on_call(post, "bela")
    thread = post.asks()
    assert post.is_asked(thread) == {"anna"}
    assert "cleo" not in post.seen_by(thread)

    asked = []
    for _ in range(3):
        post.clock.pass_by(minutes=4, seconds=50)
        rounds(post)  # nobody is hurried
        post.clock.pass_by(seconds=20)
        assert at_once(waves.ask_next, post.line) == 1
        asked.append((post.handoff(thread).search.route, post.is_asked(thread)))

    assert [route for route, _ in asked] == ["on call", "interpreter", "supervisors"]
    assert asked[0][1] == {"anna", "bela"}
    assert asked[1][1] == {"anna", "bela", "cleo"}
    assert asked[2][1] == {"anna", "bela", "cleo", "santos"}
    assert {"cleo", "santos"} <= post.seen_by(thread)
    handoffs.claim(post.line, post["cleo"], thread)
    assert post.is_asked(thread) == set()


def test_who_asks_again_and_again_does_not_begin_the_search_anew(post: Post) -> None:
    phone = "resident-again"
    thread = post.asks(phone=phone)
    for _ in range(4):
        post.clock.pass_by(minutes=2)
        rounds(post)
        post.says(phone, "oficial")
        waves.page(post.line, thread)

    assert post.handoff(thread).search.route == "interpreter"
    post.clock.pass_by(minutes=3)
    rounds(post)
    assert post.is_asked(thread, "too long") == {"santos"}


def test_who_is_busy_or_has_enough_is_not_asked(post: Post) -> None:
    post.hire("dora", "es")
    rota.set_busy(post.line, post["anna"], True)
    first = post.asks()
    assert post.is_asked(first) == {"dora"}

    rota.set_busy(post.line, post["anna"], False)
    rota.set_limits(post.line, post["santos"], post["dora"].id, plans.Limits("", 1, ""))
    handoffs.claim(post.line, post["dora"], first)
    assert post.is_asked(post.asks()) == {"anna"}


def test_a_test_that_ran_out_counts_no_more(post: Post) -> None:
    skill = replace(post["anna"].skills[0], expires_on=MONDAY.date().isoformat())
    rota.keep_skill(post.line, post["santos"], post["anna"].id, skill)
    assert Town(post.line, "simulator", None).officer_now("es") == "yes"

    post.clock.pass_by(days=1)

    assert post["anna"].languages == {"es": 1}
    assert Town(post.line, "simulator", None).officer_now("es") == "no"
    staff_row = post.line.db.look("SELECT languages FROM staff WHERE id = :id", {"id": post["anna"].id})
    assert staff_row and staff_row[0] == '{"es": 3}'  # as it counted when it was written, for a release before this one


def test_declining_asks_the_next_ones_at_once(post: Post) -> None:
    thread = post.asks()

    waves.decline(post.line, post["anna"], thread)

    assert post.is_asked(thread) == {"cleo"}
    with pytest.raises(NotFound):
        waves.decline(post.line, post["bela"], thread)


def test_a_sensitive_matter_goes_to_whom_the_resident_wishes_for_and_who_may_take_statements(post: Post) -> None:
    post.hire("dora", "es", level=2, gender="woman")
    post.hire("elsa", "es", level=4, gender="woman")
    phone = "resident-wish"
    post.says(phone, "mi esposo me pega", "1", "S")
    assert "1" in post.says(phone, "1")  # a woman

    thread = post.asks("hola", phone=phone)
    with post.line.db.read() as conn:
        mine = next(one for one in store.of_thread(conn, post.line.keys, thread) if one.kind == "officer")
    assert (mine.search.gender, mine.search.sensitive) == ("woman", True)
    need = waves.need(post.line, mine)
    there = [login for login, one in post.people.items() if _first(post, need, one.id)]
    assert there == ["elsa"]


def _first(post: Post, need: Need, staff_id: int) -> bool:
    with post.line.db.read() as conn:
        wave = next_wave(need, hands(conn, post.line))
    return wave is not None and staff_id in wave.staff_ids


def test_who_waits_too_long_is_told_and_shown_to_supervisors_once(post: Post) -> None:
    thread = post.asks()
    post.clock.pass_by(minutes=11)

    assert at_once(waiting.call_supervisors, post.line) == 1
    assert at_once(waiting.tell_who_waits, post.line) == 1
    assert post.is_asked(thread, "too long") == {"santos"}
    assert among(post.told(thread), phrase(post.line, "wait_choices")) == 1

    post.clock.pass_by(minutes=29)
    rounds(post)
    assert among(post.told(thread), phrase(post.line, "wait_choices")) == 1
    post.clock.pass_by(minutes=2)
    rounds(post)
    assert among(post.told(thread), phrase(post.line, "wait_choices")) == 2


def test_a_silent_officer_loses_the_thread_and_is_told(post: Post) -> None:
    phone = "resident-silent"
    thread = post.asks(OFFICER, "S", phone=phone)
    handoffs.claim(post.line, post["anna"], thread)
    replies.reply(post.line, post["anna"], thread, "Hola, ¿en qué le ayudo?")
    post.clock.pass_by(minutes=60)
    rounds(post)
    assert post.handoff(thread).officer_id == post["anna"].id  # nobody waits for an answer

    post.says(phone, "¿sigue ahí?")
    post.clock.pass_by(minutes=19)
    rounds(post)
    assert post.handoff(thread).officer_id == post["anna"].id
    post.clock.pass_by(minutes=2)
    assert at_once(waiting.take_back, post.line) == 1

    assert post.handoff(thread).officer_id is None
    assert post.is_asked(thread, "taken back") == {"anna"}
    assert "anna" not in post.is_asked(thread) and post.is_asked(thread)
    assert among(post.told(thread), phrase(post.line, "officer_passed")) == 1
    assert "took back from a silent officer" in post.trail(thread)


def test_whose_new_role_answers_nobody_loses_the_thread_at_once(post: Post) -> None:
    post.hire("whitfield", role=Role.ADMIN)
    thread = post.asks()
    handoffs.claim(post.line, post["anna"], thread)
    rounds(post)
    assert post.handoff(thread).officer_id == post["anna"].id

    accounts.set_role(post.line, post["whitfield"], post["anna"].id, Role.AUDITOR, "")
    rounds(post)

    assert post.handoff(thread).officer_id is None


def test_who_sent_stop_is_not_taken_from_the_officer_who_cannot_text_them(post: Post) -> None:
    phone = "resident-stop"
    thread = post.asks(OFFICER, "S", phone=phone)
    handoffs.claim(post.line, post["anna"], thread)
    post.says(phone, "ALTO")
    post.clock.pass_by(minutes=30)

    assert waiting.take_back(post.line) == 0
    assert post.handoff(thread).officer_id == post["anna"].id


def test_where_somebody_else_may_read_the_phone_nothing_is_said_unasked(post: Post) -> None:
    phone = "resident-at-home"
    thread = post.asks("mi esposo me pega", "3", phone=phone)  # not now
    handoffs.claim(post.line, post["anna"], thread)
    passing.release(post.line, post["anna"], thread)
    handoffs.claim(post.line, post["anna"], thread)
    rota.know_them(post.line, post["anna"], thread)
    handoffs.claim(post.line, post["santos"], thread)
    handoffs.close(post.line, post["santos"], thread, "answered")

    assert post.handoffs(thread) == []
    assert post.told(thread) == []


def test_nobody_is_hurried_while_the_department_is_closed_and_the_morning_says_so(post: Post) -> None:
    post.clock.pass_by(hours=12)  # ten at night
    with post.line.db.write() as conn:
        for login in ("anna", "cleo", "santos"):
            staff.set_on_shift(conn, post[login].id, False)
    thread = post.asks()
    for _ in range(3):
        post.clock.pass_by(hours=2)
        rounds(post)
    assert post.told(thread) == []
    assert post.is_asked(thread) == set()

    post.clock.time = (MONDAY + timedelta(days=1)).replace(hour=8, minute=1)
    rounds(post)
    assert post.told(thread) == []  # nobody is here yet
    with post.line.db.write() as conn:
        staff.set_on_shift(conn, post["anna"].id, True)
    assert at_once(waiting.say_good_morning, post.line) == 1
    rounds(post)
    assert among(post.told(thread), phrase(post.line, "officers_back")) == 1
    assert post.is_asked(thread) == {"santos"}
    post.clock.pass_by(minutes=5)
    rounds(post)
    assert "anna" in post.is_asked(thread)


def test_who_writes_to_an_officer_at_night_is_told_the_hours_once(post: Post) -> None:
    phone = "resident-night"
    thread = post.asks(OFFICER, "S", phone=phone)
    handoffs.claim(post.line, post["anna"], thread)
    assert post.says(phone, "hola") == ""
    post.clock.pass_by(hours=12)

    said = [post.says(phone, words) for words in ("¿hola?", "¿hay alguien?")]

    assert among(said, phrase(post.line, "after_hours")) == 1 and said[1] == ""


def test_a_planned_shift_begins_and_at_its_end_nothing_is_orphaned(post: Post) -> None:
    post.hire("dora", "es", on_shift=False)
    rota.plan(post.line, post["santos"], post["dora"].id, "shift", MONDAY.date(), 600, 660, weekly=True)
    assert at_once(handing_over.begin_and_end_shifts, post.line) == 1
    assert post["dora"].on_shift
    passed, queued = post.asks(), post.asks()
    handoffs.claim(post.line, post["dora"], passed)
    handoffs.claim(post.line, post["dora"], queued)
    known = {one.thread_id: one.known for one in handing_over.open_threads(post.line, post["dora"])}
    assert known[queued].what and known[queued].next
    told = replace(known[queued], next="Call her.")
    handing_over.hand_over(post.line, post["dora"], queued, told, None, checked=True)

    post.clock.time = MONDAY.replace(hour=11, minute=0)
    assert at_once(handing_over.begin_and_end_shifts, post.line) == 1

    assert not post["dora"].on_shift
    assert post.handoff(passed).for_officer_id == post["anna"].id
    assert post.is_asked(passed) == {"anna"}
    assert post.is_asked(queued, "no owner") == {"santos"}
    for thread in (passed, queued):
        assert among(post.told(thread), phrase(post.line, "officer_passed")) == 1
    handoffs.claim(post.line, post["anna"], passed)
    assert among(post.told(passed), phrase(post.line, "officer_goes_on")) == 1
    assert kept_lines(post, passed) == (known[passed], False)
    assert kept_lines(post, queued) == (replace(known[queued], next="Call her."), True)
    with post.line.db.read() as conn:
        assert "Next: Call her." in notes.of_thread(conn, post.line.keys, queued)[0].words


def kept_lines(post: Post, thread: int) -> tuple[Summary, bool]:
    """What was handed over, and whether the officer checked it."""
    row = post.line.db.look("SELECT id, lines, checked FROM handovers WHERE thread_id = :id", {"id": thread})
    assert row
    return Summary(**json.loads(post.line.keys.open(bytes(row[1]), f"handovers.lines:{row[0]}"))), bool(row[2])


def test_a_shift_taken_off_the_plan_while_it_goes_on_ends_and_nothing_is_orphaned(post: Post) -> None:
    post.hire("dora", "es", on_shift=False)
    rota.plan(post.line, post["santos"], post["dora"].id, "shift", MONDAY.date(), 600, 660, weekly=True)
    with post.line.db.write() as conn:
        plans.first_to(conn, 1, "2026-01-05", "began", 1)
    handing_over.begin_and_end_shifts(post.line)
    thread = post.asks()
    handoffs.claim(post.line, post["dora"], thread)
    (planned,) = rota.week(post.line, MONDAY.date()).planned

    rota.unplan(post.line, post["santos"], planned.shift.id, MONDAY.date(), all_later=False)

    assert not post["dora"].on_shift
    assert post.handoff(thread).for_officer_id == post["anna"].id
    with post.line.db.read() as conn:
        assert {day for _, day, _ in plans.turns(conn, "")} == {MONDAY.date().isoformat()}, "old turns are forgotten"


def test_a_passed_thread_that_is_not_taken_goes_on_to_others(post: Post) -> None:
    post.hire("dora", "es")
    thread = post.asks()
    handoffs.claim(post.line, post["anna"], thread)
    told = handing_over.open_threads(post.line, post["anna"])[0].known
    handing_over.hand_over(post.line, post["anna"], thread, told, post["dora"].id, checked=True)
    assert post.is_asked(thread) == {"dora"}
    assert "anna" not in post.seen_by(thread)

    post.clock.pass_by(minutes=5)
    rounds(post)

    assert post.handoff(thread).for_officer_id is None
    assert "anna" in post.is_asked(thread)


def test_a_safety_card_rings_everybody_here_and_at_night_who_is_on_call(post: Post) -> None:
    thread = post.asks("hay un hombre con una pistola en mi casa")
    assert post.is_asked(thread) == {"anna", "santos"}
    post.clock.pass_by(minutes=1)
    rounds(post)
    assert post.is_asked(thread) == {"anna", "santos", "cleo"}

    post.clock.pass_by(hours=13)
    with post.line.db.write() as conn:
        for login in ("anna", "cleo", "santos"):
            staff.set_on_shift(conn, post[login].id, False)
    on_call(post, "santos", 1200, 480)
    assert post.is_asked(post.asks("hay un incendio en mi casa")) == {"santos"}


def test_a_complaint_is_never_shown_to_whom_it_is_about(post: Post) -> None:
    post.hire("boss", role=Role.SUPERVISOR)
    thread = post.asks()
    kept = Kept(post.line, 0, thread, "es", post.line.instant())
    answers = (("Who", "el oficial Annason"), ("What", "me gritó"))
    with post.line.db.write() as conn:
        for statement in rows(kept, FileReport("26-K7P4M-3", "complaint", True, answers)):
            if "INSERT INTO reports" not in statement[0]:
                carry_out(conn, statement)

    assert post.seen_by(thread) == {"bela", "santos", "boss"}
    with pytest.raises(NotFound):
        views.view(post.line, post["anna"], thread)
    with pytest.raises(NotFound):
        handoffs.claim(post.line, post["anna"], thread)

    rota.about(post.line, post["santos"], thread, post["boss"].id)
    with pytest.raises(NotFound):
        views.view(post.line, post["boss"], thread)
    assert post.seen_by(thread) == {"bela", "santos"}


def test_who_knows_the_resident_passes_the_thread_on_and_sees_it_no_more(post: Post) -> None:
    post.hire("dora", "es")
    thread = post.asks()
    handoffs.claim(post.line, post["anna"], thread)

    rota.know_them(post.line, post["anna"], thread)

    assert post.handoff(thread).officer_id is None
    assert post.is_asked(thread) == {"dora"}
    with pytest.raises(NotFound):
        views.view(post.line, post["anna"], thread)


def test_the_wait_that_is_told_is_what_others_really_waited(post: Post) -> None:
    town = Town(post.line, "simulator", None)
    assert town.queue("es").minutes == 10  # nothing is known yet
    for _ in range(10):
        thread = post.asks()
        post.clock.pass_by(minutes=3)
        handoffs.claim(post.line, post["anna"], thread)
        handoffs.close(post.line, post["anna"], thread, "answered")
    assert town.queue("es") == replace(town.queue("es"), position=1, minutes=3)
    post.asks()
    assert town.queue("es").position == 2
    assert town.queue("vi").minutes == 10


def test_with_nobody_on_duty_residents_are_told_so(post: Post) -> None:
    with post.line.db.write() as conn:
        for login in ("anna", "cleo", "santos"):
            staff.set_on_shift(conn, post[login].id, False)

    said = post.says("resident-alone", OFFICER, "S")

    assert Town(post.line, "simulator", None).officer_now("es") == "closed"
    assert "555-555-0100" in said and "911" in said
    on_call(post, "bela")
    assert Town(post.line, "simulator", None).officer_now("es") == "yes"
