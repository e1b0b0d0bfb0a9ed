"""Writes what a person wants of a service into the records of the directory. Everything they did not change stays as it came,
also columns nobody shows; what belongs to other services too stays theirs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.line.hours import parse_hours
from bot.store.hsds_graph import Graph, Node
from bot.store.hsds_hours import week
from bot.store.hsds_rows import Row
from bot.store.hsds_shapes import DAYS, NESTED_MANY, TABLE_OF
from bot.store.ids import new_id
from bot.store.needs import NEEDS
from bot.studio.directory.services import Catalogue, Place, Records, Service, address_of, differing, voices
from bot.studio.directory.taking_out import Body, Change, nested, taken_out
from bot.text.language_names import english_name

OURS = "puente-"  # what the ids begin with of what was made here
_LAST_MINUTE = "23:59"  # HSDS has no 24:00


def new_service() -> Service:
    """What a form for a new service begins with."""
    return Service(id=f"{OURS}{new_id()}")


def changes(known: Catalogue, wanted: Service, today: date) -> Change:
    """The records to write so that a service is as wanted. A service that there is not yet is made."""
    was = known.services.get(wanted.id)
    body: Body = {"id": wanted.id, "name": wanted.name, "status": "active"}
    change: Change = {}
    if was is None:
        was = Service(id=wanted.id, name=wanted.name)
    else:
        body, change = taken_out(known, wanted.id)
    for name in _written(known.graph, was, wanted):
        _WRITE[name](_Desk(known.graph, wanted.id, body, change, was, today), wanted)
    change["service", wanted.id] = {name: value for name, value in body.items() if value not in ("", None, [])}
    return change


def _written(graph: Graph, was: Service, wanted: Service) -> list[str]:
    """Fields to write: what differs; and what was told by something else that may be gone then, as languages by a phone,
    needs by a name, hours by a place."""
    fields = differing(was, wanted)
    if set(fields) <= {"closed", "checked_on"}:
        return fields
    node = graph.nodes.get(("service", wanted.id))
    if node and wanted.languages and not graph.near(node, "language"):
        fields.append("languages")
    terms = [term for one in graph.near(node, "attribute") for term in graph.near(one, "taxonomy_term")] if node else []
    if wanted.needs and not any(term.fields.get("code") in NEEDS for term in terms):
        fields.append("needs")
    if "hours" in fields and any(place.hours for place in wanted.places):
        fields.append("places")
    return list(dict.fromkeys(fields))


def with_changes(records: Records, change: Change) -> dict[str, dict[str, Mapping[str, Any]]]:
    """The records as they are then."""
    new = {kind: dict(known) for kind, known in records.items()}
    for (kind, id), body in change.items():
        if body is None:
            new.get(kind, {}).pop(id, None)
        else:
            new.setdefault(kind, {})[id] = body
    return {kind: known for kind, known in new.items() if known}


# What a person wants, field by field


class _Desk:
    """What is being written: the service's record, and what else changes with it."""

    def __init__(self, graph: Graph, id: str, body: Body, change: Change, was: Service, today: date) -> None:
        self.graph, self.body, self.change, self.was, self.today = graph, body, change, was, today
        self.node = graph.nodes.get(("service", id)) or Node("service", id, {}, Row("", 0, "service", {}))

    def inside(self, kind: str) -> list[Body]:
        return list(self.body.get(TABLE_OF[kind], ()))

    def put(self, kind: str, found: list[Body]) -> None:
        self.body[TABLE_OF[kind]] = found


def _text(field: str, column: str) -> Callable[[_Desk, Service], None]:
    def write(desk: _Desk, wanted: Service) -> None:
        desk.body[column] = getattr(wanted, field)

    return write


def _cost(desk: _Desk, wanted: Service) -> None:
    """Amounts that were there before say something else now."""
    for older in ("fees", TABLE_OF["cost_option"]):
        desk.body.pop(older, None)
    desk.body["fees_description"] = wanted.cost


def _closed(desk: _Desk, wanted: Service) -> None:
    desk.body["status"] = "inactive" if wanted.closed else "active"


def _needs(desk: _Desk, wanted: Service) -> None:
    """The codes in the order wanted; other categories stay behind them."""
    terms = {node.fields.get("code"): node.id for (kind, _), node in desk.graph.nodes.items() if kind == "taxonomy_term"}
    kept = [one for one in desk.inside("attribute") if _code(desk, one) not in NEEDS]
    ours = []
    for need in wanted.needs:
        term = terms.get(need)
        if term is None:
            term = f"{OURS}{need}"
            name = need.replace("_", " ").capitalize()
            desk.change["taxonomy_term", term] = {"id": term, "code": need, "name": name, "taxonomy": "Puente needs"}
        entry = {"id": f"{wanted.id}/need/{need}", "link_entity": "service", "taxonomy_term_id": term}
        ours.append(entry)
    desk.put("attribute", ours + kept)


def _code(desk: _Desk, attribute: Body) -> str:
    inside = attribute.get("taxonomy_term")
    if isinstance(inside, dict):
        return str(inside.get("code"))
    term = desk.graph.nodes.get(("taxonomy_term", str(attribute.get("taxonomy_term_id"))))
    return str(term.fields.get("code")) if term else ""


def _languages(desk: _Desk, wanted: Service) -> None:
    desk.put(
        "language",
        [{"id": f"{wanted.id}/language/{tag}", "name": english_name(tag), "code": tag} for tag in wanted.languages],
    )


