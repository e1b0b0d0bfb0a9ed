"""The line as it was last published, in a process that runs for weeks: looks for a newer release, and speaks from it."""

import logging
import time
from threading import Lock, Thread

from bot.errors import DatabaseUnreachable, PuenteError
from bot.hotline import Hotline, speak_once, speaking
from bot.live_texts import live
from bot.store import releases

_EVERY = 1.0  # seconds between looks, so that a published text is live within about two
_PATIENCE = 1.0  # seconds that somebody waits for another thread to read a release; then the one before it must do

_log = logging.getLogger(__name__)


class Latest:
    """Called, it gives the line as it is live. Whoever asks uses what they got to the end of what they do, so that no
    answer is put together from two releases. A release that cannot be read leaves the one before it live.

    Nothing is asked of the database before the first call: a server makes this and then forks, and no two processes may
    share a connection.
    """

    def __init__(self, hotline: Hotline) -> None:
        self._shipped = self._live = hotline
        self._number = hotline.texts.number  # of the newest release that was looked at
        self._looked: float | None = None  # when, monotonic; None until the database has answered once
        self._reading = Lock()

    def __call__(self) -> Hotline:
        if self._looked is None:
            return self.read()
        if time.monotonic() - self._looked >= _EVERY:
            self._looked = time.monotonic()
            if self._newest() not in (None, self._number):
                Thread(target=self.read, name="new release", daemon=True).start()
        return self._live

    def read(self) -> Hotline:
        """Speak from the newest release from now on, and give the line that does."""
        if self._reading.acquire(timeout=_PATIENCE):
            try:
                newest = self._newest()
                if newest not in (None, self._number):
                    self._take_up(newest or 0)
                if newest is not None:
                    self._looked = time.monotonic()
            finally:
                self._reading.release()
        return self._live

    def _newest(self) -> int | None:
        """None if the database does not answer: nothing can be kept then either, and the next look finds it."""
        try:
            row = self._shipped.db.look(releases.NEWEST, {})
        except DatabaseUnreachable:
            return None
        return int(row[0]) if row else 0

    def _take_up(self, newest: int) -> None:
        try:
            fresh = speaking(self._shipped, live(self._shipped.db))
        except DatabaseUnreachable:
            return
        except PuenteError as error:  # the release before stays; trying again each second would help nobody
            _log.error("release %s cannot be read: %s", newest, type(error).__name__)
            self._number = newest
            return
        speak_once(fresh)
        self._live, self._number = fresh, fresh.texts.number
