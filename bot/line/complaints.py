"""Whom a complaint is about: officers whose badge or family name stands in its answers. Who shares a name is kept from it
too: better one reader too few than the one it is about."""

import re
from collections.abc import Iterable

from bot.hotline import Hotline
from bot.model import Officer
from bot.store import staff
from bot.text.fold import fold

KIND = "complaint"  # what such a report is called in the flows
_SHORTEST = 3  # letters or digits: fewer stand in too many words


def about(hotline: Hotline, answers: Iterable[tuple[str, str]]) -> list[int]:
    """Staff ids. `answers` are question and answer."""
    words = {word for _, answer in answers for word in re.findall(r"\w+", fold(answer))}
    with hotline.db.read() as conn:
        everybody = staff.everybody(conn, hotline.today())
    return [one.id for one in everybody if words & _names(one)]


def _names(officer: Officer) -> set[str]:
    """The family name, each part of it where it has two, and the badge; not the first name, which many have."""
    told = (*re.findall(r"\w+", fold(officer.name))[1:], fold(officer.badge))
    return {word for word in told if len(word) >= _SHORTEST}
