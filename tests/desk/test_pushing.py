"""Browsers that are told that a thread waits: in words for them alone that say nothing of anybody, once, as long as they want
it, and by nobody's detour into our own network."""

import base64
import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from bot.channels import web_push
from bot.channels.web_push import Address
from bot.config import read
from bot.desk.duty import handoffs
from bot.desk.identity import accounts, sessions
from bot.desk.identity.accounts import Session
from bot.desk.paging import pushing, waves
from bot.errors import NotFound, PuenteError, SettingWrong
from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound, Officer, Role
from bot.store import browsers, staff
from bot.store import sessions as session_store
from bot.store.ids import new_id
from tests.conftest import MONDAY
from tests.line import Clock
from tests.push_service import PushService, push_service

PEOPLE = {"rodriguez": Role.OFFICER, "haddad": Role.OFFICER, "santos": Role.SUPERVISOR, "whitfield": Role.ADMIN}


@pytest.fixture
def service(hotline: Hotline) -> Iterator[PushService]:
    with hotline.db.write() as conn:
        for login, role in PEOPLE.items():
            staff.add(conn, Officer(new_id(), login, login.title(), role, on_shift=True), "", hotline.instant())
    with push_service(pushing.key(hotline.config).public) as running:
        yield running


@pytest.fixture
def town(hotline: Hotline, service: PushService) -> Hotline:
    """The demo town, whose browsers are told by the fake."""
    config = replace(hotline.config, push_services=("127.0.0.1",))
    return replace(hotline, config=config, now=Clock(MONDAY))


def clock(town: Hotline) -> Clock:
    assert isinstance(town.now, Clock)
    return town.now


def officer(town: Hotline, login: str) -> Officer:
    with town.db.read() as conn:
        return next(one for one in staff.everybody(conn, town.today()) if one.login == login)


def signed_in(town: Hotline, login: str) -> Session:
    who, token = officer(town, login), f"{login}-{new_id()}"
    with town.db.write() as conn:
        session_store.open_one(conn, token, who.id, "csrf", "Firefox", "password", town.instant())
    return Session(who, "csrf", token)


def listens(town: Hotline, service: PushService, login: str, name: str = "") -> Session:
    who = signed_in(town, login)
    pushing.add(town, who, service.browser(name or login), "Firefox, Linux")
    return who


def names(town: Hotline, login: str) -> int:
    return len(pushing.mine(town, officer(town, login)))


