"""The fake Twilio is driven over HTTP, as a server in this process and as the command in one of its own."""

import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.fake_twilio import FakeTwilio
from bot.fake_twilio.client import NotDone, Remote, started, text
from bot.fake_twilio.control import Desk
from bot.model import Answer, Inbound, Receipt
from tests.small_line import ANA, LINE, PUBLIC, App, acquainted, channel_of, outbound, serving

PATIENCE = 30.0
ROOT = Path(__file__).parents[1]


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def fake(app: App) -> Iterator[FakeTwilio]:
    with acquainted(app, receipts_apart=True) as made:
        made.control = Desk(made).answer
        yield made


@pytest.fixture
def remote(fake: FakeTwilio) -> Remote:
    return Remote(fake.url)


def inbound(app: App) -> list[Inbound]:
    return [one for one in app.read if isinstance(one, Inbound)]


# Texts


def test_a_text_goes_its_way_and_is_in_the_ledger_with_its_reply(remote: Remote, app: App) -> None:
    app.says("¿En qué idioma?")

    sid = remote.text(ANA, "hola", FromCity="AUSTIN")
    remote.settle(PATIENCE)

    assert [(one.provider_id, one.text) for one in inbound(app)] == [(sid, "hola")]
    came, went = remote.ledger()
    assert (came.n, came.sid, came.direction, came.sender, came.recipient, came.body, came.withheld) == (
        *(1, sid, "inbound", ANA, LINE, "hola", False),
    )
    assert (went.n, went.direction, went.recipient, went.body, went.status) == (
        *(2, "outbound-reply", ANA, "¿En qué idioma?", "delivered"),
    )
    assert remote.ledger(after=1) == [went]
    first, *others = remote.calls()
    assert (first.n, first.path, first.sid, first.status, first.attempt) == (1, "/hooks/twilio", sid, 200, 1)
    assert [one.sid for one in others] == [went.sid] * 3  # to `action`, and the two to `statusCallback`
    assert remote.calls(after=4) == []


def test_a_list_of_texts_keeps_the_order_of_each_resident(remote: Remote, app: App) -> None:
    phones = [f"+1500555{n:04}" for n in range(20)]
    sids = remote.texts([text(phone, str(n)) for n in range(10) for phone in phones], in_order=True)
    remote.settle(PATIENCE)

    assert len(set(sids)) == 200
    for phone in phones:
        assert [one.text for one in inbound(app) if one.sender == phone] == [str(n) for n in range(10)]


def test_media_come_with_their_content(remote: Remote, fake: FakeTwilio, app: App) -> None:
    sid = remote.text(ANA, "", media=[("image/png", b"\x89PNG canary"), ("audio/ogg", b"OggS")])
    remote.settle(PATIENCE)

    (came,) = inbound(app)
    assert [one.content_type for one in came.media] == ["image/png", "audio/ogg"]
    made = fake.ledger.get(sid)
    assert made
    assert fake.rest.media.contents == dict(
        zip([one for one, _ in made.media], [b"\x89PNG canary", b"OggS"], strict=True)
    )


def test_withheld_texts_wait_for_their_release(remote: Remote, app: App) -> None:
    first, second = remote.withhold(ANA, "one"), remote.withhold(ANA, "two")
    remote.settle(PATIENCE)
    assert inbound(app) == []
    assert [row.withheld for row in remote.ledger()] == [True, True]

    assert remote.release([second]) == [second]
    remote.settle(PATIENCE)
    assert remote.release() == [first]
    remote.settle(PATIENCE)
    assert [one.text for one in inbound(app)] == ["two", "one"]
    assert [row.withheld for row in remote.ledger()] == [False, False]

    assert remote.release() == []
    remote.set(withhold=1.0)
    remote.text(ANA, "three")
    remote.settle(PATIENCE)
    assert len(inbound(app)) == 2


def test_what_waits_for_a_thread_is_not_withheld(remote: Remote, app: App) -> None:
    go_on = threading.Event()

    def answer(*_: object) -> Answer:
        go_on.wait(PATIENCE)
        return Answer(200, "<Response/>")

    app.answer = answer
    remote.texts([text(ANA, str(n)) for n in range(100)])  # more than are called at a time
    assert remote.release() == []
    go_on.set()
    remote.settle(PATIENCE)
    assert Counter(one.text for one in inbound(app)) == {str(n): 1 for n in range(100)}


