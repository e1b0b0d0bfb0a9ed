"""The web process: `python -m bot.web.serve`. Reads everything once, then forks workers that share it.

Granian by itself would have each worker read the flows, the languages and the weights for itself.
"""

import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

from bot.config import read_environment
from bot.errors import PuenteError
from bot.text import safety

WORKERS = 2
THREADS = 64  # for webhooks and pages; beside them one for the stream of each open desk. Idle threads are given back.
WORKERS_LAST = 10  # seconds after SIGTERM; a webhook is answered in less


def main() -> int:
    multiprocessing.set_start_method("fork")
    # First what needs most room to be read, so that what it leaves free is used by the rest.
    safety.shipped()
    from bot.web.app import serve
    from bot.web.live import MOST_STREAMS

    try:
        config = read_environment()
        app = serve(config)
    except PuenteError as error:
        print(error, file=sys.stderr)
        return 1

    def load() -> Callable[..., Any]:
        _end_streams_when_told()
        return app

    Server(
        "bot.web:app", address=config.host, port=config.port, interface=Interfaces.WSGI, workers=WORKERS,
        blocking_threads=THREADS + MOST_STREAMS, http=HTTPModes.http1, loop=Loops.asyncio, websockets=False, backlog=1024,
        http1_settings=HTTP1Settings(header_read_timeout=10_000), log_level=LogLevels.error,
        respawn_failed_workers=True, workers_kill_timeout=WORKERS_LAST,
    ).serve(target_loader=load, wrap_loader=False)  # fmt: skip
    return 0


def _end_streams_when_told() -> None:
    """In each worker. Granian waits for open answers after SIGTERM, and those of open desks would not end by themselves.
    It sets its own handler after this, so the signal is heard by the byte that Python writes for each."""
    from bot.web import live

    ear, bell = socket.socketpair()
    bell.setblocking(False)
    signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)

    def wait(bell: socket.socket) -> None:  # holds it, or it would be closed; also while a second signal comes
        while ear.recv(1):
            live.stopping.set()

    threading.Thread(target=wait, args=(bell,), name="told-to-stop", daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
