"""Where a spot lies that a resident sent, among the town's own places: in words and as a small drawing. No map of anybody
is asked, since whoever is asked would know where a resident is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.hotline import Hotline
from bot.model import Spot
from bot.store import places
from bot.store.kept import kept
from bot.store.places import Place

WIDTH, HEIGHT = 320, 180  # of the drawing, in its own units
_EDGE = 34  # units kept free around what is drawn
_FAR = 15.0  # km: no place of the town says where that is
_AROUND = 4.0  # km that are drawn, or further if the nearest place is
_MOST_DRAWN = 6
_LEAST_ACROSS = 1.5  # km that a drawing shows at least
_EARTH = 6371.0  # km
_DIRECTIONS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the drawing. `right` says on which side its name stands."""

    name: str
    x: float
    y: float
    right: bool


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A spot in words and in the drawing; without a place near it there are neither words nor drawing."""

    spot: Spot
    near: str = ""  # the nearest place
    km: float = 0.0
    direction: str = ""  # in which the spot lies, seen from that place
    x: float = 0.0
    y: float = 0.0
    marks: tuple[Mark, ...] = ()
    bar: float = 0.0  # units that are a kilometre


def locate(hotline: Hotline, spot: Spot) -> Whereabouts:
    """Among the parts of the town: neither the town as a whole nor a ZIP code tells anybody where to go."""
    city = hotline.config.department_city
    return _among([one for one in _places(hotline.db) if one.name != city and not one.name.isdigit()], spot)


def _among(known: Sequence[Place], spot: Spot) -> Whereabouts:
    by_distance = sorted(((_apart(place.spot, spot), place) for place in known), key=lambda found: found[0])
    if not by_distance or by_distance[0][0] > _FAR:
        return Whereabouts(spot)
    km, nearest = by_distance[0]
    drawn = [place for away, place in by_distance[:_MOST_DRAWN] if away <= max(_AROUND, 2 * km)]
    return _drawing(spot, drawn, nearest.name, km, _direction(nearest.spot, spot))


def _apart(one: Spot, other: Spot) -> float:
    """Kilometres, as over a plain: nobody's town is so large that it shows."""
    east, north = _offset(one, other)
    return math.hypot(east, north)


def _offset(start: Spot, end: Spot) -> tuple[float, float]:
    """Kilometres east and north from one to the other."""
    degree = math.pi * _EARTH / 180
    across = (end.longitude - start.longitude + 180) % 360 - 180
    return across * degree * math.cos(math.radians(start.latitude)), (end.latitude - start.latitude) * degree


def _direction(start: Spot, end: Spot) -> str:
    east, north = _offset(start, end)
    return _DIRECTIONS[round(math.degrees(math.atan2(east, north)) / 45) % 8]


def _drawing(spot: Spot, drawn: Sequence[Place], near: str, km: float, direction: str) -> Whereabouts:
    """Everything within the edges, the middle of it all in the middle."""
    offsets = [(0.0, 0.0), *(_offset(spot, place.spot) for place in drawn)]
    east, north = [each[0] for each in offsets], [each[1] for each in offsets]
    across, down = max(max(east) - min(east), _LEAST_ACROSS), max(max(north) - min(north), _LEAST_ACROSS / 2)
    unit = min((WIDTH - 2 * _EDGE) / across, (HEIGHT - 2 * _EDGE) / down)
    left, top = (max(east) + min(east)) / 2, (max(north) + min(north)) / 2
    at = [(WIDTH / 2 + (x - left) * unit, HEIGHT / 2 - (y - top) * unit) for x, y in offsets]
    (x, y), rest = at[0], at[1:]
    marks: list[Mark] = []
    for place, (mark_x, mark_y) in zip(drawn, rest, strict=True):
        if all(abs(mark_y - one.y) > 13 or abs(mark_x - one.x) > 110 for one in marks):  # names do not run into each other
            marks.append(Mark(place.name, round(mark_x, 1), round(mark_y, 1), mark_x < WIDTH / 2))
    return Whereabouts(spot, near, km, direction, round(x, 1), round(y, 1), tuple(marks), round(unit, 1))


_places = kept(places.VERSION_SQL, places.all_places, tuple[Place, ...])
