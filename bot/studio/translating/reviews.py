"""Which qualified translator has read a language, and what of it there is. Says nothing about how good it is."""

from dataclasses import dataclass
from pathlib import Path

import polib

from bot.studio.translating.catalogues import NEVER, NOBODY

_BLANK = "\n\n"  # behind the first entry of a PO file, which is its header


@dataclass(frozen=True, slots=True)
class Review:
    """`covers` is "everything" or "safety texts"; `by` and `on` are empty until a qualified translator signs."""

    tag: str
    covers: str
    by: str
    on: str

    @property
    def draft(self) -> bool:
        return not self.by

    def __str__(self) -> str:
        read = f"read by {self.by}, {self.on}" if self.by else "a draft: no qualified translator has read it"
        return f"{self.tag}: {self.covers}, {read}"


def reviews(locales: Path) -> list[Review]:
    """Of every language in a folder, from the headers of its PO files."""
    paths = sorted(locales.glob("*/LC_MESSAGES/bot.po"))
    return [review(path.parts[-3], path.read_text(encoding="utf-8")) for path in paths]


def review(tag: str, text: str) -> Review:
    """Of one language, from the text of its PO file; a draft if there is none. Reads its header alone."""
    header = polib.pofile(f"{text.partition(_BLANK)[0]}\n").metadata or polib.pofile(f"{text}\n").metadata
    by, on = header.get("X-Reviewed-By", "").strip(), header.get("X-Reviewed-On", "").strip()
    signed = by not in ("", NOBODY)
    return Review(tag, header.get("X-Covers", "everything"), by if signed else "", on if signed and on != NEVER else "")
