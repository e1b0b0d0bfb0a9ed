"""LibreTranslate, run by the department itself, over its HTTP API (docs.libretranslate.com): /translate and /languages.
Knows no thread and no resident; says nothing of what it was given to anybody else."""

import http.client
import json
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from bot.errors import NotTranslated, Untranslated
from bot.translators.base import LONGEST, UNKNOWN, Translated
from bot.translators.breaker import Breaker

_CONNECT = 2.0  # seconds
_MOST_BYTES = 262_144
_KNOWN_FOR = 600.0  # seconds that its list of languages counts
_ENGLISH = "en"
# What it calls languages besides their tag, by the release.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "zh-Hans": ("zh-Hans", "zh"), "zh-Hant": ("zh-Hant", "zt"), "pt": ("pt", "pt-BR", "pb"), "pt-BR": ("pt-BR", "pb", "pt"),
    "tl": ("tl", "fil"),
}  # fmt: skip
_NO_KEY = (401, 403)
_NOT_NOW = (408, 425, 429, 502, 503, 504)
_REFUSED_LANGUAGE = "not supported"  # in what a 400 says of a language it lacks

Pairs = Mapping[str, frozenset[str]]  # its own codes: source -> targets


class LibreTranslate:
    """One server. What it fails at is told by a word, never by the words it was given."""

    name = "libretranslate"

    def __init__(self, url: str, key: str = "", breaker: Breaker | None = None) -> None:
        self._place = urlsplit(url)
        self._key = key
        self._breaker = breaker or Breaker()
        self._pairs: Pairs | None = None
        self._asked_at = 0.0

    def translate(self, words: str, source: str, target: str, *, within: float) -> Translated:
        if len(words) > LONGEST:
            raise NotTranslated(Untranslated.LONG)
        until = time.monotonic() + within
        pairs = self._known_pairs(until)
        origin, goal = _codes(pairs, source, target)
        body = {"q": words, "source": origin, "target": goal, "format": "text"}
        told = self._ask("POST", "/translate", until, body)
        said = told.get("translatedText") if isinstance(told, dict) else None
        if not isinstance(said, str) or not said.strip():
            raise NotTranslated(Untranslated.FAILED)
        return Translated(said.strip(), _found(told, source))

    def lacking(self, tags: Collection[str], *, within: float) -> frozenset[str]:
        pairs = self._known_pairs(time.monotonic() + within)
        return frozenset(
            tag for tag in tags if tag != _ENGLISH and not (_pair(pairs, tag, _ENGLISH) and _pair(pairs, _ENGLISH, tag))
        )

    def _known_pairs(self, until: float) -> Pairs:
        if self._pairs is None or time.monotonic() - self._asked_at > _KNOWN_FOR:
            self._pairs, self._asked_at = _read_pairs(self._ask("GET", "/languages", until)), time.monotonic()
        return self._pairs

    def _ask(self, method: str, path: str, until: float, body: Mapping[str, str] | None = None) -> Any:
        """Its answer, read from JSON. A language it lacks is no failure of the server; all else is counted as one."""
        if not self._breaker.lets():
            raise NotTranslated(Untranslated.AWAY)
        try:
            answer = self._answer(method, path, until, body)
        except NotTranslated as refusal:
            if refusal.lasting:
                self._breaker.answered()
            else:
                self._breaker.failed()
            raise
        self._breaker.answered()
        return answer

    def _answer(self, method: str, path: str, until: float, body: Mapping[str, str] | None) -> Any:
        sent = json.dumps({**body, "api_key": self._key} if self._key else body).encode() if body is not None else None
        headers = {"Accept": "application/json", "User-Agent": "Puente"}
        if sent is not None:
            headers["Content-Type"] = "application/json"
        try:
            with _cut_at(until, self._connected(until)) as sock:
                if isinstance(sock, ssl.SSLSocket):
                    sock.do_handshake()
                conn = http.client.HTTPConnection(self._place.netloc)
                conn.sock = sock
                conn.request(method, self._place.path + path, sent, headers)
                answer = conn.getresponse()
                return _read(answer.status, answer.read(_MOST_BYTES + 1))
        except (OSError, ValueError, http.client.HTTPException) as error:  # its text may quote what was sent
            late = time.monotonic() >= until or isinstance(error, TimeoutError)
            raise NotTranslated(Untranslated.LATE if late else Untranslated.AWAY) from None

    def _connected(self, until: float) -> socket.socket:
        """Raises NotTranslated: who takes no connection is away, and not slow at these words."""
        host = self._place.hostname or ""
        secure = self._place.scheme == "https"
        port = self._place.port or (443 if secure else 80)
        try:
            sock = _opened(_looked_up(host, port, until), until)
            if secure:
                sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        except (OSError, ValueError):
            raise NotTranslated(Untranslated.AWAY) from None
        return sock


