"""A phone in the browser: texts go to and from a page of our own. Only outside production. Its photo and its voice note are
always the same two, drawn and played by a machine."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from bot.errors import Forged, MediaUnfetched
from bot.model import Answer, Fetched, HookRequest, Inbound, Media, Outbound, Receipt, Spot
from bot.text import sms

_SAMPLES = {"image/jpeg": "photo.jpg", "audio/ogg": "voice.m4a"}  # by what its buttons say they are


class Simulator:
    """Takes JSON from the simulator page, answers with JSON; what an officer writes waits in the database."""

    name = "simulator"

    def read(self, request: HookRequest) -> Sequence[Inbound | Receipt]:
        try:
            said = json.loads(request.body)
            spot = said.get("spot")
            return [
                Inbound(
                    channel=self.name,
                    provider_id=str(said["id"]),
                    sender=str(said["phone"]),
                    line="simulator",
                    text=str(said.get("text", "")),
                    media=tuple(Media(_id(str(kind)), str(kind)) for kind in said.get("media", ())),
                    spot=Spot(float(spot["latitude"]), float(spot["longitude"]), str(spot.get("label", "")))
                    if spot
                    else None,
                )
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Forged("The simulator page sent something that is no text.") from error

    def acknowledge(self, reply: Outbound | None) -> Answer:
        body = json.dumps({"text": reply.text if reply else None}, ensure_ascii=False)
        return Answer(200, body, "application/json; charset=utf-8")

    def split(self, text: str) -> list[str]:
        return sms.split(text)

    def send(self, message: Outbound, part: str) -> str:
        return f"simulated-{message.id}"

    def find(self, message: Outbound, part: str, since: datetime) -> Sequence[str]:
        return [f"simulated-{message.id}"]

    def inbound_since(self, when: datetime) -> Iterable[Inbound]:
        return ()

    def fetch(self, provider_message_id: str, media_id: str) -> Fetched:
        sample = _SAMPLES.get(media_id)
        if sample is None:  # its other buttons only say that there was something
            raise MediaUnfetched(retry=False, code="simulated")
        return Fetched((Path(__file__).parent / "samples" / sample).read_bytes(), media_id)


def _id(kind: str) -> str:
    return kind if kind in _SAMPLES else "simulated"
