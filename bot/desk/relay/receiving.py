"""Where a text goes that came in: to the relay if it is from an officer's own phone, else into the conversation with a
resident. Every door that brings texts in gives them here."""

from contextlib import suppress

from bot.desk.relay.telling import CHANNEL
from bot.errors import Stale
from bot.hotline import Hotline
from bot.line import conversation
from bot.model import Inbound, Outbound
from bot.store import relay_phones, relays
from bot.text.fold import fold

_LATE = 600_000  # ms after which an officer's words are too old to be passed on


def receive(hotline: Hotline, inbound: Inbound, *, give_up: bool = False) -> Outbound | None:
    """As conversation.receive, for whoever wrote. Raises DatabaseUnreachable."""
    if hotline.config.relay and inbound.channel == CHANNEL:
        staff_id = relay_phones.whose(hotline.db, hotline.keys, inbound.sender)
        if staff_id is not None:
            keep(hotline, staff_id, inbound)
            return None
    return conversation.receive(hotline, inbound, give_up=give_up)


def keep(hotline: Hotline, staff_id: int, inbound: Inbound) -> None:
    """Kept once, in one durable write; carried out by a worker. It is answered by a text of its own, never in the webhook,
    so that all that an officer is told comes in order."""
    with suppress(Stale):  # we have it already
        hotline.db.keep([relays.received(hotline.keys, staff_id, inbound, _kind(hotline, inbound), hotline.instant())])
    hotline.queue.put("relay", 0)


def _kind(hotline: Hotline, inbound: Inbound) -> str:
    keyword = inbound.opt_out.lower() or hotline.keywords.match(inbound.text, None, expected=True)
    if keyword in ("stop", "start"):
        return keyword
    if fold(inbound.text) == "yes":
        return "yes"  # the provider takes it for START from whoever sent STOP; from others it is an answer
    late = inbound.recovered and hotline.instant() - (inbound.sent_at or 0) > _LATE
    return "late" if late else "text"
