"""What supervisors look after: mutes that never cover danger, what a second one agrees to, queues and load, second looks at
closed threads, and the audit trail; on both databases."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from bot.desk.duty import handoffs, passing, rota, waiting
from bot.desk.identity import tokens
from bot.desk.paging import waves
from bot.desk.supervision import approving, muting, queues, reviewing, trail
from bot.desk.supervision.queues import Standing
from bot.desk.supervision.trail import Query
from bot.desk.threads import opening, replies, revealing, safety_cards, views
from bot.errors import NotFound, NotUsable, NotYours, PuenteError
from bot.hotline import Hotline
from bot.model import Role
from bot.store import pagings, sessions, translations
from bot.store.database import carry_out
from bot.web.app import create
from tests.conftest import MONDAY
from tests.desk.post import OFFICER, Desk, refused
from tests.line import Clock

FLOOD = "floods the line with insults"


class Supervised(Desk):
    """A desk, and what supervisors look for there."""

    def hears(self, phone: str, words: str) -> str:
        """Somebody who writes more slowly than a robot."""
        self.clock.pass_by(seconds=18)
        return self.says(phone, words)

    def open_kinds(self, thread: int) -> dict[str, bool]:
        """Kind -> urgent, of what is open in a thread."""
        return {one.kind: one.urgent for one in views.view(self.line, self["santos"], thread).handoffs}

    def asked(self, thread: int) -> set[int]:
        """Who was asked to come, for anything that is open there."""
        with self.line.db.read() as conn:
            rows = [one.id for one in views.view(self.line, self["santos"], thread).handoffs]
            return {staff for row in rows for staff in pagings.asked_now(conn, row)}

    def ends(self, thread: int, login: str = "anna", service: str = "certified officer") -> None:
        handoffs.claim(self.line, self[login], thread)
        handoffs.close(self.line, self[login], thread, "answered", service)

    def browser(self, login: str) -> FlaskClient:
        """Of somebody who is signed in."""
        token = tokens.new()
        with self.line.db.write() as conn:
            at = self.line.instant()
            sessions.open_one(conn, tokens.digest(token), self[login].id, "secret", "", "passkey", at)
        client = create(self.line).test_client()
        client.set_cookie("puente", token)
        return client


@pytest.fixture
def desk(hotline: Hotline) -> Supervised:
    clock = Clock(MONDAY)
    made = Supervised(replace(hotline, now=clock, chance=random.Random(3)), clock)
    made.hire("anna", "es")
    made.hire("bela", "es")
    made.hire("santos", role=Role.SUPERVISOR)
    made.hire("tomas", role=Role.SUPERVISOR)
    made.hire("audrey", role=Role.AUDITOR)
    return made


# --- mutes ---


def test_a_muted_resident_is_kept_and_not_answered_but_for_danger(desk: Supervised) -> None:
    thread = desk.asks(phone="juana")
    waves.page(desk.line, thread)
    assert desk.asked(thread)
    assert not muting.mute(desk.line, desk["santos"], thread, FLOOD, 4)

    assert desk.open_kinds(thread) == {}, "who waited waits no longer"
    assert [desk.hears("juana", words) for words in ("hola?", "0", "quiero hablar con un oficial", "ayuda")] == [""] * 4
    assert desk.open_kinds(thread) == {}
    assert muting.holding(desk.line, desk["tomas"])[0].texts == 4
    kept = [one.text for one in views.view(desk.line, desk["santos"], thread).messages if one.direction == "in"]
    assert kept[-4:] == ["hola?", "0", "quiero hablar con un oficial", "ayuda"]

    notice = desk.hears("juana", "mi vecino tiene una pistola y me quiere matar ahora")
    assert "911" in notice
    assert desk.open_kinds(thread) == {"safety": True}
    waves.page(desk.line, thread)
    assert {desk["santos"].id, desk["tomas"].id, desk["anna"].id} <= desk.asked(thread)
    card = safety_cards.opened(desk.line, desk["anna"], thread)
    assert "emergency" in card.labels
    assert [one.text for one in card.words][-1].endswith("me quiere matar ahora")

    assert desk.hears("juana", "9"), "for an hour after danger they are answered as everybody"
    desk.clock.pass_by(hours=1)
    assert desk.hears("juana", "hola") == ""
    assert "911" in desk.hears("juana", "hay un incendio en mi casa, ayuda"), "each danger anew"
    desk.clock.pass_by(hours=3)
    assert desk.hears("juana", "hola"), "it ends by itself"


def test_what_the_law_gives_a_muted_resident_still_counts_once(desk: Supervised) -> None:
    thread = desk.asks(phone="juana")
    muting.mute(desk.line, desk["santos"], thread, FLOOD, 4)
    assert desk.hears("juana", "borrar mis datos")
    assert desk.open_kinds(thread) == {"officer": False}
    assert [one.thread_id for one in approving.wishes(desk.line, desk["tomas"])] == [thread]
    assert desk.hears("juana", "borrar mis datos") == ""
    assert desk.hears("juana", "STOP")
    assert desk.hears("juana", "hola") == ""
    assert desk.hears("juana", "START")


def test_a_wish_for_their_data_outlasts_a_mute_and_its_resident_is_not_texted_meanwhile(desk: Supervised) -> None:
    before, after, heard = desk.asks(OFFICER, "borrar mis datos", phone="juana"), desk.asks(phone="rosa"), desk.asks(phone="pedro")
    for thread in (before, after):
        muting.mute(desk.line, desk["santos"], thread, FLOOD, 24)
    desk.hears("rosa", "borrar mis datos")
    assert {one.thread_id for one in approving.wishes(desk.line, desk["tomas"])} == {before, after}
    said = [desk.got(thread) for thread in (before, after)]

    desk.clock.pass_by(hours=2)
    assert waiting.tell_who_waits(desk.line) == 1
    assert "told that they still wait" in [line.verb for line in all_of(desk, heard)]
    desk.clock.pass_by(minutes=31)
    assert waiting.tell_who_waits(desk.line) == 1
    assert [desk.got(thread) for thread in (before, after)] == said
    desk.ends(before)
    assert [one.thread_id for one in approving.wishes(desk.line, desk["tomas"])] == [after]


def all_of(desk: Supervised, thread: int) -> tuple[trail.Told, ...]:
    """What was done in a thread, by the line too."""
    return trail.read(desk.line, desk["audrey"], Query(thread=str(thread), everything=True)).lines


def test_an_officer_who_holds_a_muted_thread_goes_on(desk: Supervised) -> None:
    thread = desk.asks(phone="juana")
    handoffs.claim(desk.line, desk["anna"], thread)
    muting.mute(desk.line, desk["santos"], thread, FLOOD, 1)
    replies.reply(desk.line, desk["anna"], thread, "Última vez: escriba con respeto.")
    assert desk.got(thread)[-1] == "Última vez: escriba con respeto."
    assert desk.hears("juana", "perdone") == ""
    handoffs.close(desk.line, desk["anna"], thread, "spam or abuse")
    assert desk.hears("juana", "hola") == "", "and then the line is silent"
    muting.lift(desk.line, desk["tomas"], thread)
    assert desk.hears("juana", "hola")
    refused(lambda: muting.lift(desk.line, desk["tomas"], thread), NotFound)
    assert desk.deeds(thread)[-3:] == ["answered", "closed", "lifted a mute"]


def test_a_long_mute_holds_for_a_day_until_another_supervisor_agrees(desk: Supervised) -> None:
    thread, other = desk.asks(phone="juana"), desk.asks(phone="pedro")
    refused(lambda: muting.mute(desk.line, desk["santos"], thread, "because", 4), NotUsable)
    refused(lambda: muting.mute(desk.line, desk["santos"], thread, FLOOD, 721), NotUsable)
    assert muting.mute(desk.line, desk["santos"], thread, FLOOD, 720)
    assert muting.mute(desk.line, desk["santos"], other, FLOOD, 72)
    [long, short] = [one for one, _ in approving.open_ones(desk.line, desk["santos"])]
    assert [mine for _, mine in approving.open_ones(desk.line, desk["santos"])] == [False, False]
    refused(lambda: approving.decide(desk.line, desk["santos"], long.id, agree=True), NotYours)

    def decide(agree: bool) -> bool:
        try:
            approving.decide(desk.line, desk["tomas"], long.id, agree=agree)
        except NotFound:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(decide, [True] * 4)) == [False, False, False, True]
    approving.decide(desk.line, desk["tomas"], short.id, agree=False)
    held = {one.thread_id: one.until_at - one.made_at for one in muting.holding(desk.line, desk["santos"])}
    assert held == {thread: 720 * muting.HOUR, other: muting.ALONE}
    desk.clock.pass_by(hours=25)
    assert desk.hears("pedro", "hola")
    assert desk.hears("juana", "hola") == ""
    desk.clock.pass_by(days=29)
    assert desk.hears("juana", "hola")


def test_where_there_is_no_other_supervisor_one_decides_alone_and_it_is_written_down(desk: Supervised) -> None:
    thread = desk.asks(phone="juana")
    approving.ask(desk.line, desk["santos"], thread, "redaction", "the name of her neighbour in her second text")
    with desk.line.db.write() as conn:
        conn.execute(text("UPDATE staff SET disabled = true WHERE login = 'tomas'"))
    assert not muting.mute(desk.line, desk["santos"], thread, FLOOD, 720), "nobody else could agree"
    [(asked, mine)] = approving.open_ones(desk.line, desk["santos"])
    assert mine
    refused(lambda: approving.mark_done(desk.line, desk["santos"], asked.id), NotFound)
    approving.decide(desk.line, desk["santos"], asked.id, agree=True)
    [(agreed, _)] = approving.open_ones(desk.line, desk["santos"])
    assert (agreed.state, agreed.decider) == ("agreed", "Santos")
    approving.mark_done(desk.line, desk["santos"], asked.id)
    assert approving.open_ones(desk.line, desk["santos"]) == []
    lines = trail.read(desk.line, desk["audrey"], Query(thread=str(thread), verb="agreed to redaction")).lines
    assert [line.note.partition(", ")[2] for line in lines] == ["alone: there is no other supervisor"]


# --- queues and load ---


def stand(desk: Supervised) -> Standing:
    return queues.stand(desk.line, desk["santos"])


def test_queues_by_language_and_who_is_here_for_each(desk: Supervised) -> None:
    desk.clock.time = MONDAY
    spanish = [desk.asks() for _ in range(3)]
    desk.clock.pass_by(minutes=25)
    assert waiting.call_supervisors(desk.line) == 3
    handoffs.claim(desk.line, desk["anna"], spanish[1])
    desk.hears("danger", "hay un incendio en la casa de al lado, ayuda")
    standing = stand(desk)
    by = {one.language: one for one in standing.queues}
    assert (by["es"].waiting, by["es"].urgent, by["es"].taken, by["es"].late) == (3, 1, 1, True)
    assert by["es"].oldest is not None
    assert standing.at - by["es"].oldest == pytest.approx(25 * 60_000, abs=120_000)
    assert [one.login for one in by["es"].here] == ["anna", "bela"]
    assert (by["en"].waiting, by["en"].oldest) == (0, None)
    assert (standing.waiting, standing.urgent) == (3, 1)
    late = {one.thread_id: one.officer for one in standing.late}
    assert late == {spanish[0]: "", spanish[1]: "Anna", spanish[2]: ""}
    assert [one.officer for one in standing.late][-1] == "Anna", "what still waits stands first"


def test_a_language_that_waits_longer_than_english_is_marked(desk: Supervised) -> None:
    assert stand(desk).queues[0].usual is None

    def answered_after(minutes: int, *texts: str) -> None:
        phone = f"resident-{uuid4().hex[:8]}"
        desk.hears(phone, texts[0])
        desk.hears(phone, texts[1])
        desk.clock.pass_by(minutes=minutes)
        desk.ends(desk.thread(phone), "bela")

    for minutes in (2, 4, 90):  # the middle one counts
        answered_after(minutes, "hello I want to talk to an officer", "about my car")
        answered_after(minutes + 3, "quiero hablar con un oficial", "una multa")
    by = {one.language: one for one in stand(desk).queues}
    assert by["en"].usual == pytest.approx(4 * 60_000, abs=60_000)
    assert by["es"].usual == pytest.approx(7 * 60_000, abs=60_000)
    assert (by["en"].unequal, by["es"].unequal) == (False, True)


def test_load_counts_threads_texts_and_danger_in_a_row(desk: Supervised) -> None:
    def danger(login: str) -> int:
        phone = f"resident-{uuid4().hex[:8]}"
        desk.hears(phone, "hay un incendio en la casa de al lado, ayuda")
        thread = desk.asks(phone=phone)
        handoffs.claim(desk.line, desk[login], thread)
        return thread

    calm = desk.asks()
    handoffs.claim(desk.line, desk["anna"], calm)
    for _ in range(3):
        desk.clock.pass_by(minutes=1)
        danger("anna")
    danger("bela")
    replies.reply(desk.line, desk["anna"], calm, "Buenos días")
    replies.reply(desk.line, desk["anna"], calm, "¿En qué le ayudo?")
    loads = {one.officer.login: (one.threads, one.texts, one.crises, one.wants_rest) for one in stand(desk).loads}
    assert loads["anna"] == (4, 2, 3, True)
    assert loads["bela"] == (1, 0, 1, False)
    assert loads["santos"] == (0, 0, 0, False)
    desk.clock.pass_by(minutes=1)
    handoffs.claim(desk.line, desk["anna"], desk.asks())
    loads = {one.officer.login: (one.threads, one.texts, one.crises, one.wants_rest) for one in stand(desk).loads}
    assert loads["anna"] == (5, 2, 0, False)


# --- second looks ---


def test_a_month_s_sample_is_one_in_twenty_and_every_machine_translation_in_danger(desk: Supervised) -> None:
    desk.clock.time = datetime(2026, 10, 31, 10, 0, tzinfo=desk.line.config.timezone)
    plain = [desk.asks() for _ in range(21)]
    for thread in plain[:-1]:
        desk.ends(thread)
    desk.ends(plain[-1], service="machine translation only")  # no danger in it: one of the others
    desk.hears("danger", "hay un incendio en la casa de al lado, ayuda")
    machine = desk.asks(phone="danger")
    desk.ends(machine, service="text translation, reviewed")
    left = desk.asks(phone="left")
    desk.hears("left", "X")
    assert reviewing.draw(desk.line) == 0, "October is not over"
    desk.clock.time = datetime(2026, 11, 1, 0, 10, tzinfo=desk.line.config.timezone)
    desk.ends(desk.asks())  # in November
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: reviewing.draw(desk.line), range(3))) == 3
    drawn = reviewing.listed(desk.line, desk["santos"])
    assert [one.why for one in drawn] == ["machine translation", "sample", "sample"]
    assert drawn[0].thread_id == machine
    assert {one.thread_id for one in drawn[1:]} < set(plain)
    assert left not in {one.thread_id for one in drawn}

    first = drawn[0]
    assert "incendio" in reviewing.opened(desk.line, desk["santos"], first.id).view.messages[0].text

    def look(login: str, verdict: str, needless: int = 0, missed: int = 0, note: str = "") -> None:
        reviewing.review(desk.line, desk[login], first.id, verdict, needless, missed, note)

    refused(lambda: look("santos", "fine"), NotUsable)
    refused(lambda: look("santos", "good", needless=100, note="many"), NotUsable)
    refused(lambda: look("santos", "good", missed=1), NotUsable)
    look("santos", "could be better", needless=1, missed=2, note="The second text was danger too.")
    refused(lambda: look("tomas", "good"), NotFound)
    done = next(one for one in reviewing.listed(desk.line, desk["tomas"]) if one.id == first.id)
    assert (done.verdict, done.reviewer, done.note) == ("could be better", "Santos", "The second text was danger too.")
    [month] = reviewing.months(desk.line)
    assert (month.month, month.drawn, month.reviewed, month.needless, month.missed) == ("2026-10", 3, 1, 1, 2)
    assert "reviewed" in desk.deeds(machine)


def test_nobody_reviews_what_they_answered_themselves(desk: Supervised) -> None:
    desk.clock.time = datetime(2026, 10, 5, 10, 0, tzinfo=desk.line.config.timezone)
    desk.ends(desk.asks(), "santos")
    desk.clock.time = MONDAY
    assert reviewing.draw(desk.line) == 1
    [drawn] = reviewing.listed(desk.line, desk["santos"])
    assert reviewing.opened(desk.line, desk["santos"], drawn.id).own
    refused(lambda: reviewing.review(desk.line, desk["santos"], drawn.id, "good", 0, 0, ""), NotYours)
    rota.about(desk.line, desk["santos"], drawn.thread_id, desk["tomas"].id)
    refused(lambda: reviewing.opened(desk.line, desk["tomas"], drawn.id), NotFound)
    assert reviewing.listed(desk.line, desk["tomas"]) == []
    reviewing.review(desk.line, desk["santos"], drawn.id, "good", 0, 0, "")  # there is nobody else now


def test_who_wrote_an_answer_is_no_second_look_at_it_whoever_closed_it(desk: Supervised) -> None:
    desk.clock.time = datetime(2026, 10, 5, 10, 0, tzinfo=desk.line.config.timezone)
    thread = desk.asks()
    handoffs.claim(desk.line, desk["santos"], thread)
    replies.reply(desk.line, desk["santos"], thread, "Buenos días")
    passing.release(desk.line, desk["santos"], thread)
    desk.ends(thread)
    desk.clock.time = MONDAY
    reviewing.draw(desk.line)
    [drawn] = reviewing.listed(desk.line, desk["santos"])
    assert reviewing.opened(desk.line, desk["santos"], drawn.id).own
    assert not reviewing.opened(desk.line, desk["tomas"], drawn.id).own
    refused(lambda: reviewing.review(desk.line, desk["santos"], drawn.id, "good", 0, 0, ""), NotYours)


def test_a_machine_s_words_are_looked_at_beside_what_was_written(desk: Supervised) -> None:
    desk.clock.time = datetime(2026, 10, 5, 10, 0, tzinfo=desk.line.config.timezone)
    desk.hears("danger", "hay un incendio en la casa de al lado, ayuda")
    thread = desk.asks(phone="danger")
    first = views.view(desk.line, desk["santos"], thread).messages[0]
    with desk.line.db.write() as conn:
        translations.put_beside(
            conn, desk.line.keys, first, engine="libretranslate", source="es", target="en", at=desk.line.instant(),
            words="there is a fire in the house beside, help",
        )  # fmt: skip
    desk.ends(thread)
    desk.clock.time = MONDAY
    reviewing.draw(desk.line)
    [drawn] = reviewing.listed(desk.line, desk["santos"])
    assert drawn.why == "machine translation"
    page = desk.browser("santos").get(f"/supervise/reviews/{drawn.id}").text
    written, _, after = page.partition("hay un incendio en la casa de al lado, ayuda")
    assert "there is a fire" not in written
    assert after.index("Machine translation; check before you rely on it") < after.index("there is a fire in the house beside")


# --- the audit trail ---


def test_the_trail_tells_who_did_what_and_never_what_was_said(desk: Supervised) -> None:
    thread = desk.asks(OFFICER, "el perro de Rosalinda ladra, su número es 555-555-0177", phone="juana")
    opening.note(desk.line, desk["bela"], thread)
    handoffs.claim(desk.line, desk["anna"], thread)
    replies.reply(desk.line, desk["anna"], thread, "¿Cuándo ladra?")
    revealing.reveal(desk.line, desk["anna"], thread, "to call back about Rosalinda")
    muting.mute(desk.line, desk["santos"], thread, "Rosalinda again and again", 1)
    approving.ask(desk.line, desk["santos"], thread, "deletion", "what was said of Rosalinda")
    desk.hears("danger", "hay un incendio en la casa de al lado, ayuda")
    alarm = desk.asks(phone="danger")
    opening.note(desk.line, desk["bela"], alarm)

    def told(login: str = "audrey", **query: object) -> list[tuple[str, str, bool]]:
        lines = trail.read(desk.line, desk[login], Query(**query)).lines  # type: ignore[arg-type]
        return [(line.who, line.verb, line.sensitive) for line in lines]

    assert told(thread=str(thread)) == [
        ("Santos", "asked for deletion", False), ("Santos", "muted", False), ("Anna", "revealed", False),
        ("Anna", "answered", False), ("Anna", "claimed", False), ("Bela", "opened", False),
    ]  # fmt: skip
    assert told(verb="opened") == [("Bela", "opened", True), ("Bela", "opened", False)]
    assert told(person=desk["bela"].id) == told(verb="opened")
    handle = views.view(desk.line, desk["santos"], alarm).thread.handle
    assert ("line", "notice", True) in told(thread=handle.lower(), everything=True)
    assert told(since=desk.line.today() + timedelta(days=1)) == []
    assert told(until=desk.line.today() - timedelta(days=1)) == []
    refused(lambda: told(thread="Nobody 1"), NotUsable)

    all_lines = list(trail.export(desk.line, desk["audrey"], Query(everything=True)))
    assert {"claimed", "revealed", "opened", "notice", "called an officer"} <= {line.verb for line in all_lines}
    words = "\n".join(str(line) for line in all_lines)
    for said in ("Rosalinda", "555-0177", "juana", "Cuándo", "incendio", "to call back"):
        assert said not in words
    assert told(person=desk["audrey"].id) == [("Audrey", "took the trail along", False)]


def test_who_a_thread_is_kept_from_does_not_read_of_it_in_the_trail(desk: Supervised) -> None:
    thread = desk.asks()
    handoffs.claim(desk.line, desk["anna"], thread)
    rota.about(desk.line, desk["santos"], thread, desk["tomas"].id)
    seen = Query(everything=True, since=date(2026, 1, 1))
    assert thread in {line.thread_id for line in trail.read(desk.line, desk["audrey"], seen).lines}
    assert thread not in {line.thread_id for line in trail.read(desk.line, desk["tomas"], seen).lines}
    assert thread not in {one.thread_id for one in stand(desk).late}


def test_the_trail_goes_on_page_by_page(desk: Supervised) -> None:
    with desk.line.db.write() as conn:
        from bot.store import events

        for number in range(trail.MOST + 30):
            carry_out(conn, events.event(f"officer:{desk['anna'].id}", f"deed {number}", "threads", desk.line.instant()))
    first = trail.read(desk.line, desk["audrey"], Query(person=desk["anna"].id))
    second = trail.read(desk.line, desk["audrey"], Query(person=desk["anna"].id, before=first.more))
    found = [line.verb for line in (*first.lines, *second.lines)]
    assert found == [f"deed {number}" for number in reversed(range(trail.MOST + 30))]
    assert second.more is None


def test_days_and_numbers_out_of_all_bounds_are_no_faults(desk: Supervised) -> None:
    boss = desk.browser("santos")
    for address in ("/audit?to=9999-12-31", "/audit.csv?to=9999-12-31", "/desk/search?to=9999-12-31"):
        assert boss.get(address).status_code == 422, address
    for name in ("before", "person"):
        assert boss.get(f"/audit?{name}={10**30}").status_code == 200, name
    answer = boss.get(f"/audit?thread={10**19 - 1}")
    assert (answer.status_code, "There is no thread of that name or id." in answer.text) == (422, True)
    assert boss.get("/audit?from=0001-01-01&to=9999-12-30").status_code == 200


def test_errors_here_are_sentences(desk: Supervised) -> None:
    for deed in (
        lambda: approving.decide(desk.line, desk["santos"], 7, agree=True),
        lambda: approving.mark_done(desk.line, desk["santos"], 7),
        lambda: reviewing.opened(desk.line, desk["santos"], 7),
        lambda: muting.lift(desk.line, desk["santos"], desk.asks()),
    ):
        assert refused(deed, PuenteError).endswith(".")
