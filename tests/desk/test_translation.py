"""A machine's translations at the desk, on both databases, with a translator in a process of its own: beside what residents
wrote, and in what officers send; what is refused, written down, and seen when the translator is away."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bot.desk.duty import handoffs
from bot.desk.identity import tokens
from bot.desk.threads import composing, machine_replies, replies, showing, translation, views
from bot.desk.threads.translation import Machine
from bot.errors import NotTranslated, NotUsable, NotYours
from bot.line import delivery
from bot.model import Role
from bot.store import messages, sessions
from bot.store.database import Database
from bot.translators.base import Translated
from bot.translators.breaker import Breaker
from bot.translators.libretranslate import LibreTranslate
from bot.web.app import create
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.desk.post import Post, phrase
from tests.fake_translator import FakeTranslator, fake_translator
from tests.line import Clock, build_hotline, settings

TOWED = "Your car was towed to 12 Mill Street."
IN_SPANISH = "La grúa llevó su auto a la calle Mill 12."
BACK = "The crane took your car to street Mill 12."
SLOW = "es cosa de pensar"


@pytest.fixture(scope="module")
def server() -> Iterator[FakeTranslator]:
    with fake_translator() as running:
        yield running


@dataclass
class Room(Post):
    """A post with a translator, whose rests its test ends."""

    server: FakeTranslator = None  # type: ignore[assignment]

    def machine(self, thread: int, login: str = "anna") -> Machine:
        officer = self[login]
        return showing.show(self.line, officer, views.view(self.line, officer, thread)).machine

    def beside(self, thread: int) -> list[tuple[str, str]]:
        """Each of the resident's texts with its translation."""
        found = self.machine(thread).beside
        said = views.view(self.line, self["anna"], thread).messages
        return [(one.text, found[one.id].words if one.id in found else "?") for one in said if one.direction == "in"]

    def delivered(self, thread: int) -> list[str]:
        delivery.deliver(self.line, thread)
        with self.line.db.read() as conn:
            said = messages.of_thread(conn, self.line.keys, thread)
        return [one.text for one in said if one.author == "officer" and one.state == "delivered"]

    def browser(self, login: str = "anna") -> FlaskClient:
        """Of somebody who is signed in."""
        token = tokens.new()
        with self.line.db.write() as conn:
            at = self.line.instant()
            sessions.open_one(conn, tokens.digest(token), self[login].id, "secret", "", "passkey", at)
        client = create(self.line).test_client()
        client.set_cookie("puente", token)
        return client

    def page(self, thread: int) -> str:
        return self.browser().get(f"/desk/{thread}").text

    def record(self, thread: int) -> list[tuple[str, str, str, bool]]:
        """Direction, state, code of every use, and whether words are kept with it."""
        sql = text("SELECT direction, state, code, words FROM translations WHERE thread_id = :t ORDER BY id")
        with self.line.db.read() as conn:
            rows = conn.execute(sql, {"t": thread}).fetchall()
        return [(direction, state, code or "", words is not None) for direction, state, code, words in rows]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def staffed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str, server: FakeTranslator
) -> Iterator[Room]:
    """One line over each database; every test is in a week of its own."""
    url = fresh_postgres(request.getfixturevalue("postgres_url")) if request.param == "postgresql" else ""
    built = build_hotline(settings(tmp_path_factory.mktemp("line"), DATABASE_URL=url, REDIS_URL=redis_url), demo=False)
    clock = Clock(MONDAY)
    made = Room(replace(built, now=clock), clock, server=server)
    made.hire("anna", "es")
    made.hire("bela", "es")
    made.hire("haiti", "ht")
    made.hire("santos", role=Role.SUPERVISOR)
    yield made
    built.db.close()


