"""SIGTERM: a process of the line finishes what it is at, and is gone in time. Does not know what that is."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType

LONGEST = 12.0  # seconds; systemd, a container's host and `bin/run` kill sooner or later who stays longer
_log = logging.getLogger(__name__)


def when_told(stop: Callable[[], None]) -> None:
    """From now on call `stop`, in the main thread, when SIGTERM or Ctrl-C come. Who is then still there after LONGEST
    seconds is ended with exit code 0 in the middle of what it does: as if power had failed, which every piece of work
    can bear, since others find it half done and finish it."""

    def told(number: int, frame: FrameType | None) -> None:
        # A thread, because the main one may be waiting for something that never comes.
        end = threading.Timer(LONGEST, _end)
        end.daemon = True
        end.start()
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)


def _end() -> None:
    _log.warning("ended in the middle of something, %d seconds after being told to stop", LONGEST)
    os._exit(0)