def _opened(addresses: Sequence[tuple[str, int]], until: float) -> socket.socket:
    """A connection to the first that takes one: localhost may be ::1 first, and the server at 127.0.0.1 alone."""
    for address in addresses:
        with suppress(OSError):
            return socket.create_connection(address, timeout=min(_CONNECT, max(until - time.monotonic(), 0.001)))
    raise OSError


def _looked_up(host: str, port: int, until: float) -> Sequence[tuple[str, int]]:
    """Where it may be. A name that nobody answers for would otherwise be waited for much longer than anybody may."""
    found: list[tuple[str, int]] = []

    def ask() -> None:
        with suppress(OSError):
            found.extend((str(one[4][0]), port) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(until - time.monotonic(), 0.001))
    return tuple(found)


@contextmanager
def _cut_at(until: float, sock: socket.socket) -> Iterator[socket.socket]:
    """A connection that is cut at an instant of the stopwatch, however slowly the other side drips."""
    left = max(until - time.monotonic(), 0.001)
    sock.settimeout(left)
    cut = threading.Timer(left, _cut, (sock,))
    cut.daemon = True
    cut.start()
    try:
        yield sock
    finally:
        cut.cancel()
        sock.close()


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):  # it is gone already
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _read(status: int, content: bytes) -> Any:
    """What it said. Raises NotTranslated for a refusal, ValueError for what is no JSON."""
    if status == 200:
        if len(content) > _MOST_BYTES:
            raise NotTranslated(Untranslated.FAILED)
        return json.loads(content)
    if status in _NO_KEY:
        raise NotTranslated(Untranslated.KEY)
    if status in _NOT_NOW:
        raise NotTranslated(Untranslated.BUSY if status == 429 else Untranslated.AWAY)
    if status == 400 and _REFUSED_LANGUAGE in _error(content):
        raise NotTranslated(Untranslated.LANGUAGE)
    raise NotTranslated(Untranslated.FAILED)


def _error(content: bytes) -> str:
    try:
        told = json.loads(content)
    except ValueError:
        return ""
    return str(told.get("error", "")) if isinstance(told, dict) else ""


def _read_pairs(told: Any) -> Pairs:
    """Its list of languages. Older releases do not say which pairs there are: then each goes into each."""
    told = told if isinstance(told, list) else []
    listed = [one for one in told if isinstance(one, dict) and isinstance(one.get("code"), str)]
    codes = frozenset(one["code"] for one in listed)
    if not codes:
        raise NotTranslated(Untranslated.AWAY)  # this is no LibreTranslate
    return {one["code"]: frozenset(map(str, one.get("targets") or codes)) for one in listed}


def _codes(pairs: Pairs, source: str, target: str) -> tuple[str, str]:
    """What it calls the two. Raises NotTranslated if it lacks one, or the pair."""
    if source == UNKNOWN:
        goal = next((code for code in _called(target) if code in pairs), None)
        found = (UNKNOWN, goal) if goal else None
    else:
        found = _pair(pairs, source, target)
    if found is None:
        raise NotTranslated(Untranslated.LANGUAGE)
    return found


def _pair(pairs: Pairs, source: str, target: str) -> tuple[str, str] | None:
    for origin in _called(source):
        for goal in _called(target):
            if goal in pairs.get(origin, ()):
                return origin, goal
    return None


def _called(tag: str) -> tuple[str, ...]:
    """Its codes for a language, the likeliest first. A language in letters that are not its own has none."""
    return _ALIASES.get(tag, (tag,))


def _found(told: Mapping[str, Any], asked: str) -> str:
    """The language it read the words in."""
    if asked != UNKNOWN:
        return asked
    seen = told.get("detectedLanguage")
    code = seen.get("language") if isinstance(seen, dict) else None
    if not isinstance(code, str):
        return UNKNOWN
    return next((tag for tag, codes in _ALIASES.items() if code in codes), code)