def test_repeats_are_counted_by_status(remote: Remote, app: App) -> None:
    sids = [remote.withhold(ANA, "one"), remote.withhold(ANA, "two")]
    statuses = iter([200, 200, 503])
    app.answer = lambda *_: Answer(next(statuses, 200), "<Response/>")

    assert remote.repeat(sids, times=3) == {200: 5, 503: 1}
    assert Counter(one.provider_id for one in inbound(app)) == {sids[0]: 3, sids[1]: 3}
    assert remote.errors() == [(11200, "/hooks/twilio")]
    assert len({one.repeat_token for one in inbound(app)}) == 2
    assert remote.repeat(sids, times=25, at_once=True, new_delivery=True) == {200: 50}
    assert len({one.repeat_token for one in inbound(app)}) == 52


# Bad days


def test_faults_are_put_in_and_taken_out(remote: Remote, fake: FakeTwilio) -> None:
    remote.fail(code=21614, only_to=ANA)
    remote.fail(how="reset", on="list", times=1)
    channel = channel_of(fake)
    with pytest.raises(Exception, match="21614"):
        channel.send(outbound(), "hi")
    remote.clear_faults()
    channel.send(outbound(), "hi")
    assert remote.requests() == {"create": {201: 1, 400: 1}}


def test_settings_are_changed_and_the_others_stay(remote: Remote, fake: FakeTwilio, app: App) -> None:
    remote.set(receipts=["sending", "sent", "delivered"], receipt_order="shuffled", fate={ANA: 30005}, lists=False)
    remote.set(receipt_double=1.0, opted_out=["+15005550009"], webhook_fragment="#rc=0", media_redirects=True)

    receipts = fake.receipts
    assert (receipts.shuffled, receipts.doubled, receipts.dropped) == (True, 1.0, 0.0)
    assert fake.rest.opted_out == {(LINE, "+15005550009")}
    assert (fake.webhooks.rules.retries, fake.rest.media.redirects, fake.rest.lists) == (0, True, False)
    channel_of(fake).send(outbound(), "hi")
    remote.settle(PATIENCE)
    assert Counter((one.status, one.code) for one in app.read if isinstance(one, Receipt)) == {
        ("sending", ""): 2,
        ("sent", ""): 2,
        ("undelivered", "30005"): 2,
    }


def test_settling_says_what_is_still_on_its_way(remote: Remote, fake: FakeTwilio) -> None:
    remote.set(receipt_delay=PATIENCE)
    channel_of(fake).send(outbound(), "hi")
    with pytest.raises(NotDone, match="2 calls are still on their way"):
        remote.settle(0.1)


