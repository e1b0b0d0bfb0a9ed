"""What the doctor says of the account at Twilio, its numbers and keys."""

import time
from pathlib import Path

import pytest

from bot.config import read
from bot.doctor import Check, Signs, twilio
from bot.doctor.signs import look
from bot.errors import Reason, SendFailed
from bot.fake_twilio import FakeTwilio
from tests.doctor.ideal import KEY, PUBLIC, signs, silent_server, told, town, trouble
from tests.line import ACCOUNT, LINE


def of_twilio(seen: Signs) -> dict[str, Check]:
    return told(check for one in (twilio.account, twilio.sending, twilio.webhooks) for check in one(seen))


WEBHOOK = f"{PUBLIC}/hooks/twilio"


@pytest.mark.parametrize(
    ("number", "state", "words"),
    [
        ({"sms_url": WEBHOOK}, "good", "come to this line"),
        ({"sms_url": f"{WEBHOOK}#rc=2&rp=all"}, "good", "come to this line"),
        ({"sms_url": ""}, "bad", f"set {WEBHOOK}#ct=2000&rt=5000&rc=2&rp=all"),
        ({"sms_url": "https://demo.twilio.com/welcome/sms/reply"}, "bad", f"set {WEBHOOK}#"),
        ({"sms_url": f"{WEBHOOK}/"}, "bad", f"set {WEBHOOK}#"),
        ({"sms_url": WEBHOOK, "sms_method": "GET"}, "bad", "choose HTTP POST"),
        ({"sms_url": WEBHOOK, "sms_application_sid": "AP1"}, "bad", "TwiML application (AP1)"),
        ({"sms_fallback_url": ""}, "warning", "residents hear nothing"),
        ({"sms_fallback_url": f"{PUBLIC}/hooks/twilio/fallback"}, "warning", "away whenever the line is"),
    ],
)
def test_a_number_set_so(tmp_path: Path, api: FakeTwilio, number: dict[str, str], state: str, words: str) -> None:
    api.rest.numbers[LINE] |= number

    found = list(twilio.webhooks(look(town(tmp_path, TWILIO_API_URL=api.url))))

    assert any(check.state == state and words in str(check) for check in found), [str(check) for check in found]
    assert ("bad" in trouble(found).values()) == (state == "bad")


def test_a_number_that_is_not_ours(tmp_path: Path, api: FakeTwilio) -> None:
    """Twilio's search also finds numbers that only hold the one asked for."""
    api.rest.numbers = {LINE + "9": {}}

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))[f"Twilio {LINE}"]

    assert (found.state, "not in the account" in found.says) == ("bad", True)


def test_each_number_is_asked_for(tmp_path: Path, api: FakeTwilio) -> None:
    second = "+15005550101"
    api.rest.numbers[second] = {}

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url, LINE_NUMBERS=f"{LINE},{second}")))

    assert (found[f"Twilio {LINE}"].state, found[f"Twilio {second}"].state) == ("good", "bad")


@pytest.mark.parametrize(
    ("setting", "name", "state", "words"),
    [
        ({"TWILIO_AUTH_TOKEN": "another"}, "Twilio account", "bad", "refuses the auth token (error 20003)"),
        ({"TWILIO_API_SECRET": "another"}, "Twilio key", "bad", "refuses the API key"),
        ({"TWILIO_API_SECRET": "another"}, f"Twilio {LINE}", "good", "come to this line"),  # asked with the token
        ({"TWILIO_API_KEY": "", "TWILIO_API_SECRET": ""}, "Twilio key", "warning", "no API key"),
        ({}, "Twilio key", "good", "accepts"),
    ],
)
def test_credentials(
    tmp_path: Path, api: FakeTwilio, setting: dict[str, str], name: str, state: str, words: str
) -> None:
    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url, **setting)))[name]

    assert (found.state, words in str(found)) == (state, True), str(found)


def test_a_restricted_key_is_not_called_wrong(tmp_path: Path, api: FakeTwilio) -> None:
    api.rest.restricted.add(KEY)

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))

    assert (found["Twilio key"].state, found[f"Twilio {LINE}"].state) == ("warning", "good")


@pytest.mark.parametrize(
    ("change", "state", "words"),
    [
        ({"status": "suspended"}, "bad", "suspended"),
        ({"kind": "Trial"}, "warning", "trial"),
        ({}, "good", "active"),
    ],
)
def test_the_account(tmp_path: Path, api: FakeTwilio, change: dict[str, str], state: str, words: str) -> None:
    for name, value in change.items():
        setattr(api.rest, name, value)

    found = of_twilio(look(town(tmp_path, TWILIO_API_URL=api.url)))["Twilio account"]

    assert (found.state, words in found.says) == (state, True)


def test_a_twilio_that_cannot_be_reached_is_said_in_seconds(tmp_path: Path) -> None:
    with silent_server() as port:
        for url in (f"http://127.0.0.1:{port}", "http://127.0.0.1:9"):
            began = time.monotonic()
            found = of_twilio(look(town(tmp_path, TWILIO_API_URL=url)))
            assert {check.state for check in found.values()} == {"warning"}
            assert "no usable answer" in found["Twilio account"].says
            assert time.monotonic() - began < 6


def test_the_token_of_before_is_not_forgotten(tmp_path: Path) -> None:
    changing = look(town(tmp_path, TWILIO_AUTH_TOKEN_BEFORE="the-one-of-before"))

    (check,) = twilio.token_before(changing)

    assert check.state == "warning" and "Take it out" in str(check) and "the-one-of-before" not in str(check)
    assert list(twilio.token_before(look(town(tmp_path)))) == []


def test_twilio_left_out_or_half_filled(tmp_path: Path) -> None:
    nothing = look(read({"DATA_DIR": str(tmp_path)}))
    half = look(read({"DATA_DIR": str(tmp_path), "TWILIO_ACCOUNT_SID": ACCOUNT}))

    assert [check.state for check in of_twilio(nothing).values()] == ["good"]
    assert [check.state for check in of_twilio(half).values()] == ["bad"]


@pytest.mark.parametrize(("code", "words"), [("20403", "suspended or closed"), ("20003", "refuses")])
def test_a_refusal_is_told_from_a_suspension(tmp_path: Path, code: str, words: str) -> None:
    refused = SendFailed(Reason.ACCOUNT, retry=True, code=code)

    found = of_twilio(signs(town(tmp_path), account=refused, numbers=refused, numbers_by_token=refused))

    assert (found["Twilio account"].state, words in found["Twilio account"].says) == ("bad", True)
