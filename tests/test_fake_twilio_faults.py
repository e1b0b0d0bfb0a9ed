"""The fake Twilio's API keeps, redacts and deletes as Twilio's does, gives out media, and fails as it is told to."""

import base64
import http.client
import json
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from bot.fake_twilio import FakeTwilio, Fault
from bot.fake_twilio.door import HUGE
from bot.fake_twilio.faults import Faults
from bot.fake_twilio.ledger import Ledger
from bot.fake_twilio.media import JPEG, OGG

ANA, LINE = "+15005550006", "+15005550100"
PATIENCE = 30.0


@pytest.fixture
def fake() -> Iterator[FakeTwilio]:
    with FakeTwilio(receipts=("sent", "delivered")) as made:
        yield made


@dataclass(frozen=True)
class Got:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told


def ask(
    fake: FakeTwilio, method: str, path: str, form: str = "", *, known: bool = True, timeout: float = PATIENCE
) -> Got:
    """One request, below the account unless the path says otherwise."""
    credentials = base64.b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
    line = http.client.HTTPConnection(fake.url.removeprefix("http://"), timeout=timeout)
    target = path if path.startswith("/") else f"/2010-04-01/Accounts/{fake.account_sid}/{path}"
    try:
        line.request(method, target, form, {"Authorization": f"Basic {credentials}"} if known else {})
        answer = line.getresponse()
        return Got(answer.status, answer.headers, answer.read())
    finally:
        line.close()


def create(fake: FakeTwilio, to: str = ANA, **more: float) -> Got:
    return ask(fake, "POST", "Messages.json", f"To=%2B{to[1:]}&From=%2B{LINE[1:]}&Body=hi", **more)  # type: ignore[arg-type]


def photo(fake: FakeTwilio, content: bytes = b"\xff\xd8 a cat", kind: str = "image/jpeg") -> str:
    """The path of a picture that came in."""
    sid = fake.withhold(ANA, "look", media=[(kind, content)])
    text = fake.ledger.get(sid)
    assert text
    return f"Messages/{sid}/Media/{text.media[0][0]}"


# Redacting and deleting


def test_a_redacted_text_has_no_words_and_is_still_there(fake: FakeTwilio) -> None:
    sid = fake.withhold(ANA, "canary")

    got = ask(fake, "POST", f"Messages/{sid}.json", "Body=")

    assert (got.status, got.told["body"], got.told["from"]) == (200, "", ANA)
    assert "canary" not in ask(fake, "GET", "Messages.json").body.decode()
    assert [text.body for text in fake.received] == [""]


@pytest.mark.parametrize("form", ["Body=other", "Body=&Status=canceled", ""])
def test_nothing_else_can_be_changed(fake: FakeTwilio, form: str) -> None:
    sid = fake.withhold(ANA, "hola")
    assert ask(fake, "POST", f"Messages/{sid}.json", form).status == 400
    assert fake.received[0].body == "hola"


def test_a_deleted_text_is_gone_with_its_media(fake: FakeTwilio) -> None:
    path = photo(fake)
    fake.withhold(ANA, "another")
    message = path.split("/Media/")[0]

    assert ask(fake, "DELETE", f"{message}.json").status == 204
    for gone in (f"{message}.json", f"{message}/Media.json", path, f"{path}.json"):
        assert ask(fake, "GET", gone).status == 404, gone
    assert [one["body"] for one in ask(fake, "GET", "Messages.json").told["messages"]] == ["another"]
    assert ask(fake, "DELETE", f"{message}.json").status == 404
    assert len(fake.received) == 2, "the ledger remembers"


def test_what_is_on_its_way_cannot_be_deleted_or_redacted(fake: FakeTwilio) -> None:
    fake.receipts.statuses = ()
    sid = create(fake).told["sid"]
    for method, form in (("DELETE", ""), ("POST", "Body=")):
        got = ask(fake, method, f"Messages/{sid}.json", form)
        assert (got.status, got.told["code"]) == (409, 20009)


