"""Texts that harm whoever reads them: kept, shown as they came, and never in the way of the next one."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from bot.hotline import Hotline
from bot.line import conversation, deciding
from bot.line.conversation import receive
from bot.line.reconciling import reconcile
from bot.model import Inbound, Media, Outbound
from bot.store import attempts, messages
from tests.conftest import MONDAY
from tests.databases import fresh_postgres
from tests.line import ACCOUNT, LINE, TOKEN, Line, running_line

JUANA = "+15005550001"
SIDS = count(1)


@pytest.fixture
def hotline(hotline: Hotline) -> Hotline:
    """It, at an hour at which officers answer, whatever day it is."""
    return replace(hotline, config=replace(hotline.config, department_hours="24/7", department_holidays=()))


def text(words: str, **more: object) -> Inbound:
    return Inbound("twilio-sms", f"SM{next(SIDS):032x}", JUANA, LINE, words, **more)  # type: ignore[arg-type]


def kept(hotline: Hotline) -> list[messages.Message]:
    row = hotline.db.look("SELECT id FROM threads", {})
    assert row
    with hotline.db.read() as conn:
        return [one for one in messages.of_thread(conn, hotline.keys, int(row[0])) if one.direction == "in"]


def rows(hotline: Hotline, where: str) -> int:
    row = hotline.db.look(f"SELECT count(*) FROM {where}", {})
    assert row
    return int(row[0])


@pytest.fixture
def harmful(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Whatever has the word `poison` in it fails to be understood; each try of it is noted."""
    tried: list[str] = []
    real = deciding._decide

    def decide(turn: deciding.Turning, *, limited: bool) -> None:
        if "poison" in turn.inbound.text:
            tried.append(turn.inbound.text)
            raise RuntimeError(turn.inbound.text)
        real(turn, limited=limited)

    monkeypatch.setattr(deciding, "_decide", decide)
    return tried


def test_what_cannot_be_understood_is_tried_three_times_and_shown_to_an_officer(
    hotline: Hotline, harmful: list[str]
) -> None:
    receive(hotline, text("hello"))
    reply = receive(hotline, text("poison \0 \u202e here"))

    assert len(harmful) == 3
    assert reply and "Your text is saved" in reply.text
    assert [(one.text, one.state) for one in kept(hotline)][1] == ("poison \\u0000 \\u202e here", "quarantined")
    assert rows(hotline, "handoffs WHERE reason = 'the line could not read a text'") == 1


def test_the_next_text_of_the_same_person_is_answered_where_they_stood(hotline: Hotline, harmful: list[str]) -> None:
    receive(hotline, text("I want to report a theft"))
    question = receive(hotline, text("0"))
    receive(hotline, text("poison"))
    after = receive(hotline, text("0"))

    assert question and after
    assert after.text.splitlines()[-1] == question.text.splitlines()[-1]


def test_danger_in_what_cannot_be_understood_is_met_first(hotline: Hotline, harmful: list[str]) -> None:
    reply = receive(hotline, text("poison, he has a gun and he shot my brother"))

    assert reply and "CALL 911" in reply.text.splitlines()[0]
    assert rows(hotline, "threads WHERE urgent") == 1


def test_a_picture_that_came_with_it_is_fetched_as_any_other(hotline: Hotline, harmful: list[str]) -> None:
    receive(hotline, text("poison", media=(Media("ME" + "a" * 32, "image/jpeg"),)))

    assert rows(hotline, "messages WHERE state = 'quarantined'") == 1
    assert rows(hotline, "attachments WHERE state = 'waiting'") == 1


