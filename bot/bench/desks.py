"""Open desks beside residents who write: a process of its own, so that its work is not counted as the server's.

`python -m bot.bench.desks` reads one line of JSON (Plan), prints "open" when all streams are, and at its end one line of
JSON. Times are seconds of one clock: of a text's sending, of its answer, and of each event that tells of it.
"""

import asyncio
import json
import random
import re
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from urllib.parse import urlsplit

from bot.bench.driver import at_share, signed

_WORDS = ("sí", "no", "gracias", "ahora", "mañana", "en la casa", "no sé", "bueno")
_EVENT = re.compile(rb"event: (look|thread-(\d+))\n")
_MARK = re.compile(rb"id: (\S+)\n")
_BACK_AFTER = 1.0  # seconds, as the stream asks for
_SILENT = 3.0  # seconds after which a connection is not used again
_GRACE = 5.0  # seconds at the end for what is still on its way


@dataclass(frozen=True, slots=True)
class Plan:
    """`threads` maps residents' numbers to their threads, which all officers of `cookies` may see and none of `others`;
    every fourth stream is of the others. `cuts` streams a second are cut. `url` is the webhook's."""

    url: str
    token: str
    account: str
    line: str
    threads: dict[str, int]
    cookies: list[str]
    others: list[str]
    streams: int
    changes: int
    rate: float
    cuts: float


@dataclass(eq=False, slots=True)
class Change:
    """One text of a resident, and when which stream was told of it."""

    sent: float
    answered: float = 0.0
    told: dict[int, float] = field(default_factory=dict)


class Stream(asyncio.Protocol):
    """One open desk. It comes back after a cut as a browser does, with the last mark it had."""

    def __init__(self, number: int, cookie: str, plan: Plan, current: dict[int, Change]) -> None:
        self.number, self._cookie, self._plan, self._current = number, cookie, plan, current
        self._rest, self._mark = b"", b""
        self._transport: asyncio.Transport | None = None
        self.looks: list[float] = []
        self.told = 0
        self.closing = False

    async def connect(self) -> None:
        where = urlsplit(self._plan.url)
        loop = asyncio.get_running_loop()
        self._rest = b""
        transport, _ = await loop.create_connection(lambda: self, where.hostname or "", where.port or 80)
        self._transport = transport
        back = b"Last-Event-ID: %s\r\n" % self._mark if self._mark else b""
        head = f"GET /desk/live HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {self._cookie}\r\n".encode()
        transport.write(head + back + b"\r\n")

    def cut(self) -> None:
        if self._transport:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        *whole, self._rest = (self._rest + data).split(b"\n\n")
        for part in whole:
            part += b"\n"
            for found in _EVENT.finditer(part):
                self._hear(now, found[2])
            if mark := _MARK.search(part):
                self._mark = mark[1]

    def _hear(self, now: float, thread: bytes | None) -> None:
        self.told += 1
        if thread is None:
            self.looks.append(now)
        elif change := self._current.get(int(thread)):
            change.told.setdefault(self.number, now)

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closing:
            asyncio.get_running_loop().call_later(_BACK_AFTER, lambda: asyncio.ensure_future(self.connect()))


class Writer:
    """Residents who write at an even rate, over as many connections as are needed."""

    def __init__(self, plan: Plan, current: dict[int, Change]) -> None:
        self._plan, self._current = plan, current
        self._free: deque[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = deque()
        self.changes: list[Change] = []
        self.wrong = 0

    async def write(self) -> None:
        texts = signed(self._plan.url, self._plan.token, self._plan.account, self._plan.line, self._talk())
        began, under_way = time.perf_counter(), set[asyncio.Task[None]]()
        for number, (sender, request) in enumerate(islice(texts, self._plan.changes)):
            await asyncio.sleep(began + number / self._plan.rate - time.perf_counter())
            task = asyncio.create_task(self._send(self._plan.threads[sender], request))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        await asyncio.gather(*under_way)

    def _talk(self) -> "list[tuple[str, str]] | zip[tuple[str, str]]":
        senders = list(self._plan.threads)
        return zip(
            (senders[number % len(senders)] for number in count()),
            (_WORDS[number // len(senders) % len(_WORDS)] for number in count()),
            strict=False,
        )

    async def _send(self, thread: int, request: bytes) -> None:
        reader, writer = await self._connection()
        change = self._current[thread] = Change(time.perf_counter())
        self.changes.append(change)
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        change.answered = time.perf_counter()
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        await reader.readexactly(int(length[1]) if length else 0)
        self.wrong += not head.startswith(b"HTTP/1.1 200")
        self._free.append((time.monotonic(), reader, writer))

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that is free; not one so long silent that the server may just be closing it."""
        while self._free:
            since, reader, writer = self._free.pop()
            if time.monotonic() - since < _SILENT:
                return reader, writer
            writer.close()
        where = urlsplit(self._plan.url)
        return await asyncio.open_connection(where.hostname, where.port)


async def run(plan: Plan) -> dict[str, object]:
    current: dict[int, Change] = {}
    every_fourth = [plan.others if number % 4 == 3 else plan.cookies for number in range(plan.streams)]
    streams = [
        Stream(number, cookies[number % len(cookies)], plan, current) for number, cookies in enumerate(every_fourth)
    ]
    await asyncio.gather(*(stream.connect() for stream in streams))
    while not all(stream.looks for stream in streams):
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.0)
    print("open", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    mine = [stream for stream in streams if stream.number % 4 != 3]
    cutter = asyncio.create_task(_cut(mine, plan.cuts))
    writer = Writer(plan, current)
    await writer.write()
    cutter.cancel()
    await asyncio.sleep(_GRACE if streams else 0)
    for stream in streams:
        stream.closing = True
        stream.cut()
    return _figures(writer, mine, [stream for stream in streams if stream not in mine])


async def _cut(streams: Sequence[Stream], a_second: float) -> None:
    while a_second and streams:
        await asyncio.sleep(1 / a_second)
        random.choice(streams).cut()


def _figures(writer: Writer, mine: Sequence[Stream], others: Sequence[Stream]) -> dict[str, object]:
    webhooks = sorted(change.answered - change.sent for change in writer.changes)
    waits, late, lost = [], 0, 0
    for change in writer.changes:
        for stream in mine:
            told = change.told.get(stream.number)
            if told is not None:
                waits.append(max(0.0, told - change.answered))
            elif any(look >= change.sent for look in stream.looks):
                late += 1
            else:
                lost += 1
    waits.sort()
    return {
        "changes": len(writer.changes), "wrong": writer.wrong, "told": len(waits), "looks": late, "lost": lost,
        "others": sum(stream.told - len(stream.looks) for stream in others),
        "webhook_p50": at_share(webhooks, 0.5), "webhook_p99": at_share(webhooks, 0.99),
        **{f"p{share:g}": at_share(waits or [0.0], share / 100) for share in (50, 95, 99)},
    }  # fmt: skip


def main() -> None:
    print(json.dumps(asyncio.run(run(Plan(**json.loads(sys.stdin.readline()))))))


if __name__ == "__main__":
    main()
