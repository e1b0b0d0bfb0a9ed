"""One request to another host: over a connection to the very address that was looked at, never into our own network unasked,
following nobody elsewhere, and cut off in time. Knows nothing of what is said."""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from urllib.parse import SplitResult, urlsplit

CONNECT = 3.0  # seconds
_CHUNK = 65_536
_PLAIN = re.compile(r"[!-\[\]-~]+")  # no space, no control, no backslash
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address, where a network speaks only IPv6


class NotAnswered(Exception):
    """`code` is one word or two of ours, such as late, cut off, connection, too large, private address. `sent` says whether
    the other side may have the whole request."""

    def __init__(self, code: str, *, sent: bool) -> None:
        self.code, self.sent = code, sent
        super().__init__(code)


def parts(url: str) -> SplitResult:
    """Of an address that cannot be read in two ways: with no user, space or backslash in it. Raises ValueError."""
    place = urlsplit(url)
    if not _PLAIN.fullmatch(url) or not place.hostname or "@" in place.netloc or place.port == 0:
        raise ValueError("not a plain address")
    return place


@contextmanager
def asked(
    method: str,
    place: SplitResult,
    until: float,
    headers: Mapping[str, str],
    body: bytes | None = None,
    *,
    silence: float,
    anywhere: bool = False,
) -> Iterator[http.client.HTTPResponse]:
    """The answer, whatever its status; its connection is gone with the block, and at the latest at `until` (monotonic).
    `silence`: seconds after which a host that says nothing is left; `anywhere`: also in our own network. Raises NotAnswered,
    also for what fails while the block reads."""
    sent = False
    try:
        with _connected(place, until, silence, anywhere=anywhere) as sock:
            conn = http.client.HTTPConnection(place.netloc)
            conn.sock = sock
            # Without a word on it, http.client asks for content that is not packed: nothing is unpacked here.
            conn.request(method, place._replace(scheme="", netloc="", fragment="").geturl() or "/", body, dict(headers))
            sent = True
            yield conn.getresponse()
    except (OSError, ValueError, http.client.HTTPException) as error:  # its text may hold an address, which is a key
        late = time.monotonic() >= until or isinstance(error, TimeoutError)
        raise NotAnswered("late" if late else "connection", sent=sent) from None


def whole(answer: http.client.HTTPResponse, until: float, most: int) -> bytes:
    """The body, all of it or none; reading ends soon after so many bytes. Raises NotAnswered."""
    told = answer.length  # None where it is not told
    body = bytearray()
    while max(told or 0, len(body)) <= most and (chunk := answer.read1(_CHUNK)):
        body += chunk
    if max(told or 0, len(body)) > most:
        raise NotAnswered("too large", sent=True)
    if time.monotonic() >= until:  # it ended because we cut it
        raise NotAnswered("late", sent=True)
    if told is not None and len(body) < told:
        raise NotAnswered("cut off", sent=True)
    return bytes(body)


def public(address: str) -> bool:
    """Whether an address is one of the open internet, however it is written; not one of ours, nor of a cloud's own
    services."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inner is None and ip in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not ip.is_multicast


@contextmanager
def _connected(place: SplitResult, until: float, silence: float, *, anywhere: bool) -> Iterator[socket.socket]:
    """A connection to the very address that was looked at, so that a name cannot mean another one a moment later. Whoever
    sends a byte now and then is cut off in time."""
    host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    found = list(dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    if not anywhere and not all(map(public, found)):
        raise NotAnswered("private address", sent=False)
    sock = _opened(found, port, until)
    try:
        if place.scheme == "https":
            sock = _trust().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        cut = threading.Timer(_left(until), _cut, (sock,))
        cut.daemon = True
        cut.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            sock.settimeout(silence)
            yield sock
        finally:
            cut.cancel()
    finally:
        sock.close()


def _opened(addresses: list[str], port: int, until: float) -> socket.socket:
    for address in addresses[:-1]:
        with suppress(OSError):  # such as IPv6 where there is no way for it
            return socket.create_connection((address, port), timeout=min(CONNECT, _left(until)))
    return socket.create_connection((addresses[-1], port), timeout=min(CONNECT, _left(until)))


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.001)


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not the TLS layer's own: it would forget its state mid-read


def _trust() -> ssl.SSLContext:
    import certifi  # what Twilio's own client trusts

    return ssl.create_default_context(cafile=certifi.where())