@pytest.fixture
def room(staffed: Room, server: FakeTranslator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(machine_replies, "_PATIENCE", 60.0)  # a busy machine is no slow translator
    clock = staffed.clock
    clock.time = MONDAY + timedelta(weeks=(clock.time - MONDAY) // timedelta(weeks=1) + 1)
    machine = LibreTranslate(server.url, "", Breaker(lambda: clock().timestamp()))
    yield replace(staffed, line=replace(staffed.line, translator=machine))
    server.tell()


def taken(room: Room, *texts: str) -> int:
    thread = room.asks("quiero hablar con un oficial", "un vecino ruidoso", *texts)
    handoffs.claim(room.line, room["anna"], thread)
    return thread


def offer(room: Room, thread: int, words: str = TOWED) -> machine_replies.Offer:
    machine_replies.make(room.line, room["anna"], thread, words)
    found = machine_replies.offered(room.line, room["anna"], views.view(room.line, room["anna"], thread).thread)
    assert found
    return found


def test_what_a_resident_wrote_stands_in_english_beside_it_and_private_numbers_never_leave(room: Room) -> None:
    thread = taken(room, "mi pasaporte es X12345678", "1")
    assert translation.ring_for_forgotten(room.line) == 1
    assert translation.make(room.line, thread) == 3
    assert translation.ring_for_forgotten(room.line) == 0  # nothing is left to do

    assert room.beside(thread) == [
        ("quiero hablar con un oficial", "[es to en] quiero hablar con un oficial"),
        ("un vecino ruidoso", "a noisy neighbor"),
        ("mi pasaporte es *******78", "my passport is *******78"),
        ("1", ""),
    ]
    assert all("12345678" not in one["q"] for one in room.server.asked())
    with room.line.db.read() as conn:
        kept = list(conn.execute(text("SELECT words FROM translations WHERE words IS NOT NULL")).scalars())
        assert kept and all(b"noisy" not in bytes(one) for one in kept)
    assert room.trail(thread).count("had a text translated by a machine") == 3


def test_two_workers_make_one_translation(room: Room) -> None:
    thread = taken(room)
    view = views.view(room.line, room["anna"], thread)
    translation.make(room.line, thread)
    first = room.machine(thread).beside
    kept = translation._put_beside(room.line, room.line.translator, view.messages[0])  # type: ignore[arg-type]

    assert kept is False and room.machine(thread).beside == first


def test_an_english_text_is_not_given_to_the_machine(room: Room) -> None:
    before = len(room.server.asked())
    thread = taken(room, "my neighbor is very loud every single night and I cannot sleep")
    translation.make(room.line, thread)

    assert room.beside(thread)[-1][1] == ""
    assert all("neighbor is" not in one["q"] for one in room.server.asked()[before:])


def test_originals_are_shown_and_a_sentence_says_why_while_the_translator_is_away(room: Room) -> None:
    thread = taken(room)
    room.server.tell(fails=503)
    assert translation.make(room.line, thread) == 0
    machine = room.machine(thread)
    assert (machine.away, machine.waits, dict(machine.beside)) == (True, True, {})
    with pytest.raises(NotTranslated, match="does not answer now"):
        machine_replies.make(room.line, room["anna"], thread, TOWED)

    room.server.tell()
    room.clock.pass_by(minutes=1)
    assert translation.make(room.line, thread) == 2
    machine = room.machine(thread)
    assert (machine.away, machine.waits) == (False, False)


def test_a_text_the_machine_fails_at_keeps_no_other_waiting_and_is_tried_again_a_few_times(room: Room) -> None:
    thread = taken(room, "cause trouble", "me robaron la bicicleta")
    before = len(room.server.asked())
    room.line = replace(room.line, detect=lambda words: [("es", 0.99)])
    for _ in range(10):
        translation.make(room.line, thread)
        room.clock.pass_by(minutes=2)

    assert room.beside(thread)[-2:] == [("cause trouble", ""), ("me robaron la bicicleta", "they stole my bicycle")]
    assert [one["q"] for one in room.server.asked()[before:]].count("cause trouble") == 5
    assert not room.machine(thread).waits


class Hasty(LibreTranslate):
    """Has little patience with one text, and much with all others."""

    def translate(self, words: str, source: str, target: str, *, within: float) -> Translated:
        return super().translate(words, source, target, within=2.0 if words == SLOW else 60.0)


def test_a_text_the_machine_is_slow_at_keeps_no_older_one_waiting_and_is_tried_again(room: Room) -> None:
    thread = taken(room, "me robaron la bicicleta", SLOW)
    machine = Hasty(room.server.url)
    machine.lacking(("es",), within=60.0)
    room.line = replace(room.line, translator=machine, detect=lambda words: [("es", 0.99)])
    room.server.tell(ponders=120.0)
    translation.make(room.line, thread)

    assert room.beside(thread)[-2:] == [("me robaron la bicicleta", "they stole my bicycle"), (SLOW, "")]
    assert not room.machine(thread).away
    assert "The machine could not translate this text." in room.page(thread)
    room.server.tell()
    translation.make(room.line, thread)
    assert room.beside(thread)[-1] == (SLOW, ""), "not at once"
    room.clock.pass_by(minutes=2)
    translation.make(room.line, thread)
    assert room.beside(thread)[-1] == (SLOW, f"[es to en] {SLOW}")


def test_a_language_the_machine_lacks_is_said_and_not_asked_for_again(room: Room) -> None:
    phone = "resident-ht"
    room.says(phone, "mwen bezwen pale ak yon polisye", "vwazen mwen fè twòp bri")
    thread = room.thread(phone)
    handoffs.claim(room.line, room["haiti"], thread)
    translation.make(room.line, thread)

    assert room.machine(thread, "haiti").lacks and translation.ring_for_forgotten(room.line) == 0


def test_an_answer_goes_out_as_it_was_shown_with_a_note_once_a_day(room: Room) -> None:
    thread = taken(room)
    seen = offer(room, thread)
    assert (seen.original, seen.words, seen.back, seen.numbers) == (TOWED, IN_SPANISH, BACK, ())
    assert seen.note == phrase(room.line, "mt_note")
    assert room.delivered(thread) == []

    machine_replies.send(room.line, room["anna"], thread, seen.id)
    assert room.delivered(thread) == [f"{IN_SPANISH}\n\n{seen.note}"]
    assert composing.drafts(room.line, room["anna"], thread).reply == ""
    again = offer(room, thread)
    assert again.note == ""
    machine_replies.send(room.line, room["anna"], thread, again.id)
    assert room.delivered(thread)[-1] == IN_SPANISH
    with pytest.raises(NotYours):  # pressed twice
        machine_replies.send(room.line, room["anna"], thread, again.id)
    room.clock.pass_by(days=1)
    assert offer(room, thread).note

    shown = [one for one in room.machine(thread).beside.values() if one.direction == "out"]
    assert {(one.original, one.officer_id, one.engine) for one in shown} == {(TOWED, room["anna"].id, "libretranslate")}
    assert [row[1] for row in room.record(thread)] == ["sent", "sent", "offered"]
    assert room.trail(thread).count("answered by a machine translation") == 2


def test_idioms_and_changed_numbers_are_pointed_at_before_sending(room: Room) -> None:
    seen = offer(room, taken(room), "The case is closed at 5.")

    assert [one.word for one in seen.ambiguous] == ["case"]
    assert seen.numbers == ("5",)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Do you consent to a search of your car?", "consent"),
        ("You have the right to remain silent.", "rights"),
        ("Please give us your statement now.", "a statement"),
    ],
)
def test_consent_rights_and_statements_are_refused_and_never_reach_the_machine(room: Room, words: str, topic: str) -> None:
    thread = taken(room)
    before = len(room.server.asked())
    with pytest.raises(NotUsable, match=r"interpreter\.$"):
        machine_replies.make(room.line, room["anna"], thread, words)

    assert len(room.server.asked()) == before
    assert room.record(thread) == [("out", "refused", topic, False)]
    assert room.trail(thread)[-1] == "was refused a machine translation"


