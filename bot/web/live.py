"""Live updates of the desk: one listener on Redis per process, and a stream of server-sent events per open page.
A stream says that something changed, never what."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import cast

from flask import Blueprint, Response, current_app

from bot.desk.access import Deed
from bot.desk.accounts import Session
from bot.desk.watching import still_signed_in, watchers
from bot.hotline import Hotline
from bot.model import Officer
from bot.web.doors import hotline, may

pages = Blueprint("live", __name__)
_log = logging.getLogger(__name__)

_BREATH = 15.0  # seconds between signs of life, and between looks at whether the session goes on
_LONGEST = 600.0  # seconds; then the browser connects anew
_MOST_STREAMS = 40  # a stream holds a thread of the server; residents' webhooks need the others
stopping = threading.Event()  # set when this process is told to stop: no stream then lives on
_SOMETHING, _END = 0, -1  # instead of a thread's id: what changed is not theirs to know; the stream is over


@dataclass(eq=False, slots=True)
class Seat:
    """One open page: who is in front of it, and the ids of threads that changed for them."""

    officer: Officer
    changes: SimpleQueue[int] = field(default_factory=SimpleQueue)


class Audience:
    """The open pages of this process. Its one listener starts with the first of them and then stays."""

    def __init__(self, line: Hotline) -> None:
        self._line = line
        self._seats: set[Seat] = set()
        self._guard = threading.Lock()
        self._listener: threading.Thread | None = None
        self._ender: threading.Thread | None = None

    def join(self, officer: Officer) -> Seat | None:
        """A seat, or None when all are taken."""
        with self._guard:
            if len(self._seats) >= _MOST_STREAMS:
                return None
            seat = Seat(officer)
            self._seats.add(seat)
            if self._listener is None or not self._listener.is_alive():
                self._listener = threading.Thread(target=self._listen, name="desk-live", daemon=True)
                self._listener.start()
            if self._ender is None:
                self._ender = threading.Thread(target=self._end_in_time, name="desk-live-end", daemon=True)
                self._ender.start()
        return seat

    def leave(self, seat: Seat) -> None:
        with self._guard:
            self._seats.discard(seat)

    def _listen(self) -> None:
        wait = 1.0
        while _running():
            try:
                for thread_id in self._line.queue.listen():
                    wait = 1.0
                    if not _running():
                        break
                    if thread_id is not None:
                        self._pass_on(thread_id)
            except Exception as error:  # Redis or the database is away: come back, and have every page look again
                _log.warning("the desk's listener starts again: %s", type(error).__name__)
                time.sleep(wait)
                wait = min(wait * 2, _BREATH)
                self._tell_all(_SOMETHING)
        self._tell_all(_END)

    def _end_in_time(self) -> None:
        stopping.wait()
        self._tell_all(_END)

    def _pass_on(self, thread_id: int) -> None:
        seats = self._taken()
        if not seats:
            return
        may_know = watchers(self._line, thread_id)
        for seat in seats:
            seat.changes.put(thread_id if may_know(seat.officer) else _SOMETHING)

    def _tell_all(self, change: int) -> None:
        for seat in self._taken():
            seat.changes.put(change)

    def _taken(self) -> list[Seat]:
        with self._guard:
            return list(self._seats)


@pages.get("/desk/live")
@may(Deed.THREADS)
def stream(who: Session) -> Response:
    """Events `changed` (data: the thread's id, or 0) and `thread-<id>`. 503 if all seats are taken: the page polls."""
    audience = _audience()
    seat = audience.join(who.officer)
    if seat is None:
        return Response("All streams are taken.\n", 503, content_type="text/plain; charset=utf-8")
    answer = Response(_events(hotline(), seat, who), content_type="text/event-stream; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back until it has a bufferful
    answer.call_on_close(lambda: audience.leave(seat))
    return answer


def _events(line: Hotline, seat: Seat, who: Session) -> Iterator[str]:
    """What one page is told, until its session ends, the server stops or it is time to connect anew."""
    began = looked = time.monotonic()
    yield "retry: 2000\n\n"
    while (now := time.monotonic()) - began < _LONGEST and not stopping.is_set():
        if now - looked >= _BREATH:
            officer = still_signed_in(line, who)
            if officer is None:
                return
            seat.officer, looked = officer, now  # their languages or role may be others by now
        try:
            change = seat.changes.get(timeout=_BREATH)
        except Empty:
            yield ": keep-alive\n\n"
            continue
        if change == _END:
            return
        yield f"event: changed\ndata: {change}\n\n"
        if change != _SOMETHING:
            yield f"event: thread-{change}\ndata: {change}\n\n"


def _audience() -> Audience:
    return cast(Audience, current_app.extensions.setdefault("audience", Audience(hotline())))


def _running() -> bool:
    """Whether the process is not being shut down."""
    return threading.main_thread().is_alive() and not stopping.is_set()
