"""From the records of a directory to what a resident is told: one listing for each place where a service is given.
Decides what must not be told: no address, and no exact spot, where somebody may be hiding."""

import re
from collections.abc import Iterable
from datetime import date

from bot.model import Resource, Spot
from bot.store.hsds_graph import Graph, Node
from bot.store.hsds_hours import Week, week
from bot.store.hsds_languages import language_tag, language_words
from bot.store.listing import Listing
from bot.store.needs import NEEDS, guess, words_of
from bot.store.problems import Problem, Severity
from bot.text.fold import fold

_LONGEST = 100  # characters of what a service does; more would be a text of its own
NO_PAPERS = {
    fold(words) for words in ("No ID needed", "No ID required", "No documents needed", "No documents", "None")
}
NO_VOICE = {"fax", "tty", "tdd", "textphone", "sms", "pager", "video"}
_NEVER_TOLD = "safety_at_home"  # no address, no spot, no distance
_NOT_EXACTLY = "shelter"  # no address; the spot to about a kilometre, enough to rank by


def listings(graph: Graph, today: date) -> tuple[list[Listing], list[Problem]]:
    """Every service that is given now, in the order of the file, and what could not be used of it."""
    found: list[Listing] = []
    problems: list[Problem] = []
    holidays = [node for (kind, _), node in graph.nodes.items() if kind == "holiday_schedule"]
    if holidays:
        words = f"hours of {len(holidays)} holidays are kept, not shown: please call first, residents are told"
        problems.append(holidays[0].problem("", words, Severity.NOTE))
    for (kind, _), service in graph.nodes.items():
        if kind != "service" or not service.fields.get("name"):
            continue
        status = str(service.fields.get("status") or "active").lower()
        if status != "active":
            problems.append(service.problem("status", f"is {status}, so it is not shown to residents", Severity.NOTE))
            continue
        own, troubles = _of_service(graph, service, today)
        found += own
        problems += troubles
    return found, problems


def _of_service(graph: Graph, service: Node, today: date) -> tuple[list[Listing], list[Problem]]:
    needs, troubles = needs_of(graph, service)
    places: list[tuple[Node | None, Node | None]] = [
        (at, location) for at in graph.near(service, "service_at_location") for location in graph.near(at, "location")
    ]
    places += [(None, location) for location in graph.near(service, "location")]  # as Ohana has it
    found = []
    for at, location in places or [(None, None)]:
        hours = _hours(graph, (at, service, location), today)
        troubles += hours.problems
        found.append(_listing(graph, service, at, location, needs, hours, alone=len(places) < 2))
    if _hiding(needs) and any(location and graph.near(location, "address") for _, location in places):
        words = "its address is never texted, because somebody may be hiding there"
        troubles.append(service.problem("", words, Severity.NOTE))
    return found, list(dict.fromkeys(troubles))


def _listing(
    graph: Graph,
    service: Node,
    at: Node | None,
    location: Node | None,
    needs: tuple[str, ...],
    hours: Week,
    alone: bool,
) -> Listing:
    organization = _organization(graph, service, location)
    languages = languages_of(graph, service, location)
    told = _what(str(service.fields.get("description") or ""))
    resource = Resource(
        id=service.id if alone or location is None else f"{service.id}@{location.id}",
        name=str(service.fields["name"]),
        what="; ".join(filter(None, (told, hours.words))),
        phone=_phone(graph, (at, service, location, organization)),
        languages=languages,
        hours=hours.hours,
        needs=needs,
        address=_address(graph, location) if location and not _hiding(needs) else "",
        no_id_needed=needs_no_id(graph, service),
        checked_on=checked_on(service),
    )
    # Nor may a hiding place be found by the name of its street.
    named = (service, organization, None if _hiding(needs) else location)
    names = [str(node.fields.get(name) or "") for node in named if node for name in _NAMES]
    words = [*names, *(words_of(need) for need in needs), *(language_words(tag) for tag in languages)]
    return Listing(resource, service.id, _spot(location, needs), " ".join(filter(None, words)))


_NAMES = ("name", "alternate_name", "description", "keywords")


def _hiding(needs: tuple[str, ...]) -> bool:
    return _NEVER_TOLD in needs or _NOT_EXACTLY in needs


