"""Signing in with the department's own identity provider: OpenID Connect, authorization code with PKCE. What it says is
believed only if it is signed, meant for us, and answers the very question we asked. Makes nobody an account."""

import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any, cast

from bot.desk.identity import tokens
from bot.errors import PuenteError, SignInRefused
from bot.hotline import Hotline

_PATIENCE = 5  # seconds
_LASTING = 10 * 60_000  # ms from leaving for the provider until coming back
_SIGNED_BY = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_PLACE = "cookie.aside"


@dataclass(frozen=True, slots=True)
class Question:
    """What we asked the provider; kept sealed in the person's own browser until they come back. `session`: whose sign-in
    is confirmed once more, by its hash; empty for a new one."""

    state: str
    nonce: str
    verifier: str
    onward: str
    session: str
    asked_at: int


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the provider says. `login` as logins are here."""

    login: str
    second_factor: bool
    question: Question


def is_on(hotline: Hotline) -> bool:
    return bool(hotline.config.oidc_issuer)


def ask(hotline: Hotline, back: str, onward: str, session: str = "") -> tuple[str, str]:
    """Where to send the browser, and the sealed question to keep in it. `back` is our own address it is sent to then.
    Raises SignInRefused if the provider does not answer."""
    question = Question(tokens.new(), tokens.new(), tokens.new(), onward, session, hotline.instant())
    fresh = {"prompt": "login", "max_age": "0"} if session else {}
    with _client(hotline, back) as client:
        known = _discover(hotline, client)
        address, _ = client.create_authorization_url(
            known["authorization_endpoint"],
            state=question.state,
            code_verifier=question.verifier,
            nonce=question.nonce,
            **fresh,
        )
    sealed = hotline.keys.seal_bytes(json.dumps(asdict(question)).encode(), _PLACE)
    return address, sealed.hex()


def answer(hotline: Hotline, back: str, aside: str, state: str, code: str) -> Vouched:
    """What the provider said to a question of ours, read from the address it sent the browser back to. Raises
    SignInRefused."""
    question = _question(hotline, aside)
    if not code or not hmac.compare_digest(state.encode(), question.state.encode()):
        raise SignInRefused("The sign-in was not finished there. Please try again.")
    with _client(hotline, back) as client:
        known = _discover(hotline, client)
        claims = _claims(hotline, client, known, question, code)
    login = str(claims.get(hotline.config.oidc_login_claim) or "")
    unconfirmed = hotline.config.oidc_login_claim == "email" and claims.get("email_verified") not in (True, "true")
    if not login or unconfirmed:
        raise SignInRefused("The identity provider does not say who you are here. Ask an admin.")
    said = [*(claims.get("amr") or ()), claims.get("acr")]
    trusted = any(one in hotline.config.oidc_second_factor for one in said if isinstance(one, str))
    return Vouched(login, trusted, question)


def _question(hotline: Hotline, aside: str) -> Question:
    try:
        question = Question(**json.loads(hotline.keys.open_bytes(bytes.fromhex(aside), _PLACE)))
    except (ValueError, TypeError) as error:
        raise SignInRefused("The sign-in was not begun in this browser. Please try again.") from error
    if not 0 <= hotline.instant() - question.asked_at < _LASTING:
        raise SignInRefused("The sign-in took too long. Please try again.")
    return question


def _claims(hotline: Hotline, client: Any, known: dict[str, Any], question: Question, code: str) -> dict[str, Any]:
    import requests
    from authlib.integrations.base_client import OAuthError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    config, now = hotline.config, hotline.instant() // 1000
    try:
        got = client.fetch_token(
            known["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=question.verifier
        )
        keys = KeySet.import_key_set(cast(Any, _json(client, known["jwks_uri"])))
        signed = jwt.decode(str(got.get("id_token", "")), keys, algorithms=_SIGNED_BY)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": config.oidc_issuer},
                "aud": {"essential": True, "value": config.oidc_client_id},
            },
            params={
                "nonce": question.nonce,
                "client_id": config.oidc_client_id,
                "access_token": got.get("access_token"),
            },
        )
        claims.validate(now=now, leeway=60)
    except (OAuthError, JoseError, requests.RequestException, ValueError, KeyError) as error:
        raise SignInRefused("What the identity provider said cannot be believed. Please try again.") from error
    if question.session and not _signed_in_since(claims, question):
        raise SignInRefused("The identity provider did not ask you again. Please try again.")
    return dict(claims)


def _signed_in_since(claims: dict[str, Any], question: Question) -> bool:
    """Whether they really signed in there once more, and did not merely still be so."""
    when = claims.get("auth_time")
    return isinstance(when, int | float) and when * 1000 >= question.asked_at - 60_000


def _client(hotline: Hotline, back: str) -> Any:
    from authlib.integrations.requests_client import OAuth2Session

    config = hotline.config
    return OAuth2Session(
        config.oidc_client_id, config.oidc_client_secret or None, scope="openid profile email", redirect_uri=back,
        token_endpoint_auth_method="client_secret_basic" if config.oidc_client_secret else "none",
        code_challenge_method="S256", default_timeout=_PATIENCE,
    )  # fmt: skip


def _discover(hotline: Hotline, client: Any) -> dict[str, Any]:
    """What the provider says of itself. Raises SignInRefused."""
    import requests

    issuer = hotline.config.oidc_issuer
    try:
        known = _json(client, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        addresses = [known[name] for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    except (requests.RequestException, ValueError, KeyError) as error:
        raise SignInRefused(
            "The identity provider does not answer. Sign in with your password, or try again."
        ) from error
    secure = all(str(one).startswith("https://") or hotline.config.development for one in addresses)
    if known.get("issuer") != issuer or not secure:
        raise PuenteError("The identity provider is not the one in the settings. Tell whoever runs this line.")
    return known


def _json(client: Any, address: str) -> dict[str, Any]:
    answer = client.get(address, withhold_token=True, allow_redirects=False, timeout=_PATIENCE)
    answer.raise_for_status()
    said = answer.json()
    if not isinstance(said, dict):
        raise ValueError("not an object")
    return said
