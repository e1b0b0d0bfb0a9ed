"""Signing in, step by step, on both databases: guessing ends, factors count once, sessions end when they should."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner

from bot.__main__ import main
from bot.desk.access import Stage
from bot.desk.identity import accounts, lockout, passwords, second_factors, sessions, signing_in
from bot.desk.identity.accounts import Session
from bot.desk.identity.lockout import Caller
from bot.errors import Crowded, DatabaseUnreachable, NotFound, NotYours, PuenteError, SignInRefused
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store.sealing import new_keyset
from tests.conftest import MONDAY
from tests.line import Clock

PASSWORD = "seven purple teapots"
WRONG = "Login and password do not fit together."
STRANGER = Caller(place="203.0.113.9", browser="Firefox, Linux")
_NOBODY_WAITS: Callable[[float], None] = lambda seconds: None


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hashes with less work in each: many are made here."""
    hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", hasher)
    monkeypatch.setattr(passwords, "_NOBODY", hasher.hash("nobody"))


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@pytest.fixture
def town(hotline: Hotline, clock: Clock) -> Hotline:
    """In development, with an officer and an admin."""
    built = replace(hotline, now=clock)
    accounts.add(built, "rivera", "Ines Rivera", Role.OFFICER, PASSWORD, "2147", {})
    accounts.add(built, "boss", "Ada Boss", Role.ADMIN, PASSWORD, "", {})
    return built


@pytest.fixture
def city(town: Hotline) -> Hotline:
    """The same in production."""
    config = replace(town.config, env="production", public_url="https://line.example.gov", seal_keys=new_keyset())
    return replace(town, config=config)


def person(line: Hotline, login: str) -> Officer:
    return next(one.officer for one in accounts.everybody(line) if one.officer.login == login)


def sign_in(line: Hotline, login: str = "rivera", password: str = PASSWORD, caller: Caller = STRANGER) -> Session:
    return signing_in.sign_in(line, login, password, caller, _NOBODY_WAITS)[1]


def said(line: Hotline, login: str, password: str, caller: Caller = STRANGER) -> str:
    """What somebody is told who tries; empty if they get in."""
    try:
        sign_in(line, login, password, caller)
    except SignInRefused as refusal:
        return str(refusal)
    return ""


def with_app(line: Hotline, login: str = "rivera") -> tuple[pyotp.TOTP, list[str]]:
    """An app set up for somebody, and their codes on paper."""
    who = sign_in(line, login)
    second_factors.begin_app(line, who.officer)
    begun = second_factors.begun_app(line, who.officer)
    assert begun
    app = pyotp.TOTP(begun.secret)
    return app, second_factors.confirm_app(line, who, app.at(line.now()), "My phone")


def test_five_failures_lock_an_account_for_strangers_alike_whether_it_exists_or_not(
    town: Hotline, clock: Clock
) -> None:
    real = [said(town, "rivera", f"guess number {n}") for n in range(7)]
    nobody = [said(town, "nosuchlogin", f"guess number {n}") for n in range(7)]

    assert real == nobody == [WRONG] * 5 + [lockout.LOCKED] * 2
    assert said(town, "rivera", PASSWORD) == lockout.LOCKED
    clock.pass_by(minutes=15, seconds=1)
    assert said(town, "rivera", PASSWORD) == ""


