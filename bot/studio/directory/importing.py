"""A file over the directory: first what it would change, then, once somebody wants just that, the change. What people edited
by hand stays unless they give it up, and what the file does not have stays too."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.errors import NotFound, Stale
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import directory_uploads, events, resources, service_marks
from bot.store.problems import Problem
from bot.store.service_marks import Mark
from bot.studio.directory import exporting, files, keeping, rewriting, taking_out
from bot.studio.directory.services import Catalogue, Service, catalogue, differing, names_of

KEPT_FOR = 3_600_000  # ms that a file waits for somebody to decide


@dataclass(frozen=True, slots=True)
class Changed:
    """A service before and as the file has it. `conflicts` are those fields of `fields` that were changed by hand."""

    before: Service
    after: Service
    fields: Sequence[str]
    conflicts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Look:
    """What a file would change. `others` counts records that differ and that nobody is shown; `seen` is the state of the
    directory it is compared with."""

    id: int
    name: str
    seen: str
    added: Sequence[Service]
    changed: Sequence[Changed]
    gone: Sequence[Service]
    made_here: Sequence[Service]
    problems: Sequence[Problem]
    others: int

    @property
    def nothing(self) -> bool:
        return not (self.added or self.changed or self.gone or self.others)


def bring(hotline: Hotline, officer: Officer, name: str, body: bytes) -> int:
    """Keep a file until somebody decides, and give its id. Raises ImportRefused if it cannot be read."""
    files.read(name, body, hotline.today())
    with hotline.db.write() as conn:
        return directory_uploads.keep(conn, officer.id, name[:100], body, hotline.instant())


def look(hotline: Hotline, id: int) -> Look:
    """Changes nothing. Raises NotFound if the file is used, dropped or too old."""
    name, body = _upload(hotline, id)
    incoming, problems = files.read(name, body, hotline.today())
    seen, known = keeping.whole(hotline)
    marks = _marks(hotline)
    gone = [one for one in names_of(known.services.values()) if one.id not in incoming.services]
    made_here = [one for one in gone if marks.get(one.id, Mark()).made_here]
    planned = _planned(known, incoming, marks, frozenset(), close_gone=False, today=hotline.today())
    changed = _changed(known, incoming, marks)
    return Look(
        id,
        name,
        seen,
        [one for one in names_of(incoming.services.values()) if one.id not in known.services],
        changed,
        [one for one in gone if one not in made_here and not one.closed],
        made_here,
        problems,
        _differing_records(known, planned),
    )


def apply(
    hotline: Hotline, officer: Officer, id: int, seen: str, *, theirs: Collection[tuple[str, str]], close_gone: bool
) -> None:
    """Make just the changes that were looked at. `theirs` are conflicts, as id of a service and name of a field, in which
    the file wins. Raises Stale if the directory is no longer what they were compared with, NotFound."""
    name, body = _upload(hotline, id)
    incoming, _ = files.read(name, body, hotline.today())
    state, known = keeping.whole(hotline)
    if state != seen:
        raise Stale(_OVERTAKEN)
    marks = _marks(hotline)
    planned = _planned(known, incoming, marks, frozenset(theirs), close_gone=close_gone, today=hotline.today())
    at = hotline.instant()
    with hotline.db.write() as conn:
        resources.lock(conn)
        if service_marks.state(conn) != seen:
            raise Stale(_OVERTAKEN)
        if not directory_uploads.drop(conn, id):
            raise NotFound("This file is no longer here.")
        keeping.write(conn, known, planned)
        for one in incoming.services:
            given_up = {field for service, field in theirs if service == one}
            mark = marks.get(one, Mark())
            if given_up & mark.hand:
                service_marks.changed(conn, one, mark.hand - given_up, mark.made_here, officer.id, at)
        events.write(conn, f"officer:{officer.id}", "directory imported", "directory", at, _told(known, planned))


def drop(hotline: Hotline, id: int) -> None:
    """The file is not wanted after all."""
    with hotline.db.write() as conn:
        directory_uploads.drop(conn, id)


def forget_old(hotline: Hotline) -> None:
    """Files about which nobody decided in time."""
    until = hotline.instant() - KEPT_FOR
    with hotline.db.read() as conn:
        old = directory_uploads.any_older(conn, until)
    if old:  # a round that has nothing to do holds up nobody who writes
        with hotline.db.write() as conn:
            directory_uploads.forget(conn, until)


def edited(hotline: Hotline) -> int:
    """How many services have something that was changed by hand, or were made here."""
    return sum(bool(mark.hand or mark.made_here) for mark in _marks(hotline).values())


def forget_edits(hotline: Hotline) -> None:
    """A file took the place of everything, also of what was edited."""
    with hotline.db.write() as conn:
        service_marks.forget_all(conn)


_OVERTAKEN = "The directory was changed meanwhile. Look at what this file changes now, and decide again."


def _upload(hotline: Hotline, id: int) -> tuple[str, bytes]:
    with hotline.db.read() as conn:
        found = directory_uploads.find(conn, id, hotline.instant() - KEPT_FOR)
    if found is None:
        raise NotFound("This file is no longer here.")
    return found


def _marks(hotline: Hotline) -> Mapping[str, Mark]:
    with hotline.db.read() as conn:
        return service_marks.every(conn)


def _changed(known: Catalogue, incoming: Catalogue, marks: Mapping[str, Mark]) -> list[Changed]:
    found = []
    for after in names_of(incoming.services.values()):
        before = known.services.get(after.id)
        if before is None:
            continue
        fields = differing(before, replace(after, checked_on=max(before.checked_on, after.checked_on)))
        if fields:
            hand = marks.get(after.id, Mark()).hand
            found.append(Changed(before, after, fields, [name for name in fields if name in hand]))
    return found


def _planned(
    known: Catalogue,
    incoming: Catalogue,
    marks: Mapping[str, Mark],
    theirs: Collection[tuple[str, str]],
    *,
    close_gone: bool,
    today: date,
) -> Catalogue:
    """The directory as it would be."""
    records = {kind: dict(found) for kind, found in incoming.records.items()}
    for id in known.services.keys() - incoming.services.keys():
        for key, body in taking_out.alone(known, id).items():
            if key not in incoming.graph.nodes and body is not None:
                records.setdefault(key[0], {})[key[1]] = body
        if close_gone and not marks.get(id, Mark()).made_here:
            records["service"][id] = {**records["service"][id], "status": "inactive"}
    target = Catalogue(records, incoming.graph, incoming.services, incoming.told)
    for one in _changed_or_older(known, incoming):
        ours, file = known.services[one], incoming.services[one]
        kept = {name for name in marks.get(one, Mark()).hand & set(differing(ours, file)) if (one, name) not in theirs}
        wanted = replace(file, **{name: getattr(ours, name) for name in kept})
        wanted = replace(wanted, checked_on=max(ours.checked_on, file.checked_on))
        if differing(file, wanted):
            target = replace(target, records=rewriting.with_changes(target.records, rewriting.changes(target, wanted, today)))
    return catalogue(target.records, today)


def _changed_or_older(known: Catalogue, incoming: Catalogue) -> list[str]:
    both = known.services.keys() & incoming.services.keys()
    return sorted(id for id in both if differing(known.services[id], incoming.services[id]))


def _differing_records(known: Catalogue, planned: Catalogue) -> int:
    """Of what no service shows: organizations' letterheads, areas, links."""
    before, after = exporting.tables(known.graph), exporting.tables(planned.graph)
    rows = {(kind, id) for tables in (before, after) for kind, found in tables.items() for id in found}
    return sum(before.get(kind, {}).get(id) != after.get(kind, {}).get(id) for kind, id in rows)


def _told(known: Catalogue, planned: Catalogue) -> str:
    """For the trail: how many, no names."""
    added = len(planned.services.keys() - known.services.keys())
    both = planned.services.keys() & known.services.keys()
    changed = sum(bool(differing(known.services[id], planned.services[id])) for id in both)
    return f"{added} added, {changed} changed"
