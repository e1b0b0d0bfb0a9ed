"""The fake Twilio behaves as Twilio does, and Twilio's channel sends, finds and reconciles through it."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import Any

import pytest

from bot.channels import twilio
from bot.channels.twilio import Twilio
from bot.config import Config
from bot.errors import Forged, Reason, SendFailed
from bot.model import Answer, HookRequest, Inbound, Media, Outbound, Receipt
from tests.fake_twilio import FakeTwilio
from tests.fake_twilio_contract import ABSENT, create_problems, message_problems
from tests.fake_twilio_twiml import TwimlWrong, said

LINE, ANA, LI = "+15005550100", "+15005550006", "whatsapp:US.13491208655302741918"


def channel_of(fake: FakeTwilio, medium: twilio.Medium = "sms", **changes: Any) -> Twilio:
    config = Config(
        twilio_account_sid=fake.account_sid,
        twilio_auth_token=fake.auth_token,
        twilio_api_url=fake.url,
        public_url=fake.public_url or "https://hotline.example.gov",
        line_numbers=(LINE,),
    )
    return replace(twilio.of(config, medium), **changes)


class App:
    """A line as small as can be: it reads with Twilio's channel and answers what it is told to."""

    def __init__(self) -> None:
        self.channel: Twilio | None = None
        self.read: list[Inbound | Receipt] = []
        self.answer: Callable[[HookRequest, Inbound | Receipt], Answer] = lambda *_: Answer(200, "<Response/>")

    def take(self, request: HookRequest) -> Answer:
        assert self.channel
        try:
            (one,) = self.channel.read(request)
        except Forged as forged:
            return Answer(403, str(forged), "text/plain")
        self.read.append(one)
        if isinstance(one, Receipt) and "action" not in request.url:
            return Answer(200, "<Response/>")
        return self.answer(request, one)

    def says(self, *parts: str) -> None:
        """Every text is answered with this."""
        channel = self.channel
        assert channel
        reply = Outbound(7, 1, "twilio-sms", ANA, LINE, "\n".join(parts), parts)
        self.answer = lambda *_: channel.acknowledge(reply)


@contextmanager
def serving(app: App) -> Iterator[str]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = app.take(HookRequest("POST", self.path, headers, body))
            if answer.status == 0:
                self.connection.close()
                return
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    """A Twilio and a line that know each other; what is asked of it fits Twilio's description."""
    with serving(app) as url, FakeTwilio(url, public_url="https://hotline.example.gov") as made:
        app.channel = channel_of(made)
        yield made
    assert made.rest.problems == []


def outbound(text: str = "Hola, ¿qué necesita?", **changes: Any) -> Outbound:
    return replace(Outbound(4821, 1, "twilio-sms", ANA, LINE, text, (text,)), **changes)


# Texts in, TwiML out


def test_a_text_arrives_signed_and_its_reply_is_sent_with_receipts(fake: FakeTwilio, app: App) -> None:
    app.says("¿En qué idioma?")

    assert fake.text(ANA, "hola ñ 👋🏽") == ["¿En qué idioma?"]

    text, *receipts = app.read
    assert isinstance(text, Inbound)
    assert (text.sender, text.line, text.text, text.fallback) == (ANA, LINE, "hola ñ 👋🏽", False)
    (sent,) = fake.sent
    assert (sent.sender, sent.recipient, sent.direction, sent.status) == (LINE, ANA, "outbound-reply", "delivered")
    assert receipts == [Receipt("twilio-sms", 7, sent.sid, status) for status in ("queued", "sent", "delivered")]
    assert fake.errors == []


def test_a_whatsapp_user_without_a_number_is_answered(fake: FakeTwilio, app: App) -> None:
    app.says("你好")

    assert fake.text(LI, "hi", ProfileName="Li", ExternalUserId=LI) == ["你好"]
    assert (fake.sent[0].sender, fake.sent[0].recipient) == ("whatsapp:" + LINE, LI)
    assert isinstance(app.read[0], Inbound)
    assert (app.read[0].channel, app.read[0].sender) == ("twilio-whatsapp", "US.13491208655302741918")


def test_a_repeat_has_the_same_sid_and_token_and_a_new_delivery_another_token(fake: FakeTwilio, app: App) -> None:
    sid = fake.withhold(ANA, "hola")
    assert app.read == []

    fake.repeat(sid)
    fake.repeat(sid)
    fake.repeat(sid, new_delivery=True)

    texts = [one for one in app.read if isinstance(one, Inbound)]
    assert {text.provider_id for text in texts} == {sid}
    first, again, other = (text.repeat_token for text in texts)
    assert first == again != other


