"""How guessing is ended. Five failures lock an account for strangers until a quarter of an hour has passed without one, or
an admin unlocks it; a browser that its owner signed in with before has tries of its own, so that nobody can be locked out
by others for good. Failures from one place in the network make the next answer there slower, and lock nobody."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from bot.desk.identity import passwords, tokens
from bot.errors import Crowded, SignInRefused
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, guesses, sessions, staff
from bot.store.database import Connection

LOCKED = "There were too many tries. Wait 15 minutes, or ask an admin to unlock this account."
_PASSWORD, _FACTOR = "password", "factor"  # the two steps, counted apart
_FREE = 5  # failures of one place that slow nothing down
_SLOWEST = 4.0  # seconds
_slow = threading.BoundedSemaphore(4)  # who is made to wait holds a thread of the server, so that only few are


@dataclass(frozen=True, slots=True)
class Caller:
    """From where somebody signs in: their place in the network, the token by which we know their browser, and what sort of
    browser it is, in words."""

    place: str = ""
    device: str = ""
    browser: str = ""


def login_counter(hotline: Hotline, login: str) -> str:
    """Under what failures of strangers are counted, for logins that exist and for others alike."""
    return hotline.keys.digest(f"login:{login}")


def counters(conn: Connection, hotline: Hotline, officers: Collection[Officer]) -> Mapping[str, int]:
    """All under what failures of these people are counted, and whose each is: strangers' and those in browsers they signed
    in with before."""
    found: dict[str, int] = {}
    for one in officers:
        found |= {login_counter(hotline, one.login): one.id, _factor_counter(one.id): one.id}
    for staff_id, device in sessions.devices(conn, [one.id for one in officers]):
        found |= {_counter_of(step, device, staff_id): staff_id for step in (_PASSWORD, _FACTOR)}
    return found


def password_counter(conn: Connection, hotline: Hotline, login: str, officer: Officer | None, caller: Caller) -> str:
    """Of the browser if this person signed in with it before, else of the login."""
    return _device_counter(conn, _PASSWORD, officer, caller) or login_counter(hotline, login)


def factor_counter(conn: Connection, officer: Officer, caller: Caller) -> str:
    """The same for the second step."""
    return _device_counter(conn, _FACTOR, officer, caller) or _factor_counter(officer.id)


def _factor_counter(officer_id: int) -> str:
    return f"factor:{officer_id}"


def _device_counter(conn: Connection, step: str, officer: Officer | None, caller: Caller) -> str:
    device = tokens.digest(caller.device) if officer and caller.device else ""
    known = officer and device and sessions.is_known(conn, device, officer.id)
    return _counter_of(step, device, officer.id) if officer and known else ""


def _counter_of(step: str, device: str, officer_id: int) -> str:
    return f"{step} by device:{device}:{officer_id}"


def take(hotline: Hotline, conn: Connection, name: str) -> int:
    """A try, counted before it is made. Which one it is; raises SignInRefused if there are none left."""
    tries = guesses.take(conn, name, hotline.instant())
    if tries is None:
        raise SignInRefused(LOCKED)
    return tries


def check(hotline: Hotline, counter: str, hashed: str, password: str) -> bool:
    """Whether this is the password. A try that nobody looked at is given back; raises Crowded."""
    try:
        return passwords.fits(hashed, password)
    except Crowded:
        with hotline.db.write() as conn:
            guesses.give_back(conn, counter)
        raise


def failed(hotline: Hotline, tries: int, officer: Officer | None, caller: Caller) -> None:
    """It was wrong. The same is written whether there is such a person or not."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        if caller.place:
            guesses.count(conn, _place_counter(hotline, caller), at)
        if tries >= guesses.MOST:
            events.write(conn, "line", "account locked", f"staff:{officer.id if officer else 0}", at)


def slow_down(hotline: Hotline, login: str, caller: Caller, sleep: Callable[[float], None] = time.sleep) -> None:
    """Wait, the longer the more failures came from there; but not for whoever comes with a browser they are known by. Raises
    Crowded if too many wait already."""
    if not caller.place:
        return
    with hotline.db.read() as conn:
        seconds = delay(guesses.tries(conn, _place_counter(hotline, caller), hotline.instant()))
        if not seconds:
            return
        found = staff.by_login(conn, login, hotline.today())
        if _device_counter(conn, _PASSWORD, found[0] if found else None, caller):
            return
    if not _slow.acquire(blocking=False):
        raise Crowded
    try:
        sleep(seconds)
    finally:
        _slow.release()


def delay(failures: int) -> float:
    """Seconds: a quarter after the fifth failure, twice as long after each, four at most."""
    return min(_SLOWEST, 0.25 * 2 ** min(failures - _FREE, 10)) if failures >= _FREE else 0.0


def _place_counter(hotline: Hotline, caller: Caller) -> str:
    return hotline.keys.digest(f"place:{caller.place}")
