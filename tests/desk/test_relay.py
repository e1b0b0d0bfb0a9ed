"""Officers who answer from their own phones: over the real webhook, the real worker and the outbox, on both databases. Two of
them and three residents at once, and nobody's words ever reach another."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from bot.desk.duty import handoffs, passing, rota
from bot.desk.identity import accounts
from bot.desk.paging import waves
from bot.desk.relay import commands, delivering, offering, phones, receiving, rounds, telling
from bot.desk.relay.commands import Command, Deed
from bot.desk.threads import joining
from bot.errors import NotFound, NotUsable, Reason, SendFailed
from bot.hotline import Hotline
from bot.line import reconciling, sending
from bot.model import Holder, Inbound, Officer
from bot.store import relay_phones, relay_threads, relays, threads
from bot.store.database import Connection
from bot.store.ids import new_id
from bot.store.relay_threads import OnPhone
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.desk.post import Post
from tests.line import LINE, Clock, Line, running_line

ANA, BEA, CAI = "+15005557101", "+15005557102", "+15005557103"  # residents
PHONES = {"rodriguez": "+15555550190", "santos": "+15555550197"}
JPEG = ("image/jpeg", b"\xff\xd8\xff\xe0" + b"0" * 40)


@dataclass
class Cast:
    """Everybody who writes, and what is new on their phones."""

    line: Line
    seen: dict[str, int] = field(default_factory=dict)

    def says(self, number: str, *texts: str) -> None:
        for words in texts:
            self.line.twilio.text(number, words)
        self.work()

    def writes(self, login: str, words: str) -> list[str]:
        """What an officer is told after it."""
        self.line.twilio.text(PHONES[login], words)
        self.work()
        return self.new(PHONES[login])

    def new(self, number: str) -> list[str]:
        sent = self.line.twilio.sent_to(number)
        fresh = sent[self.seen.get(number, 0) :]
        self.seen[number] = len(sent)
        return fresh

    def work(self) -> None:
        self.line.work()

    def asks(self, resident: str) -> None:
        """Wants an officer, and is told that one is called."""
        self.says(resident, "quiero hablar con un oficial", "S")
        self.new(resident)

    def handle(self, resident: str) -> str:
        sql = "SELECT r.handle FROM residents r JOIN threads t ON t.resident_id = r.id WHERE t.id = :id"
        row = self.line.hotline.db.look(sql, {"id": self.line.thread_of(resident)})
        assert row
        return str(row[0])

    def look_after(self, **span: float) -> None:
        """A round of housekeeping for phones, after a while."""
        self.line.clock.pass_by(**span)
        rounds.look_after_phones(self.line.hotline)
        rounds.send_to_phones(self.line.hotline)
        self.work()

    def came(self, resident: str) -> list[tuple[object, ...]]:
        sql = "SELECT id FROM messages WHERE thread_id = :id AND direction = 'in'"
        return self.rows(sql, id=self.line.thread_of(resident))

    def rows(self, sql: str, **values: object) -> list[tuple[object, ...]]:
        with self.line.hotline.db.read() as conn:
            return [tuple(row) for row in conn.execute(text(sql), values)]

    def turn_on(self, login: str) -> None:
        officer, number = self.line.officer(login), PHONES[login]
        phones.ask(self.line.hotline, officer, number)
        self.work()
        (words,) = self.new(number)
        phones.confirm(
            self.line.hotline, officer, next(part for part in words.split() if part.strip(".").isdigit())[:6]
        )
        self.work()
        assert ["#help" in words for words in self.new(number)] == [True]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str) -> Iterator[Line]:
    folder = tmp_path_factory.mktemp("relay")
    database = f"sqlite:///{folder / 'puente.db'}"
    if request.param == "postgresql":
        database = fresh_postgres(request.getfixturevalue("postgres_url"))
    with running_line(folder, redis_url, MONDAY, RELAY="on", DATABASE_URL=database, DEPARTMENT_HOURS="24/7") as line:
        with line.hotline.db.write() as conn:  # nobody else's shift begins or ends meanwhile
            conn.execute(text("DELETE FROM shifts"))
        yield line


@pytest.fixture
def cast(running: Line) -> Iterator[Cast]:
    """Both officers with their phones on; nobody waits and nothing was said."""
    found = Cast(running)
    with running.hotline.db.write() as conn:
        for table in ("relays", "relay_threads", "relay_phones", "pagings", "guesses"):
            conn.execute(text(f"DELETE FROM {table}"))
        conn.execute(text("UPDATE handoffs SET closed_at = 1 WHERE closed_at IS NULL"))
        conn.execute(text("UPDATE threads SET holder = 'bot', officer_id = NULL, version = version + 1"))
        conn.execute(text("UPDATE residents SET address_hash = 'gone ' || id"))  # so that all are new
        conn.execute(text("UPDATE staff SET on_shift = (login IN ('rodriguez', 'santos'))"))
    running.clock.pass_by(hours=1)
    found.work()
    for number in (*PHONES.values(), ANA, BEA, CAI):
        found.new(number)
    for login in PHONES:
        found.turn_on(login)
    yield found


def test_two_officers_and_three_residents(cast: Cast) -> None:
    hotline, twilio = cast.line.hotline, cast.line.twilio
    cast.asks(ANA)
    offers = {login: cast.new(number) for login, number in PHONES.items()}
    for told in offers.values():
        (offer,) = told
        assert "#1: a resident waits. Language: Spanish." in offer
        assert cast.handle(ANA) not in offer and "quiero" not in offer and ANA not in offer
    cast.asks(BEA)
    assert all("#2: a resident waits" in cast.new(number)[0] for number in PHONES.values())

    # Both take the first one at once: one has it, the other is told who.
    for number in PHONES.values():
        twilio.text(number, "#1")
    at_once(lambda: rounds.work(hotline))
    cast.work()
    got = {login: " ".join(cast.new(number)) for login, number in PHONES.items()}
    (one,) = [login for login in PHONES if f"You have #1 {cast.handle(ANA)} (Spanish)" in got[login]]
    (two,) = set(PHONES) - {one}
    assert "already taken" in got[two] or "not open" in got[two]
    assert cast.line.officer(one).name in cast.new(ANA)[-1]
    assert f"You have #2 {cast.handle(BEA)}" in cast.writes(two, "2")[0], (
        "the number alone will do, while nothing is open"
    )
    cast.new(BEA)

    # What residents write comes to the one who has them, with the mark to answer by.
    cast.says(ANA, "se llevaron mi bicicleta")
    cast.says(BEA, "hola, soy Bea")
    assert cast.new(PHONES[one]) == [f"#1 {cast.handle(ANA)}: se llevaron mi bicicleta"]
    assert cast.new(PHONES[two]) == [f"#2 {cast.handle(BEA)}: hola, soy Bea"]
    assert cast.writes(two, "Hola Bea, soy yo") == []
    assert cast.new(BEA) == ["Hola Bea, soy yo"]

    # A second thread on one phone: what bears no mark is held.
    cast.asks(CAI)
    assert "#3" in cast.new(PHONES[one])[0]
    assert "#3" in cast.new(PHONES[two])[0]
    assert "begin each text with its mark" in cast.writes(one, "#3")[0]
    cast.new(CAI)
    (asked,) = cast.writes(one, "¿Dónde está usted?")
    assert f"#1 {cast.handle(ANA)} or #3 {cast.handle(CAI)}" in asked
    assert (cast.new(ANA), cast.new(CAI)) == ([], [])
    assert cast.writes(one, "#3") == [f"Sent to #3 {cast.handle(CAI)}."]
    assert cast.writes(one, "#1 Ana, ya voy") == []
    assert (cast.new(ANA), cast.new(CAI), cast.new(BEA)) == (["Ana, ya voy"], ["¿Dónde está usted?"], [])

    sent = (
        "SELECT thread_id, officer_id FROM messages WHERE author = 'officer' AND thread_id IN (:a, :b, :c) ORDER BY id"
    )
    a, b, c = (cast.line.thread_of(number) for number in (ANA, BEA, CAI))
    first, second = cast.line.officer(one).id, cast.line.officer(two).id
    assert cast.rows(sent, a=a, b=b, c=c) == [(b, second), (c, first), (a, first)]
    everything = " ".join(" ".join(twilio.sent_to(number)) for number in (ANA, BEA, CAI, *PHONES.values()))
    assert not [number for number in (ANA, BEA, CAI, *PHONES.values()) if number in everything]


def test_a_webhook_that_comes_twice_or_never_is_carried_out_once(cast: Cast) -> None:
    hotline, twilio, clock = cast.line.hotline, cast.line.twilio, cast.line.clock
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.new(ANA)

    late, sid = (twilio.withhold(PHONES["rodriguez"], words) for words in ("¿Sigue ahí hoy?", "¿Sigue ahí?"))
    for came in twilio.received[-2:]:
        came.created = came.sent = clock.time - timedelta(minutes=20 if came.sid == late else 1)
    since = clock.time - timedelta(hours=1)
    assert reconciling.reconcile(hotline, since, receiving.receive).recovered == 2
    assert reconciling.reconcile(hotline, since, receiving.receive).recovered == 0
    cast.work()
    twilio.repeat(sid)
    twilio.repeat(sid, new_delivery=True)
    cast.work()

    assert cast.new(ANA) == ["¿Sigue ahí?"]
    assert ["late. It was not passed on" in words for words in cast.new(PHONES["rodriguez"])] == [True]
    for words in ("uno", "dos", "tres"):
        twilio.text(PHONES["rodriguez"], words)
    at_once(lambda: rounds.work(hotline))
    cast.work()
    assert cast.new(ANA) == ["uno", "dos", "tres"]


def test_closed_and_given_back(cast: Cast) -> None:
    for resident, mark in ((ANA, "#1"), (BEA, "#2")):
        cast.asks(resident)
        cast.writes("rodriguez", mark)
        cast.new(resident)

    assert "Which one? Write #close with its number" in cast.writes("rodriguez", "#close")[0]
    assert f"How did #1 {cast.handle(ANA)} end?" in cast.writes("rodriguez", "#close 1")[0]
    assert cast.writes("rodriguez", "#close 1 A") == [f"#1 {cast.handle(ANA)} is closed: answered."]
    assert len(cast.new(ANA)) == 1, "the resident is told"
    assert "is closed here. Nothing was sent" in cast.writes("rodriguez", "#1 una cosa más")[0]
    assert "Not sent yet" in cast.writes("rodriguez", "gracias")[0], "perhaps meant for the one that was just closed"
    assert cast.writes("rodriguez", "#drop") == ["Dropped; nothing was sent."]
    cast.line.clock.pass_by(minutes=11)
    assert cast.writes("rodriguez", "Gracias, Bea") == []
    assert (cast.new(ANA), cast.new(BEA)) == ([], ["Gracias, Bea"])

    assert cast.writes("rodriguez", "#back") == [f"#2 {cast.handle(BEA)} is back in the queue."]
    assert "No thread is open on this phone" in cast.writes("rodriguez", "¿Bea?")[0]
    assert cast.new(BEA) == []
    ana, bea = (f"thread:{cast.line.thread_of(number)}" for number in (ANA, BEA))
    trail = cast.rows(
        "SELECT subject, verb FROM events WHERE actor LIKE 'officer:%' AND subject IN (:a, :b) ORDER BY id",
        a=ana,
        b=bea,
    )
    assert trail == [
        *((one, verb) for one in (ana, bea) for verb in ("claimed", "answers by phone")),
        (ana, "closed"),
        (bea, "answered"),
        (bea, "released"),
    ]


def at_once(work: Callable[[], object]) -> None:
    """By two processes, as it were."""
    barrier = threading.Barrier(2)

    def together() -> None:
        barrier.wait()
        work()

    with ThreadPoolExecutor(2) as pool:
        for one in [pool.submit(together) for _ in range(2)]:
            one.result()


def test_danger_is_marked_and_its_card_stays_at_the_desk(cast: Cast) -> None:
    cast.asks(ANA)
    cast.new(PHONES["santos"])
    cast.writes("rodriguez", "#1")

    cast.says(ANA, "ayuda, tiene una pistola y está entrando")

    told = [words for words in cast.new(PHONES["rodriguez"]) if "pistola" in words]
    assert len(told) == 1
    assert told[0].startswith("URGENT: possible danger. Call dispatch or 911 now")
    (offer,) = cast.new(PHONES["santos"])
    assert "Topic: safety" in offer and "Call dispatch" in offer and "pistola" not in offer
    assert "close it at the desk" in cast.writes("rodriguez", "#close a")[0]
    with cast.line.hotline.db.read() as conn:
        cards = conn.execute(text("SELECT count(*) FROM handoffs WHERE kind = 'safety' AND closed_at IS NULL")).scalar()
    assert cards == 1


def test_after_the_end_of_a_shift_nothing_is_passed_on(cast: Cast) -> None:
    hotline = cast.line.hotline
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.look_after(seconds=3)
    cast.new(ANA)

    accounts.set_on_shift(hotline, cast.line.officer("rodriguez"), False)
    cast.look_after(seconds=3)
    cast.look_after(seconds=3)

    (good_bye,) = cast.new(PHONES["rodriguez"])
    assert f"Still open and yours: #1 {cast.handle(ANA)}." in good_bye
    assert cast.writes("rodriguez", "una cosa") == ["You are not on shift or on call. Nothing was passed on."]
    assert cast.new(ANA) == []
    assert cast.handle(ANA) in cast.writes("rodriguez", "#list")[0]
    cast.asks(BEA)
    assert cast.new(PHONES["rodriguez"]) == [], "who is off duty is not asked by phone"


def test_who_holds_it_no_more_is_told_and_writes_to_nobody(cast: Cast) -> None:
    hotline = cast.line.hotline
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    passing.release(hotline, cast.line.officer("rodriguez"), cast.line.thread_of(ANA))  # at the desk
    cast.new(ANA)
    assert "Not done. You do not hold this thread" in cast.writes("rodriguez", "¿Sigue ahí?")[0]
    cast.look_after(seconds=3)
    assert "is no longer yours. It waits for others again." in " ".join(cast.new(PHONES["rodriguez"]))
    assert "is closed here" in cast.writes("rodriguez", "#1 hola")[0]
    assert "¿Sigue ahí?" not in cast.new(ANA)

    # What is held at the desk is taken along from there.
    handoffs.claim(hotline, cast.line.officer("santos"), cast.line.thread_of(ANA))
    cast.work()
    cast.new(PHONES["santos"])
    (listed,) = cast.writes("santos", "#list")
    number = listed.partition(" ")[0]
    assert f"reply {number} to go on here" in listed
    assert f"You have {number} {cast.handle(ANA)}" in cast.writes("santos", number)[0]
    cast.new(ANA)
    assert cast.writes("santos", "Ahora desde la calle") == []
    assert cast.new(ANA) == ["Ahora desde la calle"]


def test_what_is_no_text_to_anybody(cast: Cast) -> None:
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.new(ANA)

    def told(words: str, **params: object) -> str:
        cast.line.twilio.text(PHONES["rodriguez"], words, **params)  # type: ignore[arg-type]
        cast.work()
        return " ".join(cast.new(PHONES["rodriguez"]))

    assert "Pictures, voice notes and files are not passed on" in told("", media=[JPEG])
    assert "no word I know" in told("#clsoe 1")
    assert told("Liked “me siguen”") == ""
    assert "#back 7" in told("#help")
    assert "There is no #77" in told("#77 hola")
    assert f"goes to #1 {cast.handle(ANA)}" in told("#who")
    assert "Fill in {hora} first" in told("Llego a las {hora}")
    assert cast.new(ANA) == []
    cast.asks(BEA)
    assert "#2" in " ".join(cast.new(PHONES["rodriguez"]))
    assert "Not sent yet" in told("2"), "an offer, or an answer to Ana"
    assert cast.new(ANA) == []
    assert "The picture was not passed on" in told("Mire", media=[JPEG])
    assert cast.new(ANA) == ["Mire"]
    assert "goes to others" in told("#no 2")
    with cast.line.hotline.db.read() as conn:
        answers = conn.execute(text("SELECT answer FROM pagings WHERE answer IS NOT NULL")).scalars().all()
    assert answers == ["declined"]


def test_stop_ends_it_and_start_begins_it_again(cast: Cast) -> None:
    hotline, officer = cast.line.hotline, cast.line.officer("rodriguez")
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.new(ANA)

    assert cast.writes("rodriguez", "STOP") == []
    assert phones.mine(hotline, officer).state == "stopped"
    cast.says(ANA, "¿hola?")
    assert cast.writes("rodriguez", "espere") == []
    assert cast.new(ANA) == [], "nobody who cannot be answered writes to a resident"
    with hotline.db.read() as conn:
        holder = conn.execute(
            text("SELECT officer_id FROM threads WHERE id = :id"), {"id": cast.line.thread_of(ANA)}
        ).scalar()
    assert holder == officer.id, "it is theirs at the desk"

    assert "again" in cast.writes("rodriguez", "START")[0]
    assert phones.mine(hotline, officer).state == "on"
    assert not cast.rows("SELECT 1 FROM threads t JOIN residents r ON r.id = t.resident_id WHERE r.address_hash = :h",
                         h=hotline.keys.digest(f"twilio-sms:{PHONES['rodriguez']}"))  # fmt: skip


def test_texts_to_officers_go_once_and_in_order_whatever_the_provider_does(cast: Cast) -> None:
    hotline, twilio, number = cast.line.hotline, cast.line.twilio, PHONES["rodriguez"]
    rota.set_busy(hotline, cast.line.officer("santos"), True)
    try:
        cast.asks(ANA)
    finally:
        rota.set_busy(hotline, cast.line.officer("santos"), False)
    cast.writes("rodriguez", "#1")

    twilio.fail_next(code=20429, status=429)
    cast.says(ANA, "uno")
    cast.says(ANA, "dos")
    assert cast.new(number) == [], "no room"
    cast.look_after(seconds=30)
    cast.look_after(seconds=30)
    assert [words.rpartition(": ")[2] for words in cast.new(number)] == ["uno", "dos"]

    twilio.fail_next(code=20500, status=500, after_accepting=True)
    cast.says(ANA, "tres")
    for _ in range(3):
        cast.look_after(seconds=70)
    assert [words.rpartition(": ")[2] for words in cast.new(number)] == ["tres"]
    states = cast.rows("SELECT DISTINCT state FROM relays WHERE direction = 'out' AND kind = 'text'")
    assert states == [("delivered",)], "receipts are heard"

    twilio.fail_next(code=21610, status=400)
    cast.says(ANA, "cuatro")
    assert phones.mine(hotline, cast.line.officer("rodriguez")).state == "stopped"


def test_an_officer_is_told_of_a_text_that_did_not_arrive(cast: Cast) -> None:
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.line.twilio.fate[ANA] = 30005
    try:
        cast.writes("rodriguez", "¿Me lee?")
    finally:
        del cast.line.twilio.fate[ANA]
    cast.look_after(seconds=3)
    cast.look_after(seconds=3)
    assert ["may not have arrived" in words for words in cast.new(PHONES["rodriguez"])] == [True]


def test_only_a_proved_number_is_an_officers_and_only_as_long_as_it_is_theirs(cast: Cast) -> None:
    hotline, officer = cast.line.hotline, cast.line.officer("tran")
    with pytest.raises(NotUsable, match="phone number"):
        phones.ask(hotline, officer, "555")
    with pytest.raises(NotUsable, match="Somebody else"):
        phones.ask(hotline, officer, PHONES["santos"])
    cast.line.twilio.fail_next(code=21610, status=400)
    phones.ask(hotline, officer, "+15555550191")
    cast.work()
    cast.line.twilio.text("+15555550191", "START")
    cast.work()
    assert phones.mine(hotline, officer).state == "asked", "a number that refuses our texts proves nothing by START"
    with pytest.raises(NotUsable, match="not the code"):
        phones.confirm(hotline, officer, "000000x")
    assert relay_phones.whose(hotline.db, hotline.keys, "+15555550191") is None
    cast.line.clock.pass_by(minutes=11)
    cast.work()
    assert phones.mine(hotline, officer).state == "off"
    for _ in range(4):
        with pytest.raises(NotUsable):
            phones.confirm(hotline, officer, "123456")
    with pytest.raises(NotUsable, match="too many"):
        phones.confirm(hotline, officer, "123456")

    santos = cast.line.officer("santos")
    assert relay_phones.whose(hotline.db, hotline.keys, PHONES["santos"]) == santos.id
    known = rota.person(hotline, santos.id)[1]
    rota.set_limits(hotline, officer, santos.id, replace(known, phone="+15555550999"))
    assert relay_phones.whose(hotline.db, hotline.keys, PHONES["santos"]) is None, "a supervisor took it out"
    assert phones.mine(hotline, santos).state == "none"
    rota.set_limits(hotline, officer, santos.id, replace(known, phone=PHONES["santos"]))


def test_turned_off_nothing_is_looked_up_and_nothing_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline = replace(cast.line.hotline, config=replace(cast.line.hotline.config, relay=False))
    asked: list[str] = []
    monkeypatch.setattr(relay_phones, "whose", lambda *_: asked.append("whose"))
    reply = receiving.receive(hotline, Inbound("twilio-sms", "SM" + "7" * 32, PHONES["santos"], LINE, "hola"))
    assert reply is not None and not asked, "answered as anybody is"
    rounds.look_after_phones(hotline)
    with pytest.raises(NotFound):
        phones.mine(hotline, cast.line.officer("santos"))


def test_an_offer_that_nobody_sent_in_time_is_not_sent(cast: Cast) -> None:
    cast.line.twilio.text(ANA, "quiero hablar con un oficial")
    cast.line.twilio.text(ANA, "S")
    waves.page(cast.line.hotline, cast.line.thread_of(ANA))
    assert offering.offer(cast.line.hotline) == 2
    assert offering.offer(cast.line.hotline) == 0
    cast.line.clock.pass_by(minutes=11)
    assert delivering.deliver(cast.line.hotline) == 0
    assert [state for (state,) in cast.rows("SELECT state FROM relays WHERE kind = 'offer'")] == ["failed", "failed"]


def test_the_phone_says_where_somebody_else_may_read_and_what_it_leaves_out(cast: Cast) -> None:
    cast.asks(ANA)
    cast.says(ANA, "uno", "dos", "a" * 300 + " el final", "cuatro")
    with cast.line.hotline.db.write() as conn:
        sql = "UPDATE threads SET safe_contact = true, version = version + 1 WHERE id = :id"
        conn.execute(text(sql), {"id": cast.line.thread_of(ANA)})

    lines = "\n".join(cast.writes("rodriguez", "#1")[-1:]).splitlines()
    assert lines[0] == telling.CAREFUL
    assert f"[{len(cast.came(ANA)) - 3} earlier texts: see the desk]" in lines
    assert [line for line in lines if line.startswith("They: ")] == [
        "They: dos", f"They: {'a' * 300} … (more at the desk)", "They: cuatro",
    ]  # fmt: skip
    cast.says(ANA, "hola")
    assert cast.new(PHONES["rodriguez"]) == [f"#1 {cast.handle(ANA)} [careful]: hola"]


def test_with_every_number_taken_the_phone_goes_on_with_what_it_has(cast: Cast) -> None:
    hotline, officer = cast.line.hotline, cast.line.officer("rodriguez")
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    ana = cast.line.thread_of(ANA)
    with hotline.db.write() as conn:
        for number in range(2, relay_threads.HIGHEST + 1):
            assert relay_threads.next_number(conn, officer.id) == number
            sql = """INSERT INTO relay_threads (id, staff_id, thread_id, number, state, at)
                VALUES (:id, :staff, :thread, :number, 'offered', 0)"""
            conn.execute(text(sql), {"id": new_id(), "staff": officer.id, "thread": ana, "number": number})
        assert relay_threads.next_number(conn, officer.id) == 0
    cast.new(PHONES["santos"])

    cast.asks(BEA)
    assert cast.new(PHONES["rodriguez"]) == []
    assert "a resident waits" in cast.new(PHONES["santos"])[0]
    cast.says(ANA, "¿hola?")
    assert cast.new(PHONES["rodriguez"]) == [f"#1 {cast.handle(ANA)}: ¿hola?"]
    handoffs.claim(hotline, officer, cast.line.thread_of(BEA))
    assert "1 more of yours only at the desk" in cast.writes("rodriguez", "#list")[-1]

    with hotline.db.write() as conn:
        conn.execute(text("UPDATE relay_threads SET state = 'over' WHERE number IN (5, 98)"))
        assert [relay_threads.next_number(conn, officer.id) for _ in range(3)] == [5, 98, 5]


def test_one_piece_of_work_or_one_thread_that_fails_keeps_no_other_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    for resident, mark in ((ANA, "#1"), (BEA, "#2")):
        cast.asks(resident)
        cast.writes("rodriguez", mark)
    ana, real = cast.line.thread_of(ANA), telling.given

    def breaks(hotline: Hotline) -> int:
        raise ValueError("se llevaron")

    def given(conn: Connection, hotline: Hotline, officer: Officer, one: OnPhone) -> tuple[list[str], int]:
        return (breaks(hotline), 0) if one.thread_id == ana else real(conn, hotline, officer, one)  # type: ignore[return-value]

    with monkeypatch.context() as broken:
        broken.setattr(telling, "given", given)
        broken.setattr(offering, "offer", breaks)
        cast.says(ANA, "se llevaron mi bicicleta")
        cast.says(BEA, "hola")
        assert cast.new(PHONES["rodriguez"]) == [f"#2 {cast.handle(BEA)}: hola"]
    assert "ValueError" in caplog.text and "llevaron" not in caplog.text
    cast.look_after()
    assert cast.new(PHONES["rodriguez"]) == [f"#1 {cast.handle(ANA)}: se llevaron mi bicicleta"]


def test_the_round_that_calls_officers_asks_no_provider(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    hotline = cast.line.hotline
    cast.line.twilio.text(ANA, "quiero hablar con un oficial")
    cast.line.twilio.text(ANA, "S")
    waves.page(hotline, cast.line.thread_of(ANA))
    rounds.look_after_phones(hotline)
    states = "SELECT DISTINCT state FROM relays WHERE kind = 'offer'"
    assert cast.rows(states) == [("queued",)]
    with hotline.db.write() as conn:
        relays.doubt(conn)
    rounds.look_after_phones(hotline)
    assert cast.rows(states) == [("submitting",)]

    asked: list[object] = []

    def no_room(*about: object) -> bool:
        asked.append(about)
        raise SendFailed(Reason.BUSY, retry=True)

    with monkeypatch.context() as busy:
        busy.setattr(sending, "adopt", no_room)
        rounds.send_to_phones(hotline)
        assert len(asked) == 1, "who has no room for one question is not asked the other"
        busy.setattr(delivering, "_TOGETHER", -1.0)
        rounds.send_to_phones(hotline)
        assert len(asked) == 1, "the next round goes on"
    for _ in range(2):
        rounds.send_to_phones(hotline)
    cast.line.twilio.settle()
    assert all("#1: a resident waits" in cast.new(number)[0] for number in PHONES.values())


def test_a_person_on_two_channels_is_one_on_the_phone(cast: Cast) -> None:
    hotline, rodriguez = cast.line.hotline, cast.line.officer("rodriguez")
    cast.asks(ANA)
    cast.line.twilio.text(f"whatsapp:{ANA}", "hola")
    cast.writes("rodriguez", "#1")
    here, there = cast.line.thread_of(ANA), cast.line.thread_of(ANA, "twilio-whatsapp")
    joining.join_number(hotline, rodriguez, here)
    cast.work()
    cast.new(PHONES["rodriguez"])

    def held() -> list[tuple[Holder, int | None]]:
        with hotline.db.read() as conn:
            both = [threads.read(conn, hotline.keys, id_) for id_ in (here, there)]
        return [(one.holder, one.officer_id) for one in both]

    mark = f"#1 {cast.handle(ANA)}"
    for address, words in ((f"whatsapp:{ANA}", "se llevaron mi bicicleta"), (ANA, "ayer")):
        cast.says(address, words)
        assert cast.new(PHONES["rodriguez"]) == [f"{mark}: {words}"]
    with hotline.db.read() as conn:
        assert relay_threads.unseen(conn) == []

    assert cast.writes("rodriguez", "#back")[-1].endswith("is back in the queue.")
    assert [officer for _, officer in held()] == [None, None]
    number = next(words for words in cast.new(PHONES["santos"])[::-1] if "a resident waits" in words).split("#")[1]
    taken = cast.writes("santos", f"#{number.partition(':')[0]}")[-1]
    assert "They: se llevaron mi bicicleta\nThey: ayer" in taken
    assert held() == [(Holder.OFFICER, cast.line.officer("santos").id)] * 2
    assert "is closed: answered" in cast.writes("santos", "#close a")[-1]
    assert held() == [(Holder.BOT, None)] * 2


def test_what_is_never_passed_on_is_not_found_again_every_round(cast: Cast) -> None:
    cast.asks(ANA)
    cast.writes("rodriguez", "#1")
    cast.says(ANA, "hola")
    with cast.line.hotline.db.write() as conn:
        conn.execute(text("UPDATE messages SET state = 'conflict' WHERE thread_id = :id AND direction = 'in'"),
                     {"id": cast.line.thread_of(ANA)})  # fmt: skip
        conn.execute(text("UPDATE relay_threads SET seen_id = 1 WHERE state = 'on'"))
        assert relay_threads.unseen(conn) == []


def test_two_who_tell_an_officer_of_one_text_tell_them_once(cast: Cast) -> None:
    hotline, officer = cast.line.hotline, cast.line.officer("rodriguez")
    cast.new(PHONES["rodriguez"])
    with hotline.db.write() as conn:
        for _ in range(2):
            telling.tell(conn, hotline, officer.id, "told", "It may not have arrived.", about_id=7)
            telling.tell(conn, hotline, officer.id, "told", "And this is about nothing.")
    cast.look_after()
    assert sorted(cast.new(PHONES["rodriguez"])) == ["And this is about nothing."] * 2 + ["It may not have arrived."]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("#7 hola", Command(Deed.WRITE_TO, 7, "hola")),
        ("# 12: hola\nadiós", Command(Deed.WRITE_TO, 12, "hola\nadiós")),
        ("＃７ hola", Command(Deed.WRITE_TO, 7, "hola")),
        ("#7", Command(Deed.MARK, 7)),
        ("#7.", Command(Deed.MARK, 7)),
        ("7", Command(Deed.BARE, 7, "7")),
        ("TAKE 7", Command(Deed.BARE, 7, "TAKE 7")),
        ("#close 7 B", Command(Deed.CLOSE, 7, "b")),
        ("#close b", Command(Deed.CLOSE, 0, "b")),
        ("#Back", Command(Deed.BACK)),
        ("#back #7", Command(Deed.BACK, 7)),
        ("#no 7", Command(Deed.NO, 7)),
        ("#LIST", Command(Deed.LIST)),
        ("help", Command(Deed.HELP)),
        ("#7th street", Command(Deed.UNKNOWN)),
        ("#123 Main St", Command(Deed.UNKNOWN)),
        ("#ok", Command(Deed.UNKNOWN)),
        ("123", Command(Deed.WRITE, 0, "123")),
        ("Vaya al 7 ahora", Command(Deed.WRITE, 0, "Vaya al 7 ahora")),
        ("  back  ", Command(Deed.WRITE, 0, "back")),
    ],
)
def test_what_an_officer_writes_is_read(written: str, meant: Command) -> None:
    assert commands.read(written) == meant


def test_the_help_names_every_word() -> None:
    words = set(commands._WORDS) - {"help"}
    assert all(f"#{word}" in commands.HELP for word in words)
    assert len(commands.HELP) <= 480


def test_its_owner_switches_it_off_and_what_was_offered_is_over(hotline: Hotline) -> None:
    line = replace(hotline, config=replace(hotline.config, relay=True), now=Clock(MONDAY))
    post = Post(line, line.now)  # type: ignore[arg-type]  # it is a Clock
    post.hire("anna", "es")
    phones.ask(line, post["anna"], "+15555550170")
    with line.db.read() as conn:
        (code,) = relays.to_deliver(conn, line.keys, post["anna"].id, line.instant())
    phones.confirm(line, post["anna"], code.text.partition("code is ")[2][:6])
    thread = post.asks()
    assert offering.offer(line) == 1
    assert offering.offer(line) == 0
    handoffs.claim(line, post["anna"], thread)
    passing.release(line, post["anna"], thread)
    offering.sign_off(line)
    offering.say_lost(line)

    phones.end(line, post["anna"])

    with line.db.read() as conn:
        assert relay_threads.open_of(conn, post["anna"].id) == []
    assert phones.mine(line, post["anna"]).state == "off"
    assert relay_phones.whose(line.db, line.keys, "+15555550170") is None
    with line.db.write() as conn:
        relays.doubt(conn)
    rounds.look_after_phones(line)
