"""One call of another system, at an address that somebody here entered: with limits of time and size, following nobody
elsewhere, and never into our own network. Knows nothing of what is said."""

import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from bot.channels.twilio_media import public
from bot.errors import NotReached

MOST_BYTES = 1_000_000
CONNECT, WHOLE = 3.0, 15.0  # seconds
_CHUNK = 65_536
_PLAIN = re.compile(r"[!-\[\]-~]+")  # no space, no control, no backslash
_AGAIN = (408, 425, 429)  # and whatever is the other system's own trouble


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def usable(url: str, *, development: bool) -> bool:
    """Whether an address may be entered: https to a named port or none; in development also http, for trying."""
    try:
        place = urlsplit(url)
        port_fits = place.port is None or place.port > 0
    except ValueError:
        return False
    schemes = ("https", "http") if development else ("https",)
    return bool(
        _PLAIN.fullmatch(url) and place.scheme in schemes and place.hostname and port_fits and "@" not in place.netloc
    )


def ask(
    method: str, url: str, *, development: bool, form: Mapping[str, str] | None = None, accept: str = "application/json"
) -> Answer:
    """What it answers, if that is a yes (200 to 299). Raises NotReached. In development our own machine may be asked."""
    if not usable(url, development=development):
        raise NotReached(retry=False, code="address")
    place, until = urlsplit(url), time.monotonic() + WHOLE
    headers = {"Accept": accept, "User-Agent": "Puente"}
    body = urlencode(form).encode() if form is not None else None
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        with _connected(place, until, anywhere=development) as sock:
            conn = http.client.HTTPConnection(place.netloc)
            conn.sock = sock
            conn.request(method, place._replace(scheme="", netloc="", fragment="").geturl() or "/", body, headers)
            return _read(conn.getresponse())
    except (OSError, ValueError, http.client.HTTPException) as error:  # its text may hold an address with a key in it
        late = time.monotonic() >= until or isinstance(error, TimeoutError)
        raise NotReached(retry=True, code="late" if late else "connection") from None


def _read(answer: http.client.HTTPResponse) -> Answer:
    if not 200 <= answer.status < 300:
        raise NotReached(retry=answer.status >= 500 or answer.status in _AGAIN, code=str(answer.status))
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise NotReached(retry=False, code="too large")
    return Answer(answer.status, bytes(body))


@contextmanager
def _connected(place: SplitResult, until: float, *, anywhere: bool) -> Iterator[socket.socket]:
    """A connection to the very address that was looked at, so that a name cannot mean another one a moment later."""
    host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not anywhere and not all(map(public, found)):
        raise NotReached(retry=False, code="private address")
    sock = _opened(found, port)
    try:
        if place.scheme == "https":
            sock = _trust().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        cut = threading.Timer(max(until - time.monotonic(), 0.001), _cut, (sock,))
        cut.daemon = True
        cut.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            sock.settimeout(WHOLE)
            yield sock
        finally:
            cut.cancel()
    finally:
        sock.close()


def _opened(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        with suppress(OSError):  # such as IPv6 where there is no way for it
            return socket.create_connection((address, port), timeout=CONNECT)
    return socket.create_connection((addresses[-1], port), timeout=CONNECT)


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _trust() -> ssl.SSLContext:
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
