"""Opens alarms, closes them, and has them told: once, by whichever scheduler comes first. Many schedulers may run it."""

import logging
from datetime import datetime

from bot.errors import NotTold
from bot.hotline import Hotline
from bot.store import alarms as store
from bot.store import marks
from bot.store.alarms import Kept, Telling
from bot.store.database import Connection
from bot.watch import rules
from bot.watch.rules import Alarm
from bot.watch.snapshot import WATCHING, take
from bot.watch.telling import News, tell, ways

_log = logging.getLogger(__name__)
_EVERY = 15_000  # ms between two looks
SETTLED = 10_000  # ms after which it is told: seen at two looks, so that a restart calls nobody
_OVER = 60_000  # ms it must be gone, so that it does not come and go
_FIRST_PAUSE, _LONGEST_PAUSE = 15_000, 600_000  # ms between tries to tell
_LEASE = 60_000  # ms: whoever tells is done by then, or dead
_USEFUL = 86_400_000  # ms


def watch(hotline: Hotline) -> None:
    """One look, unless somebody just looked."""
    at = hotline.instant()
    if not _our_turn(hotline, at):
        return
    found = rules.alarms(take(hotline), hotline.config)
    with hotline.db.write() as conn:
        _compare(conn, found, at, ways(hotline.config))
    _tell_due(hotline, at)


def standing(hotline: Hotline) -> int:
    """How many alarms are open now, counting as one that nobody watches any more."""
    at = hotline.instant()
    with hotline.db.read() as conn:
        watched = marks.at(conn, WATCHING)
        return len(store.all_open(conn)) + (watched is None or at - watched > _OVER)


def _our_turn(hotline: Hotline, at: int) -> bool:
    with hotline.db.write() as conn:
        return marks.claim(conn, WATCHING, at, _EVERY)


def _compare(conn: Connection, found: list[Alarm], at: int, how: tuple[str, ...]) -> None:
    for alarm in found:
        store.see(conn, alarm.kind, alarm.note, at)
    for kept in store.all_open(conn):
        if kept.seen_at == at:
            _hand_over(conn, kept, at, how)
        elif not -_OVER < at - kept.seen_at < _OVER:  # further in the future it was seen before the clock was put back
            _close(conn, kept, at, how)


def _hand_over(conn: Connection, kept: Kept, at: int, how: tuple[str, ...]) -> None:
    """What has settled is to be told, once. Where nobody is to be told yet, it waits for that."""
    if not how or kept.told_at is not None or at - kept.opened_at < SETTLED:
        return
    if store.hand_over(conn, kept.id, at, how):
        _log.warning("alarm %s: %s", kept.kind, kept.note)


def _close(conn: Connection, kept: Kept, at: int, how: tuple[str, ...]) -> None:
    if kept.seen_at - kept.opened_at < SETTLED and kept.told_at is None:
        store.forget(conn, kept)
    elif store.close(conn, kept, at, how):
        _log.warning("alarm %s is over", kept.kind)


def _tell_due(hotline: Hotline, at: int) -> None:
    """What is to be told, in order. A way that fails is let be for this round, and the others go on."""
    with hotline.db.read() as conn:
        due = store.to_tell(conn, at)
    failed: set[str] = set()
    for telling in due:
        if telling.way in failed:
            continue
        with hotline.db.write() as conn:
            if not store.claim(conn, telling, at + _LEASE):
                continue
        if not _told(hotline, telling, at):
            failed.add(telling.way)


def _told(hotline: Hotline, telling: Telling, at: int) -> bool:
    since = datetime.fromtimestamp(telling.opened_at / 1000, hotline.config.timezone)
    try:
        tell(hotline.config, telling.way, News(telling.kind, telling.state, telling.note, since))
    except NotTold as error:
        _log.error("%s", error)
        with hotline.db.write() as conn:
            if at - telling.opened_at > _USEFUL:
                store.told(conn, telling)  # nobody needs to hear of it any more
            else:
                store.put_off(conn, telling, at + pause(telling.tries))
        return False
    with hotline.db.write() as conn:
        store.told(conn, telling)
    return True


def pause(tries: int) -> int:
    """Milliseconds until the next try, after so many before the one that just failed."""
    return int(min(_FIRST_PAUSE * 2 ** min(tries, 10), _LONGEST_PAUSE))
