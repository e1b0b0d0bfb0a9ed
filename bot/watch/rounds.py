"""The watch goes its rounds: a look every few seconds, also while the database is away or the scheduler's other work takes
long."""

import logging
from threading import Event

from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.watch.alarms import watch
from bot.watch.outage import Outage, remember

_log = logging.getLogger(__name__)
_EVERY = 3.0  # seconds


def run(hotline: Hotline, stop: Event) -> None:
    """Looks until told to stop."""
    outage = Outage()
    while not stop.is_set():
        look(hotline, outage)
        stop.wait(_EVERY)


def look(hotline: Hotline, outage: Outage) -> None:
    """One look. Never raises: the next one tries again."""
    try:
        try:
            watch(hotline)
            remember(hotline, outage, answers=True)
        except DatabaseUnreachable:
            remember(hotline, outage, answers=False)
    except Exception as error:
        _log.error("the watch failed: %s", type(error).__name__)