def test_verbs_after_one_with_action_are_not_reached_and_its_answer_is_run(fake: FakeTwilio, app: App) -> None:
    action = "https://hotline.example.gov/hooks/twilio/status?message=1&amp;action=1"

    def answer(request: HookRequest, one: Inbound | Receipt) -> Answer:
        if isinstance(one, Receipt):
            return Answer(200, "<Response><Message>from the action</Message></Response>")
        rest = "<Message>not reached</Message>"
        return Answer(200, f'<Response><Message>one</Message><Message action="{action}">two</Message>{rest}</Response>')

    app.answer = answer
    assert fake.text(ANA, "hola") == ["one", "two", "from the action"]


@pytest.mark.parametrize(
    "status, body, kind, code",
    [
        (500, "", "text/xml", 11200),
        (403, "", "text/plain", 11200),
        (200, "<Response>", "text/xml", 12100),
        (200, "<Reply/>", "text/xml", 12102),
        (200, "<Response><Say>hi</Say></Response>", "text/xml", 12200),
        (200, "<Response><Message> </Message></Response>", "text/xml", 14103),
        (200, "{}", "application/json", 12300),
        (0, "", "", 11205),  # the connection closes without an answer
    ],
)
def test_an_answer_twilio_cannot_use_is_an_error(
    fake: FakeTwilio, app: App, status: int, body: str, kind: str, code: int
) -> None:
    app.answer = lambda *_: Answer(status, body, kind)

    assert fake.text(ANA, "hola") == []
    assert fake.errors == [(code, "/hooks/twilio")]
    assert len(fake.calls) == (2 if status == 0 else 1)  # tried again only where no answer came


def test_the_fallback_url_is_called_where_the_first_fails(fake: FakeTwilio, app: App) -> None:
    fake.fallback = True
    channel = app.channel
    assert channel
    reply = channel.acknowledge(outbound("saved"))
    app.answer = lambda request, _: reply if "fallback" in request.url else Answer(503, "")

    assert fake.text(ANA, "hola") == ["saved"]
    inbound = [one for one in app.read if isinstance(one, Inbound)]
    assert [one.fallback for one in inbound] == [False, True]
    assert inbound[0].repeat_token == inbound[1].repeat_token


def test_stop_blocks_our_answers_until_start_where_twilio_heeds_keywords(fake: FakeTwilio, app: App) -> None:
    fake.keywords = True
    app.says("hello")

    assert fake.text(ANA, " stop ") == []
    assert fake.errors == [(21610, "/hooks/twilio")]
    with pytest.raises(SendFailed) as failed:
        channel_of(fake).send(outbound(), "hi")
    assert failed.value.reason is Reason.OPTED_OUT
    assert fake.text(ANA, "START") == ["hello"]


def test_an_unsigned_call_is_refused_by_the_line(fake: FakeTwilio) -> None:
    assert fake.call("/hooks/twilio", {"Body": "hi"}, signature="AAAA").status == 403


def test_twiml_takes_a_body_element_and_an_empty_answer() -> None:
    assert said("", "text/plain") == []
    assert said("<Response><Message><Body>a</Body></Message></Response>", "text/xml")[0].body == "a"
    with pytest.raises(TwimlWrong):
        said("<Response><Message>" + "x" * 1601 + "</Message></Response>", "text/xml")


# Texts out by REST


def test_a_sent_text_carries_our_receipt_address_and_is_told_of(fake: FakeTwilio, app: App) -> None:
    message = outbound("one two", parts=("one", "two"))
    channel = channel_of(fake)

    sids = [channel.send(message, part) for part in message.parts]
    fake.settle()

    assert [text.sid for text in fake.sent] == sids
    assert [text.body for text in fake.sent] == ["one", "two"]
    assert [
        {name: values[0] for name, values in text.form.items() if name not in ("Body", "To", "From")}
        for text in fake.sent
    ] == [
        {
            "StatusCallback": f"https://hotline.example.gov/hooks/twilio/status?message=4821&part={part}",
            "ValidityPeriod": "14400",
        }
        for part in (0, 1)
    ]
    told = [(one.provider_id, one.status) for one in app.read if isinstance(one, Receipt) and one.message_id == 4821]
    assert sorted(told) == sorted((sid, status) for sid in sids for status in ("sent", "delivered"))


def test_whatsapp_is_sent_with_its_prefix(fake: FakeTwilio) -> None:
    message = outbound("Bonjou", recipient="US.13491208655302741918", channel="twilio-whatsapp")

    channel_of(fake, "whatsapp").send(message, "Bonjou")

    assert (fake.sent[0].sender, fake.sent[0].recipient) == ("whatsapp:" + LINE, LI)


