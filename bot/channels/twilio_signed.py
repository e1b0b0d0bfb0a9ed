"""Whether a call is Twilio's, told by its signature, and the form it brought. Knows nothing of what the form says."""

import hmac
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, urlsplit

from twilio.request_validator import RequestValidator

from bot.errors import Forged
from bot.model import HookRequest

_MOST_FIELDS = 5000  # Twilio sends about thirty


class Form(dict[str, list[str]]):
    """A form with its repeats, in the shape Twilio's validator asks a form in."""

    def getall(self, name: str) -> list[str]:
        return self[name]

    def first(self, name: str) -> str:
        """The value as we use it: NUL is made visible, since databases and XML refuse it."""
        values = self.get(name)
        return values[0].replace("\0", "\ufffd") if values else ""

    def only(self, name: str) -> str:
        """A value that must be there once. A signature has no separators, so a text ending in `From+1555…`
        and a second `From` sign alike: what identifies people is never taken from among several."""
        values = set(self.get(name, ()))
        if len(values) != 1:
            raise Forged(f"The call has no single {name}.")
        return values.pop()


def signed_form(validators: Sequence[RequestValidator], public_url: str, request: HookRequest) -> Form:
    """The form of a call Twilio signed for this public address, with or without its port, by a token of one of these.
    Raises Forged.

    A JSON call is checked by its bodySHA256 and gives an empty form: nothing we read is sent that way.
    """
    signature = request.headers.get("x-twilio-signature", "").encode(errors="replace")
    if request.method != "POST" or not signature or not request.url.startswith("/"):
        raise Forged("The call is not signed by Twilio.")
    try:
        # Not `validate`: it signs the address as urlsplit would rewrite it, and raises TypeError on bad JSON.
        form = _hashed(validators[0], request) if _is_json(request) else _parsed(request.body)
        genuine = any(
            hmac.compare_digest(validator.compute_signature(base + request.url, form).encode(), signature)
            for validator in validators
            for base in _with_and_without_port(public_url)
        )
    except ValueError:  # bytes that are no text, or too many fields
        genuine = False
    if not genuine:
        raise Forged("The signature of the call does not fit. Are PUBLIC_URL and TWILIO_AUTH_TOKEN right?")
    return form


@lru_cache(maxsize=8)
def _with_and_without_port(public_url: str) -> tuple[str, str]:
    """The address as configured, then its other form: Twilio is not consistent in which it signs."""
    parts = urlsplit(public_url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    other = host if parts.port else f"{host}:{443 if parts.scheme == 'https' else 80}"
    return public_url, parts._replace(netloc=other).geturl()


def _is_json(request: HookRequest) -> bool:
    return "json" in request.headers.get("content-type", "").lower()


def _hashed(validator: RequestValidator, request: HookRequest) -> Form:
    """No form, if the body is the one whose hash is in the signed address. Raises ValueError."""
    told = parse_qs(request.url.partition("?")[2]).get("bodySHA256", [""])[0]
    if told != validator.compute_hash(request.body.decode()):
        raise ValueError("The body is another one.")
    return Form()


def _parsed(body: bytes) -> Form:
    """The form, blank values and repeats kept. Bytes that are no UTF-8 become U+FFFD. Raises ValueError."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except UnicodeDecodeError:
        text = body.decode(errors="replace")
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS)
    form = Form()
    for name, value in pairs:
        if name in form:
            form[name].append(value)
        else:
            form[name] = [value]
    return form
