"""The states of a report and which may follow which: one table. Knows no database and no person."""

from collections.abc import Mapping

from bot.errors import NotUsable

OPEN = ("received", "reading", "more", "officer")  # somebody here still has to do something
STATES: Mapping[str, str] = {
    "received": "Received", "reading": "Being read", "more": "More information needed",
    "accepted": "Accepted as an official report", "officer": "Given to an officer", "sent": "Sent to another office",
    "not_police": "Not a police matter", "closed": "Closed",
}  # fmt: skip

_DECIDED = ("accepted", "officer", "sent", "not_police", "closed")
NEXT: Mapping[str, tuple[str, ...]] = {
    "received": ("reading", "more", *_DECIDED),
    "reading": ("more", *_DECIDED),
    "more": ("reading", *_DECIDED),
    "accepted": ("more", "officer", "sent", "closed"),
    "officer": ("more", "accepted", "officer", "sent", "not_police", "closed"),
    "sent": ("reading", "officer", "closed"),
    "not_police": ("reading", "sent"),
    "closed": ("reading",),
}
_WHY_NOT: Mapping[tuple[str, str], str] = {
    ("accepted", "not_police"): "It has a police number already. Close it with the reason instead.",
    ("accepted", "reading"): "It has a police number already, so it has been read.",
    ("sent", "accepted"): "Another office has it. If it is ours after all, read it again first.",
    ("sent", "more"): "Another office has it, and asks for itself. If it is ours after all, read it again first.",
    ("sent", "not_police"): "Another office has it already.",
    ("not_police", "closed"): "A report that is no police matter is closed already.",
}


def check(now: str, then: str) -> None:
    """Raises NotUsable, with the reason, if a report may not go from one state to the other."""
    if then in NEXT.get(now, ()):
        return
    if then not in STATES or then == "received":
        raise NotUsable("A report cannot be brought into this state.")
    if now == then:
        raise NotUsable("It is in this state already.")
    if now in ("closed", "not_police"):
        raise NotUsable(_WHY_NOT.get((now, then), "It is closed. Read it again first."))
    raise NotUsable(_WHY_NOT.get((now, then), "This does not follow from the state it is in."))
