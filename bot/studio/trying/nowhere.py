"""A channel and bells that lead nowhere: texts are cut as a provider takes them, and nothing is sent, asked or rung.
Opens no connection to anything."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import Forged, MediaUnfetched, Reason, SendFailed
from bot.model import Answer, Fetched, HookRequest, Inbound, Outbound, Receipt
from bot.queue import Queue
from bot.text import sms


@dataclass(slots=True)
class Nowhere:
    """Stands in for a provider's channel, under its name."""

    name: str

    def read(self, request: HookRequest) -> Sequence[Inbound | Receipt]:
        raise Forged("Nothing comes in from outside where texts are only tried.")

    def acknowledge(self, reply: Outbound | None) -> Answer:
        return Answer(200, reply.text if reply else "")

    def split(self, text: str) -> list[str]:
        return sms.split(text)

    def send(self, message: Outbound, part: str) -> str:
        raise SendFailed(Reason.REFUSED, retry=False, code="tried")

    def find(self, message: Outbound, part: str, since: datetime) -> Sequence[str]:
        return ()

    def inbound_since(self, when: datetime) -> Iterable[Inbound]:
        return ()

    def fetch(self, provider_message_id: str, media_id: str) -> Fetched:
        raise MediaUnfetched(retry=False, code="tried")


class NoBells(Queue):
    """Rings for nobody: it has no address."""

    def __init__(self) -> None:
        pass

    def put(self, job: str, thread_id: int) -> bool:
        return False

    def announce(self, thread_id: int) -> None:
        pass