def test_a_page_goes_on_behind_a_text_that_was_deleted_meanwhile(fake: FakeTwilio) -> None:
    sids = [fake.withhold(ANA, str(n)) for n in range(5)]
    page = ask(fake, "GET", "Messages.json?PageSize=2").told
    ask(fake, "DELETE", f"Messages/{sids[3]}.json")
    assert [one["body"] for one in page["messages"]] == ["4", "3"]
    assert [one["body"] for one in ask(fake, "GET", page["next_page_uri"]).told["messages"]] == ["2", "1"]


# Media


def test_media_are_listed_described_given_and_deleted(fake: FakeTwilio) -> None:
    path = photo(fake)
    message, _, sid = path.partition("/Media/")

    (listed,) = ask(fake, "GET", f"{message}/Media.json").told["media_list"]
    assert (listed["sid"], listed["content_type"]) == (sid, "image/jpeg")
    assert ask(fake, "GET", f"{path}.json").told == listed
    got = ask(fake, "GET", path)
    assert (got.status, got.headers["Content-Type"], got.body) == (200, "image/jpeg", b"\xff\xd8 a cat")
    assert ask(fake, "GET", path, known=False).status == 401

    assert ask(fake, "DELETE", f"{path}.json").status == 204
    assert ask(fake, "GET", path).status == 404
    assert ask(fake, "GET", f"{message}.json").told["num_media"] == "0"


def test_media_nobody_made_are_small_real_ones(fake: FakeTwilio) -> None:
    sid = fake.withhold(ANA, "", NumMedia="2", MediaContentType0="image/jpeg", MediaContentType1="audio/ogg")
    text = fake.ledger.get(sid)
    assert text
    given = [ask(fake, "GET", f"Messages/{sid}/Media/{one}").body for one, _ in text.media]
    assert given == [JPEG, OGG]
    assert (JPEG[:3], JPEG[-2:], OGG[:4]) == (b"\xff\xd8\xff", b"\xff\xd9", b"OggS")


def test_credentials_that_follow_a_redirect_are_counted(fake: FakeTwilio) -> None:
    fake.rest.media.redirects = True
    path = photo(fake)

    got = ask(fake, "GET", path)
    assert got.status == 307
    elsewhere = got.headers["Location"].removeprefix(fake.url)
    assert ask(fake, "GET", elsewhere, known=False).body == b"\xff\xd8 a cat"
    assert dict(fake.rest.media.asked) == {"requests": 1, "with_authorization": 0}
    ask(fake, "GET", elsewhere)
    assert dict(fake.rest.media.asked) == {"requests": 2, "with_authorization": 1}


def test_media_come_late_or_are_refused(fake: FakeTwilio) -> None:
    path = photo(fake)
    fake.faults.put(Fault(on="media", code=20404, times=3))
    fake.faults.put(Fault(on="media", code=20003, times=1))
    assert [ask(fake, "GET", path).status for _ in range(5)] == [404, 404, 404, 401, 200]
    assert fake.rest.counts["media", 404] == 3


def test_media_of_another_kind_or_elsewhere(fake: FakeTwilio) -> None:
    path = photo(fake)
    fake.faults.put(Fault("type", "media", times=1))
    fake.faults.put(Fault("redirect", "media", times=1, to="http://169.254.169.254/latest/meta-data"))
    assert ask(fake, "GET", path).headers["Content-Type"] == "text/html"
    got = ask(fake, "GET", path)
    assert (got.status, got.headers["Location"]) == (307, "http://169.254.169.254/latest/meta-data")


@pytest.mark.parametrize("how, length", [("endless", None), ("huge", str(HUGE))])
def test_media_that_do_not_end(fake: FakeTwilio, how: Any, length: str | None) -> None:
    path = photo(fake)
    fake.faults.put(Fault(how, "media"))
    line = http.client.HTTPConnection(fake.url.removeprefix("http://"), timeout=PATIENCE)
    credentials = base64.b64encode(f"{fake.account_sid}:{fake.auth_token}".encode()).decode()
    target = f"/2010-04-01/Accounts/{fake.account_sid}/{path}"
    line.request("GET", target, headers={"Authorization": f"Basic {credentials}"})
    answer = line.getresponse()
    assert answer.headers["Content-Length"] == length
    assert len(answer.read(30_000_000)) == 30_000_000
    line.close()


# Faults


