"""Every few seconds: pick up what fell down, tell who waits, remind, forget what is too old.

Everything here may run in three schedulers at once: each piece of work is claimed in the database.
"""

import logging
import time
from collections.abc import Callable
from threading import Event

from bot.desk import handoffs
from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.line import delivery, drafts, reconciling
from bot.store import staff

_log = logging.getLogger(__name__)
_EVERY = 3.0  # seconds


def tick(hotline: Hotline) -> None:
    """One round. A piece that fails does not keep the others from being done; without a database none can be."""
    for work in (
        delivery.settle_submitting,
        delivery.settle_offered,
        reconciling.reconcile_now_and_then,
        delivery.deliver_forgotten,
        handoffs.page_forgotten,
        handoffs.tell_who_waits,
        drafts.forget_old,
        _sessions,
    ):
        try:
            work(hotline)
        except DatabaseUnreachable as error:
            _log.warning("housekeeping waits: %s", error)
            return
        except Exception as error:  # the next round tries again; the type and place are enough to find it
            _log.error("housekeeping: %s failed: %s", _name(work), type(error).__name__)


def run(hotline: Hotline, stop: Event) -> None:
    """Rounds until told to stop."""
    while not stop.is_set():
        began = time.monotonic()
        tick(hotline)
        hotline.queue.beat("scheduler")
        stop.wait(max(0.5, _EVERY - (time.monotonic() - began)))


def _sessions(hotline: Hotline) -> None:
    with hotline.db.write() as conn:
        staff.drop_old_sessions(conn, int(hotline.now().timestamp() * 1000) - 12 * 3_600_000)


def _name(work: Callable[[Hotline], object]) -> str:
    return getattr(work, "__name__", "work")
