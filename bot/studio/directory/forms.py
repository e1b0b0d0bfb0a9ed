"""A service as a form: what was typed is read field by field, and each field says in a sentence what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.errors import NotUsable
from bot.line.hours import parse_hours
from bot.store.needs import NEEDS
from bot.store.places import Place as Named
from bot.studio.directory.services import Place, Service, degrees
from bot.studio.directory.week_words import week_words

LONGEST: Mapping[str, int] = {
    "name": 120, "description": 2_000, "hours": 300, "eligibility": 500, "cost": 200, "papers": 500, "place": 120,
    "street": 200, "city": 100, "phone": 40,
}  # fmt: skip
MOST_PLACES = 20
MOST_PHONES = 6
NEW_PLACES = 1  # empty ones that a form ends with
_PLACE = ("id", "name", "street", "city", "latitude", "longitude", "near", "hours", "phone")

Form = Mapping[str, Sequence[str]]  # every field with all its values


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed. With `wrong` the service says only what could be read."""

    service: Service
    wrong: Mapping[str, NotUsable]  # by the name of the field


def read(form: Form, before: Service, named: Sequence[Named], today: date) -> Typed:
    """`before` is the service that was opened, or an empty one; `named` are the places a resident may name."""
    wrong: dict[str, NotUsable] = {}
    texts = {name: _text(form, name, LONGEST[name], wrong) for name in ("name", "description", "eligibility", "cost")}
    if not texts["name"]:
        wrong["name"] = NotUsable("Give the name people know it by.")
    papers = tuple(_lines(_text(form, "papers", LONGEST["papers"], wrong)))
    no_id = _one(form, "no_id_needed") == "yes"
    if no_id and papers:
        wrong["papers"] = NotUsable("Either no ID is needed, or people must bring these.")
    service = replace(
        before,
        name=texts["name"],
        description=texts["description"],
        eligibility=texts["eligibility"],
        cost=texts["cost"],
        needs=_needs(form, wrong),
        languages=_languages(form, wrong),
        hours=_hours(_text(form, "hours", LONGEST["hours"], wrong), "hours", wrong),
        phones=_phones(form, wrong),
        places=_places(form, named, wrong),
        no_id_needed=no_id and not papers,
        papers=papers,
        checked_on=_day(_one(form, "checked_on"), before, today, wrong),
    )
    return Typed(service, wrong)


def shown(service: Service) -> dict[str, list[str]]:
    """A service as its form has it."""
    form = {
        "name": [service.name],
        "description": [service.description],
        "eligibility": [service.eligibility],
        "cost": [service.cost],
        "papers": ["\n".join(service.papers)],
        "no_id_needed": ["yes"] if service.no_id_needed else [],
        "main": list(service.needs[:1]),
        "need": list(service.needs),
        "language": list(service.languages),
        "hours": [service.hours],
        "phones": ["\n".join(service.phones)],
        "checked_on": [service.checked_on],
    }
    for at, place in enumerate(service.places):
        form |= {f"place-{at}-{name}": [getattr(place, name, "")] for name in _PLACE}
    return form


def places_in(form: Form) -> int:
    """How many places a form has, empty ones at its end not counted."""
    filled = [at for at in range(MOST_PLACES) if any(_one(form, f"place-{at}-{name}") for name in _PLACE)]
    return max(filled, default=-1) + 1


def _needs(form: Form, wrong: dict[str, NotUsable]) -> tuple[str, ...]:
    main, others = _one(form, "main"), [need for need in NEEDS if need in form.get("need", ())]
    if main not in NEEDS:
        wrong["main"] = NotUsable("Choose what it helps with first of all: it is found under that.")
        return tuple(others)
    return (main, *(need for need in others if need != main))


def _languages(form: Form, wrong: dict[str, NotUsable]) -> tuple[str, ...]:
    from bot.store.hsds_languages import language_tag  # knows all languages of the world

    tags = list(form.get("language", ()))
    for words in _one(form, "other_languages").replace(";", ",").split(","):
        name = words.strip()
        tag = language_tag(name) if name else ""
        if name and not tag:
            wrong["other_languages"] = NotUsable("“{name}” is no language we know. Write it in English.", name=name[:40])
        elif tag:
            tags.append(tag)
    return tuple(dict.fromkeys(tags))


