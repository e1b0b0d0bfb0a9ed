"""Help near a resident: what fits the need, best for this resident first, and a note of what could not be found.

In a turn only the version of the directory is read from the database; the directory itself stays in memory."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import asin, cos, inf, radians, sin, sqrt
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ImportRefused
from bot.line.hours import open_at
from bot.model import Resource, Spot
from bot.store import resources as store
from bot.store.clock import milliseconds
from bot.store.database import Statement
from bot.store.ids import new_id
from bot.store.kept import kept
from bot.store.listing import Listing
from bot.store.problems import ImportReport

if TYPE_CHECKING:
    from bot.hotline import Hotline

MOST = 30  # results; nobody reads more on a phone
STALE_AFTER = timedelta(days=180)

_EARTH_KM = 6371.0


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A listing with what its rank needs of it, worked out once."""

    listing: Listing
    spoken: frozenset[str]
    latitude: float  # radians, as is the longitude
    longitude: float
    cosine: float  # of the latitude
    main_need: str


_Directory = Mapping[str, Sequence[_Ranked]]  # by need; and each alone under "=" and its id


def find(
    hotline: "Hotline", need: str, near: Spot | None = None, language: str | None = None, words: str = ""
) -> list[Resource]:
    """What helps with a need ("food", "health+mental_health") or fits a resident's own words, or both; at most MOST,
    each service once, in its best place. First who speaks the language, then who is open now, then the nearest; what
    nobody has checked for 180 days comes last and is marked. Distances are in kilometres as the crow flies."""
    directory = _directory(hotline.db)
    if words:
        with hotline.db.read() as conn:
            ids = store.fitting(conn, _codes(need), words, limit=10 * MOST)
        candidates = [one for id in ids for one in directory.get(f"={id}", ())]
    else:
        candidates = list(
            {one.listing.resource.id: one for code in _codes(need) for one in directory.get(code, ())}.values()
        )
    return _best(candidates, hotline.now().astimezone(hotline.config.timezone), near, language, _codes(need))


def miss(need: str, near: str, language: str | None) -> Statement:
    """Nothing helped: to be written in the turn, for those who keep the directory. `near` is the name of a place of
    ours or empty, never what a resident typed; who asked is not kept."""
    return (
        "INSERT INTO misses (id, need, near, language, created_at) VALUES (:id, :need, :near, :language, :created_at)",
        {"id": new_id(), "need": need, "near": near, "language": language, "created_at": milliseconds()},
    )


def load_directory(hotline: "Hotline", path: Path, *, merge: bool = False) -> ImportReport:
    """Put the directory in a file or folder in the place of the one we have, or into it. What cannot be used is in the
    report. Raises ImportRefused, and changes nothing, if there would be no service left to show."""
    from bot.store import hsds  # its parts know all languages and all phone numbers of the world: not for a web process

    directory = hsds.read(path, hotline.now().astimezone(hotline.config.timezone).date())
    if not directory.listings and not merge:
        raise ImportRefused(f"{path} has no service that could be shown, so the directory stays as it is.")
    with hotline.db.write() as conn:
        store.import_directory(conn, directory, replace=not merge)
    return directory.report


def speaks(languages: Iterable[str], tag: str | None) -> bool:
    """Whether somebody there speaks it: "zh" is both written forms. Everybody here is taken to speak English."""
    return tag is None or tag.startswith("en") or _base(tag) in {_base(one) for one in languages}


def kilometres(one: Spot, other: Spot) -> float:
    """As the crow flies.

    >>> round(kilometres(Spot(41.1, -92.3), Spot(41.1, -92.2)), 2)
    8.38
    """
    here, there = radians(one.latitude), radians(other.latitude)
    return _arc(here, radians(one.longitude), cos(here), there, radians(other.longitude), cos(there))


def _best(
    candidates: Sequence[_Ranked], now: datetime, near: Spot | None, language: str | None, codes: Sequence[str]
) -> list[Resource]:
    wanted = _base(language) if language and not language.startswith("en") else None
    oldest = (now.date() - STALE_AFTER).isoformat()
    here = (radians(near.latitude), radians(near.longitude), cos(radians(near.latitude))) if near else None
    ranked = []
    for at, one in enumerate(candidates):
        resource = one.listing.resource
        stale = resource.checked_on < oldest  # so is one that nobody knows to have been checked
        distance = _arc(*here, one.latitude, one.longitude, one.cosine) if here and one.listing.spot else inf
        ranked.append(
            (
                stale,
                wanted is not None and wanted not in one.spoken,
                not open_at(resource.hours, now),
                distance,
                one.main_need not in codes,
                resource.name,
                at,
            )
        )
    ranked.sort()
    found: dict[str, Resource] = {}
    for stale, _, _, distance, _, _, at in ranked:
        listing = candidates[at].listing
        if listing.service_id not in found:
            away = None if distance == inf else round(distance, 1)
            found[listing.service_id] = replace(listing.resource, distance_km=away, stale=stale)
            if len(found) == MOST:
                break
    return list(found.values())


def _arrange(listings: Iterable[Listing]) -> _Directory:
    directory: dict[str, list[_Ranked]] = defaultdict(list)
    for listing in listings:
        resource, spot = listing.resource, listing.spot or Spot(0, 0)
        latitude, longitude = radians(spot.latitude), radians(spot.longitude)
        spoken = frozenset(map(_base, resource.languages))
        one = _Ranked(listing, spoken, latitude, longitude, cos(latitude), resource.needs[0] if resource.needs else "")
        for key in (f"={resource.id}", *resource.needs):
            directory[key].append(one)
    return dict(directory)


_directory = kept(store.VERSION_SQL, store.all_listings, _arrange)


def _codes(need: str) -> list[str]:
    return [code for code in need.split("+") if code]


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _arc(
    latitude: float, longitude: float, cosine: float, other_latitude: float, other_longitude: float, other_cosine: float
) -> float:
    """Haversine; all in radians, the result in kilometres."""
    north, east = sin((other_latitude - latitude) / 2), sin((other_longitude - longitude) / 2)
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(north * north + cosine * other_cosine * east * east)))
