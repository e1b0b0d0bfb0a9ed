"""Services of the directory, kept by people: found, changed, added, closed, opened again, checked. Two who change one at once
are told of each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from weakref import WeakKeyDictionary

from bot.errors import NotFound, NotUsable, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import events, resources, service_marks
from bot.store.database import Connection, Database
from bot.store.hsds_graph import Key
from bot.store.needs import words_of
from bot.store.service_marks import Mark
from bot.studio.directory import rewriting
from bot.studio.directory.services import FIELDS, Catalogue, Service, catalogue, differing, names_of
from bot.text.fold import fold

DUE_AFTER = 180  # days, unless whoever looks wants another number
SHOWN = ("open", "due", "closed", "all")
_TRIES = 3  # somebody else may change another service at the same moment
_known: WeakKeyDictionary[Database, tuple[str, date, Catalogue]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for. Empty: whatever it is. `days`: not looked at for so long is due."""

    words: str = ""
    need: str = ""
    language: str = ""
    shown: str = "open"
    days: int = DUE_AFTER


@dataclass(frozen=True, slots=True)
class Kept:
    """A service, and what people did with it."""

    service: Service
    mark: Mark
    due: bool


def whole(hotline: Hotline) -> tuple[str, Catalogue]:
    """The directory as it is now, and its state; read anew only when it changed."""
    today = hotline.today()
    with hotline.db.read() as conn:
        state = service_marks.state(conn)
        known = _known.get(hotline.db)
        if known is None or known[:2] != (state, today):
            known = _known[hotline.db] = (state, today, catalogue(resources.all_records(conn), today))
    return state, known[2]


def listed(hotline: Hotline, query: Query) -> list[Kept]:
    """By name; what is due begins with what nobody has looked at for longest."""
    known = whole(hotline)[1]
    with hotline.db.read() as conn:
        marks = service_marks.every(conn)
    oldest = _oldest(hotline, query.days)
    found = [
        Kept(one, marks.get(one.id, Mark()), _is_due(one, oldest))
        for one in names_of(known.services.values())
        if _fits(one, query)
    ]
    if query.shown == "due":
        return sorted((one for one in found if one.due), key=lambda one: one.service.checked_on)
    return found


def counts(hotline: Hotline, days: int = DUE_AFTER) -> Mapping[str, int]:
    """How many services each of SHOWN has."""
    services = whole(hotline)[1].services.values()
    oldest = _oldest(hotline, days)
    closed = sum(one.closed for one in services)
    due = sum(_is_due(one, oldest) for one in services)
    return {"open": len(services) - closed, "due": due, "closed": closed, "all": len(services)}


def languages(hotline: Hotline) -> list[str]:
    """Tags of all languages somebody speaks somewhere."""
    return sorted({tag for one in whole(hotline)[1].services.values() for tag in one.languages})


def find(hotline: Hotline, id: str) -> Kept:
    """Raises NotFound."""
    service = whole(hotline)[1].services.get(id)
    if service is None:
        raise NotFound("There is no such service.")
    with hotline.db.read() as conn:
        mark = service_marks.every(conn).get(id, Mark())
    return Kept(service, mark, _is_due(service, _oldest(hotline, DUE_AFTER)))


def add(hotline: Hotline, officer: Officer, wanted: Service) -> str:
    """A new service, checked today; its id. Raises NotUsable."""
    made = replace(wanted, id=rewriting.new_service().id, closed=False, checked_on=hotline.today().isoformat())
    _keep(hotline, officer, made, "", "service added")
    return made.id


def change(hotline: Hotline, officer: Officer, wanted: Service, seen: str) -> list[str]:
    """Names of what was changed. `seen` is what the service was when it was opened (Service.seen). Raises NotFound,
    NotUsable, and Stale if somebody else changed it meanwhile."""
    return _keep(hotline, officer, wanted, seen, "service changed")


def close(hotline: Hotline, officer: Officer, id: str, seen: str) -> None:
    """Residents are no longer told of it; all of it is kept. Raises as `change` does."""
    _keep(hotline, officer, replace(find(hotline, id).service, closed=True), seen, "service closed")


def reopen(hotline: Hotline, officer: Officer, id: str, seen: str) -> None:
    """Raises as `change` does."""
    _keep(hotline, officer, replace(find(hotline, id).service, closed=False), seen, "service opened again")