def test_busy_may_say_for_how_long(fake: FakeTwilio) -> None:
    fake.fail_next(code=20429, status=429, retry_after=7)
    fake.fail_next(code=20429, status=429)
    first, second, third = create(fake), create(fake), create(fake)
    assert (first.status, first.told["code"], first.headers["Retry-After"]) == (429, 20429, "7")
    assert (second.status, second.headers["Retry-After"], third.status) == (429, None, 201)


@pytest.mark.parametrize("after_accepting", [False, True])
@pytest.mark.parametrize("how", ["status", "hang", "reset", "slow"])
def test_a_fault_comes_before_or_after_accepting(fake: FakeTwilio, how: Any, after_accepting: bool) -> None:
    fake.faults.put(Fault(how, times=1, seconds=0.05, after_accepting=after_accepting))
    if how in ("hang", "reset"):
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            create(fake)
    else:
        assert create(fake).status == {"status": 500, "slow": 201}[how]
    assert len(fake.sent) == (1 if after_accepting or how == "slow" else 0)
    assert create(fake).status == 201


def test_a_slow_answer_takes_its_time(fake: FakeTwilio) -> None:
    fake.faults.put(Fault("slow", "list", seconds=0.3))
    begun = time.monotonic()
    assert ask(fake, "GET", "Messages.json").status == 200
    assert time.monotonic() - begun >= 0.3


def test_all_may_be_refused(fake: FakeTwilio) -> None:
    fake.faults.put(Fault("refuse", "any"))
    for method, path in (
        ("GET", "Messages.json"),
        ("POST", "Messages.json"),
        ("GET", f"/2010-04-01/Accounts/{fake.account_sid}.json"),
    ):
        with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
            ask(fake, method, path)
    assert fake.rest.counts == {("list", 0): 1, ("create", 0): 1, ("account", 0): 1}
    fake.faults.clear()
    assert ask(fake, "GET", "Messages.json").status == 200


def test_a_fault_befalls_one_number_only(fake: FakeTwilio) -> None:
    fake.faults.put(Fault(code=21614, only_to=ANA))
    assert [create(fake, to).status for to in (ANA, "+15005550007", ANA)] == [400, 201, 400]


def test_a_fault_befalls_a_share_the_same_each_time() -> None:
    met = []
    for _ in range(2):
        faults = Faults(random.Random(3))
        faults.put(Fault(share=0.3))
        met.append([faults.met("create") is not None for _ in range(1000)])
    assert met[0] == met[1]
    assert 240 < sum(met[0]) < 360


def test_a_fault_ends_with_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    faults = Faults(random.Random(3))
    faults.put(Fault("refuse", "any", for_seconds=60))
    assert faults.met("create")
    now = 160.0
    assert faults.met("create") is None


@pytest.mark.parametrize(
    "fault",
    [
        {"how": "sulk"},
        {"on": "nothing"},
        {"share": 1.5},
        {"how": "endless"},
        {"how": "redirect", "on": "media"},
        {"to": "x"},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Fault(**fault)


# The ledger


def test_looking_up_by_number_finds_what_looking_at_all_would() -> None:
    ledger, chance = Ledger(), random.Random(11)
    phones = [f"+1500555{n:04}" for n in range(6)]
    for n in range(400):
        text = ledger.add("inbound", chance.choice(phones), chance.choice(phones), str(n))
        if chance.random() < 0.1:
            ledger.delete(text)
    everything = ledger.all()
    for _ in range(200):
        sender, recipient = (chance.choice(["", *phones, "+15005559999"]) for _ in range(2))
        before = chance.choice([None, *everything])
        expected = [
            text
            for text in reversed(everything)
            if not text.deleted
            and sender in ("", text.sender)
            and recipient in ("", text.recipient)
            and (before is None or text.n < before.n)
        ]
        assert list(ledger.newest_first(sender, recipient, before.sid if before else "")) == expected


def test_texts_from_many_threads_are_all_kept() -> None:
    ledger = Ledger()

    def write(phone: str) -> None:
        for n in range(200):
            ledger.add("inbound", phone, LINE, str(n))

    threads = [threading.Thread(target=write, args=(f"+1500555{n:04}",)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [text.n for text in ledger] == list(range(1, 3201))
    assert len({text.sid for text in ledger}) == len(ledger.to(LINE)) == 3200