def test_nothing_of_a_harmful_text_is_logged(
    hotline: Hotline, harmful: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    receive(hotline, text("poison of Juana Canary"))

    assert "a turn failed" in caplog.text
    assert "Canary" not in caplog.text


def test_who_stands_where_every_text_fails_begins_anew(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not the text that harms but the place: the second time they are taken out of it."""
    real = deciding.Walk.hear

    def hear(walk: deciding.Walk, heard: object) -> None:
        if walk.place.top.flow.startswith("report"):
            raise RuntimeError
        real(walk, heard)  # type: ignore[arg-type]

    receive(hotline, text("I want to report a theft"))
    monkeypatch.setattr(deciding.Walk, "hear", hear)
    receive(hotline, text("it was my bicycle"))
    receive(hotline, text("it was my bicycle, a red one"))
    receive(hotline, text("hello"))

    states = [one.state for one in kept(hotline)]
    assert states == ["received", "quarantined", "quarantined", "received"]


def test_what_no_database_takes_is_kept_sign_by_sign(hotline: Hotline) -> None:
    receive(hotline, text("a lone \ud83d surrogate"))

    assert [one.text for one in kept(hotline)] == ["a lone \\ud83d surrogate"]


# A text that ends the process which reads it


def test_several_who_try_at_one_instant_are_one_try(hotline: Hotline) -> None:
    """Three schedulers that meet the same text by chance do not give it up together."""

    def begin(at: int) -> int:
        with hotline.db.write() as conn:
            return attempts.begin(conn, "twilio-sms", "SM1", at)

    assert [begin(1_000_000) for _ in range(4)] == [1, 1, 1, 1]
    assert begin(1_015_000) == 2
    assert begin(500_000) == 3, "a clock put back keeps nothing from being given up"


class Ended(BaseException):
    """As a process ends: nothing after it is carried out."""


@pytest.fixture
def line(tmp_path: Path, redis_url: str, database_url: str) -> Iterator[Line]:
    with running_line(tmp_path, redis_url, MONDAY, DATABASE_URL=database_url) as running:
        yield running


def test_a_text_that_ends_its_reader_is_given_up_after_three_rounds_and_the_others_are_kept_first(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly, harmless = line.twilio.withhold(JUANA, "deadly"), line.twilio.withhold("+15005550002", "hello")
    line.clock.time = line.twilio.received[-1].created.astimezone(MONDAY.tzinfo)
    real, tried = conversation.decide, []

    def decide(hotline: Hotline, thread: object, inbound: Inbound, limited_until: int = 0) -> object:
        if inbound.provider_id == deadly:
            tried.append(inbound.provider_id)
            raise Ended
        return real(hotline, thread, inbound, limited_until)  # type: ignore[arg-type]

    monkeypatch.setattr(conversation, "decide", decide)
    for _ in range(3):
        with pytest.raises(Ended):
            reconcile(line.hotline)
        line.clock.pass_by(seconds=15)
    assert line.hotline.db.look("SELECT id FROM messages WHERE provider_id = :sid", {"sid": harmless})

    reconcile(line.hotline)
    state = line.hotline.db.look("SELECT state FROM messages WHERE provider_id = :sid", {"sid": deadly})
    assert state == ("quarantined",)
    assert len(tried) == 3
    assert rows(line.hotline, "attempts") == 0


def test_one_text_that_cannot_be_kept_keeps_no_other_from_it(line: Line) -> None:
    bad, good = line.twilio.withhold(JUANA, "bad"), line.twilio.withhold("+15005550002", "hello")
    line.clock.time = line.twilio.received[-1].created.astimezone(MONDAY.tzinfo)

    def receive_or_fail(hotline: Hotline, inbound: Inbound, *, give_up: bool = False) -> Outbound | None:
        if inbound.provider_id == bad:
            raise RuntimeError
        return receive(hotline, inbound, give_up=give_up)

    assert reconcile(line.hotline, receive=receive_or_fail).recovered == 1
    assert line.hotline.db.look("SELECT id FROM messages WHERE provider_id = :sid", {"sid": good})

    assert reconcile(line.hotline).recovered == 1, "the mark did not move past what was not kept"


# The corpus, over the real webhook


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def open_line(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, redis_url: str
) -> Iterator[Line]:
    """One line of each kind for all that follows."""
    folder = tmp_path_factory.mktemp("poison")
    url = "" if request.param == "sqlite" else fresh_postgres(request.getfixturevalue("postgres_url"))
    with running_line(folder, redis_url, MONDAY, DATABASE_URL=url) as running:
        yield running


LONG = "necesito ayuda " * 110
CORPUS = {
    "NUL": "hola\0mundo", "surrogate escapes": "\\ud83d\\ude00 \\ud800", "1,600 signs": LONG[:1600],
    "100,000 signs": "x" * 100_000, "10,000 marks": "e" + "\u0301" * 10_000,
    "turned order": "\u202egnp.exe\u202c \u2066abc\u2069", "joined emoji": "👩‍👩‍👧‍👦" * 40,
    "flags and skins": "🇲🇽🇺🇸👋🏽👋🏿🏴󠁧󠁢󠁥󠁮󠁧󠁿", "only spaces": "     \t  ", "only emoji": "😭🚲❓", "nothing": "",
    "like base64": "aGVsbG8gd29ybGQsIHRoaXMgaXMgYSBsb25nIHRleHQ=" * 4, "a template": "{{7*7}} {% raw %} ${x} %s%n",
    "a formula": "=cmd|' /C calc'!A0", "a script": "<script>alert(1)</script>", "sql": "'; DROP TABLE messages; --",
    "line separators": "a\u2028b\u2029c\x85d", "digits of others": "١٢٣ ۴۵۶ ७८९", "many scripts": "hola привет 你好 مرحبا ສະບາຍດີ",
    "braces": "{name} {0.__class__} }{", "controls": "".join(map(chr, range(1, 32))), "not characters": "\ufffe\uffff\U0001fffe",
}  # fmt: skip


@pytest.mark.parametrize("words", CORPUS.values(), ids=CORPUS.keys())
def test_hostile_words_and_names_are_kept_answered_and_in_nobodys_way(open_line: Line, words: str) -> None:
    sender = f"whatsapp:+1500556{next(SIDS):04}"
    sid = open_line.twilio.withhold(sender, words, line=LINE, ProfileName=words, MessageType="text")
    open_line.twilio.repeat(sid)

    assert next(call for call in open_line.twilio.calls if call.sid == sid).status == 200
    row = open_line.hotline.db.look("SELECT state FROM messages WHERE provider_id = :sid", {"sid": sid})
    assert row and row[0] in ("received", "quarantined")
    assert open_line.twilio.text(sender, "hola, quiero hablar con un oficial", line=LINE)


THINGS = {
    "a place": {"Latitude": "29.4", "Longitude": "-98.5", "Label": "<b>home</b>", "Address": "\0"},
    "no place": {"Latitude": "NaN", "Longitude": "1e400"},
    "a contact card": {"NumMedia": "1", "MediaContentType0": "text/vcard"},
    "a sticker": {"NumMedia": "1", "MediaContentType0": "image/webp"},
    "a voice note": {"NumMedia": "1", "MediaContentType0": "audio/ogg"},
    "a list reply": {"ListId": "x", "ListTitle": "Comida"},
    "an unknown type": {"MessageType": "hologram", "Hologram": "x"},
    "media miscounted": {"NumMedia": "minus one"},
}


@pytest.mark.parametrize("params", THINGS.values(), ids=THINGS.keys())
def test_things_of_every_kind_are_kept(open_line: Line, params: dict[str, str]) -> None:
    count_ = params.get("NumMedia", "0")
    known = {name: value for name, value in params.items() if name != "NumMedia" or count_.isdigit()}
    sid = open_line.twilio.withhold(f"whatsapp:+1500556{next(SIDS):04}", "", line=LINE, **known)
    open_line.twilio.repeat(sid)

    assert next(call for call in open_line.twilio.calls if call.sid == sid).status == 200
    assert open_line.hotline.db.look("SELECT id FROM messages WHERE provider_id = :sid", {"sid": sid})


def posted(open_line: Line, body: bytes, form: dict[str, list[str]]) -> int:
    """The status of a call whose form is signed as Twilio would sign it."""
    import http.client
    from urllib.parse import urlsplit

    from twilio.request_validator import RequestValidator

    class Multi(dict[str, list[str]]):
        def getall(self, name: str) -> list[str]:
            return self[name]

    signature = RequestValidator(TOKEN).compute_signature(open_line.url + "/hooks/twilio", Multi(form))
    connection = http.client.HTTPConnection(urlsplit(open_line.url).netloc, timeout=20)
    connection.request(
        "POST", "/hooks/twilio", body,
        {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature},
    )  # fmt: skip
    return connection.getresponse().status


def form_of(words: str) -> dict[str, list[str]]:
    base = {
        "MessageSid": f"SM{next(SIDS):032x}", "AccountSid": ACCOUNT, "From": JUANA, "To": LINE, "Body": words, "NumMedia": "0",
    }  # fmt: skip
    return {name: [value] for name, value in base.items()}


def kept_once(line: Line, form: dict[str, list[str]]) -> bool:
    sid = {"sid": form["MessageSid"][0]}
    return line.hotline.db.look("SELECT count(*) FROM messages WHERE provider_id = :sid", sid) == (1,)


def encoded(form: dict[str, list[str]]) -> bytes:
    return "&".join(f"{name}={quote_plus(value)}" for name, values in form.items() for value in values).encode()


def test_all_parameters_doubled_are_one_text(open_line: Line) -> None:
    form = {name: values * 2 for name, values in form_of("hola").items()}

    assert posted(open_line, encoded(form), form) == 200
    assert kept_once(open_line, form)


def test_a_thousand_parameters_are_one_text(open_line: Line) -> None:
    form = form_of("hola") | {f"Future{n}": ["x"] for n in range(1_001)}

    assert posted(open_line, encoded(form), form) == 200
    assert kept_once(open_line, form)


def test_bytes_that_are_no_text_are_kept_as_far_as_they_can_be_read(open_line: Line) -> None:
    form = form_of("hola \ufffd\ufffd")

    assert posted(open_line, encoded(form).replace(quote_plus("\ufffd\ufffd").encode(), b"%FF%FE"), form) == 200
    assert kept_once(open_line, form)


def test_a_form_larger_than_we_take_is_told_so_and_the_next_one_is_taken(open_line: Line) -> None:
    form = form_of("x" * 2_000_000)

    assert posted(open_line, encoded(form), form) == 413
    after = form_of("hola")
    assert posted(open_line, encoded(after), after) == 200


def test_six_hundred_kilobytes_are_not_too_many(open_line: Line) -> None:
    form = form_of("x" * 600_000)

    assert posted(open_line, encoded(form), form) in (200, 413)
    after = form_of("hola")
    assert posted(open_line, encoded(after), after) == 200