@pytest.mark.parametrize("words", ["", "Ask for {officer}.", "My number is 987-65-4321.", "Su auto está en la calle Tercera, puede venir hoy."])
def test_what_cannot_be_translated_is_said_before_it_leaves(room: Room, words: str) -> None:
    thread = taken(room)
    before = len(room.server.asked())
    with pytest.raises(NotUsable):
        machine_replies.make(room.line, room["anna"], thread, words)
    assert len(room.server.asked()) == before


def test_what_would_not_go_out_as_one_text_is_said_before_it_is_offered(room: Room) -> None:
    thread = taken(room)
    with pytest.raises(NotTranslated, match="Say it in shorter texts"):
        machine_replies.make(room.line, room["anna"], thread, "Your car was towed. " * 79)
    assert room.record(thread) == []

    before = len(room.server.asked())
    answer = room.browser().post(f"/desk/{thread}/translate", data={"csrf": "secret", "words": "a" * 1601})
    assert (answer.status_code, "at most 1,600 characters; this one has 1,601" in answer.text) == (422, True)
    assert len(room.server.asked()) == before


def test_only_who_holds_the_thread_may_have_it_translated_and_only_they_may_send_it(
    room: Room, writes: list[Database]
) -> None:
    thread = taken(room)
    with pytest.raises(NotYours):
        machine_replies.make(room.line, room["bela"], thread, TOWED)
    seen = offer(room, thread)
    with pytest.raises(NotYours):
        machine_replies.send(room.line, room["bela"], thread, seen.id)
    newer = offer(room, thread, "Good morning.")
    with pytest.raises(NotYours):
        machine_replies.send(room.line, room["anna"], thread, seen.id)
    room.clock.pass_by(minutes=31)
    with pytest.raises(NotYours):
        machine_replies.send(room.line, room["anna"], thread, newer.id)
    machine_replies.forget_old(room.line)
    writes.clear()
    machine_replies.forget_old(room.line)

    assert writes == [], "nothing is left to forget"
    assert room.record(thread) == [("out", "dropped", "", False)] * 2
    assert room.delivered(thread) == []


