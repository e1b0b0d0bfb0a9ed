"""Signed-in sessions: kept here, revocable, each with its own CSRF secret. They lock after half an hour in which nobody did
anything, and end after twelve."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from bot.desk.access import Stage
from bot.desk.identity import tokens
from bot.desk.identity.accounts import Session
from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, guesses, links, marks
from bot.store import sessions as store
from bot.store.database import Connection
from bot.store.sessions import Kept

IDLE = 30 * 60_000  # ms (CJIS: a session locks after thirty minutes)
LONGEST = 12 * 3_600_000
PASSWORD = "password"  # noqa: S105 - what a session is whole by in development, where nothing else may be asked for
FRESH = 5 * 60_000  # how long a second factor counts for what asks for it again
_SEEN_EVERY = 60_000  # so that a page that refreshes does not write at every request
_DEVICES_FOR = 180 * 86_400_000
_FORGET_EVERY = 60_000


def session(hotline: Hotline, token: str, *, active: bool = True) -> Session | None:
    """Whose a token is; None if it is nobody's any more. `active`: somebody did something, it was not just the page
    that looked again; only that keeps a session from locking."""
    if not token:
        return None
    found = _find(hotline, tokens.digest(token))
    if found is None:
        return None
    now = hotline.instant()
    if active and now - found.seen_at > _SEEN_EVERY:
        with suppress(DatabaseUnreachable), hotline.db.write() as conn:  # one that takes no changes can still be read
            store.see(conn, found.token_hash, now)
    return signed_in(hotline, found)


def going_on(hotline: Hotline, token_hashes: Iterable[str]) -> Mapping[str, Officer]:
    """Of these sessions those that go on, and whose they are as they are now. An open page is no sign of a person in front
    of it, so asking does not keep a session from running out."""
    now, wanted = hotline.instant(), list(token_hashes)
    with hotline.db.read() as conn:
        found = store.find_all(conn, wanted, now - IDLE, now - LONGEST, hotline.today())
    return {one.token_hash: one.officer for one in found if _stage(hotline, one) == Stage.WHOLE}


def is_fresh(hotline: Hotline, who: Session) -> bool:
    """Whether this person proved within the last five minutes that it is they."""
    return 0 <= hotline.instant() - who.proven_at < FRESH


def mine(hotline: Hotline, who: Session) -> list[Kept]:
    """All that this person is signed in with, the one seen last first."""
    now = hotline.instant()
    with hotline.db.read() as conn:
        return store.of_staff(conn, who.officer.id, now - IDLE, now - LONGEST, hotline.today())


def end(hotline: Hotline, who: Session, token_hash: str) -> None:
    """One session of one's own."""
    with hotline.db.write() as conn:
        if store.end(conn, who.officer.id, token_hash):
            _write(conn, who.officer, "session ended", hotline.instant())


def end_others(hotline: Hotline, who: Session) -> None:
    """All of one's own but this; browsers that were known are strangers again."""
    with hotline.db.write() as conn:
        store.end_all(conn, who.officer.id, but=who.token_hash)
        store.forget_devices(conn, who.officer.id)
        _write(conn, who.officer, "other sessions ended", hotline.instant())


def sign_out(hotline: Hotline, who: Session) -> None:
    with hotline.db.write() as conn:
        store.end(conn, who.officer.id, who.token_hash)
        _write(conn, who.officer, "signed out", hotline.instant())


def forget_old(hotline: Hotline) -> None:
    """What has run out: sessions, links, browsers, guesses. Once a minute."""
    now = hotline.instant()
    with hotline.db.write() as conn:
        if not marks.claim(conn, "sign-ins forgotten", now, _FORGET_EVERY):
            return
        store.drop_old(conn, now - LONGEST)
        store.drop_old_devices(conn, now - _DEVICES_FOR)
        links.drop_old(conn, now)
        guesses.drop_old(conn, now)


def signed_in(hotline: Hotline, kept: Kept) -> Session:
    """A session that is kept, and how far its sign-in has come."""
    return Session(
        kept.officer, kept.csrf, kept.token_hash, _stage(hotline, kept), kept.proven_at, kept.factor, kept.has_factor
    )


def _stage(hotline: Hotline, kept: Kept) -> Stage:
    """In production nobody gets in without a second factor; in development only those are asked for it who have one."""
    development = hotline.config.development
    if kept.factor and (development or kept.factor != PASSWORD):
        return Stage.WHOLE
    if kept.has_factor:
        return Stage.FACTOR
    return Stage.WHOLE if development else Stage.ENROL


def _find(hotline: Hotline, token_hash: str) -> Kept | None:
    now = hotline.instant()
    with hotline.db.read() as conn:
        return store.find(conn, token_hash, now - IDLE, now - LONGEST, hotline.today())


def _write(conn: Connection, officer: Officer, verb: str, at: int) -> None:
    events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", at)
