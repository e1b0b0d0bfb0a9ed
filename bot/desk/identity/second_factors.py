"""Second factors that are typed: codes of an app (RFC 6238) and codes on paper for when the app is lost. Each code counts
once. There is none by SMS: numbers are taken over and texts are read by others."""

import hmac
import secrets
from dataclasses import dataclass

from bot.desk.identity.accounts import Session
from bot.errors import NotFound, NotYours, SignInRefused
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, factors
from bot.store import sessions as session_store
from bot.store.database import Connection
from bot.store.factors import APP, Factor
from bot.store.ids import new_id

STEP = 30_000  # ms that a code of an app counts
PAPER = "paper"
_PAPER_CODES = 10
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class NewApp:
    """What an app is told once: the secret as it is typed, and the address as it is scanned."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class Mine:
    """Somebody's second factors."""

    factors: tuple[Factor, ...]
    codes_left: int


def has_any(conn: Connection, officer: Officer) -> bool:
    return bool(factors.of_staff(conn, officer.id))


def mine(hotline: Hotline, officer: Officer) -> Mine:
    with hotline.db.read() as conn:
        return Mine(tuple(factors.of_staff(conn, officer.id)), factors.codes_left(conn, officer.id))


def begin_app(hotline: Hotline, officer: Officer) -> None:
    """A new secret, which counts once it was shown to work. One begun before is dropped."""
    import pyotp

    secret, new = pyotp.random_base32(), new_id()
    with hotline.db.write() as conn:
        factors.drop_unconfirmed(conn, officer.id)
        sealed = hotline.keys.seal(secret, factors.place(new))
        factors.add(conn, Factor(new, officer.id, APP, "", sealed, "", 0, hotline.instant(), None, None))


def begun_app(hotline: Hotline, officer: Officer) -> NewApp | None:
    """What an app that was begun must be told."""
    import pyotp

    with hotline.db.read() as conn:
        begun = factors.of_staff(conn, officer.id, confirmed=False)
    if not begun:
        return None
    secret = _secret(hotline, begun[-1])
    issuer = f"{hotline.config.department_name} Puente"
    return NewApp(secret, pyotp.TOTP(secret).provisioning_uri(name=officer.login, issuer_name=issuer))


def confirm_app(hotline: Hotline, who: Session, code: str, name: str) -> list[str]:
    """The app showed a right code and counts from now on. Codes on paper, if there were none; all other sessions end.
    Raises NotFound if none was begun, SignInRefused."""
    with hotline.db.write() as conn:
        begun = factors.of_staff(conn, who.officer.id, confirmed=False)
        if not begun:
            raise NotFound("Setting up an app was not begun.")
        step = _step_of(hotline, begun[-1], code)
        if step is None:
            raise SignInRefused("This code is wrong or too old. Is the clock of your phone right?")
        if not factors.confirm(conn, begun[-1].id, _named(name, "Authenticator app"), step, hotline.instant()):
            raise NotFound("Setting up an app was not begun.")
        return added(conn, hotline, who, "app")


def added(conn: Connection, hotline: Hotline, who: Session, what: str) -> list[str]:
    """What follows on a factor that was added: other sessions end. Codes on paper, if there were none."""
    session_store.end_all(conn, who.officer.id, but=who.token_hash)
    _write(conn, hotline, who.officer, "second factor added", what)
    return [] if factors.codes_left(conn, who.officer.id) else _paper(conn, hotline, who.officer)


def drop(hotline: Hotline, who: Session, factor_id: int) -> None:
    """Raises NotYours if it is the last one of somebody who must have one, NotFound."""
    with hotline.db.write() as conn:
        kept = factors.of_staff(conn, who.officer.id)
        if len(kept) == 1 and not hotline.config.development:
            raise NotYours("This is your only second factor. Add another one first.")
        if not factors.drop(conn, who.officer.id, factor_id):
            raise NotFound("There is no such second factor.")
        session_store.end_all(conn, who.officer.id, but=who.token_hash)
        if len(kept) == 1:
            factors.drop_all(conn, who.officer.id)  # codes on paper stand in for a factor, and are none alone
        _write(conn, hotline, who.officer, "second factor removed", "")


def new_paper(hotline: Hotline, who: Session) -> list[str]:
    """Codes on paper, instead of all there were. Raises NotYours for whoever has no other second factor."""
    with hotline.db.write() as conn:
        if not has_any(conn, who.officer):
            raise NotYours("Set up an app or a passkey first.")
        return _paper(conn, hotline, who.officer)


def use_code(conn: Connection, hotline: Hotline, officer: Officer, code: str) -> str:
    """What this code is of, `app` or `paper`, and it is used up; empty if it is none."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    if not (plain.isdecimal() and len(plain) == 6):
        return PAPER if factors.use_code(conn, officer.id, _paper_hash(hotline, officer, plain)) else ""
    for factor in factors.of_staff(conn, officer.id):
        step = _step_of(hotline, factor, plain) if factor.kind == APP else None
        if step is not None and factors.use(conn, factor.id, step, hotline.instant()):
            return APP
    return ""


def _step_of(hotline: Hotline, factor: Factor, code: str) -> int | None:
    """The step a code is of: this one, the one before or the one after, so that clocks may differ by half a minute."""
    import pyotp

    maker, now = pyotp.HOTP(_secret(hotline, factor)), hotline.instant() // STEP
    plain = "".join(code.split()).encode()
    fitting = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(maker.at(step).encode(), plain)]
    return fitting[-1] if fitting else None


def _paper(conn: Connection, hotline: Hotline, officer: Officer) -> list[str]:
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(12)) for _ in range(_PAPER_CODES)]
    factors.write_codes(conn, officer.id, [_paper_hash(hotline, officer, code) for code in codes])
    _write(conn, hotline, officer, "paper codes made", "")
    return ["-".join((code[:4], code[4:8], code[8:])) for code in codes]


def _paper_hash(hotline: Hotline, officer: Officer, code: str) -> str:
    return hotline.keys.digest(f"paper:{officer.id}:{code}")


def _secret(hotline: Hotline, factor: Factor) -> str:
    return hotline.keys.open(factor.secret, factors.place(factor.id))


def _named(name: str, otherwise: str) -> str:
    return " ".join(name.split())[:_NAME] or otherwise


def _write(conn: Connection, hotline: Hotline, officer: Officer, verb: str, note: str) -> None:
    events.write(conn, f"officer:{officer.id}", verb, f"staff:{officer.id}", hotline.instant(), note)
