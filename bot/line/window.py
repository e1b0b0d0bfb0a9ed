"""WhatsApp's rule of a day: what is written freely reaches a resident only within 24 hours of their last text.
https://www.twilio.com/docs/whatsapp/key-concepts (customer service window). Knows no template and no thread."""

CHANNEL = "twilio-whatsapp"
DAY = 86_400_000  # ms
SHUT = "63016"  # the provider's own code for it


def shuts_at(channel: str, last_in_at: int) -> int | None:
    """The instant from which nothing may be written freely; None on channels that have no such rule."""
    return last_in_at + DAY if channel == CHANNEL else None


def is_shut(channel: str, last_in_at: int, at: int) -> bool:
    shuts = shuts_at(channel, last_in_at)
    return shuts is not None and at >= shuts
