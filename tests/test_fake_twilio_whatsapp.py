"""The fake Twilio keeps WhatsApp's rule of a day, and checks prepared texts."""

from collections.abc import Iterator, Mapping

import pytest

from bot.errors import SendFailed
from bot.fake_twilio import FakeTwilio
from bot.model import Outbound, Receipt, Template
from tests.small_line import LI, App, acquainted, channel_of, outbound

SID = "HX" + "c3" * 16


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    with acquainted(app) as made:
        made.rest.templates[SID] = "{{1}}: we have an answer to {{2}}."
        yield made


def prepared(sid: str, values: Mapping[str, str]) -> Outbound:
    return Outbound(
        4821, 1, "twilio-whatsapp", LI.removeprefix("whatsapp:"), "+15005550100", "said", ("said",), Template(sid, values)
    )


def free(words: str) -> Outbound:
    return outbound(words, recipient=LI.removeprefix("whatsapp:"), channel="twilio-whatsapp")


def told(fake: FakeTwilio, app: App) -> list[str]:
    fake.settle()
    return [one.code for one in app.read if isinstance(one, Receipt) and one.status == "undelivered"]


def test_free_words_go_out_for_a_day_after_the_residents_last_text(fake: FakeTwilio, app: App) -> None:
    channel = channel_of(fake, "whatsapp")
    channel.send(free("nobody wrote yet"), "nobody wrote yet")
    assert told(fake, app) == ["63016"]
    fake.text(LI, "hi")
    channel.send(free("now"), "now")
    assert told(fake, app) == ["63016"]
    fake.rest.ahead = 86_401.0
    channel.send(free("late"), "late")
    assert told(fake, app) == ["63016"] * 2


def test_a_prepared_text_goes_out_at_any_time_with_its_gaps_filled(fake: FakeTwilio, app: App) -> None:
    channel_of(fake, "whatsapp").send(prepared(SID, {"1": "Riverbend PD", "2": "4821"}), "said")

    assert told(fake, app) == []
    assert [one.body for one in fake.sent] == ["Riverbend PD: we have an answer to 4821."]
    assert "Body" not in fake.sent[0].form


@pytest.mark.parametrize(
    "sid, values, code",
    [("HX" + "0" * 32, {"1": "a", "2": "b"}, "21655"), (SID, {"1": "a"}, "21656"), (SID, {"1": "a", "2": ""}, "21656")],
)
def test_a_prepared_text_nobody_approved_or_filled_is_refused(
    fake: FakeTwilio, sid: str, values: dict[str, str], code: str
) -> None:
    with pytest.raises(SendFailed) as refused:
        channel_of(fake, "whatsapp").send(prepared(sid, values), "said")

    assert (refused.value.code, refused.value.retry) == (code, False)
