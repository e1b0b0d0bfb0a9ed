"""Values a text is filled with, in the resident's language: places of help, meetings, reports, days and hours."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING

from bot.model import Meeting, ReportStatus, Resource
from bot.text.language_names import name_in

if TYPE_CHECKING:
    from bot.flow.walk import Walk

_MOST_LANGUAGES = 4


def resource(walk: "Walk", one: Resource) -> Mapping[str, str]:
    """name, what, phone, langs, hours."""
    known = list(one.languages)
    known.sort(key=lambda tag: tag.split("-")[0] != walk.voice.tag.split("-")[0])  # the resident's own first
    hours = _hours(walk, one)
    if one.no_id_needed:
        hours = f"{hours}. {walk.fill(walk.library.phrase('no_id'))}"
    names = list(dict.fromkeys(name_in(tag, walk.voice.tag) for tag in known[:_MOST_LANGUAGES]))
    return {"name": one.name, "what": one.what, "phone": one.phone, "langs": ", ".join(names), "hours": hours}


def _hours(walk: "Walk", one: Resource) -> str:
    now = walk.facts.now
    minute = now.hour * 60 + now.minute
    for weekday, opens, closes in one.hours:
        if weekday == now.weekday() and opens <= minute < closes:
            return walk.fill(walk.library.phrase("today_until"), {"time": clock(closes)})
    for ahead in range(8):
        weekday = (now.weekday() + ahead) % 7
        later = [opens for day, opens, _ in one.hours if day == weekday and (ahead or opens > minute)]
        if later:
            values = {"weekday": weekday_name(walk, weekday), "time": clock(min(later))}
            return walk.fill(walk.library.phrase("opens"), values)
    return walk.fill(walk.library.phrase("call_for_hours"))


def meeting(walk: "Walk", one: Meeting) -> Mapping[str, str]:
    """title, weekday, date, time, place, officer, langs."""
    return {
        "title": one.title,
        "weekday": weekday_name(walk, one.starts.weekday()),
        "date": day(walk, one.starts.date()),
        "time": clock(one.starts.hour * 60 + one.starts.minute),
        "place": one.place,
        "officer": one.officer,
        "langs": ", ".join(dict.fromkeys(name_in(tag, walk.voice.tag) for tag in one.interpreters)),
    }


def report(walk: "Walk", one: ReportStatus) -> Mapping[str, str]:
    """num, topic, date, status."""
    name = f"state_{one.state}_as" if one.state == "accepted" and one.police_number else f"state_{one.state}"
    return {
        "num": one.number,
        "topic": walk.topic(one.kind),
        "date": day(walk, one.filed.date()),
        "status": walk.fill(walk.library.phrase(name), {"code": one.police_number}),
    }


def opening_hours(walk: "Walk") -> str:
    """When officers answer, days with the same hours together: Monday-Friday 8:00 AM-8:00 PM, Saturday …"""
    runs: list[tuple[int, int, int, int]] = []
    for weekday, opens, closes in sorted(walk.facts.hours):
        if runs and runs[-1][1:] == (weekday - 1, opens, closes):
            runs[-1] = (runs[-1][0], weekday, opens, closes)
        else:
            runs.append((weekday, weekday, opens, closes))
    said = []
    for first, last, opens, closes in runs:
        days = weekday_name(walk, first) if first == last else f"{weekday_name(walk, first)}-{weekday_name(walk, last)}"
        said.append(f"{days} {clock(opens)}-{clock(closes)}")
    return ", ".join(said)


def next_opening(walk: "Walk") -> str:
    """When officers answer again, in words; nothing if they do now."""
    when = walk.facts.next_opening()
    if when is None:
        return ""
    shown = f"{weekday_name(walk, when.weekday())} {clock(when.hour * 60 + when.minute)}"
    return shown if when - walk.facts.now < timedelta(days=6) else f"{shown}, {day(walk, when.date())}"


def clock(minutes: int) -> str:
    """As signs in the United States have it, in every language: 5:30 PM."""
    hour, minute = divmod(minutes % 1440, 60)
    return f"{(hour + 11) % 12 + 1}:{minute:02} {'AM' if hour < 12 else 'PM'}"


def weekday_name(walk: "Walk", weekday: int) -> str:
    return walk.fill(walk.library.phrase("weekdays")).split("|")[weekday]


def day(walk: "Walk", when: date) -> str:
    months = walk.fill(walk.library.phrase("months")).split("|")
    return walk.fill(walk.library.phrase("date"), {"month": months[when.month - 1], "day": str(when.day)})