@pytest.mark.parametrize(
    "method, path, given, words",
    [
        ("POST", "texts", {"from": ANA}, "`body` is missing"),
        ("POST", "texts", {"from": ANA, "body": 7}, "`body` cannot be 7"),
        ("POST", "texts", {"from": ANA, "body": "hi", "to": LINE}, "`to` is unknown here"),
        ("POST", "texts", ["hi"], "not a JSON object"),
        ("POST", "texts", {"from": ANA, "body": "hi", "media": [{"type": "image/png"}]}, "`content` is missing"),
        ("POST", "texts", {"from": ANA, "body": "hi", "media": [{"type": "a/b", "content": "?"}]}, "in base64"),
        ("POST", "release", {}, "either `sids`, or `all`"),
        ("POST", "release", {"sids": ["SM0"]}, "No text came in as SM0"),
        ("POST", "repeat", {"sids": [], "times": True}, "`times` cannot be true"),
        ("POST", "faults", {"how": "sulk"}, "`how` is one of"),
        ("POST", "faults", {"weather": 1}, "`weather` is unknown here"),
        ("PATCH", "settings", {"withhold": 2}, "`withhold` is a share"),
        ("PATCH", "settings", {"webhook_fragment": "#rc=9"}, "`rc` of a webhook's fragment"),
        ("PATCH", "settings", {"receipt_order": "random"}, "kept or shuffled"),
        ("PATCH", "settings", {"fate": {ANA: "off"}}, "an error code"),
        ("GET", "ledger?after=x", None, "`after` is a number"),
        ("GET", "ledger?since=1", None, "`since` is unknown here"),
        ("GET", "nothing", None, "There is only POST /_fake/texts"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_changes_nothing(
    remote: Remote, fake: FakeTwilio, method: str, path: str, given: Any, words: str
) -> None:
    with pytest.raises(NotDone) as refused:
        remote._ask(method, path, given)
    assert words in str(refused.value)
    assert len(fake.ledger) == 0
    assert fake.withhold_share == 0
    assert fake.webhooks.rules.retries == 1


# A process of its own


def test_the_command_is_driven_from_another_process(app: App) -> None:
    with serving(app) as url, started(url, public_url=PUBLIC, webhook_fragment="#rc=2&rp=5xx", lines=[LINE]) as remote:
        with acquainted(app) as known:  # reads signatures with the same token
            app.channel = channel_of(known, api_url=remote.url)
        app.says("¿En qué idioma?")
        reply, statuses = app.answer, iter([503, 503])
        app.answer = lambda request, one: Answer(status, "") if (status := next(statuses, 0)) else reply(request, one)

        sid = remote.text(ANA, "hola")
        remote.settle(PATIENCE)
        sent = app.channel.send(outbound(), "an officer says")
        remote.settle(PATIENCE)

        assert [one.status for one in remote.calls() if one.sid == sid] == [503, 503, 200]
        assert [(row.direction, row.body, row.status) for row in remote.ledger()] == [
            ("inbound", "hola", "received"),
            ("outbound-reply", "¿En qué idioma?", "delivered"),
            ("outbound-api", "an officer says", "delivered"),
        ]
        assert [one.provider_id for one in app.channel.inbound_since(remote.ledger()[0].created)] == [sid]
        assert remote.ledger()[2].sid == sent
        assert remote.leaked() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_prints_settings_takes_rows_and_ends_in_peace(app: App, number: signal.Signals) -> None:
    app.answer = lambda *_: Answer(200, "<Response><Message>bienvenida</Message></Response>")
    with serving(app) as url, acquainted(app) as known:
        app.channel = channel_of(known)
        command = [sys.executable, "-m", "bot", "fake-twilio", "--app", url, "--public", PUBLIC]
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin
        assert process.stdout
        printed = dict(process.stdout.readline().strip().partition("=")[::2] for _ in range(7))
        process.stdin.write(f"{ANA} hola\n")
        process.stdin.flush()
        assert process.stdout.readline() == "bienvenida\n"
        process.stdin.close()  # it goes on serving
        Remote(printed["TWILIO_API_URL"]).settle(PATIENCE)
        process.send_signal(number)
        assert process.wait(PATIENCE) == 0
        process.stdout.close()

    assert [one.text for one in inbound(app)] == ["hola"]
    assert printed | {"TWILIO_API_URL": ""} == {
        "TWILIO_API_URL": "",
        "TWILIO_ACCOUNT_SID": known.account_sid,
        "TWILIO_AUTH_TOKEN": known.auth_token,
        "TWILIO_API_KEY": "",
        "TWILIO_API_SECRET": "",
        "LINE_NUMBERS": LINE,
        "PUBLIC_URL": PUBLIC,
    }


@pytest.mark.parametrize(
    "options, words",
    [("--webhook-fragment #rc=9", "goes from 0 to 5"), ("--port {taken}", "cannot listen on port {taken}")],
)
def test_the_command_refuses_in_a_sentence(fake: FakeTwilio, options: str, words: str) -> None:
    taken = fake.url.rpartition(":")[2]
    command = [
        sys.executable,
        "-m",
        "bot",
        "fake-twilio",
        "--app",
        "http://127.0.0.1:1",
        *options.format(taken=taken).split(),
    ]
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert words.format(taken=taken) in done.stderr
    assert "Traceback" not in done.stderr


def test_a_process_that_does_not_start_is_said_so() -> None:
    with pytest.raises(NotDone, match="did not start"), started("http://127.0.0.1:1", webhook_fragment="#rc=9"):
        pass
