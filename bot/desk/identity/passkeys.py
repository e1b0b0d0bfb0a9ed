"""Passkeys (WebAuthn) as a second factor: bound to our own address, so that a look-alike page gains nothing. The library is
loaded only where one is added or used."""

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.desk.identity import second_factors
from bot.desk.identity.accounts import Session
from bot.errors import SignInRefused
from bot.hotline import Hotline
from bot.store import factors
from bot.store import sessions as store
from bot.store.factors import PASSKEY, Factor
from bot.store.ids import new_id

_REFUSED = "This passkey was not accepted. Please try again."


@dataclass(frozen=True, slots=True)
class Site:
    """Our address as browsers see it, and the name that passkeys are bound to."""

    origin: str
    host: str


def site(url: str) -> Site | None:
    """None where browsers have no passkeys: without https, but on this very machine by its name."""
    where = urlsplit(url)
    host = where.hostname or ""
    usable = where.scheme == "https" or host == "localhost"
    return Site(f"{where.scheme}://{where.netloc}", host) if usable and not _is_number(host) else None


def to_add(hotline: Hotline, who: Session, where: Site) -> str:
    """What the browser is asked for, as JSON; the challenge in it is kept with the session."""
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    with hotline.db.read() as conn:
        had = [one.credential for one in factors.of_staff(conn, who.officer.id) if one.kind == PASSKEY]
    options = generate_registration_options(
        rp_id=where.host,
        rp_name=f"{hotline.config.department_name} Puente",
        user_name=who.officer.login,
        user_id=str(who.officer.id).encode(),
        user_display_name=who.officer.name,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in had],
    )
    _ask(hotline, who, bytes_to_base64url(options.challenge))
    return options_to_json(options)


def add(hotline: Hotline, who: Session, where: Site, credential: str, name: str) -> list[str]:
    """The browser made one. Codes on paper, if there were none; all other sessions end. Raises SignInRefused."""
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    challenge = _asked(hotline, who)
    try:
        made = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=where.host,
            expected_origin=where.origin,
        )
    except (WebAuthnException, ValueError) as error:
        raise SignInRefused(_REFUSED) from error
    new, at = new_id(), hotline.instant()
    factor = Factor(
        new, who.officer.id, PASSKEY, " ".join(name.split())[:60] or "Passkey",
        hotline.keys.seal_bytes(made.credential_public_key, factors.place(new)), bytes_to_base64url(made.credential_id),
        made.sign_count, at, at, None,
    )  # fmt: skip
    with hotline.db.write() as conn:
        factors.add(conn, factor)
        return second_factors.added(conn, hotline, who, PASSKEY)


def to_use(hotline: Hotline, who: Session, where: Site) -> str:
    """What the browser is asked to sign, as JSON."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    known = [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential)) for one in _of(hotline, who)]
    options = generate_authentication_options(rp_id=where.host, allow_credentials=known)
    _ask(hotline, who, bytes_to_base64url(options.challenge))
    return options_to_json(options)


def use(hotline: Hotline, who: Session, where: Site, credential: str) -> None:
    """The browser signed with one of theirs. Raises SignInRefused."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    challenge, factor = _asked(hotline, who), _named(hotline, who, credential)
    try:
        signed = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=where.host,
            expected_origin=where.origin,
            credential_public_key=hotline.keys.open_bytes(factor.secret, factors.place(factor.id)),
            credential_current_sign_count=factor.counter,
        )
    except (WebAuthnException, ValueError) as error:
        raise SignInRefused(_REFUSED) from error
    counts = bool(signed.new_sign_count or factor.counter)
    with hotline.db.write() as conn:
        if not factors.use(conn, factor.id, signed.new_sign_count, hotline.instant(), rising=counts):
            raise SignInRefused(_REFUSED)


def any_of(hotline: Hotline, who: Session) -> bool:
    """Whether this person has a passkey."""
    return bool(_of(hotline, who))


def _of(hotline: Hotline, who: Session) -> list[Factor]:
    with hotline.db.read() as conn:
        return [one for one in factors.of_staff(conn, who.officer.id) if one.kind == PASSKEY]


def _named(hotline: Hotline, who: Session, credential: str) -> Factor:
    """Which of theirs the browser used."""
    try:
        named = json.loads(credential)
        wanted = named.get("id") if isinstance(named, dict) else None
    except ValueError:
        wanted = None
    for one in _of(hotline, who):
        if one.credential == wanted:
            return one
    raise SignInRefused(_REFUSED)


def _ask(hotline: Hotline, who: Session, challenge: str) -> None:
    with hotline.db.write() as conn:
        store.challenge(conn, who.token_hash, challenge)


def _asked(hotline: Hotline, who: Session) -> str:
    """The challenge of this session, which is used up."""
    now = hotline.instant()
    with hotline.db.write() as conn:
        kept = store.find(conn, who.token_hash, 0, 0, hotline.today())
        if not kept or not kept.challenge or not store.take_challenge(conn, who.token_hash, kept.challenge):
            raise SignInRefused(_REFUSED)
        store.see(conn, who.token_hash, now)
        return kept.challenge


def _is_number(host: str) -> bool:
    """Browsers bind passkeys to names only."""
    return host.replace(".", "").isdecimal() or ":" in host
