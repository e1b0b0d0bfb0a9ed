"""Threads given back and passed on: who sees them then, and what their residents are told; on both databases."""

from uuid import uuid4

import pytest

from bot.desk.duty import handoffs, passing, rota, teams
from bot.desk.duty.passing import Target
from bot.desk.identity import tokens
from bot.desk.threads import replies, views
from bot.errors import NotFound, NotUsable, NotYours, Unsure
from bot.model import Role
from bot.store import sessions, staff
from bot.web.app import create
from tests.desk.post import OFFICER, Desk, refused


def sees(desk: Desk, login: str, thread: int) -> bool:
    listed = thread in [one.thread_id for one in views.open_for(desk.line, desk[login])]
    try:
        views.view(desk.line, desk[login], thread)
    except NotFound:
        return False
    assert listed, "what can be opened is also listed"
    return True


# --- release and transfer ---


def test_a_released_thread_waits_again_and_only_who_waits_for_an_answer_is_told(desk: Desk) -> None:
    phone = f"resident-{uuid4().hex[:10]}"
    thread = desk.asks(phone=phone)
    handoffs.claim(desk.line, desk["anna"], thread)
    replies.reply(desk.line, desk["anna"], thread, "¿Dónde vive usted?")
    before = desk.got(thread)

    passing.release(desk.line, desk["anna"], thread)
    assert desk.got(thread) == before, "nobody waits for an answer: nothing is said"
    assert sees(desk, "bela", thread)
    handoffs.claim(desk.line, desk["bela"], thread)
    assert desk.got(thread)[-1] == "Oficial Bela leyó sus mensajes y sigue con usted."

    desk.says(phone, "en la calle Lantern")
    passing.release(desk.line, desk["bela"], thread)
    assert desk.got(thread)[-1].startswith("Oficial Bela le pasa con otro oficial")
    assert desk.deeds(thread) == ["claimed", "answered", "released", "claimed", "released"]
    assert "no longer hold" not in refused(lambda: replies.reply(desk.line, desk["bela"], thread, "hola"), NotYours)


def test_a_thread_passed_to_an_officer_is_seen_by_them_and_the_resident_told_once_who_goes_on(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    before = len(desk.got(thread))

    to = Target(officer_id=desk["cleo"].id)
    refused(lambda: passing.transfer(desk.line, desk["anna"], thread, to, ""), NotUsable)
    assert passing.transfer(desk.line, desk["anna"], thread, to, "Her brother speaks for her.") == "Cleo"

    assert [login for login in desk.people if sees(desk, login, thread)] == ["cleo", "santos"]
    handoffs.claim(desk.line, desk["cleo"], thread)
    said = desk.got(thread)[before:]
    assert [("pasa con otro oficial" in one, "Cleo leyó sus mensajes" in one) for one in said] == [
        (True, False), (False, True),
    ]  # fmt: skip
    written = [one for those in views.view(desk.line, desk["cleo"], thread).notes.values() for one in those]
    assert [(one.officer, one.kind, one.words) for one in written] == [
        ("Anna", "transfer", "Her brother speaks for her.")
    ]


def test_passing_to_somebody_off_shift_wants_to_be_said_twice(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    to = Target(officer_id=desk["dora"].id)

    sentence = refused(lambda: passing.transfer(desk.line, desk["anna"], thread, to, "tomorrow"), Unsure)
    assert sentence.startswith("Dora is not on shift now.")
    assert views.view(desk.line, desk["anna"], thread).mine, "nothing was passed on yet"
    passing.transfer(desk.line, desk["anna"], thread, to, "tomorrow", sure=True)
    assert sees(desk, "dora", thread)


def test_passing_to_a_language_shows_it_to_who_speaks_it(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    passing.transfer(desk.line, desk["anna"], thread, Target(language="vi"), "He writes Vietnamese to his wife.")

    assert [login for login in desk.people if sees(desk, login, thread)] == ["cleo", "santos"]


def test_who_leaves_a_team_sees_nothing_further_of_what_was_passed_on_to_it(desk: Desk) -> None:
    teams.add(desk.line, desk["santos"], "Victim services")
    team = teams.everyone(desk.line)[0]
    members = frozenset({desk["bela"].id, desk["cleo"].id})
    teams.set_members(desk.line, desk["santos"], team.id, members)
    refused(lambda: teams.add(desk.line, desk["santos"], "Victim services"), NotUsable)
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    name = passing.transfer(desk.line, desk["anna"], thread, Target(team_id=team.id), "She wants an advocate.")

    assert name == "Victim services"
    assert [login for login in desk.people if sees(desk, login, thread)] == ["bela", "cleo", "santos"]
    teams.set_members(desk.line, desk["santos"], team.id, frozenset({desk["cleo"].id}))
    assert [login for login in desk.people if sees(desk, login, thread)] == ["cleo", "santos"]
    with pytest.raises(NotFound):
        handoffs.claim(desk.line, desk["bela"], thread)


def test_a_supervisor_may_pass_on_what_an_officer_holds_and_another_officer_not(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    to = Target(officer_id=desk["bela"].id)

    refused(lambda: passing.transfer(desk.line, desk["bela"], thread, to, "mine"), NotYours)
    passing.transfer(desk.line, desk["santos"], thread, to, "Anna is called away.")
    assert "Oficial Anna le pasa" in desk.got(thread)[-1]
    handoffs.claim(desk.line, desk["bela"], thread)

    with desk.line.db.write() as conn:
        staff.set_disabled(conn, desk["bela"].id, True)
    refused(lambda: passing.transfer(desk.line, desk["santos"], thread, to, "Not to who is gone."), NotUsable)
    passing.release(desk.line, desk["santos"], thread)
    assert [one.officer_id for one in views.view(desk.line, desk["santos"], thread).handoffs] == [None]


def test_on_the_page_nothing_typed_is_lost_and_what_is_promised_of_a_phone_others_read_is_true(desk: Desk) -> None:
    token = tokens.new()
    with desk.line.db.write() as conn:
        staff.set_disabled(conn, desk["bela"].id, True)
        name = tokens.digest(token)
        sessions.open_one(conn, name, desk["anna"].id, "secret", "", "passkey", desk.line.instant())
    browser = create(desk.line).test_client()
    browser.set_cookie("puente", token)
    thread = desk.asks(OFFICER, "mi esposo me pega")
    assert "told nothing when you claim it" in browser.get(f"/desk/{thread}").text

    handoffs.claim(desk.line, desk["anna"], thread)
    form = {"csrf": "secret", "target": f"officer:{desk['bela'].id}", "passing": "Her brother speaks for her."}
    answer = browser.post(f"/desk/{thread}/transfer", data=form)
    assert (answer.status_code, "Her brother speaks for her." in answer.text) == (422, True)
    assert "The resident is told nothing" in answer.text

    answer = browser.post(f"/desk/{thread}/join", data={"csrf": "secret", "handle": "No Bird", "reason": "they said so"})
    assert (answer.status_code, "You see no thread of that name." in answer.text) == (409, True)


def test_targets_are_those_who_work_with_threads_who_is_on_shift_first(desk: Desk) -> None:
    desk.hire("whitfield", role=Role.ADMIN)
    desk.hire("zoe", "es")
    thread = desk.asks()
    rota.about(desk.line, desk["santos"], thread, desk["zoe"].id)
    found = passing.targets(desk.line, desk["anna"], thread)

    assert [one.login for one in found.officers] == ["bela", "cleo", "santos", "dora"]
    assert found.languages == ("en", "es", "vi")
