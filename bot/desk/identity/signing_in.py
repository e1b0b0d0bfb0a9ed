"""Signing in, step by step: the password, or the word of the department's own identity provider; then a second factor. Each
step that is taken gives the session a new token. What a factor is, is known elsewhere.

For pages: a view that shows or does something grave is `@may(Deed.X, fresh=True)`, or asks `doors.fresh_factor(who)` and,
if that is false, returns `doors.confirm_first(back)`. Either way the person gives their second factor once more (their
password, if this is development and they have none), and comes back; for five minutes they are not asked again.
"""

import time
from collections.abc import Callable

from bot.desk.identity import lockout, second_factors, sessions, tokens
from bot.desk.identity.accounts import Session, plain_login
from bot.desk.identity.lockout import Caller
from bot.errors import NotFound, SignInRefused
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, guesses, staff
from bot.store import sessions as store
from bot.store.database import Connection

ISSUER = "issuer"  # what a session is whole by if the identity provider asked for a second factor
_WRONG = "Login and password do not fit together."


def sign_in(
    hotline: Hotline,
    login: str,
    password: str,
    caller: Caller | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[str, Session]:
    """A new session and its token; its stage says what is still to be done. Raises SignInRefused, the same for an unknown
    login and a wrong password, and after the same time."""
    caller, login = caller or Caller(), plain_login(login)
    lockout.slow_down(hotline, login, caller, sleep)
    with hotline.db.write() as conn:
        found = staff.by_login(conn, login, hotline.today())
        officer, hashed = found or (None, "")
        counter = lockout.password_counter(conn, hotline, login, officer, caller)
        tries = lockout.take(hotline, conn, counter)
    if not lockout.check(hotline, counter, hashed, password) or officer is None:
        lockout.failed(hotline, tries, officer, caller)
        raise SignInRefused(_WRONG)
    with hotline.db.write() as conn:
        guesses.forget(conn, counter)
        return _begin(conn, hotline, officer, caller.browser, "")


def sign_in_elsewhere(hotline: Hotline, login: str, browser: str, *, second_factor: bool) -> tuple[str, Session]:
    """A session of whom the department's identity provider vouches for; `second_factor`: also for that. Raises NotFound
    if nobody here has this login."""
    with hotline.db.write() as conn:
        found = staff.by_login(conn, plain_login(login), hotline.today())
        if found is None:
            raise NotFound("You have no account here. Ask an admin of this line for one.")
        return _begin(conn, hotline, found[0], browser, ISSUER if second_factor else "")


def give_code(hotline: Hotline, who: Session, code: str, caller: Caller) -> str:
    """A code of an app or from paper, as the second step of signing in or once more. The session's token if it is a new
    one, else empty. Raises SignInRefused."""
    with hotline.db.write() as conn:
        counter = lockout.factor_counter(conn, who.officer, caller)
        tries = lockout.take(hotline, conn, counter)
        kind = second_factors.use_code(conn, hotline, who.officer, code)
        if kind:
            guesses.forget(conn, counter)
            return _prove(conn, hotline, who, kind)
    lockout.failed(hotline, tries, who.officer, caller)
    raise SignInRefused("This code is wrong, too old, or was used before. Wait for the next one.")


def give_password(hotline: Hotline, who: Session, password: str, caller: Caller) -> str:
    """The same for who is signed in without a second factor, as may be in development. Raises SignInRefused."""
    if who.has_factor or not hotline.config.development:
        raise SignInRefused("Your second factor is needed.")
    with hotline.db.write() as conn:
        counter = lockout.password_counter(conn, hotline, who.officer.login, who.officer, caller)
        tries = lockout.take(hotline, conn, counter)
        hashed = staff.password_hash(conn, who.officer.id)
    if not lockout.check(hotline, counter, hashed, password):
        lockout.failed(hotline, tries, who.officer, caller)
        raise SignInRefused("This is not your password.")
    with hotline.db.write() as conn:
        guesses.forget(conn, counter)
        return _prove(conn, hotline, who, sessions.PASSWORD)


def prove(hotline: Hotline, who: Session, kind: str) -> str:
    """A passkey or the identity provider said that it is they. As give_code()."""
    with hotline.db.write() as conn:
        return _prove(conn, hotline, who, kind)


def remember(hotline: Hotline, who: Session, device: str) -> str:
    """Know this browser as one that its owner signed in with; the token for its cookie."""
    device = device or tokens.new()
    with hotline.db.write() as conn:
        store.know(conn, tokens.digest(device), who.officer.id, hotline.instant())
    return device


def _begin(conn: Connection, hotline: Hotline, officer: Officer, browser: str, factor: str) -> tuple[str, Session]:
    token, at = tokens.new(), hotline.instant()
    # Who has no second factor is only let in in development; there the password is what is asked for again.
    if not factor and hotline.config.development and not second_factors.has_any(conn, officer):
        factor = sessions.PASSWORD
    token_hash = tokens.digest(token)
    store.open_one(conn, token_hash, officer.id, tokens.new(), browser, factor, at)
    verb = "signed in" if factor else "first step of signing in"
    events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", at, factor)
    return token, _read(conn, hotline, token_hash)


def _prove(conn: Connection, hotline: Hotline, who: Session, kind: str) -> str:
    at, subject = hotline.instant(), f"staff:{who.officer.id}"
    if who.factor:
        store.prove(conn, who.token_hash, at)
        events.write(conn, f"officer:{who.officer.id}", "confirmed", subject, at, kind)
        return ""
    token = tokens.new()
    if not store.rise(conn, who.token_hash, tokens.digest(token), tokens.new(), kind, at):
        raise SignInRefused("Please sign in again.")
    events.write(conn, f"officer:{who.officer.id}", "signed in", subject, at, kind)
    return token


def _read(conn: Connection, hotline: Hotline, token_hash: str) -> Session:
    found = store.find(conn, token_hash, 0, 0, hotline.today())
    assert found, "it was opened in this very transaction"
    return sessions.signed_in(hotline, found)
