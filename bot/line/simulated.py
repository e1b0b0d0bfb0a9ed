"""What a phone of the simulator page is shown: its whole thread, and what the line made of it. Changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.hotline import Hotline
from bot.store import attachments, messages, places, threads
from bot.store.attachments import Attachment
from bot.store.messages import FAILED, Message
from bot.store.places import Place
from bot.store.threads import Thread

_ON_THE_WAY = ("queued", "submitting")
_MOST_PLACES = 4


@dataclass(frozen=True, slots=True)
class History:
    """What has reached a phone. Ask again with `after=settled`: what was on its way may come before what is here."""

    thread: Thread | None
    messages: tuple[Message, ...]
    attachments: Mapping[int, tuple[Attachment, ...]]  # what came with a text, by the text's id
    settled: int


def history(hotline: Hotline, phone: str, after: int = 0) -> History:
    """The texts of a simulated phone whose id is greater than `after`, oldest first; none of a phone never seen."""
    digest = hotline.keys.digest(f"simulator:{phone}")
    thread = threads.look(hotline.db, hotline.keys, "simulator", "", digest).thread
    if thread is None:
        return History(None, (), {}, after)
    with hotline.db.read() as conn:
        said = messages.of_thread(conn, hotline.keys, thread.id, after)
        came = attachments.of_thread(conn, thread.id)
    arrived = tuple(one for one in said if one.state not in _ON_THE_WAY and one.state not in FAILED)
    return History(thread, arrived, came, _settled(said, after))


def pins(hotline: Hotline) -> list[Place]:
    """Some places in town to send as a location; places with a name rather than a ZIP code."""
    with hotline.db.read() as conn:
        named = [one for one in places.all_places(conn) if not one.name.isdecimal()]
    parts = [one for one in named if one.name != hotline.config.department_city]
    return (parts or named)[:_MOST_PLACES]


def _settled(said: Sequence[Message], after: int) -> int:
    """The last id before the first text that is still on its way."""
    for message in said:
        if message.state in _ON_THE_WAY:
            break
        after = message.id
    return after
