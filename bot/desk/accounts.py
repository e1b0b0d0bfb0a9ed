"""Staff sign in: passwords by argon2id, sessions kept here and revocable, each with its own CSRF secret."""

import hashlib
import secrets
import threading
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.errors import PuenteError, SignInRefused
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events, staff
from bot.store.ids import new_id

IDLE = 30 * 60_000  # ms (CJIS: a session locks after thirty minutes)
LONGEST = 12 * 3_600_000
_SEEN_EVERY = 60_000  # so that a page that refreshes does not write at every request
_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(2)
# Checked when the login is unknown, so that the answer takes as long and says no more.
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))
LEAST_PASSWORD = 12


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. `token` is in their cookie and nowhere else; `csrf` in their pages."""

    officer: Officer
    csrf: str
    token_hash: str


def hash_password(password: str) -> str:
    """Raises PuenteError if it is too short."""
    if len(password) < LEAST_PASSWORD:
        raise PuenteError(f"A password has at least {LEAST_PASSWORD} characters.")
    return _hasher.hash(password)


def add(
    hotline: Hotline, login: str, name: str, role: Role, password: str, badge: str, languages: dict[str, int]
) -> Officer:
    """A new member of staff. Raises PuenteError if the login is taken."""
    officer = Officer(new_id(), login.strip().lower(), name, role, badge, languages, on_shift=False)
    with hotline.db.write() as conn:
        if staff.by_login(conn, officer.login):
            raise PuenteError(f"There is already a login {officer.login}.")
        staff.add(conn, officer, hash_password(password), hotline.instant())
        events.write(conn, "operator", "staff added", f"staff:{officer.id}", hotline.instant(), role.value)
    return officer


def sign_in(hotline: Hotline, login: str, password: str) -> tuple[str, Session]:
    """A new session and its token. Raises SignInRefused, the same for an unknown login and a wrong password."""
    with hotline.db.read() as conn:
        found = staff.by_login(conn, login.strip().lower())
    if not _hashing.acquire(timeout=5):  # each takes 64 MB: a flood of guesses must not take the machine
        raise SignInRefused("Too many people sign in at once. Please try again in a moment.")
    try:
        _hasher.verify(found[1] if found else _NOBODY, password)
    except VerificationError:
        found = None
    finally:
        _hashing.release()
    if found is None:
        raise SignInRefused("Login and password do not fit together.")
    token, csrf, at = secrets.token_urlsafe(32), secrets.token_urlsafe(32), hotline.instant()
    officer = found[0]
    with hotline.db.write() as conn:
        staff.open_session(conn, _digest(token), officer.id, csrf, at)
        events.write(conn, f"officer:{officer.id}", "signed in", f"staff:{officer.id}", at)
    return token, Session(officer, csrf, _digest(token))


def session(hotline: Hotline, token: str, *, active: bool = True) -> Session | None:
    """Whose a token is; None if it is nobody's any more. `active`: somebody did something, it was not just the page
    that looked again; only that keeps a session from locking."""
    if not token:
        return None
    now, token_hash = hotline.instant(), _digest(token)
    with hotline.db.read() as conn:
        found = staff.session(conn, token_hash, now - IDLE, now - LONGEST)
    if found is None:
        return None
    officer, csrf, seen_at = found
    if active and now - seen_at > _SEEN_EVERY:
        with hotline.db.write() as conn:
            staff.see_session(conn, token_hash, now)
    return Session(officer, csrf, token_hash)


def sign_out(hotline: Hotline, session: Session) -> None:
    with hotline.db.write() as conn:
        staff.close_session(conn, session.token_hash)
        events.write(conn, f"officer:{session.officer.id}", "signed out", f"staff:{session.officer.id}", hotline.instant())


def set_on_shift(hotline: Hotline, officer: Officer, on_shift: bool) -> None:
    """Whether residents may be told that this officer is here."""
    with hotline.db.write() as conn:
        staff.set_on_shift(conn, officer.id, on_shift)
        verb = "came on shift" if on_shift else "went off shift"
        events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", hotline.instant())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
