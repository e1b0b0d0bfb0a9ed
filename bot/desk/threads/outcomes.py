"""How threads end, and how the two understood each other: the words, and what must be said with them."""

from bot.errors import NotUsable

OUTCOMES = (
    "answered",
    "resource given",
    "report taken",
    "report rejected",
    "officer will follow up",
    "transferred to 911",
    "transferred to 988 or a domestic violence partner",
    "to another city agency",
    "to another jurisdiction",
    "interpreter call held",
    "U-visa contact",
    "complaint filed",
    "no answer from the resident",
    "duplicate",
    "spam or abuse",
    "test",
    "opted out",
)
SERVICES = (
    "certified officer", "phone interpreter", "interpreter in person", "text translation, reviewed",
    "machine translation only", "none",
)  # fmt: skip
WANT_A_REASON = frozenset({"report rejected"})


def check(outcome: str, language_service: str, why: str) -> None:
    """Raises NotUsable with what is still to be said."""
    if outcome not in OUTCOMES:
        raise NotUsable("Choose how this ended.")
    if language_service not in SERVICES:
        raise NotUsable("Choose how you understood each other.")
    if outcome in WANT_A_REASON and not why:
        raise NotUsable("Say why the report was rejected.")