def check(hotline: Hotline, officer: Officer, id: str, seen: str) -> None:
    """All that was seen is right today. Raises as `change` does."""
    wanted = replace(find(hotline, id).service, checked_on=hotline.today().isoformat())
    _keep(hotline, officer, wanted, seen, "service checked")


def write(conn: Connection, old: Catalogue, new: Catalogue) -> None:
    """What is different in the new directory, and nothing else. The caller has the lock and knows that the old one is
    what is there."""
    put: dict[Key, tuple[int, Mapping[str, object]]] = {}
    gone: list[Key] = []
    for kind in old.records.keys() | new.records.keys():
        before, after = old.records.get(kind, {}), new.records.get(kind, {})
        gone += [(kind, id) for id in before.keys() - after.keys()]
        put |= {(kind, id): one for id, one in _placed(conn, kind, before, after).items()}
    told = {id: new.told.get(id, ()) for id in old.told.keys() | new.told.keys() if old.told.get(id) != new.told.get(id)}
    resources.change(conn, put, gone, told)


def _placed(
    conn: Connection, kind: str, before: Mapping[str, Mapping[str, object]], after: Mapping[str, Mapping[str, object]]
) -> dict[str, tuple[int, Mapping[str, object]]]:
    """What is to be written of a kind, with positions. What stays where it was is not written, unless others went in
    between."""
    new = [id for id in after if id not in before]
    if list(after) != [*(id for id in before if id in after), *new]:
        return {id: (position, body) for position, (id, body) in enumerate(after.items(), 1)}
    known = resources.positions(conn, kind)
    last = max(known.values(), default=0)
    known |= {id: last + at for at, id in enumerate(new, 1)}
    return {id: (known[id], body) for id, body in after.items() if before.get(id) != body}


def _keep(hotline: Hotline, officer: Officer, wanted: Service, seen: str, deed: str) -> list[str]:
    today, at = hotline.today(), hotline.instant()
    for _ in range(_TRIES):
        state, known = whole(hotline)
        was = known.services.get(wanted.id)
        if was is None and seen:
            raise NotFound("There is no such service.")
        if was is not None and was.seen != seen:
            raise Stale("Somebody changed this service meanwhile. Look at what it says now, and decide again.")
        changed = differing(was or Service(), wanted)
        new = catalogue(rewriting.with_changes(known.records, rewriting.changes(known, wanted, today)), today)
        _must_be(wanted, new)
        with hotline.db.write() as conn:
            resources.lock(conn)
            if service_marks.state(conn) != state:
                continue
            if changed:
                write(conn, known, new)
            _note(conn, officer, wanted.id, was is None, changed, deed, at)
        return changed
    raise Stale("The directory changes too fast at the moment. Please try again.")


def _note(conn: Connection, officer: Officer, id: str, new: bool, changed: Sequence[str], deed: str, at: int) -> None:
    events.write(conn, f"officer:{officer.id}", deed, f"service:{id}", at, ", ".join(changed))
    if deed in ("service checked", "service added"):
        service_marks.checked(conn, id, officer.id, at)
    if deed != "service checked":
        mark = service_marks.every(conn).get(id, Mark())
        hand = mark.hand | (set(changed) - {"checked_on"})
        service_marks.changed(conn, id, hand, new or mark.made_here, officer.id, at)


def _must_be(wanted: Service, new: Catalogue) -> None:
    """What was written is read back as residents' texts are made of it: a form that says one thing and a text that says
    another must not be."""
    wrong = differing(wanted, new.services[wanted.id])
    if wrong:
        raise NotUsable(
            "“{field}” cannot be kept so: the directory also says it of the place or the phone.", field=FIELDS[wrong[0]]
        )


def _fits(one: Service, query: Query) -> bool:
    if (query.shown == "closed" and not one.closed) or (query.shown in ("open", "due") and one.closed):
        return False
    if query.need and query.need not in one.needs:
        return False
    if query.language and query.language.partition("-")[0] not in {tag.partition("-")[0] for tag in one.languages}:
        return False
    return all(word in _searched(one) for word in fold(query.words).split())


def _searched(one: Service) -> str:
    places = [text for place in one.places for text in (place.name, place.street, place.city)]
    needs = [words_of(need) for need in one.needs]
    return fold(" ".join([one.name, one.organization, one.description, *one.phones, *places, *needs]))


def _oldest(hotline: Hotline, days: int) -> str:
    return (hotline.today() - timedelta(days=days)).isoformat()


def _is_due(one: Service, oldest: str) -> bool:
    """So is one that nobody knows to have been checked."""
    return not one.closed and one.checked_on < oldest
