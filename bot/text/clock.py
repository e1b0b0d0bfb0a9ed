"""Times of the day in words: which hour is meant, in minutes since midnight.

Knows the kinds of the words of time, not the words and not the day.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.text.date_words import Token


class Clock(NamedTuple):
    """A time as said: minutes since midnight; from 1440 on they are in the night that follows."""

    minute: int
    part: str = ""
    firm: bool = False  # said on the 24-hour clock

    @property
    def settled(self) -> bool:
        return self.firm or bool(self.part)


# Hours a part of the day means by itself, and hours a clock time said with it lies in.
PARTS = {
    "early": (0, 6, 0, 12),
    "morning": (5, 12, 0, 12),
    "noon": (11, 14, 11, 15),
    "afternoon": (12, 18, 12, 24),
    "evening": (17, 23, 16, 25),
    "night": (18, 30, 18, 30),
    "am": (0, 12, 0, 12),
    "pm": (12, 24, 12, 24),
}

_TIME = "P?O*(?:[Tt]|nhn?i?f?|nf|fn)[aP]?|O+[np](?!o)f?[aP]?|[np]f?a"
TIMES = re.compile(
    f"(?:{_TIME})[GO-]*(?:{_TIME})|F[OP]*[np]f?[aP]?[GO-]+(?:{_TIME}|[np])|[np][G-]O*[np][aPh]+|^n[G-]n[aP]?$"
    f"|P?O*Q[aP]?|[OFP]+r[aP]?|r[ahP]+|{_TIME}"
)


def clocks(tokens: Sequence[Token]) -> list[Clock]:
    """The clock times in some tokens, each with the part of the day said right beside it; impossible ones left out."""
    found: list[Clock] = []
    part, minutes, before = "", 0, ""
    for token in tokens:
        if token.code in "TtpQr":
            for figures in token.value.split("-"):
                hour, _, minute = figures.replace(".", ":").partition(":")
                firm = token.code == "t" or (len(hour) == 2 and hour[0] == "0")
                found.append(Clock(int(hour) * 60 + int(minute[:2] or 0), part, firm))
                part = ""
        elif token.code == "n" and before == "h" and found:
            found[-1] = found[-1]._replace(minute=found[-1].minute + min(int(token.value), 59))
        elif token.code == "n":
            found.append(Clock(int(token.value) * 60 + minutes, part))
            part, minutes = "", 0
        elif token.code == "f" and before in ("n", "h") and found:
            found[-1] = found[-1]._replace(minute=found[-1].minute + int(token.value))
        elif token.code == "f":
            minutes = int(token.value)
        elif token.code in "aP" and found and before not in "GO-":
            found[-1] = found[-1]._replace(part=token.value)
        elif token.code in "aP":
            part = token.value
        before = token.code
    return [clock._replace(firm=clock.firm or clock.minute >= 780) for clock in found[:2] if clock.minute <= 1440]


def minutes_of(clock: Clock, part: str) -> int:
    """A clock time in the part of the day said beside it, else in that of the day, else in waking hours."""
    if clock.firm:
        return clock.minute
    least, most = PARTS[clock.part or part][2:] if clock.part or part else (7, 19)
    for minute in range(clock.minute % 720, 2160, 720):
        if least * 60 <= minute < most * 60:
            # "2 at night" said of a day is that day's; only "last night at 2" is the day after.
            return minute - 1440 if clock.part and minute > 1440 else minute
    return clock.minute


def between(first: Clock, last: Clock, part: str) -> tuple[int, int]:
    """Two times in order: the one that says its half of the day settles the other."""
    if last.settled and not first.settled:
        until = minutes_of(last, part)
        begin = until - ((until - first.minute - 1) % 720 + 1)
        return (begin, until) if begin >= 0 else (begin + 1440, until + 1440)
    begin = minutes_of(first, part)
    step = 1440 if last.settled else 720
    end = minutes_of(last, part) if last.settled else last.minute
    return begin, begin + (end - begin - 1) % step + 1
