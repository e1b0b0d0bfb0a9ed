"""Who works here: accounts made, changed and shut, and what is everybody's own to choose. How people sign in is not its
matter, but that a change ends their sessions is."""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.desk.access import Stage
from bot.desk.identity import lockout, passwords, tokens
from bot.desk.identity.lockout import Caller
from bot.errors import NotFound, NotYours, PuenteError
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events, factors, guesses, links, sessions, staff
from bot.store.database import Connection
from bot.store.events import Event
from bot.store.ids import new_id
from bot.store.staff import Listed

INVITED_FOR = 3 * 86_400_000  # ms
RESET_FOR = 15 * 60_000
_LATEST = 12  # lines of the trail on a page
_LONGEST = 80  # characters of a login, name or badge


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person. The token is in their cookie and nowhere else; `csrf` in their pages. `proven_at`: when they
    last gave a second factor, 0 if never; `factor`: which; `has_factor`: whether they have one of ours to give."""

    officer: Officer
    csrf: str
    token_hash: str
    stage: Stage = Stage.WHOLE
    proven_at: int = 0
    factor: str = ""
    has_factor: bool = False


def add(
    hotline: Hotline, login: str, name: str, role: Role, password: str, badge: str, languages: Mapping[str, int]
) -> Officer:
    """A new member of staff, by whoever runs the machine. An empty password lets nobody in: they choose one by a link.
    Raises PuenteError if the login is taken or the password too weak."""
    officer = _fresh(login, name, role, badge, languages)
    hashed = passwords.hashed(password, officer, hotline.config) if password else ""
    with hotline.db.write() as conn:
        _keep_new(conn, officer, hashed, "operator", hotline.instant())
    return officer


def invite(hotline: Hotline, admin: Officer, login: str, name: str, role: Role, badge: str) -> tuple[Officer, str]:
    """A new member of staff without a password, and the link by which they choose one. Raises PuenteError."""
    officer = _fresh(login, name, role, badge, {})
    with hotline.db.write() as conn:
        _keep_new(conn, officer, "", _actor(admin), hotline.instant())
        return officer, _link(conn, hotline, officer, links.INVITATION, _actor(admin))


def link(hotline: Hotline, admin: Officer | None, officer: Officer) -> str:
    """The address of a one-time link to hand over: for somebody without a password an invitation, else a reset. `admin` is
    None for whoever runs the machine. It does not replace the second factor."""
    with hotline.db.write() as conn:
        kind = links.RESET if staff.password_hash(conn, officer.id) else links.INVITATION
        return _link(conn, hotline, officer, kind, _actor(admin))


def choose_password(hotline: Hotline, token: str, password: str) -> Officer:
    """By a one-time link, which is used up; every session of this person ends, and every guess at their password is
    forgotten. Raises NotFound if the link no longer counts, PuenteError if the password is too weak."""
    token_hash = tokens.digest(token.strip())
    with hotline.db.read() as conn:
        officer = _of_link(conn, hotline, token_hash)
    hashed = passwords.hashed(password, officer, hotline.config)
    with hotline.db.write() as conn:
        if not links.use(conn, token_hash):
            raise NotFound(_SPENT)
        staff.set_password(conn, officer.id, hashed)
        sessions.end_all(conn, officer.id)
        sessions.forget_devices(conn, officer.id)
        guesses.forget(conn, lockout.login_counter(hotline, officer.login))
        events.write(conn, _actor(officer), "password chosen by link", _subject(officer), hotline.instant())
    return officer


def change_password(hotline: Hotline, session: Session, old: str, new: str, caller: Caller) -> None:
    """One's own; all other sessions end. Raises PuenteError if the old one is wrong, as often as one may guess, or the new
    one too weak."""
    officer = session.officer
    with hotline.db.write() as conn:
        counter = lockout.password_counter(conn, hotline, officer.login, officer, caller)
        tries = lockout.take(hotline, conn, counter)
        hashed = staff.password_hash(conn, officer.id)
    if not lockout.check(hotline, counter, hashed, old):
        lockout.failed(hotline, tries, officer, caller)
        raise PuenteError("The password you have now is another.")
    with hotline.db.write() as conn:
        guesses.forget(conn, counter)
    fresh = passwords.hashed(new, officer, hotline.config)
    with hotline.db.write() as conn:
        staff.set_password(conn, officer.id, fresh)
        links.drop(conn, officer.id)
        sessions.end_all(conn, officer.id, but=session.token_hash)
        events.write(conn, _actor(officer), "password changed", _subject(officer), hotline.instant())


def everybody(hotline: Hotline) -> list[Listed]:
    """All there ever were, those whose account is shut last."""
    with hotline.db.read() as conn:
        return staff.listed(conn, hotline.today())


def find(hotline: Hotline, officer_id: int) -> Listed:
    """Raises NotFound."""
    for one in everybody(hotline):
        if one.officer.id == officer_id:
            return one
    raise NotFound("There is nobody with this number.")


def set_role(hotline: Hotline, admin: Officer, officer_id: int, role: Role, badge: str) -> None:
    """Their role and badge. A new role ends all their sessions. Raises NotYours for one's own role, and if no admin would
    be left."""
    before = find(hotline, officer_id).officer
    with hotline.db.write() as conn:
        if role != before.role:
            _not_oneself(admin, before)
            _leaves_an_admin(conn, before)
            sessions.end_all(conn, officer_id)
        staff.set_role(conn, officer_id, role, _line(badge))
        note = f"{before.role} to {role}" if role != before.role else "badge"
        events.write(conn, _actor(admin), "staff changed", _subject(before), hotline.instant(), note)


def set_disabled(hotline: Hotline, admin: Officer, officer_id: int, disabled: bool) -> None:
    """Shut somebody's account, at once everywhere, or open it again. Raises NotYours as set_role() does."""
    officer = find(hotline, officer_id).officer
    with hotline.db.write() as conn:
        if disabled:
            _not_oneself(admin, officer)
            _leaves_an_admin(conn, officer)
            sessions.end_all(conn, officer_id)
            sessions.forget_devices(conn, officer_id)
            links.drop(conn, officer_id)
        staff.set_disabled(conn, officer_id, disabled)
        verb = "account shut" if disabled else "account opened"
        events.write(conn, _actor(admin), verb, _subject(officer), hotline.instant())


