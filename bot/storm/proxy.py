"""A door for TCP that can be made slow, deaf or shut: stands in front of web servers, Redis, PostgreSQL and Twilio.
Does not know what is said through it."""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

Address = tuple[str, int] | Path  # host and port, or a Unix socket

_PIECE = 65_536
_BACKLOG = 1024


class Proxy:
    """A port of its own; each connection is passed on to the next address of `behind` that takes it.

    `latency` is seconds for every piece in either direction. While `deaf`, connections are taken and nothing passes;
    while `half_open`, what is asked passes and what is answered does not.
    """

    def __init__(self, *behind: Address) -> None:
        self.behind: Sequence[Address] = behind
        self.latency = 0.0
        self._turns = count()
        self._open: set[asyncio.StreamWriter] = set()
        self._listening = _listen(0)
        self.port: int = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._may_ask, self._may_answer = asyncio.Event(), asyncio.Event()
        self._may_ask.set()
        self._may_answer.set()
        self._server: asyncio.Server | None = None
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._run(self._serve())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def deaf(self, now: bool = True) -> None:
        """A black hole: packets are taken and never answered."""
        self._say(self._may_ask, not now)
        self._say(self._may_answer, not now)

    def half_open(self, now: bool = True) -> None:
        self._say(self._may_answer, not now)

    def reset(self) -> None:
        """Every connection there is ends with a reset."""
        self._run(self._reset())

    def refuse(self) -> None:
        """Nobody listens here any more, and who is connected is cut off."""
        self._run(self._stop_listening())
        self.reset()

    def accept(self) -> None:
        """Listen again, on the same port."""
        if self._server is None:
            self._listening = _listen(self.port)
            self._run(self._serve())

    def close(self) -> None:
        self.deaf(False)
        self.refuse()
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)

    # On the loop's own thread

    async def _serve(self) -> None:
        self._server = await asyncio.start_server(self._pass_on, sock=self._listening, backlog=_BACKLOG)

    async def _stop_listening(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    async def _reset(self) -> None:
        for writer in list(self._open):
            _reset(writer)

    @staticmethod
    async def _end() -> None:
        if others := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(others, timeout=2)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            there = await self._connect()
            if there is None:
                _reset(writer)
                return
            self._open.add(there[1])
            try:
                await asyncio.gather(
                    self._pump(reader, there[1], self._may_ask), self._pump(there[0], writer, self._may_answer)
                )
            finally:
                self._open.discard(there[1])
                there[1].close()
        finally:
            self._open.discard(writer)
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(self._turns)
        for at in range(len(self.behind)):
            address = self.behind[(first + at) % len(self.behind)]
            with suppress(OSError):
                if isinstance(address, Path):
                    return await asyncio.open_unix_connection(address)
                return await asyncio.open_connection(*address)
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, may: asyncio.Event) -> None:
        """One direction, to its end. A broken connection is passed on as broken."""
        try:
            while piece := await reader.read(_PIECE):
                if self.latency:
                    await asyncio.sleep(self.latency)
                await may.wait()
                writer.write(piece)
                await writer.drain()
            await may.wait()
            if writer.can_write_eof():
                writer.write_eof()
        except (OSError, RuntimeError):
            _reset(writer)

    # From other threads

    def _say(self, event: asyncio.Event, allowed: bool) -> None:
        self._loop.call_soon_threadsafe(event.set if allowed else event.clear)

    def _run(self, what: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(what, self._loop).result(10)


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


def _reset(writer: asyncio.StreamWriter) -> None:
    """Gone without a goodbye, as when a process dies with something unread."""
    with suppress(OSError):
        own = writer.get_extra_info("socket")
        if own is not None:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
