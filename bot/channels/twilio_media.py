"""What came with a text, fetched from Twilio: from addresses put together from ids, with limits of time and size, and
never from where a stranger would like us to go. Knows nothing of what the bytes are.

Twilio answers with a redirect to its delivery network, whose addresses are signed: so our credentials go to the API's
own host only. Followed are redirects to hosts under twilio.com and twiliocdn.com. Amazon's storage, where Twilio's media
lay years ago, is not among them: anybody's files lie under the same host names.
"""

import base64
import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.errors import MediaUnfetched
from bot.model import Fetched

MOST_BYTES = 20_000_000
CONNECT, READ, WHOLE = 3.0, 10.0, 30.0  # seconds
_API = "https://api.twilio.com"
_CHUNK = 65_536
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_MEDIA_SID, _MESSAGE_SID = re.compile(r"ME[0-9a-f]{32}"), re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ORIGIN = re.compile(r"https://api(?:\.[a-z0-9-]+)*\.twilio\.com")  # also of a region: api.dublin.ie1.twilio.com
_TWILIOS = re.compile(r"(?:[a-z0-9-]+\.)+(?:twilio|twiliocdn)\.com")
_PLAIN = re.compile(r"[!-\[\]-~]+")  # no space, no control, no backslash
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")  # an IPv4 address, where a network speaks only IPv6


@dataclass(frozen=True, slots=True)
class Account:
    """Whose media, and by which user they are asked for. `api_url` is another host for the API, or empty."""

    sid: str
    user: str
    password: str = field(repr=False)
    api_url: str

    @property
    def api(self) -> str:
        return self.api_url or _API

    def media_id(self, url: str, message_sid: str) -> str:
        """Twilio's id in the address of something that came with this very text; empty if it is any other address."""
        home = f"/2010-04-01/Accounts/{self.sid}/Messages/{message_sid}/Media/"
        origin, found, sid = url.partition(home)
        ours = found and (origin == self.api or _ORIGIN.fullmatch(origin)) and _MEDIA_SID.fullmatch(sid)
        return sid if ours else ""


def fetch(account: Account, message_sid: str, media_sid: str) -> Fetched:
    """The content, whole. Raises MediaUnfetched."""
    if not (_MESSAGE_SID.fullmatch(message_sid) and _MEDIA_SID.fullmatch(media_sid)):
        raise MediaUnfetched(retry=False, code="address")
    if not (account.sid and account.user and account.password):
        raise MediaUnfetched(retry=True, code="account")
    until = time.monotonic() + WHOLE
    url = f"{account.api}/2010-04-01/Accounts/{account.sid}/Messages/{message_sid}/Media/{media_sid}"
    who = base64.b64encode(f"{account.user}:{account.password}".encode()).decode()
    headers = {"Authorization": f"Basic {who}"}
    for _ in range(1 + _MOST_REDIRECTS):
        with _asked(account, url, headers, until) as answer:
            if answer.status == http.client.OK:
                return Fetched(_body(answer, until), answer.headers.get("Content-Type", ""))
            if answer.status not in _REDIRECTS:
                raise MediaUnfetched(retry=True, code=str(answer.status))
            if not (to := answer.headers.get("Location")):
                raise MediaUnfetched(retry=True, code="redirect")
            url, headers = urljoin(url, to), {}
    raise MediaUnfetched(retry=True, code="redirects")


@contextmanager
def _asked(account: Account, url: str, headers: dict[str, str], until: float) -> Iterator[http.client.HTTPResponse]:
    """The answer of one host; its connection is gone with the block, and at the latest when the time is up."""
    place = _allowed(account, url)
    try:
        with _connected(account, place, until) as sock:
            conn = http.client.HTTPConnection(place.netloc)
            conn.sock = sock
            # Without a word on it, http.client asks for content that is not packed: nothing is unpacked here.
            conn.request("GET", place._replace(scheme="", netloc="", fragment="").geturl() or "/", headers=headers)
            yield conn.getresponse()
    except (OSError, ValueError, http.client.HTTPException) as error:  # its text may hold an address, which is a key
        late = time.monotonic() >= until or isinstance(error, TimeoutError)
        raise MediaUnfetched(retry=True, code="late" if late else "connection") from None


def _allowed(account: Account, url: str) -> SplitResult:
    """The address in its parts. Raises MediaUnfetched if it is not the API's nor one that Twilio serves media from."""
    elsewhere = MediaUnfetched(retry=True, code="redirect")
    try:
        place, api = urlsplit(url), urlsplit(account.api)
        port = place.port
    except ValueError:
        raise elsewhere from None
    if not _PLAIN.fullmatch(url) or "@" in place.netloc:
        raise elsewhere
    if (place.scheme, place.netloc) == (api.scheme, api.netloc):
        if place.scheme == "http" and place.hostname not in _LOOPBACK:
            raise MediaUnfetched(retry=True, code="not https")  # nobody may read our credentials on the way
        return place
    if place.scheme != "https" or port not in (None, 443) or not _TWILIOS.fullmatch(place.hostname or ""):
        raise elsewhere
    return place


@contextmanager
def _connected(account: Account, place: SplitResult, until: float) -> Iterator[socket.socket]:
    """A connection to the very address that was looked at. Whoever sends a byte now and then is cut off in time."""
    host, port = place.hostname or "", place.port or (443 if place.scheme == "https" else 80)
    trusted = place.netloc == urlsplit(account.api).netloc and account.api_url  # as whoever runs the line wrote it
    found = dict.fromkeys(str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    if not trusted and not all(map(public, found)):
        raise MediaUnfetched(retry=True, code="redirect")
    sock = _opened([(address, port) for address in found], until)
    try:
        if place.scheme == "https":
            sock = _trust().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        cut = threading.Timer(_left(until), _cut, (sock,))
        cut.daemon = True
        cut.start()
        try:
            if isinstance(sock, ssl.SSLSocket):
                sock.do_handshake()
            sock.settimeout(READ)
            yield sock
        finally:
            cut.cancel()
    finally:
        sock.close()


def _opened(ends: Sequence[tuple[str, int]], until: float) -> socket.socket:
    *others, last = ends
    for end in others:
        try:
            return socket.create_connection(end, timeout=min(CONNECT, _left(until)))
        except OSError:
            continue  # such as IPv6 where there is no way for it
    return socket.create_connection(last, timeout=min(CONNECT, _left(until)))


def _body(answer: http.client.HTTPResponse, until: float) -> bytes:
    """The whole body, or none of it; reading ends soon after MOST_BYTES."""
    told = answer.length  # None where it is not told
    if told is not None and told > MOST_BYTES:
        raise MediaUnfetched(retry=False, code="too large")
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise MediaUnfetched(retry=False, code="too large")
    if time.monotonic() >= until:
        raise MediaUnfetched(retry=True, code="late")
    if told is not None and len(body) < told:
        raise MediaUnfetched(retry=True, code="cut off")
    if not body:
        raise MediaUnfetched(retry=True, code="empty")
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


def _left(until: float) -> float:
    return max(until - time.monotonic(), 0.001)


def _cut(sock: socket.socket) -> None:
    try:
        socket.socket.shutdown(sock, socket.SHUT_RDWR)  # not the TLS layer's own: it would forget its state mid-read
    except OSError:
        pass  # it is gone already


def _trust() -> ssl.SSLContext:
    import certifi  # what Twilio's own client trusts

    return ssl.create_default_context(cafile=certifi.where())
