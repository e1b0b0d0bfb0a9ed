"""What the fake Twilio keeps of pictures and voice notes: the bytes of each, a small real one where a test gave none.
Knows no HTTP server."""

import base64
from collections import defaultdict
from dataclasses import dataclass, field

# One grey pixel, and 20 ms of silence in Opus.
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"
    "AQH/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z"
)
OGG = base64.b64decode(
    "T2dnUwACAAAAAAAAAAABAAAAAAAAAByf9dkBE09wdXNIZWFkAQE4AYC7AAAAAABPZ2dTAAAAAAAAAAAAAAEAAAABAAAAJPV2WAEUT3B1c1RhZ3MEAAAA"
    "ZmFrZQAAAABPZ2dTAATAAwAAAAAAAAEAAAACAAAAKZOw3QED+P/+"
)


@dataclass
class Media:
    """Contents by their sid. With `redirects`, the API sends whoever asks on to a second address without credentials."""

    contents: dict[str, bytes] = field(default_factory=dict)
    redirects: bool = False
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))  # requests there, and with credentials

    def content(self, sid: str, kind: str) -> bytes:
        return self.contents.get(sid, OGG if kind.startswith("audio/") else JPEG)

    def asked_elsewhere(self, authorised: bool) -> None:
        """Somebody came to the second address."""
        self.asked["requests"] += 1
        self.asked["with_authorization"] += authorised
