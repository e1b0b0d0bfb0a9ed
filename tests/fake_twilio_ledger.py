"""What the fake Twilio remembers: every text in either direction, what it was told to spoil, what went wrong."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4


@dataclass(slots=True)
class Text:
    """A Message resource: one text, in or out. Addresses carry `whatsapp:` where they are of WhatsApp."""

    sid: str
    direction: Literal["inbound", "outbound-api", "outbound-reply"]
    sender: str
    recipient: str
    body: str
    status: str
    created: datetime
    sent: datetime | None = None
    media: tuple[tuple[str, str], ...] = ()  # (sid, content type)
    code: int | None = None
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)  # the create request, if it came by REST

    @property
    def resident(self) -> str:
        return self.sender if self.direction == "inbound" else self.recipient


@dataclass(frozen=True, slots=True)
class Call:
    """One webhook call to the application and its answer; status 0 if there was none."""

    path: str
    form: Mapping[str, str]
    token: str
    status: int
    content_type: str
    body: str
    seconds: float


@dataclass(slots=True)
class Fault:
    """What befalls the next REST requests of one kind."""

    how: Literal["status", "hang", "reset"]
    on: Literal["create", "list"]
    times: int
    only_to: str = ""
    status: int = 500
    code: int = 20500
    seconds: float = 0.0
    after_accepting: bool = False


class Ledger:
    """Texts in the order they came to be, safe to use from many threads."""

    def __init__(self, now: Any = lambda: datetime.now(UTC)) -> None:
        self._texts: dict[str, Text] = {}
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self.now = now

    def add(
        self,
        direction: Literal["inbound", "outbound-api", "outbound-reply"],
        sender: str,
        recipient: str,
        body: str,
        *,
        sid: str = "",
        media: tuple[str, ...] = (),
        form: Mapping[str, Sequence[str]] | None = None,
    ) -> Text:
        """A new text; `media` are content types, each given a sid."""
        inbound = direction == "inbound"
        with self._lock:
            text = Text(
                sid=sid or ("MM" if media else "SM") + uuid4().hex,
                direction=direction,
                sender=sender,
                recipient=recipient,
                body=body,
                status="received" if inbound else "queued",
                created=self.now(),
                sent=self.now() if inbound else None,
                media=tuple(("ME" + uuid4().hex, kind) for kind in media),
                form=form or {},
            )
            self._texts[text.sid] = text
            return text

    def get(self, sid: str) -> Text | None:
        return self._texts.get(sid)

    def all(self) -> list[Text]:
        with self._lock:
            return list(self._texts.values())

    def mark(self, text: Text, status: str, code: int | None = None) -> None:
        with self._lock:
            text.status, text.code, text.sent = status, code, text.sent or self.now()

    def spoil(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def fault(self, on: str, to: str) -> Fault | None:
        """The fault that befalls this request, used up by it."""
        with self._lock:
            for fault in self._faults:
                if fault.on == on and fault.only_to in ("", to):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None

    def __iter__(self) -> Iterator[Text]:
        return iter(self.all())
