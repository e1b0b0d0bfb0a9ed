"""What befalls requests to the fake Twilio: how it fails, whom, how often and for how long. Knows no HTTP server."""

import random
import threading
import time
from dataclasses import dataclass, field
from typing import Literal, get_args

How = Literal["status", "hang", "reset", "slow", "refuse", "endless", "huge", "type", "redirect"]
Kind = Literal["create", "list", "fetch", "redact", "delete", "account", "media", "cdn"]
On = Literal["any", "create", "list", "fetch", "redact", "delete", "account", "media", "cdn"]

_STATUS = {20003: 401, 20404: 404, 20429: 429, 20500: 500, 20503: 503}  # of codes; any other is said with 400
_OF_MEDIA = ("endless", "huge", "type", "redirect")


@dataclass(slots=True)
class Fault:
    """A kind of bad day. Raises ValueError, its message a sentence, where it makes no sense.

    `status` answers with an error; `hang` says nothing for `seconds` and resets; `reset` resets; `slow` answers after
    `seconds`; `refuse` hangs up on every request, whoever asks. Of media only: an `endless` body, a `huge` one (a GB is
    declared, and sent for as long as somebody reads), another `type`, or a `redirect` to the address `to`.
    """

    how: How = "status"
    on: On = "create"
    times: int | None = None  # requests it befalls; no end if None
    share: float = 1.0  # of the requests it could befall
    for_seconds: float | None = None  # from when it is put in
    only_to: str = ""  # the resident's address
    status: int = 0  # the one that goes with the code, if 0
    code: int = 20500
    retry_after: float | None = None  # seconds, told in a header
    seconds: float = 30.0  # of hang and slow
    after_accepting: bool = False  # what was asked for is done nevertheless
    to: str = ""
    ends: float | None = field(init=False)  # on the monotonic clock

    def __post_init__(self) -> None:
        self.status = self.status or _STATUS.get(self.code, 400)
        self.ends = None if self.for_seconds is None else time.monotonic() + self.for_seconds
        if self.how not in get_args(How):
            raise ValueError(f"`how` is one of {', '.join(get_args(How))}.")
        if self.on not in get_args(On):
            raise ValueError(f"`on` is one of {', '.join(get_args(On))}.")
        if not 0 <= self.share <= 1:
            raise ValueError("`share` goes from 0 to 1.")
        if self.how in _OF_MEDIA and self.on not in ("media", "cdn"):
            raise ValueError(f"`{self.how}` befalls only media and cdn.")
        if (self.how == "redirect") != bool(self.to):
            raise ValueError("`redirect` needs `to`, an address, and nothing else has one.")


class Faults:
    """The faults that are in force, the earliest first."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._all: list[Fault] = []
        self._lock = threading.Lock()

    def put(self, fault: Fault) -> None:
        with self._lock:
            self._all.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._all.clear()

    def met(self, kind: Kind, to: str = "") -> Fault | None:
        """The fault that befalls this request, used up by it."""
        with self._lock:
            now = time.monotonic()
            self._all = [fault for fault in self._all if fault.ends is None or fault.ends > now]
            for fault in self._all:
                if fault.on in ("any", kind) and fault.only_to in ("", to) and self._drawn(fault.share):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times <= 0:
                            self._all.remove(fault)
                    return fault
        return None

    def _drawn(self, share: float) -> bool:
        return share >= 1 or self.chance.random() < share
