"""The contract of every channel. It knows no web server, no database and no provider."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Answer, Fetched, HookRequest, Inbound, Outbound, Receipt


class Channel(Protocol):
    """One provider and medium. Adding one is one file here and its line in `bot.hotline.CHANNELS`."""

    name: str

    def read(self, request: HookRequest) -> Sequence[Inbound | Receipt]:
        """What a webhook call says. Raises Forged if it is not the provider's, or not for us."""

    def acknowledge(self, reply: Outbound | None) -> Answer:
        """The answer to an inbound webhook call, carrying the first part of the reply if the channel can."""

    def split(self, text: str) -> list[str]:
        """The text in the pieces this channel will take."""

    def send(self, message: Outbound, part: str) -> str:
        """Send one piece; the provider's id for it. Raises SendFailed."""

    def find(self, message: Outbound, part: str, since: datetime) -> Sequence[str]:
        """The provider's ids of what this piece may be, if it was sent after all; the likeliest first. Raises SendFailed
        if it cannot be told."""

    def inbound_since(self, when: datetime) -> Iterable[Inbound]:
        """Texts the provider received for us since then, oldest first, for reconciling."""

    def fetch(self, provider_message_id: str, media_id: str) -> Fetched:
        """What came with a text, by the provider's ids of both. Raises MediaUnfetched."""
