"""The line as it was last published, in a process that runs for weeks: looks for a newer release, and speaks from it."""

import logging
import time
from threading import Lock, Thread

from bot.errors import DatabaseUnreachable, PuenteError
from bot.hotline import Hotline, speak_once, speaking
from bot.live_texts import live
from bot.store import releases

_EVERY = 1.0  # seconds between looks, so that a published text is live within about two

_log = logging.getLogger(__name__)


class Latest:
    """Called, it gives the line as it is live. Whoever asks uses what they got to the end of what they do, so that no
    answer is put together from two releases. A release that cannot be read leaves the one before it live."""

    def __init__(self, hotline: Hotline) -> None:
        self._shipped = self._live = hotline
        self._number = hotline.texts.number  # of the newest release that was looked at
        self._looked = -_EVERY
        self._reading = Lock()

    def __call__(self) -> Hotline:
        if time.monotonic() - self._looked >= _EVERY:
            self._looked = time.monotonic()
            if self._is_newer():
                Thread(target=self.read, name="new release", daemon=True).start()
        return self._live

    def read(self) -> Hotline:
        """Speak from the newest release from now on, and give the line that does."""
        with self._reading:
            if self._is_newer():
                self._take_up()
        return self._live

    def _is_newer(self) -> bool:
        try:
            return self._newest() != self._number
        except DatabaseUnreachable:
            return False  # nothing can be kept either; the next look finds it

    def _newest(self) -> int:
        row = self._shipped.db.look(releases.NEWEST, {})
        return int(row[0]) if row else 0

    def _take_up(self) -> None:
        try:
            texts = live(self._shipped.db)
            fresh = speaking(self._shipped, texts)
        except DatabaseUnreachable:
            return
        except PuenteError as error:  # the release before stays; trying again each second would help nobody
            _log.error("release %s cannot be read: %s", self._newest(), type(error).__name__)
            self._number = self._newest()
            return
        speak_once(fresh)
        self._live, self._number = fresh, texts.number
