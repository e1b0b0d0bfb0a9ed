"""What the directory says of one service in one place: what a resident is told, and what only ranks and finds it."""

from dataclasses import dataclass

from bot.model import Resource, Spot


@dataclass(frozen=True, slots=True)
class Listing:
    """`words` are what it is searched by; empty when it was read from the database, which keeps only their tokens."""

    resource: Resource
    service_id: str
    spot: Spot | None = None
    words: str = ""
