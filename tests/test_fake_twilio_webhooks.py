"""The fake Twilio calls webhooks by Twilio's rules of time, retries and fallback; texts can be held back and repeated,
receipts come as badly as one likes."""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from bot.fake_twilio import FakeTwilio
from bot.fake_twilio.webhooks import Overrides, overrides
from bot.model import Answer, HookRequest, Inbound, Receipt
from tests.small_line import ANA, PUBLIC, App, acquainted, channel_of, outbound

PATIENCE = 30.0  # seconds a test waits for what must come


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    with acquainted(app) as made:
        yield made


def answers(app: App, *statuses: int) -> None:
    """The line answers with these in turn, and with the last of them from then on."""
    left = list(statuses)
    app.answer = lambda *_: Answer(left.pop(0) if len(left) > 1 else left[0], "<Response/>")


def inbound(app: App) -> list[Inbound]:
    return [one for one in app.read if isinstance(one, Inbound)]


# Connection overrides


@pytest.mark.parametrize(
    "fragment, expected",
    [
        ("", Overrides()),
        ("#", Overrides()),
        ("#rc=0", Overrides(retries=0)),
        ("ct=2000&rt=5000&tt=9000&rc=5&rp=4xx,5xx", Overrides(2.0, 5.0, 9.0, 5, frozenset(("4xx", "5xx")))),
    ],
)
def test_a_fragment_is_read(fragment: str, expected: Overrides) -> None:
    assert overrides(fragment) == expected


@pytest.mark.parametrize(
    "fragment",
    ["#rc=6", "#rc=-1", "#rc=two", "#rc=", "#ct=99", "#rt=15001", "#tt=0", "#rp=3xx", "#rp=", "#xy=1", "#rc"],
)
def test_a_fragment_twilio_would_not_take_is_refused(fragment: str) -> None:
    with pytest.raises(ValueError):
        overrides(fragment)


@pytest.mark.parametrize(
    "fragment, statuses, calls",
    [
        ("", (0, 200), 2),  # by default once more, and only where no answer came
        ("", (503, 200), 1),
        ("#rc=0", (0, 200), 1),
        ("#rc=3", (0, 0, 0, 200), 4),
        ("#rc=2&rp=5xx", (503, 500, 200), 3),
        ("#rc=2&rp=5xx", (404, 200), 1),
        ("#rc=2&rp=5xx", (0, 200), 1),
        ("#rc=2&rp=4xx", (404, 200), 2),
        ("#rc=2&rp=4xx,ct", (404, 0, 200), 3),
        ("#rc=5&rp=all", (0, 404, 503, 200), 4),
        ("#rc=1&rp=all", (503, 503, 200), 2),  # no oftener than said
    ],
)
def test_failures_are_tried_again_by_the_rules(app: App, fragment: str, statuses: tuple[int, ...], calls: int) -> None:
    with acquainted(app, webhook_fragment=fragment) as fake:
        answers(app, *statuses)
        fake.text(ANA, "hola")

        assert [call.status for call in fake.calls] == list(statuses[:calls])
        assert [call.attempt for call in fake.calls] == list(range(1, calls + 1))
        assert bool(fake.errors) is (statuses[calls - 1] != 200)
        assert len({text.repeat_token for text in inbound(app)}) == 1, "a retry has the token of the first attempt"
        assert {text.provider_id for text in inbound(app)} == {fake.received[0].sid}


@pytest.mark.parametrize(
    "fragment, most", [("#rt=100&rc=1", 1), ("#rt=100&rc=1&rp=rt", 2), ("#rt=100&tt=150&rc=5&rp=rt", 2)]
)
def test_an_answer_that_does_not_come_in_time_is_none(app: App, fragment: str, most: int) -> None:
    slept_enough = threading.Event()

    def answer(*_: object) -> Answer:
        slept_enough.wait(PATIENCE)
        return Answer(200, "<Response/>")

    app.answer = answer
    with acquainted(app, webhook_fragment=fragment) as fake:
        fake.text(ANA, "hola")
        slept_enough.set()

        assert 1 <= len(fake.calls) <= most
        assert {call.status for call in fake.calls} == {0}
        assert fake.errors == [(11205, "/hooks/twilio")]


# The fallback


def test_the_fallback_hears_what_was_wrong_and_nothing_is_pushed_after_it(app: App) -> None:
    told: list[HookRequest] = []

    def answer(request: HookRequest, _: object) -> Answer:
        told.append(request)
        return Answer(503, "")

    app.answer = answer
    with acquainted(app, fallback=f"{PUBLIC}/hooks/twilio/fallback", webhook_fragment="#rc=1&rp=5xx") as fake:
        assert fake.text(ANA, "hola") == []

        assert [call.path for call in fake.calls] == ["/hooks/twilio"] * 2 + ["/hooks/twilio/fallback"]
        assert b"ErrorCode=11200" in told[-1].body
        assert b"ErrorUrl=https%3A%2F%2Fhotline.example.gov%2Fhooks%2Ftwilio" in told[-1].body
        assert b"ErrorCode" not in told[0].body
        assert fake.errors == [(11200, "/hooks/twilio"), (11200, "/hooks/twilio/fallback")]


