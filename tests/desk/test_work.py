"""What officers do with a thread: pass it on, give it back, take a text back, write notes, close it; on both databases."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs, passing, rota, teams
from bot.desk.duty.passing import Target
from bot.desk.identity import tokens
from bot.desk.threads import canned, composing, notes, outcomes, replies, views
from bot.errors import NotFound, NotUsable, NotYours, PuenteError, TakenAlready, Unsure
from bot.hotline import Hotline
from bot.line import conversation, delivery
from bot.model import Inbound, Officer, Role, Skill
from bot.store import sessions, staff
from bot.store.ids import new_id
from bot.web.app import create
from tests.conftest import MONDAY
from tests.line import Clock

TESTED = {"test": "County test", "tested_on": "2025-01-01", "expires_on": "2028-01-01"}


@dataclass
class Desk:
    """A line of some officers over an empty database, with the clock in hand."""

    line: Hotline
    clock: Clock
    people: dict[str, Officer]

    def __getitem__(self, login: str) -> Officer:
        return self.people[login]

    def hire(self, login: str, *languages: str, role: Role = Role.OFFICER, on_shift: bool = True) -> None:
        skills = tuple(Skill(tag, 3, **TESTED) for tag in languages)
        officer = Officer(
            new_id(), login, login.capitalize(), role, "", dict.fromkeys(languages, 3), on_shift, skills=skills
        )
        with self.line.db.write() as conn:
            staff.add(conn, officer, "no password", self.line.instant())
        self.people[login] = officer

    def asks(self, phone: str = "", *texts: str) -> int:
        """A resident who waits for an officer of Spanish; the thread's id."""
        phone = phone or f"resident-{uuid4().hex[:10]}"
        for words in ("quiero hablar con un oficial", *(texts or ("S",))):
            self.says(phone, words)
        digest = self.line.keys.digest(f"simulator:{phone}")
        sql = "SELECT t.id FROM threads t JOIN residents r ON r.id = t.resident_id WHERE r.address_hash = :digest"
        row = self.line.db.look(sql, {"digest": digest})
        assert row
        return int(row[0])

    def says(self, phone: str, words: str) -> None:
        self.clock.pass_by(seconds=2)
        conversation.receive(self.line, Inbound("simulator", uuid4().hex, phone, "sim", words))

    def told(self, thread: int) -> list[str]:
        """What the resident was sent without asking for it, delivered or not."""
        delivery.deliver(self.line, thread)
        said = views.view(self.line, self["santos"], thread).messages
        return [one.text for one in said if one.direction == "out" and one.state == "delivered"]

    def trail(self, thread: int) -> list[str]:
        with self.line.db.read() as conn:
            sql = text("SELECT verb FROM events WHERE subject = :thread AND actor LIKE 'officer:%' ORDER BY id")
            return list(conn.execute(sql, {"thread": f"thread:{thread}"}).scalars())


@pytest.fixture
def desk(hotline: Hotline) -> Desk:
    clock = Clock(MONDAY)
    made = Desk(replace(hotline, now=clock), clock, {})
    made.hire("anna", "es")
    made.hire("bela", "es")
    made.hire("cleo", "vi")
    made.hire("dora", "es", on_shift=False)
    made.hire("santos", role=Role.SUPERVISOR)
    return made


def sees(desk: Desk, login: str, thread: int) -> bool:
    listed = thread in [one.thread_id for one in views.open_for(desk.line, desk[login])]
    try:
        views.view(desk.line, desk[login], thread)
    except NotFound:
        return False
    assert listed, "what can be opened is also listed"
    return True


def refused(deed: Callable[[], object], error: type[PuenteError]) -> str:
    with pytest.raises(error) as refusal:
        deed()
    return str(refusal.value)


# --- claims ---


def test_of_two_officers_exactly_one_gets_each_of_a_hundred_threads(desk: Desk) -> None:
    barrier = threading.Barrier(2)

    def claim(officer: Officer, thread: int) -> Officer | str:
        barrier.wait()
        try:
            handoffs.claim(desk.line, officer, thread)
        except TakenAlready as refusal:
            return refusal.officer
        return officer

    threads = [desk.asks() for _ in range(100)]
    with ThreadPoolExecutor(2) as pool:
        for thread in threads:
            got = list(pool.map(claim, (desk["anna"], desk["bela"]), (thread, thread)))
            winners = [one for one in got if isinstance(one, Officer)]
            assert len(winners) == 1
            assert [one for one in got if isinstance(one, str)] == [winners[0].name]
            held = {one.officer_id for one in views.view(desk.line, desk["santos"], thread).handoffs}
            assert held == {winners[0].id}
            assert desk.trail(thread).count("claimed") == 1


