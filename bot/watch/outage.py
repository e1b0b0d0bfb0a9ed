"""Tells that the database is away, from memory, and keeps afterwards that it was. Each scheduler has one of these; the
first of them tells."""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.errors import NotTold
from bot.hotline import Hotline
from bot.store import alarms as store
from bot.watch.alarms import SETTLED, pause
from bot.watch.telling import News, tell, ways

_KIND = "database_down"
_AN_HOUR = 3600  # seconds for which others believe the first that it tells
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outage:
    """What a scheduler remembers of the database being away. Instants are milliseconds since 1970."""

    since: int | None = None
    ours: bool = False  # we are the first to notice, so we tell
    untold: tuple[str, ...] = ()
    tries: int = 0
    due_at: int = 0


def remember(hotline: Hotline, outage: Outage, *, answers: bool) -> None:
    """After each look: whether the database answered. Raises DatabaseUnreachable if it only seemed to be back."""
    at = hotline.instant()
    if answers:
        _end(hotline, outage, at)
    elif outage.since is None:
        outage.since = at
    elif at - outage.since >= SETTLED:
        _tell(hotline, outage, at)


def _tell(hotline: Hotline, outage: Outage, at: int) -> None:
    if not outage.ours and hotline.queue.first(_KIND, _AN_HOUR):
        outage.ours, outage.untold = True, ways(hotline.config)
        _log.warning("alarm %s", _KIND)
    if not outage.untold or at < outage.due_at:
        return
    since = datetime.fromtimestamp((outage.since or at) / 1000, hotline.config.timezone)
    left = []
    for way in outage.untold:
        try:
            tell(hotline.config, way, News(_KIND, "open", "", since))
        except NotTold as error:
            _log.error("%s", error)
            left.append(way)
    outage.untold, outage.due_at, outage.tries = tuple(left), at + pause(outage.tries), outage.tries + 1


def _end(hotline: Hotline, outage: Outage, at: int) -> None:
    """What is left to be told, and that it is over, goes the way of all alarms now."""
    if outage.ours and outage.since is not None:
        with hotline.db.write() as conn:
            store.keep_past(conn, _KIND, outage.since, at, outage.untold, ways(hotline.config))
        hotline.queue.no_longer(_KIND)
        _log.warning("alarm %s is over", _KIND)
    outage.since, outage.ours, outage.untold, outage.tries, outage.due_at = None, False, (), 0, 0