def test_twiml_that_cannot_be_run_leads_to_the_fallback_too(app: App) -> None:
    app.answer = lambda request, _: Answer(
        200, "<Response><Message>later</Message></Response>" if "fallback" in request.url else "<Response>"
    )
    with acquainted(app, fallback=f"{PUBLIC}/hooks/twilio/fallback") as fake:
        assert fake.text(ANA, "hola") == ["later"]
        assert fake.errors == [(12100, "/hooks/twilio")]


def test_being_told_to_slow_down_is_an_error_of_its_own(fake: FakeTwilio, app: App) -> None:
    answers(app, 429)
    fake.text(ANA, "hola")
    assert fake.errors == [(11217, "/hooks/twilio")]


def test_nobody_but_this_machine_is_called(fake: FakeTwilio) -> None:
    fake.rest.answer(
        "POST",
        f"/2010-04-01/Accounts/{fake.account_sid}/Messages.json",
        {"To": [ANA], "From": ["+15005550100"], "Body": ["hi"], "StatusCallback": ["https://other.example/status"]},
    )
    fake._created(fake.sent[0])
    with pytest.raises(AssertionError, match="neither under"):
        fake.settle()
    assert fake.calls == []


# Held back, released, repeated


def test_webhooks_are_held_back_by_chance_and_released_later(fake: FakeTwilio, app: App) -> None:
    fake.chance.seed(5)
    fake.withhold_share = 0.3
    for n in range(100):
        fake.text(ANA, str(n))
    held = {text.body for text in fake.received if text.withheld}
    assert 15 < len(held) < 45
    assert {text.text for text in inbound(app)} == {str(n) for n in range(100)} - held

    assert len(fake.release()) == len(held)
    fake.settle(PATIENCE)
    assert sorted(int(text.text) for text in inbound(app)) == list(range(100))
    assert fake.release() == []


def test_the_same_seed_holds_back_the_same_texts(app: App) -> None:
    held = []
    for seed in (1, 1, 2):
        with acquainted(app, seed=seed) as fake:
            fake.withhold_share = 0.5
            for _ in range(64):
                fake.text(ANA, "hola")
            held.append([text.withheld for text in fake.received])
    assert held[0] == held[1] != held[2]


def test_one_webhook_may_come_many_times_at_once(fake: FakeTwilio, app: App) -> None:
    together = threading.Barrier(20)

    def answer(*_: object) -> Answer:
        together.wait(PATIENCE)  # breaks, and with it the answers, unless all twenty are here
        return Answer(200, "<Response/>")

    app.answer = answer
    sid = fake.withhold(ANA, "hola")

    assert fake.repeat_all([sid], times=20, at_once=True) == Counter({200: 20})
    assert {text.provider_id for text in inbound(app)} == {sid}
    assert len({text.repeat_token for text in inbound(app)}) == 1


def test_what_must_pass_before_a_text_passes_once(fake: FakeTwilio) -> None:
    passed: list[int] = []
    fake.before_text = lambda: passed.append(len(fake.received))
    fake.text(ANA, "one")
    fake.withhold(ANA, "two")
    assert passed == [0, 1]


# Receipts


def receipts(app: App) -> list[tuple[str, str]]:
    return [(one.provider_id, one.status) for one in app.read if isinstance(one, Receipt)]


def sent_with(fake: FakeTwilio, count: int) -> list[str]:
    sids = [channel_of(fake).send(outbound(), f"text {n}") for n in range(count)]
    fake.settle(PATIENCE)
    return sids


def test_receipts_may_be_doubled_and_dropped(fake: FakeTwilio, app: App) -> None:
    fake.receipts.doubled = 1.0
    (sid,) = sent_with(fake, 1)
    assert Counter(receipts(app)) == {(sid, "sent"): 2, (sid, "delivered"): 2}

    app.read.clear()
    fake.receipts.doubled, fake.receipts.dropped = 0.0, 1.0
    sent_with(fake, 1)
    assert receipts(app) == []
    assert fake.sent[-1].status == "delivered", "what is not told happened all the same"


def test_receipts_may_come_in_any_order(fake: FakeTwilio, app: App) -> None:
    fake.receipts.shuffled = True
    sids = sent_with(fake, 30)
    orders = {tuple(status for one, status in receipts(app) if one == sid) for sid in sids}
    assert orders == {("sent", "delivered"), ("delivered", "sent")}


def test_receipts_may_come_late(fake: FakeTwilio, app: App) -> None:
    fake.receipts.delay = 0.05
    begun = time.time()
    (sid,) = sent_with(fake, 1)
    assert sorted(receipts(app)) == [(sid, "delivered"), (sid, "sent")]  # each comes after its own time
    assert fake.calls[0].at - begun >= 0.05

    fake.receipts.delay = PATIENCE
    channel_of(fake).send(outbound(), "hi")
    with pytest.raises(TimeoutError, match="2 calls are still on their way"):
        fake.settle(0.1)
    assert len(receipts(app)) == 2


def test_receipts_apart_do_not_keep_a_text_waiting(app: App) -> None:
    heard = threading.Event()
    with acquainted(app, receipts_apart=True) as fake:
        app.says("¿En qué idioma?")
        take = app.take

        def slow(request: HookRequest) -> Answer:
            if "status" in request.url:
                heard.wait(PATIENCE)
            return take(request)

        app.take = slow  # type: ignore[method-assign]
        assert fake.text(ANA, "hola") == ["¿En qué idioma?"]
        assert receipts(app) == []
        heard.set()
        fake.settle(PATIENCE)
        assert [status for _, status in receipts(app)] == ["queued", "sent", "delivered"]
