"""The fake Twilio brings texts to a line as Twilio does, and runs what it is answered."""

from collections.abc import Iterator

import pytest

from bot.errors import Reason, SendFailed
from bot.fake_twilio import FakeTwilio
from bot.fake_twilio.twiml import TwimlWrong, said
from bot.model import Answer, HookRequest, Inbound, Receipt
from tests.small_line import ANA, LI, LINE, PUBLIC, App, acquainted, channel_of, outbound


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    with acquainted(app) as made:
        yield made


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
    fake.webhooks.fallback = f"{PUBLIC}/hooks/twilio/fallback"
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
