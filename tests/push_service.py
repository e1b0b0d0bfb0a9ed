"""A push service on loopback that stands for a browser's: it checks who tells it something as RFC 8292 has it, and opens
what is told with the browser's own keys as RFC 8291 has it, by its own arithmetic."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.channels.web_push import Address


def unpack(words: str) -> bytes:
    return base64.urlsafe_b64decode(words + "=" * (-len(words) % 4))


def pack(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def public_bytes(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


@dataclass
class Told:
    """One telling, opened."""

    browser: str
    words: dict[str, str]
    headers: dict[str, str]
    claims: dict[str, object]


@dataclass
class PushService:
    """`statuses` are what it answers next; then 201."""

    url: str
    key: str  # the line's public key, which the browsers were given
    browsers: dict[str, tuple[ec.EllipticCurvePrivateKey, bytes]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    asked: int = 0

    def browser(self, name: str) -> Address:
        """A browser that subscribes."""
        private, secret = ec.generate_private_key(ec.SECP256R1()), name.encode().ljust(16, b"-")[:16]
        self.browsers[name] = private, secret
        return Address(f"{self.url}/send/{name}", pack(public_bytes(private.public_key())), pack(secret))

    def take(self, name: str, headers: dict[str, str], body: bytes) -> int:
        self.asked += 1
        claims = self._signed(headers["authorization"])
        if claims["aud"] != self.url:
            return 403
        if self.statuses:
            return self.statuses.pop(0)
        self.told.append(Told(name, json.loads(self._opened(name, body)), headers, claims))
        return 201

    def _signed(self, authorization: str) -> dict[str, object]:
        scheme, _, rest = authorization.partition(" ")
        parts = dict(one.strip().split("=", 1) for one in rest.split(","))
        assert (scheme, parts["k"]) == ("vapid", self.key)
        head, claims, signature = parts["t"].split(".")
        r, s = unpack(signature)[:32], unpack(signature)[32:]
        whole = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpack(self.key))
        key.verify(whole, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
        assert json.loads(unpack(head)) == {"typ": "JWT", "alg": "ES256"}
        found: dict[str, object] = json.loads(unpack(claims))
        return found

    def _opened(self, name: str, body: bytes) -> bytes:
        private, secret = self.browsers[name]
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        theirs, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(sealed) <= size
        shared = private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        about = b"WebPush: info\0" + public_bytes(private.public_key()) + theirs + b"\x01"
        drawn = hmac.digest(salt, hmac.digest(hmac.digest(secret, shared, "sha256"), about, "sha256"), "sha256")
        key = hmac.digest(drawn, b"Content-Encoding: aes128gcm\0\x01", "sha256")[:16]
        nonce = hmac.digest(drawn, b"Content-Encoding: nonce\0\x01", "sha256")[:12]
        words, _, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\x02")
        assert padding == b""
        return words


@contextmanager
def push_service(key: str) -> Iterator[PushService]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(service.take(self.path.rsplit("/", 1)[1], headers, body))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *words: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service = PushService(f"http://127.0.0.1:{server.server_port}", key)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
