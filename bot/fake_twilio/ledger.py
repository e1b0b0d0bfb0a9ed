"""What the fake Twilio remembers: every text in either direction, and every call it made to the application.
Looking up takes the same time however many there are; it knows neither HTTP nor the application."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal
from uuid import uuid4

_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})

Direction = Literal["inbound", "outbound-api", "outbound-reply"]


@dataclass(slots=True)
class Text:
    """A Message resource: one text, in or out. Addresses carry `whatsapp:` where they are of WhatsApp."""

    n: int  # the first is 1
    sid: str
    direction: Direction
    sender: str
    recipient: str
    body: str
    status: str
    created: datetime
    sent: datetime | None = None
    media: tuple[tuple[str, str], ...] = ()  # (sid, content type)
    code: int | None = None
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the create request, if it came by REST
    withheld: bool = False  # its webhook is not called until somebody says so
    deleted: bool = False

    @property
    def resident(self) -> str:
        return self.sender if self.direction == "inbound" else self.recipient


@dataclass(frozen=True, slots=True)
class Call:
    """One call made to the application: what came of it, without what was said."""

    n: int  # the first is 1
    path: str  # with its query
    sid: str  # of the text it was about
    status: int  # 0: no answer
    seconds: float
    attempt: int  # 1, or more where it was tried again
    at: float  # seconds since 1970, when it began


class Ledger:
    """Texts in the order they came to be, safe to use from many threads. What Twilio deleted stays in it, marked."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.now = now
        self.calls: list[Call] = []
        self._texts: list[Text] = []
        self._by_sid: dict[str, Text] = {}
        self._from: dict[str, list[Text]] = defaultdict(list)
        self._to: dict[str, list[Text]] = defaultdict(list)
        self._lock = threading.Lock()

    def add(
        self,
        direction: Direction,
        sender: str,
        recipient: str,
        body: str,
        *,
        sid: str = "",
        media: Sequence[str] = (),
        form: Mapping[str, Sequence[str]] | None = None,
    ) -> Text:
        """A new text; `media` are content types, each given a sid."""
        inbound, now = direction == "inbound", self.now()
        with self._lock:
            text = Text(
                n=len(self._texts) + 1,
                sid=sid or ("MM" if media else "SM") + uuid4().hex,
                direction=direction,
                sender=sender,
                recipient=recipient,
                body=body,
                status="received" if inbound else "queued",
                created=now,
                sent=now if inbound else None,
                media=tuple(("ME" + uuid4().hex, kind) for kind in media),
                form=form or _NOTHING,
            )
            self._texts.append(text)
            self._by_sid[text.sid] = text
            self._from[sender].append(text)
            self._to[recipient].append(text)
            return text

    def get(self, sid: str) -> Text | None:
        """A text that was not deleted."""
        text = self._by_sid.get(sid)
        return text if text and not text.deleted else None

    def all(self) -> list[Text]:
        with self._lock:
            return list(self._texts)

    def after(self, n: int, most: int) -> list[Text]:
        """The texts that follow the nth."""
        return self._texts[n : n + most]

    def to(self, recipient: str) -> list[Text]:
        """Every text to this address, in order."""
        return list(self._to.get(recipient, ()))

    def newest_first(self, sender: str = "", recipient: str = "", before: str = "") -> Iterator[Text]:
        """Texts that were not deleted, of these ends if named, made before that sid if named."""
        found: Sequence[Text] = self._texts
        if recipient:
            found = self._to.get(recipient, ())
        if sender and len(self._from.get(sender, ())) <= len(found):
            found = self._from.get(sender, ())
        end = len(found)
        if before:
            last = self._by_sid.get(before)
            end = bisect_left(found, last.n, key=lambda text: text.n) if last else 0
        for at in range(end - 1, -1, -1):
            text = found[at]
            if not text.deleted and sender in ("", text.sender) and recipient in ("", text.recipient):
                yield text

    def mark(self, text: Text, status: str, code: int | None = None) -> None:
        with self._lock:
            text.status, text.code, text.sent = status, code, text.sent or self.now()

    def let_go(self, sid: str) -> None:
        """Its webhook is called now, or waits only for a thread to call it."""
        self._by_sid[sid].withheld = False

    def redact(self, text: Text) -> None:
        """Its words are gone."""
        with self._lock:
            text.body, text.form = "", _NOTHING

    def delete(self, text: Text) -> None:
        """The text is gone, and its media with it."""
        self.redact(text)
        with self._lock:
            text.deleted, text.media = True, ()

    def delete_media(self, text: Text, sid: str) -> None:
        with self._lock:
            text.media = tuple(one for one in text.media if one[0] != sid)

    def called(self, path: str, sid: str, status: int, seconds: float, attempt: int, at: float) -> None:
        with self._lock:
            self.calls.append(Call(len(self.calls) + 1, path, sid, status, seconds, attempt, at))

    def __iter__(self) -> Iterator[Text]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self._texts)