def unlock(hotline: Hotline, admin: Officer, officer_id: int) -> None:
    """Let somebody try again before the time is over."""
    officer = find(hotline, officer_id).officer
    with hotline.db.write() as conn:
        for name in lockout.counters(conn, hotline, [officer]):
            guesses.forget(conn, name)
        events.write(conn, _actor(admin), "account unlocked", _subject(officer), hotline.instant())


def locked(hotline: Hotline, officers: Collection[Officer]) -> set[int]:
    """Who of these is locked out for now: for strangers, or in a browser of their own."""
    with hotline.db.read() as conn:
        shut, counters = guesses.locked(conn, hotline.instant()), lockout.counters(conn, hotline, officers)
    return {counters[name] for name in shut & counters.keys()}


def drop_factors(hotline: Hotline, admin: Officer, officer_id: int) -> None:
    """For somebody who lost phone and paper: they set up a second factor anew at their next sign-in. Ends their sessions.
    Raises NotYours for oneself."""
    officer = find(hotline, officer_id).officer
    _not_oneself(admin, officer)
    with hotline.db.write() as conn:
        factors.drop_all(conn, officer_id)
        sessions.end_all(conn, officer_id)
        sessions.forget_devices(conn, officer_id)
        events.write(conn, _actor(admin), "second factors removed", _subject(officer), hotline.instant())


def set_on_shift(hotline: Hotline, officer: Officer, on_shift: bool) -> None:
    """Whether residents may be told that this officer is here."""
    with hotline.db.write() as conn:
        staff.set_on_shift(conn, officer.id, on_shift)
        verb = "came on shift" if on_shift else "went off shift"
        events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", hotline.instant())


def set_tongue(hotline: Hotline, officer: Officer, tongue: str) -> None:
    """The language they read the desk in; empty: as their browser asks."""
    with hotline.db.write() as conn:
        staff.set_tongue(conn, officer.id, tongue)


def has_password(hotline: Hotline, officer: Officer) -> bool:
    """False for whoever was invited and has not come yet, or signs in elsewhere."""
    with hotline.db.read() as conn:
        return bool(staff.password_hash(conn, officer.id))


def latest(hotline: Hotline, officer: Officer) -> list[Event]:
    """What happened last on an account, so that its owner sees what was not them."""
    with hotline.db.read() as conn:
        return events.latest(conn, _subject(officer), _LATEST)


_SPENT = "This link has been used or has run out. Ask an admin for another one."


def _of_link(conn: Connection, hotline: Hotline, token_hash: str) -> Officer:
    staff_id = links.whose(conn, token_hash, hotline.instant())
    officer = staff.find(conn, staff_id, hotline.today()) if staff_id is not None else None
    if officer is None:
        raise NotFound(_SPENT)
    return officer


def _link(conn: Connection, hotline: Hotline, officer: Officer, kind: str, actor: str) -> str:
    """The token stands behind the #, which browsers send to nobody: it is in no log of any server."""
    token, lasting = tokens.new(), INVITED_FOR if kind == links.INVITATION else RESET_FOR
    links.make(conn, tokens.digest(token), officer.id, kind, hotline.instant() + lasting)
    events.write(conn, actor, f"{kind} link made", _subject(officer), hotline.instant())
    return f"{hotline.config.url}/welcome#{token}"


def _fresh(login: str, name: str, role: Role, badge: str, languages: Mapping[str, int]) -> Officer:
    login, name = plain_login(login), _line(name)
    if not login or not name or any(sign.isspace() for sign in login):
        raise PuenteError("A login without spaces, and a name, are needed.")
    return Officer(new_id(), login, name, role, _line(badge), languages, on_shift=False)


def _keep_new(conn: Connection, officer: Officer, hashed: str, actor: str, at: int) -> None:
    if staff.login_taken(conn, officer.login):
        raise PuenteError("There is already a login {login}.", login=officer.login)
    staff.add(conn, officer, hashed, at)
    events.write(conn, actor, "staff added", _subject(officer), at, officer.role.value)


def _not_oneself(admin: Officer, officer: Officer) -> None:
    if admin.id == officer.id:
        raise NotYours("Nobody does this to their own account. Ask another admin.")


def _leaves_an_admin(conn: Connection, officer: Officer) -> None:
    if staff.admins(conn) == {officer.id}:
        raise NotYours("This is the only admin. Make somebody else an admin first.")


def plain_login(login: str) -> str:
    """As logins are kept."""
    return unicodedata.normalize("NFC", login.strip().lower())[:_LONGEST]


def _line(words: str) -> str:
    """As typed, on one line, not too long."""
    return unicodedata.normalize("NFC", " ".join(words.split()))[:_LONGEST]


def _actor(officer: Officer | None) -> str:
    return f"officer:{officer.id}" if officer else "operator"


def _subject(officer: Officer) -> str:
    return f"staff:{officer.id}"