def _phones(form: Form, wrong: dict[str, NotUsable]) -> tuple[str, ...]:
    found = [_phone(line, "phones", wrong) for line in _lines(_one(form, "phones"))]
    if len(found) > MOST_PHONES:
        wrong["phones"] = NotUsable("At most {most} phones, the one residents are told first.", most=MOST_PHONES)
    return tuple(dict.fromkeys(filter(None, found)))


def _phone(typed: str, field: str, wrong: dict[str, NotUsable]) -> str:
    """A number, and after an x its extension."""
    from bot.store.hsds_checks import number_trouble  # knows all phone numbers of the world

    number, _, extension = (part.strip() for part in typed.lower().replace("ext.", "x").partition("x"))
    if not number:
        return ""
    if len(typed) > LONGEST["phone"] or number_trouble(number) or (extension and not extension.isdecimal()):
        wrong[field] = NotUsable("“{phone}” cannot be a phone number. Write it like +1-555-555-0100 x12.", phone=typed[:40])
    return f"{number} x{extension}" if extension else number


def _hours(typed: str, field: str, wrong: dict[str, NotUsable]) -> str:
    try:
        return week_words(parse_hours(typed))
    except ValueError:
        wrong[field] = NotUsable("These hours cannot be read. Write them like Mo-Fr 08:00-20:00; Sa 09:00-12:00, or 24/7.")
        return typed


def _places(form: Form, named: Sequence[Named], wrong: dict[str, NotUsable]) -> tuple[Place, ...]:
    found = []
    for at in range(places_in(form)):
        key = f"place-{at}"
        if _one(form, f"{key}-gone") == "yes":
            continue
        place = Place(
            id=_one(form, f"{key}-id"),
            name=_text(form, f"{key}-name", LONGEST["place"], wrong),
            street=_text(form, f"{key}-street", LONGEST["street"], wrong),
            city=_text(form, f"{key}-city", LONGEST["city"], wrong),
            hours=_hours(_text(form, f"{key}-hours", LONGEST["hours"], wrong), f"{key}-hours", wrong),
            phone=_phone(_one(form, f"{key}-phone"), f"{key}-phone", wrong),
        )
        if place == Place(id=place.id):
            continue
        if not (place.name or place.street):
            wrong[f"{key}-name"] = NotUsable("Give the place a name or a street.")
        latitude, longitude = _spot(form, key, named, wrong)
        found.append(replace(place, latitude=latitude, longitude=longitude))
    return tuple(found)


def _spot(form: Form, key: str, named: Sequence[Named], wrong: dict[str, NotUsable]) -> tuple[str, str]:
    """Degrees as typed, else the middle of the neighborhood chosen."""
    latitude, longitude = (degrees(_one(form, f"{key}-{name}")) for name in ("latitude", "longitude"))
    near = next((one.spot for one in named if one.name == _one(form, f"{key}-near")), None)
    if not latitude and not longitude:
        return (degrees(near.latitude), degrees(near.longitude)) if near else ("", "")
    for name, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        try:
            fits = -most <= float(value) <= most
        except ValueError:
            fits = False
        if not fits:
            wrong[f"{key}-{name}"] = NotUsable("Degrees between -{most} and {most}, like 41.0987; both or none.", most=most)
    return latitude, longitude


def _day(typed: str, before: Service, today: date, wrong: dict[str, NotUsable]) -> str:
    if not typed or typed == before.checked_on:
        return before.checked_on
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or day > today:
        wrong["checked_on"] = NotUsable("A day that has been, like 2026-11-02.")
        return before.checked_on
    return day.isoformat()


def _text(form: Form, name: str, most: int, wrong: dict[str, NotUsable]) -> str:
    """Without spaces around it, line ends as they are."""
    text = _one(form, name).replace("\r\n", "\n").strip()
    if len(text) > most:
        wrong[name] = NotUsable("At most {most} characters.", most=most)
    if any(ord(char) < 32 and char != "\n" for char in text):
        wrong[name] = NotUsable("This has signs that cannot be seen or sent.")
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _one(form: Form, name: str) -> str:
    return (form.get(name) or [""])[0].strip()