def needs_of(graph: Graph, service: Node) -> tuple[tuple[str, ...], list[Problem]]:
    """Codes of ours if the file has them; else what its categories, keywords and name point to, which is said."""
    terms = [term for one in graph.near(service, "attribute") for term in graph.near(one, "taxonomy_term")]
    codes = tuple(dict.fromkeys(code for term in terms if (code := str(term.fields.get("code"))) in NEEDS))
    if codes:
        return codes, []
    names = [str(term.fields.get("name") or "") for term in terms]
    names += [str(service.fields.get(name) or "") for name in ("keywords", "name", "alternate_name")]
    guessed = guess(" , ".join(names))
    if guessed:
        words = f"has no category of ours; by its words sorted under {', '.join(guessed)}"
        return guessed, [service.problem("attributes", words, Severity.NOTE)]
    words = "has no category of ours, and none can be guessed; it is found by its words only"
    return (), [service.problem("attributes", words)]


def _hours(graph: Graph, holders: Iterable[Node | None], today: date) -> Week:
    """The hours of the service in this place, else of the service, else of the place."""
    for holder in holders:
        schedules = graph.near(holder, "schedule") if holder else []
        if schedules:
            return week(schedules, today)
    return Week()


def _organization(graph: Graph, service: Node, location: Node | None) -> Node | None:
    near = graph.near(service, "organization") or (graph.near(location, "organization") if location else [])
    return near[0] if near else None


def languages_of(graph: Graph, service: Node, location: Node | None) -> tuple[str, ...]:
    """What is spoken there: said of the service, else of its phone, else of the place."""
    told = graph.near(service, "language")
    told = told or [one for phone in graph.near(service, "phone") for one in graph.near(phone, "language")]
    told = told or (graph.near(location, "language") if location else [])
    names = [str(one.fields.get("code") or one.fields.get("name") or "") for one in told]
    return tuple(dict.fromkeys(language_tag(name) or name for name in names if name))


def _phone(graph: Graph, holders: Iterable[Node | None]) -> str:
    """The first number somebody speaks at: of the place, the service, the building, the organization, a person."""
    known = [holder for holder in holders if holder]
    direct = [phone for holder in known for phone in graph.near(holder, "phone")]
    people = [who for holder in known for who in graph.near(holder, "contact")]
    for phone in [*direct, *(phone for who in people for phone in graph.near(who, "phone"))]:
        number = str(phone.fields.get("number") or "").strip("\"' ")
        if number and str(phone.fields.get("type") or "voice").lower() not in NO_VOICE:
            extension = phone.fields.get("extension")
            return f"{number} x{extension}" if extension else number
    return ""


def _what(description: str) -> str:
    """The first sentence, cut between words."""
    sentence = re.split(r"(?<=[.!?।؟\u3002\uff01\uff1f])\s|\n", description.strip(), maxsplit=1)[0].rstrip(".")
    if len(sentence) <= _LONGEST:
        return sentence
    cut = sentence[: _LONGEST - 2]
    return f"{cut.rsplit(' ', 1)[0].rstrip(',;:') if ' ' in cut else cut} ..."


def _address(graph: Graph, location: Node) -> str:
    """Street and city, if people come to this place."""
    if _virtual(location):
        return ""
    told = [one for one in graph.near(location, "address") if one.fields.get("address_type") != "postal"]
    if not told:
        return ""
    parts = (str(told[0].fields.get(name) or "").strip() for name in ("address_1", "address_2", "city"))
    return ", ".join(filter(None, parts))


def _spot(location: Node | None, needs: tuple[str, ...]) -> Spot | None:
    if location is None or _NEVER_TOLD in needs or _virtual(location):
        return None
    try:
        latitude, longitude = float(location.fields["latitude"]), float(location.fields["longitude"])
    except (KeyError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Spot(round(latitude, 2), round(longitude, 2)) if _NOT_EXACTLY in needs else Spot(latitude, longitude)


def _virtual(location: Node) -> bool:
    fields = location.fields
    return fields.get("location_type") == "virtual" or str(fields.get("virtual", "")).lower() == "true"


def needs_no_id(graph: Graph, service: Node) -> bool:
    papers = [fold(str(one.fields.get("document") or "")) for one in graph.near(service, "required_document")]
    return bool(papers) and all(paper in NO_PAPERS for paper in papers)


def checked_on(service: Node) -> str:
    """The day somebody last looked at the entry; empty if nobody knows."""
    for name in ("assured_date", "last_modified"):
        day = str(service.fields.get(name) or "")[:10]
        try:
            return date.fromisoformat(day).isoformat()
        except ValueError:
            continue
    return ""
