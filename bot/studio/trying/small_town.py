"""The town rehearsals are played in. It stands still while the department's own changes, so that a rehearsal turns red for
what was changed in a flow and for nothing else."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.config import Config
from bot.store.surroundings import Rows

CONFIG = Config()  # as settings are where nobody set any
AT = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo(CONFIG.department_timezone))  # a Monday

_EVERY_DAY = [[day, 9 * 60, 17 * 60] for day in range(7)]
_VERSION = 1


def _service(id: str, name: str, what: str, needs: list[str], languages: list[str], latitude: float) -> dict[str, Any]:
    return {
        "id": id, "service_id": id, "name": name, "what": what, "phone": "555-555-0150", "needs": json.dumps(needs),
        "languages": json.dumps(languages), "hours": json.dumps(_EVERY_DAY), "address": "1 Mill Street",
        "latitude": latitude, "longitude": -92.3, "no_id_needed": True, "checked_on": "2026-11-02", "tok": "",
        "version": _VERSION,
    }  # fmt: skip


def _place(name: str, *aliases: str, latitude: float) -> dict[str, Any]:
    folded = json.dumps([name.casefold(), *aliases])
    return {"name": name, "folded": folded, "latitude": latitude, "longitude": -92.3, "version": _VERSION}


def _meeting(id: str, title: str, day: int, interpreters: list[str]) -> dict[str, Any]:
    starts, ends = (AT.replace(month=12, day=day, hour=hour) for hour in (18, 20))
    return {
        "id": id, "uid": id, "title": title, "place": "Old Mill Library", "about": "", "officer": "Lee",
        "interpreters": json.dumps(interpreters), "starts_at": int(starts.timestamp() * 1000),
        "ends_at": int(ends.timestamp() * 1000), "cancelled": False, "version": _VERSION,
    }  # fmt: skip


ROWS: Rows = {
    "resources": [
        _service("pantry", "Mill Pantry", "Free food", ["food"], ["en", "es"], 41.1),
        _service("kitchen", "Gate Kitchen", "Hot meals", ["food"], ["en", "vi"], 41.15),
        _service("beds", "Night Beds", "A bed for the night", ["shelter"], ["en", "es"], 41.1),
        _service("law", "Open Door Law", "Immigration lawyers", ["immigration_lawyer", "lawyer"], ["en", "ar"], 41.12),
        _service("safe", "Safe Rooms", "A safe place to stay", ["safety_at_home"], ["en", "es", "vi"], 41.1),
        _service("care", "Care After", "Help and money after a crime", ["crime_victims"], ["en"], 41.1),
    ],
    "places": [_place("Old Mill", "99051", latitude=41.1), _place("Eastgate", "99052", latitude=41.15)],
    "meetings": [
        _meeting("evening", "Community evening", 3, ["es", "vi"]),
        _meeting("safety", "Safe at home", 10, ["ar"]),
    ],
}
