"""Live updates of the desk: a stream of server-sent events per open page. It says that something changed, never what."""

import threading
import time
from collections.abc import Iterator
from queue import Empty
from typing import cast

from flask import Blueprint, Response, current_app, request

from bot.desk.access import Deed
from bot.desk.identity.accounts import Session
from bot.web.audience import END, LOOK, Audience, News, Seat
from bot.web.doors import hotline, may

pages = Blueprint("live", __name__)

_BREATH = 5.0  # seconds between signs of life; by them a browser that left is noticed, too
_LONGEST = 600.0  # seconds; then the browser connects anew
# A stream holds a thread of the server. Those above these are for residents' webhooks and for pages (web/serve.py).
MOST_STREAMS = 160
stopping = threading.Event()  # set when this process is told to stop: no stream then lives on


@pages.get("/desk/live")
@may(Deed.THREADS)
def stream(who: Session) -> Response:
    """Events `changed` (the list; data: the thread's id, or 0), `thread-<id>` and `look` (everything). A browser that comes
    back names the last event it had. 503 if all seats are taken: the page polls."""
    audience = _audience()
    seat = audience.join(who, request.headers.get("Last-Event-ID", ""), MOST_STREAMS)
    if seat is None:
        return Response("All streams are taken.\n", 503, content_type="text/plain; charset=utf-8")
    answer = Response(_events(audience, seat), content_type="text/event-stream; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep events back until it has a bufferful
    answer.call_on_close(lambda: audience.leave(seat))
    return answer


def _events(audience: Audience, seat: Seat) -> Iterator[str]:
    """What one page is told, until its session ends, the server stops or it is time to connect anew."""
    until = time.monotonic() + _LONGEST
    yield "retry: 1000\n\n"
    while time.monotonic() < until and not stopping.is_set():
        newest = audience.newest  # read before the queue is found empty: all up to it was told
        try:
            news = seat.news.get(timeout=_BREATH)
        except Empty:
            yield f"id: {newest}\n\n" if newest else ": still here\n\n"
            continue
        if news is END:
            return
        yield _event(news)


def _event(news: News) -> str:
    """The mark stands on the last part, so that a cut before it has the whole told again."""
    if news is LOOK:
        return "event: look\ndata: 0\n\n"
    names = ["changed"] * news.lists + [f"thread-{news.thread_id}"] * news.opens
    parts = [f"event: {name}\ndata: {news.thread_id}\n" for name in names]
    return "\n".join(parts) + (f"id: {news.mark}\n" if news.mark else "") + "\n"


def _audience() -> Audience:
    if "audience" not in current_app.extensions:
        with _making:
            current_app.extensions.setdefault("audience", Audience(hotline(), stopping))
    return cast(Audience, current_app.extensions["audience"])


_making = threading.Lock()