# --- release and transfer ---


def test_a_released_thread_waits_again_and_only_who_waits_for_an_answer_is_told(desk: Desk) -> None:
    phone = f"resident-{uuid4().hex[:10]}"
    thread = desk.asks(phone)
    handoffs.claim(desk.line, desk["anna"], thread)
    replies.reply(desk.line, desk["anna"], thread, "¿Dónde vive usted?")
    before = desk.told(thread)

    passing.release(desk.line, desk["anna"], thread)
    assert desk.told(thread) == before, "nobody waits for an answer: nothing is said"
    assert sees(desk, "bela", thread)
    handoffs.claim(desk.line, desk["bela"], thread)
    assert desk.told(thread)[-1] == "Oficial Bela leyó sus mensajes y sigue con usted."

    desk.says(phone, "en la calle Lantern")
    passing.release(desk.line, desk["bela"], thread)
    assert desk.told(thread)[-1].startswith("Oficial Bela le pasa con otro oficial")
    assert desk.trail(thread) == ["claimed", "answered", "released", "claimed", "released"]
    assert "no longer hold" not in refused(lambda: replies.reply(desk.line, desk["bela"], thread, "hola"), NotYours)


def test_a_thread_passed_to_an_officer_is_seen_by_them_and_the_resident_told_once_who_goes_on(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    before = len(desk.told(thread))

    to = Target(officer_id=desk["cleo"].id)
    refused(lambda: passing.transfer(desk.line, desk["anna"], thread, to, ""), NotUsable)
    assert passing.transfer(desk.line, desk["anna"], thread, to, "Her brother speaks for her.") == "Cleo"

    assert [login for login in desk.people if sees(desk, login, thread)] == ["cleo", "santos"]
    handoffs.claim(desk.line, desk["cleo"], thread)
    said = desk.told(thread)[before:]
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
    assert "Oficial Anna le pasa" in desk.told(thread)[-1]
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
    thread = desk.asks("", "mi esposo me pega")
    assert "told nothing when you claim it" in browser.get(f"/desk/{thread}").text

    handoffs.claim(desk.line, desk["anna"], thread)
    form = {"csrf": "secret", "target": f"officer:{desk['bela'].id}", "passing": "Her brother speaks for her."}
    answer = browser.post(f"/desk/{thread}/transfer", data=form)
    assert (answer.status_code, "Her brother speaks for her." in answer.text) == (422, True)
    assert "The resident is told nothing" in answer.text

    answer = browser.post(f"/desk/{thread}/join", data={"csrf": "secret", "handle": "No Bird", "reason": "they said so"})
    assert (answer.status_code, "You see no thread of that name." in answer.text) == (409, True)


# --- taking back ---


def test_a_text_can_be_taken_back_for_ten_seconds_and_its_words_are_a_draft_again(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    words = "Vaya  a la\n\ncalle Third. " + "ñ" * 900

    replies.reply(desk.line, desk["anna"], thread, words.strip(), wait=10_000)
    desk.clock.pass_by(seconds=9)
    assert not [one for one in desk.told(thread) if "Third" in one], "not sent while it can be taken back"
    left = replies.waiting(desk.line, desk["anna"], thread)
    assert left and left.left == 1000
    assert replies.undo(desk.line, desk["anna"], thread) == words.strip()

    desk.clock.pass_by(seconds=30)
    assert not [one for one in desk.told(thread) if "Third" in one]
    assert composing.drafts(desk.line, desk["anna"], thread).reply == words.strip()
    assert replies.waiting(desk.line, desk["anna"], thread) is None

    other = desk.asks()
    handoffs.claim(desk.line, desk["anna"], other)
    delivery.deliver(desk.line, other)
    replies.offer_meeting(desk.line, desk["anna"], other, wait=10_000)
    offered = replies.undo(desk.line, desk["anna"], other)
    composing.forget_old(desk.line)
    assert composing.drafts(desk.line, desk["anna"], other).reply == offered != ""

    replies.reply(desk.line, desk["anna"], other, "tried once", wait=10_000)
    with desk.line.db.write() as conn:  # as after a try that the provider did not take
        conn.execute(text("UPDATE messages SET tries = 1 WHERE state = 'queued'"))
    assert replies.waiting(desk.line, desk["anna"], other) is None


def test_a_text_whose_time_has_come_is_rung_for_sent_once_and_can_no_longer_be_taken_back(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    replies.reply(desk.line, desk["anna"], thread, "first", wait=10_000)
    desk.clock.pass_by(seconds=4)
    replies.reply(desk.line, desk["anna"], thread, "second", wait=10_000)
    replies.offer_meeting(desk.line, desk["anna"], thread)  # must not overtake the two before it

    assert replies.ring_for_due(desk.line) == 0
    assert not {"first", "second"} & set(desk.told(thread))
    desk.clock.pass_by(seconds=6)
    assert replies.ring_for_due(desk.line) == 1
    assert [one for one in desk.told(thread) if one in ("first", "second")] == ["first"]
    assert replies.undo(desk.line, desk["anna"], thread) == "second"
    assert "too late" in refused(lambda: replies.undo(desk.line, desk["anna"], thread), NotYours)
    assert desk.told(thread)[-2:] == [
        "first", "Hablemos de esto por teléfono o en persona, con un intérprete gratis. ¿Cuándo puede usted?",
    ]  # fmt: skip


def test_undo_and_sending_at_the_same_instant_never_do_both(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    delivery.deliver(desk.line, thread)
    late = replace(desk.line, now=Clock(MONDAY))

    for n in range(20):
        replies.reply(desk.line, desk["anna"], thread, f"text {n}", wait=10_000)
        late.now.time = desk.clock.time  # type: ignore[attr-defined]
        late.now.pass_by(seconds=10)  # type: ignore[attr-defined]
        barrier = threading.Barrier(2)

        def undo(barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                replies.undo(desk.line, desk["anna"], thread)
            except NotYours:
                return False
            return True

        def send(barrier: threading.Barrier = barrier) -> int:
            barrier.wait()
            return delivery.deliver(late, thread)

        with ThreadPoolExecutor(2) as pool:
            undone, sent = pool.submit(undo), pool.submit(send)
            assert undone.result() is not bool(sent.result()), "taken back or sent: one of them"
        assert (f"text {n}" in desk.told(thread)) is not undone.result()
        desk.clock.pass_by(seconds=20)


def test_a_text_with_an_unfilled_place_is_not_sent(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)

    sentence = refused(lambda: replies.reply(desk.line, desk["anna"], thread, "Su reporte es {num}."), NotUsable)
    assert sentence == "Fill in {num} first, or take it out."


# --- what is typed ---


def test_a_draft_is_sealed_found_again_and_not_brought_back_by_a_form_of_before(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    began = desk.line.instant()

    assert composing.keep(desk.line, desk["anna"], thread, "reply", "Un momento", began)
    assert composing.keep(desk.line, desk["anna"], thread, "note", "ask Bela", began)
    assert composing.drafts(desk.line, desk["anna"], thread) == composing.Typed("Un momento", "ask Bela")
    assert composing.drafts(desk.line, desk["bela"], thread) == composing.Typed("", "")
    with desk.line.db.read() as conn:
        assert not [
            kept for kept in conn.execute(text("SELECT words FROM unsent")).scalars() if b"momento" in bytes(kept)
        ]

    desk.clock.pass_by(seconds=1)
    replies.reply(desk.line, desk["anna"], thread, "Un momento, por favor")
    assert not composing.keep(desk.line, desk["anna"], thread, "reply", "Un momento, por fav", began)
    assert composing.drafts(desk.line, desk["anna"], thread) == composing.Typed("", "ask Bela")
    refused(lambda: composing.keep(desk.line, desk["bela"], thread, "reply", "no", began), NotYours)


def test_two_who_type_see_each_other_for_as_long_as_they_do(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    composing.keep(desk.line, desk["anna"], thread, "reply", "Un mo", desk.line.instant())
    composing.keep(desk.line, desk["bela"], thread, "note", "I kn", desk.line.instant())

    assert composing.typing(desk.line, desk["anna"], thread) == [("Bela", "note")]
    assert composing.typing(desk.line, desk["bela"], thread) == [("Anna", "reply")]
    replies.reply(desk.line, desk["anna"], thread, "Un momento")
    assert composing.typing(desk.line, desk["bela"], thread) == [], "who sent it types no more"
    desk.clock.pass_by(seconds=9)
    assert composing.typing(desk.line, desk["anna"], thread) == []
    with pytest.raises(NotFound):
        composing.typing(desk.line, desk["cleo"], thread)


# --- notes ---


def test_a_note_is_sealed_never_sent_and_stands_on_the_shelf_of_who_is_named(desk: Desk) -> None:
    thread = desk.asks()
    before = desk.told(thread)

    notes.write(desk.line, desk["anna"], thread, "@Bela knows the family, and @santos. Not mail@bela.example.")

    assert desk.told(thread) == before
    assert notes.mentioned_in(desk.line, desk["bela"]) == {thread} == notes.mentioned_in(desk.line, desk["santos"])
    assert notes.mentioned_in(desk.line, desk["anna"]) == frozenset()
    notes.read_by(desk.line, desk["bela"], thread)
    assert notes.mentioned_in(desk.line, desk["bela"]) == frozenset()
    assert notes.mentioned_in(desk.line, desk["santos"]) == {thread}
    with desk.line.db.read() as conn:
        assert not [
            kept for kept in conn.execute(text("SELECT words FROM notes")).scalars() if b"family" in bytes(kept)
        ]


def test_who_may_not_see_a_thread_is_not_named_in_it(desk: Desk) -> None:
    thread = desk.asks()

    sentence = refused(lambda: notes.write(desk.line, desk["anna"], thread, "@cleo please look"), NotYours)
    assert sentence.startswith("Cleo may not see this thread.")
    with pytest.raises(NotFound):
        notes.write(desk.line, desk["cleo"], thread, "hello")
    assert views.view(desk.line, desk["anna"], thread).notes == {}


# --- how it ended ---


def test_how_a_thread_ended_and_was_understood_is_kept_and_the_reason_sealed(desk: Desk) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)

    refused(lambda: outcomes.check("report rejected", "phone interpreter", ""), NotUsable)
    refused(lambda: outcomes.check("answered", "", ""), NotUsable)
    outcomes.check("report rejected", "phone interpreter", "It happened in another town.")
    handoffs.close(
        desk.line, desk["anna"], thread, "report rejected", "phone interpreter", "It happened in another town."
    )

    with desk.line.db.read() as conn:
        sql = text("SELECT id, outcome, language_service, outcome_why FROM handoffs WHERE thread_id = :thread")
        id_, outcome, service, why = conn.execute(sql, {"thread": thread}).one()
    assert (outcome, service) == ("report rejected", "phone interpreter")
    assert desk.line.keys.open(bytes(why), f"handoffs.outcome_why:{id_}") == "It happened in another town."


# --- replies kept ready ---


def test_replies_kept_ready_come_in_the_residents_language_with_the_english_beside(desk: Desk) -> None:
    thread = desk.asks()
    ready = {one.key: one for one in canned.ready(desk.line, desk["anna"], thread)}

    assert ready["greeting"].language == "es"
    assert (
        ready["greeting"].words
        == "Hola, soy Oficial Anna, de Riverbend PD. Leí sus mensajes y estoy aquí para ayudarle."
    )
    assert ready["greeting"].english.startswith("Hello, I am Officer Anna of Riverbend PD.")
    assert "{num}" in ready["property_release"].words, "no report: the place stays open"
    assert "555-555-0100" in ready["property_release"].words


def test_the_departments_own_reply_is_offered_only_in_languages_somebody_reviewed(desk: Desk) -> None:
    boss = desk["santos"]
    canned.add(desk.line, boss, "Food bank", "The food bank opens at nine. Ask for {officer}.")
    own = canned.own(desk.line)[0]
    thread = desk.asks()
    assert "Food bank" not in [one.title for one in canned.ready(desk.line, desk["anna"], thread)]

    spanish = "El banco de comida abre a las nueve. Pregunte por {officer}."
    refused(lambda: canned.put(desk.line, boss, own.id, "es", spanish, ""), NotUsable)
    refused(lambda: canned.put(desk.line, boss, own.id, "es", "Pregunte por {dept}.", "A. Morales"), NotUsable)
    refused(lambda: canned.add(desk.line, boss, "Other", "Ask {nobody}."), NotUsable)
    canned.put(desk.line, boss, own.id, "es", spanish, "A. Morales")

    offered = next(one for one in canned.ready(desk.line, desk["anna"], thread) if one.title == "Food bank")
    assert offered.words == "El banco de comida abre a las nueve. Pregunte por Anna."
    assert (offered.english, offered.reviewed_by) == ("The food bank opens at nine. Ask for Anna.", "A. Morales")

    canned.put(desk.line, boss, own.id, "en", "The food bank opens at nine. Ask for {officer}.", "B. Hill")
    assert set(canned.own(desk.line)[0].words) == {"en", "es"}
    canned.put(desk.line, boss, own.id, "en", "The food bank is closed. Ask for {officer}.", "B. Hill")
    assert set(canned.own(desk.line)[0].words) == {"en"}, "nobody has read the Spanish as words for this"


def test_targets_are_those_who_work_with_threads_who_is_on_shift_first(desk: Desk) -> None:
    desk.hire("whitfield", role=Role.ADMIN)
    desk.hire("zoe", "es")
    thread = desk.asks()
    rota.about(desk.line, desk["santos"], thread, desk["zoe"].id)
    found = passing.targets(desk.line, desk["anna"], thread)

    assert [one.login for one in found.officers] == ["bela", "cleo", "santos", "dora"]
    assert found.languages == ("en", "es", "vi")
