"""A service as the text a resident gets, in any language: the very words of the flow that finds help."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.flow import wording
from bot.flow.place import Place
from bot.flow.reading import Line
from bot.flow.steps.lists import Find
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.town import Town
from bot.store.listing import Listing
from bot.text import sms


@dataclass(frozen=True, slots=True)
class Told:
    """One text in one language, as it travels."""

    tag: str
    text: str
    segments: int
    encoding: str


def told(hotline: Hotline, listings: Iterable[Listing], tags: Iterable[str]) -> list[Told]:
    """Each listing in each language, now. Nothing if no flow finds help."""
    item = _item(hotline)
    if item is None:
        return []
    found = []
    for listing in listings:
        for tag in tags:
            walk = Walk(hotline.library, hotline.library.voice(tag), Town(hotline, "", None), Place())
            text = sms.plain(walk.fill(item, wording.resource(walk, listing.resource)))
            found.append(Told(tag, text, sms.segments(text), str(sms.encoding(text))))
    return found


def _item(hotline: Hotline) -> Line | None:
    scripts = hotline.library.scripts.values()
    return next((step.item for script in scripts for step in script.steps.values() if isinstance(step, Find)), None)
