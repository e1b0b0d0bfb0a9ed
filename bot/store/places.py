"""The places a resident may name to say where they are: towns, neighbourhoods, ZIP codes, with all their names."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, delete, select

from bot import plain_yaml
from bot.errors import ImportRefused
from bot.model import Spot
from bot.store.ids import new_id
from bot.store.problems import Problem
from bot.store.schema import places
from bot.text.fold import fold

VERSION_SQL = "SELECT version FROM places LIMIT 1"  # every row carries the list's


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    folded: tuple[str, ...]  # its own name and its aliases, folded
    spot: Spot


def read_places(path: Path) -> tuple[list[Place], list[Problem]]:
    """The list `places` of a YAML file: name, aliases, latitude, longitude. Raises ImportRefused if there is none."""
    try:
        listed = plain_yaml.read(path)["places"]
        listed = [dict(one) for one in listed]
    except (OSError, UnicodeError, yaml.YAMLError, LookupError, TypeError, ValueError) as error:
        raise ImportRefused(f"{path} has no list of places that can be read: {error}") from error
    found: list[Place] = []
    problems: list[Problem] = []
    owners: dict[str, str] = {}
    for number, one in enumerate(listed, 1):
        place = _place(one)
        if place is None:
            words = "needs a name, and latitude and longitude in degrees; it is not used"
            problems.append(Problem(path.name, number, str(one.get("name", "")), words))
        elif taken := [name for name in place.folded if owners.setdefault(name, place.name) != place.name]:
            words = f"{', '.join(taken)} is a name of {owners[taken[0]]} already; {place.name} is not used"
            problems.append(Problem(path.name, number, place.name, words))
        else:
            found.append(place)
    return found, problems


def import_places(conn: Connection, listed: Iterable[Place]) -> None:
    """Put these in the place of all that are here."""
    version = new_id()
    conn.execute(delete(places))
    rows = [
        {
            "name": place.name,
            "folded": json.dumps(place.folded, ensure_ascii=False),
            "latitude": place.spot.latitude,
            "longitude": place.spot.longitude,
            "version": version,
        }
        for place in listed
    ]
    if rows:
        conn.execute(places.insert(), rows)


def all_places(conn: Connection) -> list[Place]:
    return [
        Place(row.name, tuple(json.loads(row.folded)), Spot(row.latitude, row.longitude, row.name))
        for row in conn.execute(select(places))
    ]


def _place(one: dict[str, Any]) -> Place | None:
    try:
        name, spot = str(one["name"]), Spot(float(one["latitude"]), float(one["longitude"]), str(one["name"]))
    except (KeyError, ValueError):
        return None
    if not fold(name) or not (-90 <= spot.latitude <= 90 and -180 <= spot.longitude <= 180):
        return None
    names = (name, *one.get("aliases", ()))
    return Place(name, tuple(dict.fromkeys(filter(None, map(fold, names)))), spot)