def test_what_happened_to_a_text_comes_in_its_receipt(fake: FakeTwilio, app: App) -> None:
    fake.fate[ANA] = 30005
    channel_of(fake).send(outbound(), "hi")
    fake.settle()

    assert [(one.status, one.code) for one in app.read if isinstance(one, Receipt)] == [
        ("sent", ""),
        ("undelivered", "30005"),
    ]


def test_api_key_and_secret_are_used_before_the_token() -> None:
    with FakeTwilio(api_key="SK" + "0" * 32, api_secret="hush", receipts=()) as fake:
        assert channel_of(fake, api_key="SK" + "0" * 32, api_secret="hush", auth_token="").send(outbound(), "hi")
        assert channel_of(fake).send(outbound(), "hi")
        wrongs: list[dict[str, Any]] = [{"auth_token": "other"}, {"api_key": "SK", "api_secret": "other"}]
        for wrong in (*wrongs, {"auth_token": ""}):
            with pytest.raises(SendFailed) as failed:
                channel_of(fake, **wrong).send(outbound(), "hi")
            assert failed.value.reason is Reason.ACCOUNT
        assert len(fake.sent) == 2


@pytest.mark.parametrize(
    "code, status, after_accepting, reason, retry",
    [
        (20429, 429, False, Reason.BUSY, True),
        (20500, 500, False, Reason.UNCLEAR, False),
        (20503, 503, True, Reason.UNCLEAR, False),
        (21610, 400, False, Reason.OPTED_OUT, False),
        (21614, 400, False, Reason.UNREACHABLE, False),
        (63016, 400, False, Reason.WINDOW_SHUT, False),
        (20003, 401, False, Reason.ACCOUNT, True),
    ],
)
def test_a_failure_says_what_to_do(
    fake: FakeTwilio, code: int, status: int, after_accepting: bool, reason: Reason, retry: bool
) -> None:
    fake.fail_next(code=code, status=status, after_accepting=after_accepting)
    begun = datetime.now(UTC)

    with pytest.raises(SendFailed) as failed:
        channel_of(fake).send(outbound(), "Hola")

    assert (failed.value.reason, failed.value.retry, failed.value.code) == (reason, retry, str(code))
    assert fake.rest.requests == 1, "a create request is never repeated by itself"
    found = channel_of(fake).find(outbound(), "Hola", begun)
    assert found == ([fake.sent[0].sid] if after_accepting else [])


@pytest.mark.parametrize("after_accepting", [True, False])
def test_a_reset_is_unclear_and_can_be_looked_up(fake: FakeTwilio, after_accepting: bool) -> None:
    fake.reset_next(after_accepting=after_accepting)

    with pytest.raises(SendFailed) as failed:
        channel_of(fake).send(outbound(), "Hola")

    assert (failed.value.reason, failed.value.retry) == (Reason.UNCLEAR, False)
    assert fake.rest.requests == 1
    assert bool(channel_of(fake).find(outbound(), "Hola", datetime.now(UTC))) is after_accepting


