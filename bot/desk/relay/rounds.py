"""All that is to be done for officers' phones, in its order: for a bell that was rung, and every few seconds."""

from bot.desk.relay import answering, delivering, offering
from bot.desk.relay.receiving import receive
from bot.hotline import Hotline
from bot.line import reconciling
from bot.store import marks, relays

_DAY = 86_400_000  # ms
_FORGOT = "forgot relays"
_SENT_KEPT, _CAME_KEPT = 7 * _DAY, 60 * _DAY


def work(hotline: Hotline) -> None:
    """What can be done at once. Run twice or for nothing, it does no harm."""
    if not hotline.config.relay:
        return
    answering.carry_out(hotline)
    offering.offer(hotline)
    offering.pass_on(hotline)
    delivering.deliver(hotline)


def look_after_phones(hotline: Hotline) -> None:
    """The same, and what nobody rings for."""
    if not hotline.config.relay:
        return
    offering.sign_off(hotline)
    offering.say_lost(hotline)
    offering.say_not_arrived(hotline)
    work(hotline)
    delivering.settle_submitting(hotline)
    _forget(hotline)


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
