"""The seam to machines that translate: what a line asks of them, and what it is given. Knows no thread and no provider."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

UNKNOWN = "auto"  # as a source: the machine tells the language by itself
LONGEST = 4000  # characters of one text


@dataclass(frozen=True, slots=True)
class Translated:
    """A machine's words. `source` is the language it read them in (BCP 47), the one asked for or the one it found."""

    words: str
    source: str


class Translator(Protocol):
    """One machine. Safe to share between threads. Keeps and logs no words."""

    name: str  # as it stands in the record of uses

    def translate(self, words: str, source: str, target: str, *, within: float) -> Translated:
        """Words in another language; tags are BCP 47, `source` may be UNKNOWN. It takes no longer than `within` seconds.
        Raises NotTranslated."""

    def lacking(self, tags: Collection[str], *, within: float) -> frozenset[str]:
        """Which of these languages it cannot translate to English and from it. Raises NotTranslated."""
