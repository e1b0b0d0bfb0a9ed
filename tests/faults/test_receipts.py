"""Receipts of one text in every order, doubled and dropped: its state only ever goes forward."""

from collections.abc import Iterable
from itertools import permutations

import pytest

from bot.hotline import Hotline
from bot.line.conversation import receive
from bot.line.delivery import receive_receipt
from bot.model import Inbound, Receipt
from bot.store import messages
from bot.store.database import carry_out
from bot.store.ids import new_id

ARRIVED = ("queued", "sending", "sent", "delivered", "read")
FAILED = ("queued", "sending", "sent", "delivered", "undelivered")
OURS = {"queued": "accepted"}  # Twilio's word, ours


def right_end(told: Iterable[str]) -> str:
    """The furthest of what was told. What failed stays so, unless it is known to have arrived."""
    heard = set(told)
    furthest = next(one for one in ("read", "delivered", "undelivered", "sent", "sending", "queued") if one in heard)
    return OURS.get(furthest, furthest)


@pytest.mark.parametrize("statuses", [ARRIVED, FAILED], ids=["arrived", "failed"])
def test_every_order(hotline: Hotline, statuses: tuple[str, ...]) -> None:
    """All 325 orders of some or all of five receipts; of all five also each told twice in a row, and all of them again."""
    reply = receive(hotline, Inbound("twilio-sms", f"SM{1:032x}", "+15005550001", "+15005550100", "hello"))
    assert reply
    orders = [order for length in range(1, 6) for order in permutations(statuses, length)]
    for order in orders:
        assert told(hotline, reply.thread_id, order) == right_end(order), order
        if len(order) == len(statuses):
            again = tuple(status for status in order for _ in range(2)) + order
            assert told(hotline, reply.thread_id, again) == right_end(order), again


def told(hotline: Hotline, thread: int, statuses: Iterable[str]) -> str:
    """The state of a fresh text after these receipts."""
    id_ = new_id()
    with hotline.db.write() as conn:
        carry_out(
            conn,
            messages.written(
                hotline.keys, id=id_, thread_id=thread, channel="twilio-sms", words="hola", language="es", at=0,
                officer_id=None,
            ),
        )  # fmt: skip
    for status in statuses:
        code = "30003" if status == "undelivered" else ""
        receive_receipt(hotline, Receipt("twilio-sms", id_, f"SM{id_:032x}", status, code))
    [(state, provider_id)] = hotline.db.look_all("SELECT state, provider_id FROM messages WHERE id = :id", {"id": id_})
    assert provider_id == f"SM{id_:032x}"
    return str(state)