def test_taken_back_it_is_english_again_and_the_note_is_said_with_the_next(room: Room) -> None:
    thread = taken(room)
    machine_replies.send(room.line, room["anna"], thread, offer(room, thread).id, wait=10_000)
    assert replies.undo(room.line, room["anna"], thread) == TOWED

    assert composing.drafts(room.line, room["anna"], thread).reply == TOWED
    room.clock.pass_by(seconds=20)
    assert room.delivered(thread) == []
    assert room.record(thread) == [("out", "taken back", "", False)]
    assert offer(room, thread).note


def test_a_question_mark_after_a_machines_words_is_shown_as_not_understood(room: Room) -> None:
    thread = room.asks("quiero hablar con un oficial", "un vecino ruidoso", phone="resident-q")
    handoffs.claim(room.line, room["anna"], thread)
    room.says("resident-q", "?")
    assert not room.machine(thread).unclear
    machine_replies.send(room.line, room["anna"], thread, offer(room, thread).id)
    room.says("resident-q", "?")
    newest = views.view(room.line, room["anna"], thread).messages[-1]

    assert room.machine(thread).unclear == {newest.id}


def test_without_a_translator_nothing_is_offered_and_nothing_rung_for(room: Room) -> None:
    thread = taken(room)
    room.line = replace(room.line, translator=None)

    assert not machine_replies.may_offer(room.line, views.view(room.line, room["anna"], thread).thread)
    with pytest.raises(NotUsable):
        machine_replies.make(room.line, room["anna"], thread, TOWED)
    assert (translation.ring_for_forgotten(room.line), translation.make(room.line, thread)) == (0, 0)
    assert room.machine(thread) == Machine({}, waits=False, away=False, lacks=False, unclear=frozenset())
