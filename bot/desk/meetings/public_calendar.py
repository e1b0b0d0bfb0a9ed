"""The calendar of meetings that everybody may subscribe to, as iCalendar (RFC 5545). Pure: it is given what is published,
and knows nothing of who comes."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from bot.store.meetings import Planned

_MOST_OCTETS = 75  # of one line, RFC 5545 section 3.1


def write(department: str, meetings: Iterable[Planned], changed_at: int) -> str:
    """The whole calendar. `changed_at`, in ms since 1970, is when its newest part was made."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Puente//Community meetings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(department)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for one in meetings for line in _event(one, changed_at)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(one: Planned, changed_at: int) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escaped(one.id)}"
    yield f"DTSTAMP:{_utc(changed_at)}"
    yield f"SEQUENCE:{one.sequence}"
    yield f"STATUS:{'CANCELLED' if one.cancelled else 'CONFIRMED'}"
    yield f"DTSTART:{_utc(one.starts_at)}"
    yield f"DTEND:{_utc(one.ends_at)}"
    yield f"SUMMARY:{_escaped(one.title)}"
    yield f"LOCATION:{_escaped(one.place)}"
    if one.about:
        yield f"DESCRIPTION:{_escaped(one.about)}"
    if one.officer:
        yield f"X-PUENTE-OFFICER:{_escaped(one.officer)}"
    if one.interpreters:
        yield f"X-PUENTE-INTERPRETERS:{','.join(one.interpreters)}"
    yield "END:VEVENT"


def _utc(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant / 1000, UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    plain = "".join(sign for sign in text.replace("\r\n", "\n") if sign == "\n" or sign >= " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Broken into lines of at most 75 octets, never inside a letter."""
    parts, part, room = [], "", _MOST_OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append(part)
            part, room = "", _MOST_OCTETS - 1  # the space that says that it goes on
        part += sign
        room -= size
    return "\r\n ".join([*parts, part])
