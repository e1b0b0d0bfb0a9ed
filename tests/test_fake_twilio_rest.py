"""Twilio's channel sends, finds and reconciles through the fake Twilio, whose API answers as Twilio's does."""

import logging
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest

from bot.channels import twilio_http
from bot.errors import Reason, SendFailed
from bot.fake_twilio import FakeTwilio
from bot.model import Media, Receipt
from tests.small_line import ANA, LI, LINE, App, acquainted, channel_of, outbound
from tests.twilio_contract import ABSENT, create_problems, message_problems


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    with acquainted(app) as made:
        yield made


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
    monkeypatch.setattr(twilio_http, "TIMEOUTS", (3.0, 0.2))
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
    assert channel.find(outbound(), "Hola,\n¿qué necesita?", since + timedelta(minutes=11)) == []
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
    made = fake.ledger.get(photo)
    assert made
    assert found[-1].media == (Media(made.media[0][0], "image/jpeg"),)
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
