"""What came with a text, fetched from Twilio: from addresses put together from ids, with limits of time and size, and
never from where a stranger would like us to go. Knows nothing of what the bytes are.

Twilio answers with a redirect to its delivery network, whose addresses are signed: so our credentials go to the API's
own host only. Followed are redirects to hosts under twilio.com and twiliocdn.com. Amazon's storage, where Twilio's media
lay years ago, is not among them: anybody's files lie under the same host names.
"""

import base64
import http.client
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.channels import reaching
from bot.channels.reaching import NotAnswered
from bot.errors import MediaUnfetched
from bot.model import Fetched

MOST_BYTES = 20_000_000
READ, WHOLE = 10.0, 30.0  # seconds
_API = "https://api.twilio.com"
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_MEDIA_SID, _MESSAGE_SID = re.compile(r"ME[0-9a-f]{32}"), re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_ORIGIN = re.compile(r"https://api(?:\.[a-z0-9-]+)*\.twilio\.com")  # also of a region: api.dublin.ie1.twilio.com
_TWILIOS = re.compile(r"(?:[a-z0-9-]+\.)+(?:twilio|twiliocdn)\.com")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


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
                if not (body := reaching.whole(answer, until, MOST_BYTES)):
                    raise MediaUnfetched(retry=True, code="empty")
                return Fetched(body, answer.headers.get("Content-Type", ""))
            if answer.status not in _REDIRECTS:
                raise MediaUnfetched(retry=True, code=str(answer.status))
            if not (to := answer.headers.get("Location")):
                raise MediaUnfetched(retry=True, code="redirect")
            url, headers = urljoin(url, to), {}
    raise MediaUnfetched(retry=True, code="redirects")


@contextmanager
def _asked(account: Account, url: str, headers: dict[str, str], until: float) -> Iterator[http.client.HTTPResponse]:
    """The answer of one host. Raises MediaUnfetched, also for what fails while the block reads."""
    place = _allowed(account, url)
    ours = bool(account.api_url) and place.netloc == urlsplit(account.api).netloc  # as whoever runs the line wrote it
    try:
        with reaching.asked("GET", place, until, headers, silence=READ, anywhere=ours) as answer:
            yield answer
    except NotAnswered as failure:
        code = "redirect" if failure.code == "private address" else failure.code
        raise MediaUnfetched(retry=code != "too large", code=code) from None


def _allowed(account: Account, url: str) -> SplitResult:
    """The address in its parts. Raises MediaUnfetched if it is not the API's nor one that Twilio serves media from."""
    elsewhere = MediaUnfetched(retry=True, code="redirect")
    try:
        place, api = reaching.parts(url), urlsplit(account.api)
    except ValueError:
        raise elsewhere from None
    if (place.scheme, place.netloc) == (api.scheme, api.netloc):
        if place.scheme == "http" and place.hostname not in _LOOPBACK:
            raise MediaUnfetched(retry=True, code="not https")  # nobody may read our credentials on the way
        return place
    if place.scheme != "https" or place.port not in (None, 443) or not _TWILIOS.fullmatch(place.hostname or ""):
        raise elsewhere
    return place
