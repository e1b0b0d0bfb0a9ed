"""All that is to be done for officers' phones, in its order: for a bell that was rung, and every few seconds."""

import logging
from collections.abc import Callable

from bot.desk.relay import answering, delivering, offering
from bot.desk.relay.receiving import receive
from bot.errors import DatabaseUnreachable
from bot.hotline import Hotline
from bot.line import reconciling
from bot.store import marks, relays

_log = logging.getLogger(__name__)
_DAY = 86_400_000  # ms
_FORGOT = "forgot relays"
_SENT_KEPT, _CAME_KEPT = 7 * _DAY, 60 * _DAY


def work(hotline: Hotline) -> None:
    """What can be done at once. Run twice or for nothing, it does no harm."""
    _each(hotline, answering.carry_out, offering.offer, offering.pass_on, delivering.deliver)


def look_after_phones(hotline: Hotline) -> None:
    """What nobody rang for, and whatever there is to tell. Asks no provider, so that it keeps nothing else waiting."""
    _each(
        hotline, offering.sign_off, offering.say_lost, offering.say_not_arrived, answering.carry_out, offering.offer,
        offering.pass_on, _forget,
    )  # fmt: skip


def send_to_phones(hotline: Hotline) -> None:
    """What nobody rang for is sent, and what became of the rest is asked."""
    _each(hotline, delivering.deliver, delivering.settle_submitting)


def _each(hotline: Hotline, *works: Callable[[Hotline], object]) -> None:
    """A piece that fails does not keep the others from being done; without a database none can be."""
    if not hotline.config.relay:
        return
    for work in works:
        try:
            work(hotline)
        except DatabaseUnreachable:
            raise
        except Exception as error:  # the next round tries again; the type and place are enough to find it
            _log.error("officers' phones: %s failed: %s", work.__name__, type(error).__name__)


def reconcile_now_and_then(hotline: Hotline) -> int:
    """Texts whose webhook never reached us, an officer's as well as a resident's."""
    return reconciling.reconcile_now_and_then(hotline, receive)


def _forget(hotline: Hotline) -> None:
    at = hotline.instant()
    with hotline.db.read() as conn:
        last = marks.at(conn, _FORGOT)
    if last is not None and 0 <= at - last < _DAY:
        return
    with hotline.db.write() as conn:
        if marks.claim(conn, _FORGOT, at, _DAY):
            relays.forget(conn, at - _SENT_KEPT, at - _CAME_KEPT)