def test_a_browser_is_told_a_kind_of_news_and_nothing_else(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")

    assert pushing.push(town, [who.officer.id], pushing.WAITS) == 1
    assert pushing.tell_browsers(town) == 1

    (told,) = service.told
    assert told.words == {"kind": "waits"}
    assert told.headers["content-encoding"] == "aes128gcm"
    assert told.headers["urgency"] == "normal"
    assert len(told.headers["topic"]) == 32
    assert "waits" not in str(told.headers)
    assert 0 < int(told.headers["ttl"]) <= 600
    assert str(told.claims["sub"]).startswith("mailto:")
    assert pushing.mine(town, who.officer)[0].told_at == town.instant()
    assert pushing.tell_browsers(town) == 0


def test_of_what_is_urgent_supervisors_hear_too(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    for login in ("santos", "haddad"):
        listens(town, service, login)

    pushing.push(town, [who.officer.id], pushing.URGENT)
    pushing.tell_browsers(town)

    assert sorted(one.browser for one in service.told) == ["rodriguez", "santos"]
    assert {one.headers["urgency"] for one in service.told} == {"high"}


def test_what_is_told_twice_before_it_left_is_told_once(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")

    for _ in range(3):
        pushing.push(town, [who.officer.id], pushing.WAITS)
    pushing.push(town, [who.officer.id], pushing.URGENT)
    pushing.tell_browsers(town)

    assert sorted(one.words["kind"] for one in service.told if one.browser == "rodriguez") == ["urgent", "waits"]


def test_a_service_that_is_busy_is_tried_again_and_not_too_soon(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    service.statuses = [503, 429]
    pushing.push(town, [who.officer.id], pushing.WAITS)

    assert [pushing.tell_browsers(town) for _ in range(3)] == [0, 0, 0]
    assert service.asked == 1
    clock(town).pass_by(seconds=25)
    assert pushing.tell_browsers(town) == 0
    clock(town).pass_by(seconds=45)
    assert pushing.tell_browsers(town) == 1


def test_what_is_late_is_no_news(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    pushing.push(town, [who.officer.id], pushing.WAITS)
    clock(town).pass_by(minutes=11)

    assert pushing.tell_browsers(town) == 0
    assert service.asked == 0


def test_what_comes_behind_something_late_is_news(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    pushing.push(town, [who.officer.id], pushing.URGENT)
    clock(town).pass_by(minutes=11)

    pushing.push(town, [who.officer.id], pushing.URGENT)

    assert pushing.tell_browsers(town) == 1


def test_what_comes_while_the_same_is_being_told_is_told_after_it(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    pushing.push(town, [who.officer.id], pushing.URGENT)
    with town.db.read() as conn:
        (first,) = browsers.due(conn, town.keys, town.instant(), 10)
    with town.db.write() as conn:
        assert browsers.claim(conn, first, town.instant() + 15_000)
    clock(town).pass_by(seconds=1)
    pushing.push(town, [who.officer.id], pushing.URGENT)
    with town.db.write() as conn:
        browsers.told(conn, first, town.instant())

    clock(town).pass_by(seconds=15)
    assert pushing.tell_browsers(town) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(town: Hotline, service: PushService, status: int) -> None:
    who = listens(town, service, "rodriguez")
    service.statuses = [status]
    pushing.push(town, [who.officer.id], pushing.WAITS)

    pushing.tell_browsers(town)

    assert names(town, "rodriguez") == 0
    assert pushing.push(town, [who.officer.id], pushing.WAITS) == 0


def test_what_is_refused_for_good_is_not_tried_again(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    service.statuses = [400]
    pushing.push(town, [who.officer.id], pushing.WAITS)
    pushing.tell_browsers(town)
    clock(town).pass_by(minutes=2)

    assert pushing.tell_browsers(town) == 0
    assert service.asked == 1
    assert names(town, "rodriguez") == 1


def test_a_round_and_a_bell_at_once_tell_it_once(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    pushing.push(town, [who.officer.id], pushing.WAITS)
    with town.db.read() as conn:
        (due,) = browsers.due(conn, town.keys, town.instant(), 10)
    with town.db.write() as conn:
        assert browsers.claim(conn, due, town.instant() + 15_000)
        assert not browsers.claim(conn, due, town.instant() + 15_000)

    assert pushing.tell_browsers(town) == 0
    clock(town).pass_by(seconds=16)  # whoever claimed it vanished
    assert pushing.tell_browsers(town) == 1


def test_who_signs_out_is_told_nothing_there_and_elsewhere_as_before(town: Hotline, service: PushService) -> None:
    here = listens(town, service, "rodriguez", "here")
    there = listens(town, service, "rodriguez", "there")

    sessions.sign_out(town, here)
    pushing.push(town, [there.officer.id], pushing.WAITS)
    pushing.tell_browsers(town)

    assert [one.browser for one in service.told] == ["there"]


def test_who_signs_out_everywhere_else_is_told_here_only(town: Hotline, service: PushService) -> None:
    listens(town, service, "rodriguez", "there")
    here = listens(town, service, "rodriguez", "here")

    sessions.end_others(town, here)
    pushing.push(town, [here.officer.id], pushing.WAITS)
    pushing.tell_browsers(town)

    assert [one.browser for one in service.told] == ["here"]


def test_whose_account_is_shut_is_told_nothing(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    pushing.push(town, [who.officer.id], pushing.WAITS)

    accounts.set_disabled(town, officer(town, "whitfield"), who.officer.id, True)

    assert pushing.tell_browsers(town) == 0
    assert service.asked == 0


def test_a_session_that_runs_out_does_not_silence_who_is_on_call(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    clock(town).pass_by(hours=14)
    sessions.forget_old(town)

    pushing.push(town, [who.officer.id], pushing.WAITS)

    assert pushing.tell_browsers(town) == 1


def test_a_browser_in_which_somebody_else_asks_to_be_told_is_theirs(town: Hotline, service: PushService) -> None:
    first, second = signed_in(town, "rodriguez"), signed_in(town, "haddad")
    shared = service.browser("shared")
    pushing.add(town, first, shared, "Chrome, Windows")
    pushing.add(town, second, shared, "Chrome, Windows")

    assert (names(town, "rodriguez"), names(town, "haddad")) == (0, 1)
    with pytest.raises(NotFound):
        pushing.remove(town, first.officer, pushing.mine(town, second.officer)[0].id)
    pushing.forget(town, first.officer, shared.endpoint)
    assert names(town, "haddad") == 1
    pushing.forget(town, second.officer, shared.endpoint)
    assert names(town, "haddad") == 0


def test_where_a_browser_is_told_is_kept_sealed(town: Hotline, service: PushService) -> None:
    listens(town, service, "rodriguez", "a-secret-address")

    rows = town.db.look_all("SELECT address, endpoint_hash, name FROM browsers", {})

    assert len(rows) == 1
    kept = b"".join(one.encode() if isinstance(one, str) else bytes(one) for one in rows[0])
    assert b"a-secret-address" not in kept


def test_who_is_asked_to_take_a_thread_is_told(town: Hotline, service: PushService) -> None:
    who = listens(town, service, "rodriguez")
    listens(town, service, "haddad")

    waves.ring(town, new_id(), [who.officer.id], urgent=False)
    pushing.tell_browsers(town)

    assert [one.browser for one in service.told] == ["rodriguez"]


def test_a_second_danger_in_what_an_officer_holds_is_told_to_them(town: Hotline, service: PushService) -> None:
    def says(words: str) -> int:
        clock(town).pass_by(seconds=2)
        conversation.receive(town, Inbound("simulator", str(new_id()), "resident", "sim", words))
        row = town.db.look("SELECT id FROM threads", {})
        assert row
        waves.page(town, row[0])
        return int(row[0])

    who = listens(town, service, "rodriguez")
    thread = says("a man with a gun is breaking in")
    handoffs.claim(town, who.officer, thread)
    pushing.tell_browsers(town)
    service.told.clear()

    says("and now the house is on fire")
    pushing.tell_browsers(town)

    assert [(one.browser, one.words["kind"]) for one in service.told] == [("rodriguez", "urgent")]


SERVICES = read({}).push_services
GOOD = PushService("https://updates.push.services.mozilla.com", "").browser("any")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com.elsewhere.example/x",
        "https://elsewhere.example/fcm.googleapis.com",
        "https://user@fcm.googleapis.com/x",
        "https://fcm.googleapis.com:8443/x",
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest",
        "https://[::1]/x",
        "http://127.0.0.1/x",
        "ftp://fcm.googleapis.com/x",
        "https://push.apple.com/x",
        "https://fcm.googleapis.com/" + "x" * 3000,
        "",
    ],
)
def test_only_push_services_are_told(endpoint: str) -> None:
    with pytest.raises(ValueError, match="not a push service"):
        web_push.check(replace(GOOD, endpoint=endpoint), SERVICES, production=True)


@pytest.mark.parametrize("host", ["fcm.googleapis.com", "web.push.apple.com", "db5p.notify.windows.com"])
def test_those_of_the_great_browsers_are_known(host: str) -> None:
    web_push.check(replace(GOOD, endpoint=f"https://{host}/x"), SERVICES, production=True)


@pytest.mark.parametrize("spoilt", [{"p256dh": "AAAA"}, {"p256dh": "B" * 87}, {"auth": "short"}, {"auth": "ä" * 22}])
def test_keys_that_are_none_are_refused(spoilt: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        web_push.check(replace(GOOD, **spoilt), SERVICES, production=True)


def test_whoever_asks_for_another_address_reads_why_not(town: Hotline, service: PushService) -> None:
    elsewhere = replace(service.browser("any"), endpoint="http://127.0.0.2/x")

    with pytest.raises(PuenteError, match="push service"):
        pushing.add(town, signed_in(town, "rodriguez"), elsewhere, "")


def test_a_service_inside_our_own_network_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.errors import NotPushed

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("10.0.0.5", 443))])
    key = web_push.read_key(web_push.new_key())

    with pytest.raises(NotPushed) as refused:
        web_push.hand_over(GOOD, b"{}", key, "mailto:a@b", urgent=False, topic="t", lasts=60)

    assert not refused.value.retry


def test_the_example_of_the_standard() -> None:
    """RFC 8291, appendix A."""
    ours = web_push.read_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").private
    browser = Address(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
    )
    salt = base64.urlsafe_b64decode("DGv6ra1nlYgDCS1FRnbzlw==")

    sealed = web_push.sealed(b"When I grow up, I want to be a watermelon", browser, ours, salt)

    assert base64.urlsafe_b64encode(sealed).rstrip(b"=").decode() == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert isinstance(ours, ec.EllipticCurvePrivateKey)


def test_a_key_is_made_once_and_kept(hotline: Hotline) -> None:
    first = pushing.key(hotline.config)

    assert pushing.key(read({"DATA_DIR": str(hotline.config.data_dir)})).public == first.public
    assert (hotline.config.data_dir / "vapid-key").stat().st_mode & 0o777 == 0o600
    own = web_push.new_key()
    assert pushing.key(read({"VAPID_KEYS": own})).public == web_push.read_key(own).public != first.public
    with pytest.raises(SettingWrong, match="VAPID_KEYS"):
        web_push.read_key("no key")
