"""A service of the directory as the people see it who keep it: what residents are told and what it is told from, in plain
values. Knows how records of HSDS hang together; not who looks."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from bot.store.hsds_graph import Graph, Node, gather
from bot.store.hsds_hours import week
from bot.store.hsds_rows import Row
from bot.store.hsds_shapes import TABLE_OF
from bot.store.listing import Listing
from bot.studio.directory.week_words import week_words
from bot.text.fold import fold

Records = Mapping[str, Mapping[str, Mapping[str, Any]]]  # by kind and id


@dataclass(frozen=True, slots=True)
class Place:
    """Where a service is given. `id` is the location's, empty if it is new; degrees as they are typed; hours and phone only
    if they are others than the service's own."""

    id: str = ""
    name: str = ""
    street: str = ""
    city: str = ""
    latitude: str = ""
    longitude: str = ""
    hours: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """Needs: the main one first. Hours as `bot.line.hours` reads them; `irregular` is what no week can say, in words.
    `papers` is what people must bring; none is needed only if `no_id_needed` says so."""

    id: str = ""
    name: str = ""
    organization: str = ""
    description: str = ""
    needs: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    hours: str = ""
    irregular: str = ""
    phones: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    eligibility: str = ""
    no_id_needed: bool = False
    papers: tuple[str, ...] = ()
    cost: str = ""
    closed: bool = False
    checked_on: str = ""

    @property
    def seen(self) -> str:
        """By which a change is noticed that somebody else made meanwhile."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]


# What a person can change, and what it is called on the page.
FIELDS: Mapping[str, str] = {
    "name": "Name", "description": "What it does", "needs": "Needs", "languages": "Languages", "hours": "Hours",
    "phones": "Phones", "places": "Addresses", "eligibility": "Who it is for", "no_id_needed": "No ID needed",
    "papers": "What to bring", "cost": "Cost", "closed": "Closed", "checked_on": "Last checked",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole directory. `told` is what residents are told of each service; nothing of one that is closed."""

    records: Records
    graph: Graph
    services: Mapping[str, Service]
    told: Mapping[str, tuple[Listing, ...]]


def catalogue(records: Records, today: date) -> Catalogue:
    """`today` decides which schedules have ended."""
    from bot.store.hsds_listing import listings  # knows all languages of the world: not for processes nobody asks

    graph = gather(rows_of(records))
    services = {node.id: read(graph, node, today) for node in _services(graph)}
    told: dict[str, tuple[Listing, ...]] = {}
    for one in listings(graph, today)[0]:
        told[one.service_id] = (*told.get(one.service_id, ()), one)
    return Catalogue(records, graph, services, told)


def rows_of(records: Records) -> Iterator[Row]:
    """In the order in which the database gives them, which decides who tells first where two say different things."""
    for kind in sorted(records):
        for number, record in enumerate(records[kind].values(), 1):
            yield Row(TABLE_OF[kind], number, kind, record)


def differing(one: Service, other: Service) -> list[str]:
    """Names of FIELDS in which they differ."""
    return [name for name in FIELDS if _plain(getattr(one, name)) != _plain(getattr(other, name))]


def read(graph: Graph, service: Node, today: date) -> Service:
    """One service, whatever its status."""
    from bot.store.hsds_listing import NO_PAPERS, checked_on, languages_of, needs_of

    fields = service.fields
    places = list(_places(graph, service))
    known = [location for _, location in places]
    organizations = graph.near(service, "organization") or [
        one for location in known for one in graph.near(location, "organization")
    ]
    hours = week(graph.near(service, "schedule"), today)
    papers = [str(one.fields.get("document") or "") for one in graph.near(service, "required_document")]
    needed = tuple(paper for paper in papers if paper and fold(paper) not in NO_PAPERS)
    return Service(
        id=service.id,
        name=_text(fields, "name"),
        organization=_text(organizations[0].fields, "name") if organizations else "",
        description=_text(fields, "description"),
        needs=needs_of(graph, service)[0],
        languages=languages_of(graph, service, known[0] if known else None),
        hours=week_words(hours.hours),
        irregular=hours.words,
        phones=_voices(graph, service),
        places=tuple(_place(graph, service, at, location, today) for at, location in places),
        eligibility=_text(fields, "eligibility_description"),
        no_id_needed=bool(papers) and not needed,
        papers=needed,
        cost=_cost(graph, service),
        closed=_text(fields, "status").lower() not in ("", "active"),
        checked_on=checked_on(service),
    )


def voices(graph: Graph, holder: Node) -> list[Node]:
    """Phones of its own that somebody speaks at."""
    from bot.store.hsds_listing import NO_VOICE

    kept = []
    for phone in graph.near(holder, "phone"):
        if _text(phone.fields, "type").lower() not in NO_VOICE and _number(phone):
            kept.append(phone)
    return kept


def degrees(value: object) -> str:
    """41.0 and "41.00" are the same place."""
    text = str(value if value is not None else "").strip()
    try:
        return repr(float(text))
    except ValueError:
        return text


def address_of(graph: Graph, location: Node) -> Node | None:
    """The address where people come to."""
    told = [one for one in graph.near(location, "address") if one.fields.get("address_type") != "postal"]
    return told[0] if told else None


def _services(graph: Graph) -> Iterator[Node]:
    for (kind, _), node in graph.nodes.items():
        if kind == "service" and node.fields.get("name"):
            yield node


def _places(graph: Graph, service: Node) -> Iterator[tuple[Node | None, Node]]:
    for at in graph.near(service, "service_at_location"):
        for location in graph.near(at, "location"):
            yield at, location
    for location in graph.near(service, "location"):
        yield None, location


def _place(graph: Graph, service: Node, at: Node | None, location: Node, today: date) -> Place:
    schedules = graph.near(at, "schedule") if at else []
    if not schedules and not graph.near(service, "schedule"):
        schedules = graph.near(location, "schedule")
    phones = _voices(graph, at) if at else ()
    address = address_of(graph, location)
    street = [_text(address.fields, name) for name in ("address_1", "address_2")] if address else []
    return Place(
        id=location.id,
        name=_text(location.fields, "name"),
        street=", ".join(filter(None, street)),
        city=_text(address.fields, "city") if address else "",
        latitude=degrees(location.fields.get("latitude")),
        longitude=degrees(location.fields.get("longitude")),
        hours=week_words(week(schedules, today).hours),
        phone=phones[0] if phones else "",
    )


def _voices(graph: Graph, holder: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_number, voices(graph, holder))))


def _number(phone: Node) -> str:
    number, extension = _text(phone.fields, "number").strip("\"' "), _text(phone.fields, "extension")
    return f"{number} x{extension}" if number and extension else number


def _cost(graph: Graph, service: Node) -> str:
    options = [_text(one.fields, "option") for one in graph.near(service, "cost_option")]
    said = _text(service.fields, "fees_description") or _text(service.fields, "fees")
    return said or ", ".join(filter(None, options))


def _plain(value: Any) -> Any:
    """Ids of places tell nothing to anybody; a file may have others each time."""
    if isinstance(value, tuple) and value and isinstance(value[0], Place):
        return [(one.name, one.street, one.city, one.latitude, one.longitude, one.hours, one.phone) for one in value]
    return value


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    return "" if value is None else str(value).strip()


def names_of(services: Iterable[Service]) -> list[Service]:
    """By name, as lists show them."""
    return sorted(services, key=lambda one: (fold(one.name), one.id))
