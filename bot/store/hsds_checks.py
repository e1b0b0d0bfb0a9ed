"""Looks at every value of a directory that we make something of, and says what cannot be read. Changes nothing."""

import re
from collections.abc import Callable, Iterable
from datetime import date

import phonenumbers

from bot.store.hsds_graph import Node
from bot.store.hsds_hours import minute
from bot.store.hsds_languages import language_tag
from bot.store.problems import Problem

_DAY = re.compile(r"-?[1-5]?(MO|TU|WE|TH|FR|SA|SU)", re.IGNORECASE)

# A check gives the words of what is wrong, after "“value” ", or nothing.
Check = Callable[[str], str | None]


def value_problems(nodes: Iterable[Node]) -> list[Problem]:
    """One problem for each value that cannot be read."""
    problems = []
    for node in nodes:
        for name, check in _CHECKS.get(node.kind, {}).items():
            value = str(node.fields.get(name, ""))
            if value and (words := check(value)):
                problems.append(node.problem(name, f"“{value[:40]}” {words}"))
        problems += _together(node)
    return problems


def _together(node: Node) -> list[Problem]:
    """What only two values show."""
    problems = []
    if node.kind == "location" and ("latitude" in node.fields) != ("longitude" in node.fields):
        missing = "latitude" if "longitude" in node.fields else "longitude"
        problems.append(node.problem(missing, "is missing, so the distance is not known"))
    if node.kind == "language" and not node.fields.get("code"):
        name = str(node.fields.get("name", ""))
        if not language_tag(name):
            problems.append(
                node.problem("name", f"“{name}” is no language we know; shown as it is" if name else "is missing")
            )
    return problems


def _degrees(most: int) -> Check:
    def check(value: str) -> str | None:
        try:
            fits = -most <= float(value) <= most
        except ValueError:
            return "is no number of degrees"
        return None if fits else f"is not between -{most} and {most} degrees"

    return check


def _clock(value: str) -> str | None:
    return None if minute(value) is not None else "is no time such as 09:30"


def _day(value: str) -> str | None:
    try:
        date.fromisoformat(value[:10])
    except ValueError:
        return "is no date such as 2026-11-30"
    return None


def _language(value: str) -> str | None:
    return None if language_tag(value) else "is no language we know; shown as it is"


def _weekdays(value: str) -> str | None:
    fits = all(_DAY.fullmatch(day.strip()) for day in value.split(","))
    return None if fits else "are no days such as MO,TU"


def number_trouble(value: str) -> str | None:
    """Why this cannot be a phone number, to go behind it."""
    digits = re.sub(r"\D", "", value)
    if 3 <= len(digits) <= 6:
        return None  # 211, 988, a short code
    try:
        possible = phonenumbers.is_possible_number(phonenumbers.parse(value.strip("\"' "), "US"))
    except phonenumbers.NumberParseException:
        possible = False
    return None if possible else "cannot be a phone number; shown as it is"


def _word_of(*allowed: str) -> Check:
    return lambda value: None if value.lower() in allowed else f"is none of {', '.join(allowed)}"


_CHECKS: dict[str, dict[str, Check]] = {
    "location": {
        "latitude": _degrees(90),
        "longitude": _degrees(180),
        "location_type": _word_of("physical", "postal", "virtual"),
    },
    "schedule": {
        "opens_at": _clock,
        "closes_at": _clock,
        "valid_from": _day,
        "valid_to": _day,
        "until": _day,
        "byday": _weekdays,
        "freq": _word_of("daily", "weekly", "monthly"),
    },
    "holiday_schedule": {"opens_at": _clock, "closes_at": _clock, "start_date": _day, "end_date": _day},
    "service": {
        "assured_date": _day,
        "last_modified": _day,
        "status": _word_of("active", "inactive", "defunct", "temporarily closed"),
    },
    "cost_option": {"valid_from": _day, "valid_to": _day},
    "language": {"code": _language},
    "phone": {"number": number_trouble},
}
