"""What an officer writes on their phone, read: to whom it goes, or which control word it is. Pure; knows no thread.

`#7 words` goes to thread 7, `#7` alone takes it, `#word` is a control word, and all else is for the one thread that is open.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

_MARKED = re.compile(r"#\s*(\d{1,2})(?:[\s:,.)-]+(.*))?", re.DOTALL)
_WORD = re.compile(r"#\s*([^\W\d_]+)\s*(.*)", re.DOTALL)
_BARE = re.compile(r"(?:take\s*)?(\d{1,2})", re.IGNORECASE)
_NUMBER = re.compile(r"#?(\d{1,2})(?!\d)\s*(.*)", re.DOTALL)
_WIDE = str.maketrans("＃０１２３４５６７８９", "#0123456789")


class Deed(StrEnum):
    """What is wanted."""

    WRITE = "write"  # to the one thread that is open
    WRITE_TO = "write to"  # the thread of this number
    MARK = "mark"  # a number with its #, alone: take it, go on with it, or send it what is held
    BARE = "bare"  # a number without: an offer, or a word to a resident
    BACK = "back"
    CLOSE = "close"
    NO = "no"
    LIST = "list"
    WHO = "who"
    DROP = "drop"
    HELP = "help"
    UNKNOWN = "unknown"


_WORDS = {deed.value: deed for deed in (Deed.BACK, Deed.CLOSE, Deed.NO, Deed.LIST, Deed.WHO, Deed.DROP, Deed.HELP)}

HELP = (
    "#list: your threads and who waits. #7: take thread 7, or go on with it here. #7 words: write to it. "
    "With one thread open no number is needed. #no 7: you cannot take it. #back 7: back to the queue. "
    "#close 7: close it. #who: who gets your next text. #drop: forget what is held. STOP: no more of these texts. "
    "Pictures are not passed on. In danger call dispatch; this line calls nobody."
)


@dataclass(frozen=True, slots=True)
class Command:
    """One text, read. `number` 0: none was written."""

    deed: Deed
    number: int = 0
    words: str = ""


def read(text: str) -> Command:
    """What a text from an officer's phone wants."""
    words = text.strip()
    plain = words.translate(_WIDE)
    if found := _MARKED.fullmatch(plain):
        rest = words[found.start(2) :].strip() if found[2] else ""
        return Command(Deed.WRITE_TO if rest else Deed.MARK, int(found[1]), rest)
    if plain.startswith("#"):
        return _control(plain)
    if plain.lower() in ("help", "info"):
        return Command(Deed.HELP)
    if found := _BARE.fullmatch(plain):
        return Command(Deed.BARE, int(found[1]), words)
    return Command(Deed.WRITE, 0, words)


def _control(plain: str) -> Command:
    found = _WORD.fullmatch(plain)
    deed = _WORDS.get(found[1].lower()) if found else None
    if found is None or deed is None:
        return Command(Deed.UNKNOWN)
    numbered = _NUMBER.fullmatch(found[2].strip())
    if numbered:
        return Command(deed, int(numbered[1]), numbered[2].strip().lower())
    return Command(deed, 0, found[2].strip().lower())
