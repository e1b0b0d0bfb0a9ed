"""A fake Twilio in a process of its own, started and driven from another: `Remote` speaks to its control over HTTP.
It refuses to know what the fake does with what it is told."""

import base64
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot import processes
from bot.errors import PuenteError

_HOME = Path(__file__).parents[2]  # where `python -m bot` finds the program
PATIENCE = 30.0  # seconds for the process to start
_FOREVER = 3600.0  # seconds for an answer: repeating a day's texts takes a while


@dataclass(frozen=True, slots=True)
class Row:
    """One text of the ledger."""

    n: int  # the first is 1
    sid: str
    direction: str  # inbound, outbound-api or outbound-reply
    sender: str
    recipient: str
    body: str
    status: str
    code: int | None
    created: datetime
    withheld: bool


@dataclass(frozen=True, slots=True)
class Called:
    """One call of the application."""

    n: int
    path: str
    sid: str
    status: int  # 0: no answer
    seconds: float
    attempt: int
    at: datetime


class NotDone(PuenteError):
    """The fake Twilio refused; the message is its sentence."""


class Remote:
    """A fake Twilio at this address. Whatever it refuses raises NotDone."""

    def __init__(self, url: str) -> None:
        self.url = url  # what TWILIO_API_URL is set to

    def text(
        self, sender: str, body: str, *, line: str = "", media: Sequence[tuple[str, bytes]] = (), **params: str
    ) -> str:
        """A resident texts; the sid, at once. `media` are types and contents; `params` add to the webhook's form."""
        return self.texts([text(sender, body, line=line, media=media, **params)])[0]

    def texts(self, texts: Sequence[Mapping[str, Any]], *, in_order: bool = False) -> list[str]:
        """Many texts, each as `text` of this module gives it; their sids, at once. With `in_order`, a resident's next
        text goes out when the one before was answered."""
        sids: list[str] = self._ask("POST", "texts", {"texts": list(texts), "in_order": in_order})["sids"]
        return sids

    def withhold(
        self, sender: str, body: str, *, line: str = "", media: Sequence[tuple[str, bytes]] = (), **params: str
    ) -> str:
        """A text that reached Twilio and whose webhook is not called until it is released or repeated; its sid."""
        return self.texts([{**text(sender, body, line=line, media=media, **params), "withhold": True}])[0]

    def release(self, sids: Sequence[str] | None = None) -> list[str]:
        """The webhooks of these texts are called after all, of every one withheld if none are named; their sids."""
        released: list[str] = self._ask("POST", "release", {"all": True} if sids is None else {"sids": list(sids)})[
            "sids"
        ]
        return released

    def repeat(
        self, sids: Sequence[str], *, times: int = 1, at_once: bool = False, new_delivery: bool = False
    ) -> dict[int, int]:
        """These webhooks are called so many times more; how often each status came, when all did."""
        asked = {"sids": list(sids), "times": times, "at_once": at_once, "new_delivery": new_delivery}
        return {int(status): count for status, count in self._ask("POST", "repeat", asked)["statuses"].items()}

    def ledger(self, after: int = 0) -> list[Row]:
        """Every text in either direction that follows the nth. Earlier ones may have changed their status meanwhile."""
        return [
            Row(
                sender=row.pop("from"),
                recipient=row.pop("to"),
                created=datetime.fromisoformat(row.pop("created")),
                **row,
            )
            for row in self._listed("ledger", "texts", after)
        ]

    def calls(self, after: int = 0) -> list[Called]:
        """Every call of the application that follows the nth."""
        return [
            Called(at=datetime.fromisoformat(row.pop("at")), **row) for row in self._listed("calls", "calls", after)
        ]

    def requests(self) -> dict[str, dict[int, int]]:
        """How many REST requests of each kind were answered with each status; 0: not answered."""
        told = self._ask("GET", "requests")["requests"]
        return {kind: {int(status): count for status, count in counts.items()} for kind, counts in told.items()}

    def leaked(self) -> int:
        """How many requests came to the second address of media with credentials, which do not belong there."""
        return int(self._ask("GET", "requests")["with_authorization_at_cdn"])

    def errors(self) -> list[tuple[int, str]]:
        """Twilio's debugger: (code, path)."""
        return [(one["code"], one["path"]) for one in self._ask("GET", "errors")["errors"]]

    def fail(self, **fault: Any) -> None:
        """Something befalls REST requests from now on: the fields of `faults.Fault`."""
        self._ask("POST", "faults", {name: value for name, value in fault.items() if value is not None})

    def clear_faults(self) -> None:
        self._ask("DELETE", "faults")

    def set(self, **settings: Any) -> None:
        """withhold, receipts, receipt_order (kept, shuffled), receipt_double, receipt_drop, receipt_delay, lists,
        opted_out (residents), fate (address -> code), action_receipts, callback_receipts, keywords, media_redirects,
        webhook_fragment, fallback, seed. What is not named stays as it is."""
        self._ask("PATCH", "settings", settings)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until no webhook and no receipt is on its way. Raises NotDone after so many seconds."""
        self._ask("POST", "settle", {"timeout": timeout})

    def _listed(self, path: str, name: str, after: int) -> Iterator[dict[str, Any]]:
        while True:
            told = self._ask("GET", f"{path}?after={after}")
            yield from told[name]
            if told["next"] == after:
                return
            after = told["next"]

    def _ask(self, method: str, path: str, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=_FOREVER)
        try:
            line.request(method, f"/_fake/{path}", None if given is None else json.dumps(given))
            answer = line.getresponse()
            told: dict[str, Any] = json.loads(answer.read())
        finally:
            line.close()
        if answer.status >= 400:
            raise NotDone(told["error"])
        return told


def text(
    sender: str, body: str, *, line: str = "", media: Sequence[tuple[str, bytes]] = (), **params: str
) -> dict[str, Any]:
    """One text as the control takes it."""
    packed = [{"type": kind, "content": base64.b64encode(content).decode()} for kind, content in media]
    given = {"from": sender, "body": body, "line": line, "media": packed, "params": params}
    return {name: value for name, value in given.items() if value or name == "body"}


@contextmanager
def started(
    app_url: str,
    *,
    public_url: str = "",
    lines: Sequence[str] = (),
    account_sid: str = "",
    auth_token: str = "",
    port: int = 0,
    webhook_fragment: str = "",
    fallback: str = "",
) -> Iterator[Remote]:
    """A fake Twilio in a process of its own for the length of a block. What is empty is as the command has it."""
    options = {
        "--app": app_url,
        "--public": public_url,
        "--sid": account_sid,
        "--token": auth_token,
        "--port": str(port),
        "--webhook-fragment": webhook_fragment,
        "--fallback": fallback,
    }
    command = [sys.executable, "-m", "bot", "fake-twilio"]
    command += [word for name, value in options.items() if value for word in (name, value)]
    command += [word for line in lines for word in ("--line", line)]
    with processes.guarded() as watch:
        # Its errors come with ours; a session of its own, so that it is ended with all that belongs to it.
        process = subprocess.Popen(
            command, cwd=_HOME, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True
        )
        watch(process.pid)
        try:
            yield Remote(_said_address(process))
        finally:
            processes.stop(process)


def _said_address(process: "subprocess.Popen[bytes]") -> str:
    """What the process names as TWILIO_API_URL. Raises NotDone."""
    assert process.stdout
    until = time.monotonic() + PATIENCE
    for row in process.stdout:
        name, _, value = row.decode().strip().partition("=")
        if name == "TWILIO_API_URL":
            return value
        if time.monotonic() > until:
            break
    raise NotDone("The fake Twilio did not start.")