def _hours(desk: _Desk, wanted: Service) -> None:
    """What no week can say stays."""
    irregular = {node.id for node in desk.graph.near(desk.node, "schedule") if week([node], desk.today).words}
    kept = [one for one in desk.inside("schedule") if one["id"] in irregular]
    desk.put("schedule", kept + _schedules(wanted.hours))


def _schedules(hours: str) -> list[Body]:
    days: dict[tuple[int, int], list[int]] = {}
    for day, opens, closes in parse_hours(hours):
        days.setdefault((opens, closes), []).append(day)
    return [
        {"id": f"{OURS}{new_id()}", "freq": "WEEKLY", "byday": ",".join(DAYS[day] for day in own)}
        | {"opens_at": _clock(opens), "closes_at": _clock(closes)}
        for (opens, closes), own in days.items()
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}" if minute < 24 * 60 else _LAST_MINUTE


def _phones(desk: _Desk, wanted: Service) -> None:
    """What is no phone to speak at stays; and so does a phone whose number stays, with its languages."""
    desk.put("phone", _with_phones(desk, desk.node, desk.inside("phone"), wanted.phones))


def _with_phones(desk: _Desk, holder: Node, found: list[Body], wanted: tuple[str, ...]) -> list[Body]:
    spoken = {node.id for node in voices(desk.graph, holder)}
    others = [one for one in found if one["id"] not in spoken]
    new = []
    for words in wanted:
        number, _, extension = words.partition(" x")
        same = [
            one
            for one in found
            if one["id"] in spoken and (one["number"], str(one.get("extension") or "")) == (number, extension)
        ]
        phone = {"id": f"{OURS}{new_id()}", "number": number, "type": "voice", "extension": extension}
        new.append(same[0] if same else {name: value for name, value in phone.items() if value})
    return new + others


def _papers(desk: _Desk, wanted: Service) -> None:
    documents = ["No ID needed"] if wanted.no_id_needed else list(wanted.papers)
    desk.put(
        "required_document",
        [{"id": f"{wanted.id}/paper/{at}", "document": words} for at, words in enumerate(documents, 1)],
    )


def _places(desk: _Desk, wanted: Service) -> None:
    known = {place.id: place for place in desk.was.places}
    found = {_location_of(one): one for one in desk.inside("service_at_location")}
    new = []
    for place in wanted.places:
        was = known.get(place.id)
        at = found.get(place.id) or {"id": f"{OURS}{new_id()}"}
        if was is None or _where(was) != _where(place):
            at.pop("location", None)
            at["location_id"] = _write_location(desk, place)
        node = desk.graph.nodes.get(("service_at_location", at["id"]))
        if place.hours != (was.hours if was else "") or (place.hours and not at.get("schedules")):
            at["schedules"] = _schedules(place.hours)
        if place.phone != (was.phone if was else ""):
            phones = list(at.get("phones", ()))
            at["phones"] = _with_phones(desk, node or desk.node, phones, (place.phone,) if place.phone else ())
        new.append(at)
    desk.put("service_at_location", new)


def _location_of(at: Body) -> str:
    inside = at.get("location")
    return str(inside.get("id") if isinstance(inside, dict) else at.get("location_id"))


def _where(place: Place) -> Place:
    return replace(place, hours="", phone="")


def _write_location(desk: _Desk, place: Place) -> str:
    """A location as wanted. What others may share is left to them: ours is a copy."""
    node = desk.graph.nodes.get(("location", place.id)) if place.id else None
    location: Body = nested(desk.graph, node, set()) if node else {"location_type": "physical"}
    id = place.id if node and place.id.startswith(f"{OURS}{desk.node.id}") else f"{OURS}{desk.node.id}/{new_id()}"
    address = address_of(desk.graph, node) if node else None
    addresses = list(location.get("addresses", ()))
    wanted = {"id": address.id if address else "", "address_1": place.street, "city": place.city}
    old = next((one for one in addresses if address and one["id"] == address.id), {"address_type": "physical"})
    new = {name: value for name, value in (old | wanted).items() if name != "address_2"}
    others = [one for one in addresses if not (address and one["id"] == address.id)]
    location |= {
        "name": place.name,
        "latitude": float(place.latitude) if place.latitude else "",
        "longitude": float(place.longitude) if place.longitude else "",
        "addresses": [new, *others] if place.street or place.city else others,
    }
    desk.change["location", id] = _copied(location, id)
    return id


def _copied(record: Mapping[str, Any], id: str) -> Body:
    """The same under another id, and what is inside it too, or two records of one id would say different things."""
    body: Body = {}
    for name, value in record.items():
        if name in NESTED_MANY and isinstance(value, list):
            value = [_copied(one, f"{id}/{name}/{at}") for at, one in enumerate(value, 1)]
        if value not in ("", None, []):
            body[name] = value
    return {**body, "id": id}


_WRITE: Mapping[str, Callable[[_Desk, Service], None]] = {
    "name": _text("name", "name"),
    "description": _text("description", "description"),
    "needs": _needs,
    "languages": _languages,
    "hours": _hours,
    "phones": _phones,
    "places": _places,
    "eligibility": _text("eligibility", "eligibility_description"),
    "no_id_needed": _papers,
    "papers": _papers,
    "cost": _cost,
    "closed": _closed,
    "checked_on": _text("checked_on", "assured_date"),
}
