"""Web push: a few words sealed for one browser (RFC 8291) and signed as ours (RFC 8292), handed to the push service that
browser named (RFC 8030). Knows neither who sits there nor what the words are about."""

import base64
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import urandom
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.channels import reaching
from bot.channels.reaching import NotAnswered
from bot.errors import NotPushed, SettingWrong

_CURVE = ec.SECP256R1()
_RECORD = 4096  # bytes; the size every push service takes
_SIGNED_FOR = 12 * 3600  # seconds; at most 24 hours
_WHOLE, _ANSWER = 8.0, 5.0  # seconds
_LONGEST_ENDPOINT = 2000
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how one browser is told, as it said itself: an address of its push service, its public key and a secret,
    both in base64url."""

    endpoint: str = field(repr=False)
    p256dh: str
    auth: str = field(repr=False)

    @classmethod
    def read(cls, text: str) -> "Address":
        """As text() wrote it."""
        return cls(**json.loads(text))

    def text(self) -> str:
        return json.dumps({"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth})


@dataclass(frozen=True, slots=True)
class Key:
    """Our key, by which a push service knows who may tell a browser. `public` is what browsers are told of it."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)
    public: str


def new_key() -> str:
    """Text of a fresh key, for VAPID_KEYS."""
    return _text(ec.generate_private_key(_CURVE).private_numbers().private_value.to_bytes(32, "big"))


def read_key(text: str) -> Key:
    """Raises SettingWrong."""
    try:
        number = int.from_bytes(_bytes(text.strip(), 32), "big")
        private = ec.derive_private_key(number, _CURVE)
    except ValueError as error:
        raise SettingWrong("VAPID_KEYS is not a key. `python -m bot keys vapid` prints one.") from error
    return Key(private, _text(_point(private.public_key())))


def check(address: Address, services: Sequence[str], *, production: bool) -> None:
    """Raises ValueError if this is no address of one of these services (hosts; `*.` for all below one). Only in development
    may one be without TLS, and only on this machine."""
    place = urlsplit(address.endpoint)
    plain = place.scheme == "http" and not production and place.hostname in _LOOPBACK
    if not (plain or place.scheme == "https") or len(address.endpoint) > _LONGEST_ENDPOINT or "@" in place.netloc:
        raise ValueError("not a push service's address")
    if not any(_is_of(place.hostname or "", service) for service in services):
        raise ValueError("not a push service we know")
    if place.scheme == "https" and place.port not in (None, 443):
        raise ValueError("not a push service's port")
    ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, _bytes(address.p256dh, 65))
    _bytes(address.auth, 16)


def hand_over(address: Address, words: bytes, key: Key, contact: str, *, urgent: bool, topic: str, lasts: int) -> None:
    """To the browser's push service, which keeps it for `lasts` seconds and lets a newer one of the same topic take its
    place. Raises NotPushed."""
    place, until = urlsplit(address.endpoint), time.monotonic() + _WHOLE
    headers = {
        "Authorization": authorization(key, f"{place.scheme}://{place.netloc}", contact, int(time.time())),
        "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "TTL": str(lasts),
        "Urgency": "high" if urgent else "normal", "Topic": topic,
    }  # fmt: skip
    try:
        with reaching.asked(
            "POST", place, until, headers, sealed(words, address), silence=_ANSWER, anywhere=place.scheme == "http"
        ) as answer:  # without TLS it is on this very machine: see check()
            status, wait = answer.status, answer.headers.get("Retry-After", "")
    except NotAnswered as failure:
        raise NotPushed(gone=False, retry=failure.code != "private address") from None
    if not 200 <= status < 300:
        later = int(wait) if wait.isdecimal() else None
        raise NotPushed(gone=status in (404, 410), retry=status == 429 or status >= 500, status=status, wait=later)


def sealed(words: bytes, address: Address, ours: ec.EllipticCurvePrivateKey | None = None, salt: bytes = b"") -> bytes:
    """One record of aes128gcm (RFC 8188) that only this browser can open. `ours` and `salt` are drawn for each, but in
    tests."""
    ours, salt = ours or ec.generate_private_key(_CURVE), salt or urandom(16)
    theirs = _bytes(address.p256dh, 65)
    shared = ours.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    point = _point(ours.public_key())
    secret = _derived(shared, _bytes(address.auth, 16), b"WebPush: info\0" + theirs + point, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(point)]) + point
    return head + AESGCM(key).encrypt(nonce, words + b"\x02", None)  # 2: the last record


def authorization(key: Key, audience: str, contact: str, now: int) -> str:
    """The header by which a push service knows us: a signed statement for its origin. `now` is seconds since 1970."""
    claims = {"aud": audience, "exp": now + _SIGNED_FOR, "sub": contact}
    said = ".".join(_text(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.private.sign(said.encode(), ec.ECDSA(hashes.SHA256())))
    return f"vapid t={said}.{_text(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={key.public}"


def _derived(secret: bytes, salt: bytes, about: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, about).derive(secret)


def _is_of(host: str, service: str) -> bool:
    return host == service or (service.startswith("*.") and host.endswith(service[1:]))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _bytes(text: str, length: int) -> bytes:
    """Raises ValueError."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if len(content) != length:
        raise ValueError("of another length")
    return content