def test_whoever_is_added_without_a_password_chooses_one_by_a_link_of_three_days(
    hotline: Hotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # away from any .env
    here = {"DATA_DIR": str(tmp_path), "DATABASE_URL": hotline.config.database}

    def run(*words: str) -> str:
        ran = CliRunner().invoke(main, ["staff", *words], env=here, input="\n\n")
        assert ran.exit_code == 0, ran.output
        return ran.output.strip().splitlines()[-1]

    told = run("add", "--login", "ada", "--name", "Ada Boss", "--role", "admin")
    assert told == "Ada Boss has no password yet. For a link to choose one: python -m bot staff link ada"
    assert said(hotline, "ada", "") == said(hotline, "ada", "guess") == WRONG
    code = run("link", "ada").partition("#")[2]

    after = replace(hotline, now=lambda: hotline.now() + timedelta(days=3, minutes=-5))
    with pytest.raises(PuenteError, match="at least 15"):
        accounts.choose_password(after, code, "seven teapots")
    accounts.choose_password(after, code, PASSWORD)
    assert said(hotline, "ada", PASSWORD) == ""


def test_guesses_that_come_at_once_are_no_more_than_one_after_the_other(town: Hotline) -> None:
    with ThreadPoolExecutor(20) as pool:
        told = Counter(pool.map(lambda n: said(town, "rivera", f"guess {n}", replace(STRANGER, place="")), range(20)))

    assert told == {lockout.LOCKED: 15, WRONG: 5}


def test_a_try_that_nobody_looked_at_is_none(town: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_line", threading.BoundedSemaphore(1))
    with passwords._line:
        for _ in range(6):
            with pytest.raises(Crowded):
                sign_in(town)

    assert said(town, "rivera", PASSWORD) == ""


def test_a_browser_that_is_known_gets_in_while_strangers_are_locked_out(town: Hotline) -> None:
    device = signing_in.remember(town, sign_in(town), "")
    home = replace(STRANGER, device=device)
    for n in range(6):
        said(town, "rivera", f"guess {n}")

    assert said(town, "rivera", PASSWORD) == lockout.LOCKED
    assert said(town, "rivera", PASSWORD, home) == ""
    assert said(town, "rivera", PASSWORD) == lockout.LOCKED, "that the owner got in lets no stranger in"
    assert said(town, "boss", PASSWORD, home) == "", (
        "another person's browser is a stranger's, and strangers have tries"
    )
    assert [said(town, "rivera", "no", home) for _ in range(6)] == [WRONG] * 5 + [lockout.LOCKED]


def test_an_admin_unlocks(town: Hotline) -> None:
    for n in range(5):
        said(town, "rivera", f"guess {n}")
    officer = person(town, "rivera")
    assert accounts.locked(town, [officer, person(town, "boss")]) == {officer.id}

    accounts.unlock(town, person(town, "boss"), officer.id)

    assert not accounts.locked(town, [officer])
    assert said(town, "rivera", PASSWORD) == ""


def test_an_admin_unlocks_who_locked_themselves_out_in_their_own_browser(town: Hotline) -> None:
    home = replace(STRANGER, device=signing_in.remember(town, sign_in(town), ""))
    for n in range(5):
        said(town, "rivera", f"typo {n}", home)
    officer = person(town, "rivera")
    assert said(town, "rivera", PASSWORD, home) == lockout.LOCKED
    assert accounts.locked(town, [officer]) == {officer.id}

    accounts.unlock(town, person(town, "boss"), officer.id)

    assert not accounts.locked(town, [officer])
    assert said(town, "rivera", PASSWORD, home) == ""


def test_whoever_sits_at_an_open_desk_cannot_guess_its_password_for_ever(town: Hotline, clock: Clock) -> None:
    who, new = sign_in(town), "nine quiet harbours"
    for n in range(5):
        with pytest.raises(PuenteError, match="is another"):
            accounts.change_password(town, who, f"guess {n}", new, STRANGER)
    with pytest.raises(SignInRefused, match="too many tries"):
        accounts.change_password(town, who, PASSWORD, new, STRANGER)

    clock.pass_by(minutes=16)
    for _ in range(6):  # a right one is no guess, whatever is wrong with the new one
        with pytest.raises(PuenteError, match="at least 12"):
            accounts.change_password(town, who, PASSWORD, "too short", STRANGER)
    accounts.change_password(town, who, PASSWORD, new, STRANGER)


def test_failures_slow_down_one_place_in_the_network_and_nobody_else(town: Hotline) -> None:
    waited: list[float] = []

    def attempt(login: str, place: str) -> None:
        with pytest.raises(SignInRefused):
            signing_in.sign_in(town, login, "wrong", Caller(place), waited.append)

    for n in range(12):
        attempt(f"login{n}", "203.0.113.9")
    assert waited == [0.25, 0.5, 1.0, 2.0, 4.0, 4.0, 4.0]
    waited.clear()
    attempt("login0", "198.51.100.7")
    signing_in.sign_in(town, "rivera", PASSWORD, Caller("198.51.100.7"), waited.append)
    assert waited == []
    device = signing_in.remember(town, sign_in(town), "")
    signing_in.sign_in(town, "rivera", PASSWORD, Caller("203.0.113.9", device), waited.append)
    assert waited == [], "who is known is not made to wait for what others do"


def test_letters_count_the_same_however_unicode_writes_them(town: Hotline) -> None:
    composed, apart = (
        "año nuevo, corazón viejo, qué más да 中文",
        "an\u0303o nuevo, corazo\u0301n viejo, que\u0301 ma\u0301s да 中文",
    )
    accounts.add(town, "ñandú", "Ñ", Role.OFFICER, apart, "", {})

    assert said(town, "n\u0303andu\u0301", composed) == ""
    assert said(town, "ñandú", composed + " ") == WRONG


def test_in_production_a_password_alone_opens_nothing(city: Hotline) -> None:
    assert sign_in(city).stage == Stage.ENROL
    with_app(city)
    assert sign_in(city).stage == Stage.FACTOR


def test_a_session_of_development_is_none_in_production(town: Hotline, city: Hotline) -> None:
    token, who = signing_in.sign_in(town, "rivera", PASSWORD)
    assert who.stage == Stage.WHOLE

    there = sessions.session(city, token)

    assert there and there.stage == Stage.ENROL


def test_the_second_step_gives_a_new_token_and_the_old_one_is_nobodys(city: Hotline, clock: Clock) -> None:
    app, _ = with_app(city)
    clock.pass_by(seconds=30)
    old, who = signing_in.sign_in(city, "rivera", PASSWORD)

    token = signing_in.give_code(city, who, app.at(city.now()), STRANGER)

    assert sessions.session(city, old) is None
    there = sessions.session(city, token)
    assert there and there.stage == Stage.WHOLE and sessions.is_fresh(city, there) and there.csrf != who.csrf
    with pytest.raises(SignInRefused):
        clock.pass_by(seconds=30)
        signing_in.give_code(city, who, app.at(city.now()), STRANGER)


@pytest.mark.parametrize(("steps", "taken"), [(-3, False), (-1, True), (0, True), (1, True), (2, False)])
def test_an_apps_clock_may_be_half_a_minute_off(town: Hotline, clock: Clock, steps: int, taken: bool) -> None:
    app, _ = with_app(town)
    clock.pass_by(minutes=10)
    who = sign_in(town)
    code = app.at(int(town.now().timestamp()) + 30 * steps)

    if taken:
        assert signing_in.give_code(town, who, f"{code[:3]} {code[3:]}", STRANGER)
    else:
        with pytest.raises(SignInRefused):
            signing_in.give_code(town, who, code, STRANGER)


def test_a_code_counts_once_also_for_two_at_once(town: Hotline, clock: Clock) -> None:
    app, paper = with_app(town)
    clock.pass_by(minutes=1)
    visits = [sign_in(town) for _ in range(8)]

    def give(code: str) -> int:
        def one(who: Session) -> bool:
            try:
                return bool(signing_in.give_code(town, who, code, replace(STRANGER, device="")))
            except SignInRefused:
                return False

        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(one, visits[:4]))

    assert give(app.at(town.now())) == 1
    visits = visits[4:]
    clock.pass_by(minutes=16)
    assert give(paper[0].upper().replace("-", " ")) == 1
    assert second_factors.mine(town, visits[0].officer).codes_left == 9


def test_five_wrong_codes_lock_the_second_step(town: Hotline, clock: Clock) -> None:
    app, _ = with_app(town)
    clock.pass_by(minutes=1)
    who = sign_in(town)
    for _ in range(5):
        with pytest.raises(SignInRefused, match="wrong, too old"):
            signing_in.give_code(town, who, "000000", STRANGER)

    with pytest.raises(SignInRefused, match="too many tries"):
        signing_in.give_code(town, who, app.at(town.now()), STRANGER)


def test_what_is_grave_is_asked_for_again_after_five_minutes(town: Hotline, clock: Clock) -> None:
    app, _ = with_app(town)
    clock.pass_by(minutes=1)
    token = signing_in.give_code(town, sign_in(town), app.at(town.now()), STRANGER)

    def there() -> Session:
        found = sessions.session(town, token)
        assert found
        return found

    assert sessions.is_fresh(town, there())
    clock.pass_by(minutes=5)
    assert not sessions.is_fresh(town, there())
    with pytest.raises(SignInRefused):
        signing_in.give_password(town, there(), PASSWORD, STRANGER)
    assert signing_in.give_code(town, there(), app.at(town.now()), STRANGER) == ""
    assert sessions.is_fresh(town, there())


def test_without_a_factor_development_asks_for_the_password(town: Hotline, clock: Clock) -> None:
    token, _ = signing_in.sign_in(town, "rivera", PASSWORD)
    clock.pass_by(minutes=6)
    who = sessions.session(town, token)
    assert who and not sessions.is_fresh(town, who)

    with pytest.raises(SignInRefused):
        signing_in.give_password(town, who, "not it", STRANGER)
    signing_in.give_password(town, who, PASSWORD, STRANGER)

    who = sessions.session(town, token)
    assert who and sessions.is_fresh(town, who)


def test_a_link_counts_once_and_not_for_ever_and_ends_sessions(city: Hotline, clock: Clock) -> None:
    _app, _ = with_app(city)
    boss, officer = person(city, "boss"), person(city, "rivera")
    token, _who = signing_in.sign_in(city, "rivera", PASSWORD)
    link = accounts.link(city, boss, officer)
    address, _, code = link.partition("#")
    assert address == "https://line.example.gov/welcome"
    assert len(code) >= 22  # 128 bits and more

    with pytest.raises(PuenteError, match="at least 12"):
        accounts.choose_password(city, code, "too short")
    accounts.choose_password(city, code, "nine quiet harbours")

    assert sessions.session(city, token) is None
    assert said(city, "rivera", PASSWORD) == WRONG
    assert sign_in(city, password="nine quiet harbours").stage == Stage.FACTOR, "a reset is no second factor"
    with pytest.raises(NotFound):
        accounts.choose_password(city, code, "nine quiet harbours")
    late = accounts.link(city, boss, officer).partition("#")[2]
    clock.pass_by(minutes=15, seconds=1)
    with pytest.raises(NotFound):
        accounts.choose_password(city, late, "nine quiet harbours")


def test_an_invitation_lasts_three_days_and_a_newer_link_ends_the_older(town: Hotline, clock: Clock) -> None:
    boss = person(town, "boss")
    officer, first = accounts.invite(town, boss, " Kim ", "Jae  Kim", Role.AUDITOR, "")
    assert said(town, "kim", "") == WRONG
    second = accounts.link(town, boss, officer)
    clock.pass_by(days=2, hours=23)

    with pytest.raises(NotFound):
        accounts.choose_password(town, first.partition("#")[2], PASSWORD)
    assert accounts.choose_password(town, second.partition("#")[2], PASSWORD).name == "Jae Kim"
    assert sign_in(town, "kim").officer.role == Role.AUDITOR


@pytest.mark.parametrize("change", ["role", "shut", "factors"])
def test_what_an_admin_changes_ends_sessions_at_once(town: Hotline, change: str) -> None:
    token, who = signing_in.sign_in(town, "rivera", PASSWORD)
    device = signing_in.remember(town, who, "")
    boss, officer = person(town, "boss"), who.officer

    if change == "role":
        accounts.set_role(town, boss, officer.id, Role.TRANSLATOR, "2147")
    elif change == "shut":
        accounts.set_disabled(town, boss, officer.id, True)
        assert said(town, "rivera", PASSWORD, replace(STRANGER, device=device)) == WRONG
    else:
        accounts.drop_factors(town, boss, officer.id)

    assert sessions.session(town, token) is None
    assert sessions.going_on(town, [who.token_hash]) == {}


def test_nobody_changes_their_own_role_and_one_admin_is_left(town: Hotline) -> None:
    boss, officer = person(town, "boss"), person(town, "rivera")
    for change in (
        lambda: accounts.set_role(town, boss, boss.id, Role.OFFICER, ""),
        lambda: accounts.set_disabled(town, boss, boss.id, True),
        lambda: accounts.drop_factors(town, boss, boss.id),
        lambda: accounts.set_role(town, officer, boss.id, Role.OFFICER, ""),
        lambda: accounts.set_disabled(town, officer, boss.id, True),
    ):
        with pytest.raises(NotYours):
            change()
    assert person(town, "boss").role == Role.ADMIN


def test_a_session_locks_when_idle_and_ends_after_twelve_hours(town: Hotline, clock: Clock) -> None:
    token, _ = signing_in.sign_in(town, "rivera", PASSWORD)
    for _ in range(25):
        clock.pass_by(minutes=28)
        assert sessions.session(town, token)
    clock.pass_by(minutes=29)
    assert sessions.session(town, token) is None, "twelve hours are over"

    token, _ = signing_in.sign_in(town, "rivera", PASSWORD)
    clock.pass_by(minutes=29)
    assert sessions.session(town, token, active=False), "a page that looks again is nobody who does something"
    clock.pass_by(minutes=1, seconds=1)
    assert sessions.session(town, token) is None


def test_a_database_that_takes_no_changes_keeps_nobody_out(
    town: Hotline, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, _ = signing_in.sign_in(town, "rivera", PASSWORD)
    clock.pass_by(minutes=5)

    def full() -> None:
        raise DatabaseUnreachable("The disk is full.")

    monkeypatch.setattr(town.db, "write", full)

    assert sessions.session(town, token)


def test_sessions_are_listed_and_ended_each_and_all(town: Hotline) -> None:
    who = sign_in(town)
    phone, other = (signing_in.sign_in(town, "rivera", PASSWORD, Caller(browser="Safari, iPhone")) for _ in range(2))
    boss_token, boss = signing_in.sign_in(town, "boss", PASSWORD)
    assert sorted(one.browser for one in sessions.mine(town, who)) == [
        "Firefox, Linux",
        "Safari, iPhone",
        "Safari, iPhone",
    ]

    sessions.end(town, who, boss.token_hash)
    assert sessions.session(town, boss_token), "only one's own"
    sessions.end(town, who, phone[1].token_hash)
    assert sessions.session(town, phone[0]) is None
    accounts.change_password(town, who, PASSWORD, "nine quiet harbours", STRANGER)
    assert sessions.session(town, other[0]) is None
    assert [one.token_hash for one in sessions.mine(town, who)] == [who.token_hash]


def test_what_ran_out_is_forgotten(town: Hotline, clock: Clock) -> None:
    signing_in.remember(town, sign_in(town), "")
    said(town, "rivera", "guess")
    accounts.link(town, None, person(town, "rivera"))
    clock.pass_by(days=181)

    sessions.forget_old(town)

    tables = ("sessions", "devices", "guesses", "links")
    assert [town.db.look(f"SELECT count(*) FROM {table}", {}) for table in tables] == [(0,)] * 4