def test_a_hanging_twilio_is_given_up_on(fake: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twilio, "TIMEOUTS", (3.0, 0.2))
    fake.hang_next(5.0)
    begun = monotonic()

    with pytest.raises(SendFailed) as failed:
        channel_of(fake).send(outbound(), "Hola")

    assert failed.value.reason is Reason.UNCLEAR
    assert monotonic() - begun < 4


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as taken, FakeTwilio() as fake:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
        nobody = channel_of(fake, api_url=f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(SendFailed) as failed:
            nobody.send(outbound(), "Hola")
    assert (failed.value.reason, failed.value.retry) == (Reason.BUSY, True)


def test_a_text_is_found_by_number_words_and_time(fake: FakeTwilio) -> None:
    channel, since = channel_of(fake), datetime.now(UTC)
    sid = channel.send(outbound(), "Hola,\n¿qué necesita?")
    channel.send(outbound(recipient="+15005550007"), "Hola,\n¿qué necesita?")
    fake.text(ANA, "Hola,\n¿qué necesita?")  # the resident said the same

    assert channel.find(outbound(), "Hola,\n¿qué necesita?", since) == [sid]
    assert channel.find(outbound(), "Hola", since) == []
    assert channel.find(outbound(), "Hola,\n¿qué necesita?", since + timedelta(minutes=1)) == []
    assert channel.find(outbound(recipient="+15005550009"), "Hola,\n¿qué necesita?", since) == []


def test_of_equal_texts_the_one_nearest_in_time_is_found(fake: FakeTwilio) -> None:
    channel, since = channel_of(fake), datetime.now(UTC)
    sids = [channel.send(outbound(), "1 or 2?") for _ in range(3)]
    for text, minutes in zip(fake.sent, (-5, 0, 5), strict=True):
        text.created = since + timedelta(minutes=minutes)

    assert channel.find(outbound(), "1 or 2?", since)[0] == sids[1]


def test_not_being_able_to_look_is_no_answer(fake: FakeTwilio) -> None:
    for code, status in ((20500, 500), (20429, 429), (20003, 401)):
        fake.fail_next(code=code, status=status, on="list", times=2)
        with pytest.raises(SendFailed):
            channel_of(fake).find(outbound(), "Hola", datetime.now(UTC))
        with pytest.raises(SendFailed):
            channel_of(fake).inbound_since(datetime.now(UTC))


def test_missed_texts_are_listed_to_the_last_page_oldest_first(fake: FakeTwilio) -> None:
    since = datetime.now(UTC)
    sids = [fake.withhold(ANA, f"text {n}") for n in range(1003)]
    photo = fake.withhold(ANA, "", NumMedia="1", MediaContentType0="image/jpeg")
    fake.withhold(LI, "another medium")
    old = fake.withhold(ANA, "long ago")
    text = fake.ledger.get(old)
    assert text
    text.created = text.sent = since - timedelta(days=2)
    channel_of(fake).send(outbound(), "what we said ourselves")

    found = list(channel_of(fake).inbound_since(since))

    assert [one.provider_id for one in found] == [*sids, photo]
    assert (found[0].text, found[0].sender, found[0].line, found[0].channel) == ("text 0", ANA, LINE, "twilio-sms")
    home = f"https://api.twilio.com/2010-04-01/Accounts/{fake.account_sid}/Messages/{photo}/Media/"
    made = fake.ledger.get(photo)
    assert made
    assert found[-1].media == (Media(home + made.media[0][0], "image/jpeg"),)
    assert [one.text for one in channel_of(fake, "whatsapp").inbound_since(since)] == ["another medium"]


def test_nothing_of_a_resident_is_logged(fake: FakeTwilio, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        channel = channel_of(fake)
        channel.send(outbound(), "canary words")
        channel.find(outbound(), "canary words", datetime.now(UTC))
        fake.fail_next(code=21211, status=400)
        with pytest.raises(SendFailed) as failed:
            channel.send(outbound(), "canary words")

    said_aloud = caplog.text + str(failed.value) + repr(failed.value.__cause__)
    assert not [word for word in ("canary", "5005550006", fake.auth_token) if word in said_aloud]


# Twilio's own description


@pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
def test_create_requests_are_held_against_twilios_description() -> None:
    good = {"To": [ANA], "From": [LINE], "Body": ["hi"], "ValidityPeriod": ["14400"]}

    assert create_problems(good) == []
    for wrong in (
        {"To": ["somebody"]},
        {"ValidityPeriod": ["four hours"]},
        {"StatusCallback": ["hooks/twilio/status"]},
        {"StatusCallback": ["https://my_host/hooks"]},
        {"MessagingServiceSid": ["MG1"]},
        {"Bodi": ["hi"]},
        {"Body": ["hi", "ho"]},
        {"SmartEncoded": ["yes"]},
    ):
        assert create_problems({**good, **wrong}), wrong
    assert create_problems({"From": [LINE], "Body": ["hi"]}), "To is required"


@pytest.mark.skipif(bool(ABSENT), reason=ABSENT)
def test_what_the_fake_answers_fits_twilios_description(fake: FakeTwilio) -> None:
    status, made = fake.rest.answer("POST", f"{_home(fake)}.json", {"To": [ANA], "From": [LINE], "Body": ["hi"]})
    fake.text(ANA, "hola")
    listed = fake.rest.answer("GET", f"{_home(fake)}.json?PageSize=1", {})[1]
    fetched = fake.rest.answer("GET", f"{_home(fake)}/{made['sid']}.json", {})[1]

    assert (status, made["status"], fetched) == (201, "queued", made)
    assert [message_problems(one) for one in (made, listed)] == [[], []]
    assert message_problems({**made, "status": "gone"})
    assert listed["next_page_uri"]


def _home(fake: FakeTwilio) -> str:
    return f"/2010-04-01/Accounts/{fake.account_sid}/Messages"


def test_lists_are_filtered_by_number_and_day(fake: FakeTwilio) -> None:
    fake.withhold(ANA, "in")
    fake.withhold("+15005550007", "other")
    for query, count in (
        ("From=%2B15005550006", 1),
        ("To=%2B15005550100", 2),
        ("To=%2B15005550006", 0),
        (f"DateSent%3E={datetime.now(UTC):%Y-%m-%d}", 2),
        ("DateSent%3C=2020-01-01", 0),
        (f"DateSent%3E={datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}", 0),
    ):
        listed = fake.rest.answer("GET", f"{_home(fake)}.json?{query}", {})[1]
        assert len(listed["messages"]) == count, query
