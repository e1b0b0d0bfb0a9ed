"""From a draft to what is live, and back. A release changes documents together or not at all; whoever stands in a flow
finishes it as it was when they began.

An error in what would be live lets nothing through; a warning that was not there before must be acknowledged by name.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.config import Config
from bot.errors import FlowsBroken, NotFound, NotUsable, PuenteError, SettingWrong, Stale
from bot.flow.reading import Problem
from bot.flow.script import version_of
from bot.hotline import Hotline
from bot.live_texts import CATALOGUE, DEPARTMENT, FLOW, Texts, config_of, live, shipped
from bot.model import Officer
from bot.store import documents as store
from bot.store import events, releases, studio_drafts
from bot.store.database import Connection
from bot.store.releases import Changed, Name, Release
from bot.studio.checking.checks import check_texts
from bot.studio.checking.findings import Finding
from bot.studio.releasing import rehearsing

_LEAST_NOTE = 4  # characters that say what a release is for


@dataclass(frozen=True, slots=True)
class LookedOver:
    """What is found in the texts as they would be live. `warnings` are those that are not there today."""

    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]


def name_of(finding: Finding) -> str:
    """What a warning is acknowledged by: the same as long as its words and file are, wherever its line moves."""
    return hashlib.sha256(f"{finding.problem.file}\n{finding.problem.words}".encode()).hexdigest()[:12]


def rehearsal_name(name: str) -> str:
    """What a red rehearsal is acknowledged by."""
    return f"rehearsal:{name}"


def look_over(hotline: Hotline, changes: Mapping[Name, str]) -> LookedOver:
    """Check what would be live with these documents in place of theirs; an empty text takes a document away."""
    today = live(hotline.db)
    found = _found(today.changed(changes))
    known = {name_of(one) for one in _known(today.number, tuple(_pairs(today)))}
    errors = [*(one for one in found if one.blocks), *_settings(hotline.config, today.changed(changes))]
    warnings = [one for one in found if not one.blocks and name_of(one) not in known]
    return LookedOver(tuple(_sorted(errors)), tuple(_sorted(warnings)))


def publish(
    hotline: Hotline, author: Officer, changes: Mapping[Name, str], note: str, *,
    bases: Mapping[Name, str], acknowledged: Collection[str] = (), due_at: int | None = None,
) -> Release:  # fmt: skip
    """Put documents live, now or at an instant in ms; where a second person must agree, ask for that first. `bases` are
    the versions their drafts began from, empty for new ones; `acknowledged` names warnings and red rehearsals.

    Raises FlowsBroken for what keeps them from going live, NotUsable with what the author can do about it.
    """
    today = live(hotline.db)
    changes = {name: body for name, body in changes.items() if _version(body) != today.version(*name)}
    _refuse(hotline, today, changes, note, bases, due_at)
    looked = look_over(hotline, changes)
    if looked.errors:
        raise FlowsBroken([one.problem for one in looked.errors])
    if any(name_of(one) not in acknowledged for one in looked.warnings):
        raise NotUsable("Read each warning and say that you have seen it.")
    if any(rehearsal_name(one.name) not in acknowledged for one in rehearsing.red(hotline, changes)):
        raise NotUsable("A rehearsal goes otherwise than before. Look at it, and say that you have seen it.")
    return _made(hotline, author, today, changes, note.strip(), due_at)


def _version(body: str) -> str:
    return version_of(body) if body else ""


def _refuse(
    hotline: Hotline, today: Texts, changes: Mapping[Name, str], note: str, bases: Mapping[Name, str], due_at: int | None
) -> None:
    if not changes:
        raise NotUsable("Nothing is changed.")
    if len(note.strip()) < _LEAST_NOTE:
        raise NotUsable("Write in a few words what is changed and why.")
    if due_at is not None and due_at <= hotline.instant():
        raise NotUsable("This time is over already.")
    for kind, name in changes:
        if kind not in (FLOW, CATALOGUE, DEPARTMENT):
            raise NotFound("There is no such document.")
        if bases.get((kind, name), "") != today.version(kind, name):
            raise NotUsable("Somebody published another version of {name} meanwhile. Look at it first.", name=name)


def _made(
    hotline: Hotline, author: Officer, today: Texts, changes: Mapping[Name, str], note: str, due_at: int | None
) -> Release:
    at = hotline.instant()
    asked = needs_second(hotline.config, changes)
    with hotline.db.write() as conn:
        _keep(conn, today, changes, at)
        changed = [Changed(*name, _version(body), today.version(*name)) for name, body in changes.items()]
        made = releases.make(conn, author.id, note, changed, "asked" if asked else "planned", at, due_at)
        if asked:
            _tell(conn, author, "asked for a release", made, at)
        elif due_at is None:
            _go_live(conn, made, changed, at)
            _tell(conn, author, "published", made, at)
        else:
            _tell(conn, author, "planned a release", made, at)
        found = releases.one(conn, made)
    assert found
    return found


def _keep(conn: Connection, today: Texts, changes: Mapping[Name, str], at: int) -> None:
    """The new texts, and those they take the place of, so that there is a way back."""
    for (kind, name), body in changes.items():
        for one in (today.document(kind, name), body):
            if one:
                store.keep(conn, kind, name, version_of(one), one, at)


def _go_live(conn: Connection, release_id: int, changed: Sequence[Changed], at: int) -> None:
    try:
        number = releases.go_live(conn, release_id, changed, at)
    except Stale as error:
        raise NotUsable("Somebody published at the same moment. Look at what is live now, and try again.") from error
    if number is None:
        raise NotUsable("This release is not open any more.")
    as_shipped = [(one.kind, one.name) for one in changed if one.version == shipped().version(one.kind, one.name)]
    releases.follow_shipped(conn, as_shipped)
    for (kind, name), body in releases.bodies(conn, changed).items():
        studio_drafts.drop_published(conn, kind, name, body)


def needs_second(config: Config, changes: Mapping[Name, str]) -> bool:
    """Whether a second person must agree: to a flow the department guards, and to guarding it no more."""
    guarded = config.department_second_reader
    return bool(guarded) and any(kind == DEPARTMENT or (kind == FLOW and name in guarded) for kind, name in changes)


def decide(hotline: Hotline, second: Officer, release_id: int, *, agree: bool, why: str = "") -> Release:
    """A second person's word. Raises NotUsable for one's own release, or if it cannot go live any more."""
    at = hotline.instant()
    asked = _open(hotline, release_id, "asked")
    if asked.author_id == second.id:
        raise NotUsable("A second person decides this, not who wrote it.")
    if not agree and not why.strip():
        raise NotUsable("Say why, so that the author knows what to change.")
    with hotline.db.write() as conn:
        done = (
            releases.agree(conn, release_id, second.id)
            if agree
            else releases.end(conn, release_id, "refused", why.strip(), second.id)
        )
        if not done:
            raise NotUsable("This release is not open any more.")
        _tell(conn, second, "agreed to a release" if agree else "refused a release", release_id, at)
    if agree and (asked.due_at is None or asked.due_at <= at):
        put_live(hotline, release_id)
    return _one(hotline, release_id)


def withdraw(hotline: Hotline, who: Officer, release_id: int) -> None:
    """Take back what was asked for or planned."""
    with hotline.db.write() as conn:
        if not releases.end(conn, release_id, "withdrawn", "", None):
            raise NotUsable("This release is not open any more.")
        _tell(conn, who, "withdrew a release", release_id, hotline.instant())


def release_due(hotline: Hotline) -> None:
    """Put live what was planned for now. A round of housekeeping."""
    with hotline.db.read() as conn:
        found = releases.due(conn, hotline.instant())
    for release_id in found:
        put_live(hotline, release_id)


def put_live(hotline: Hotline, release_id: int) -> None:
    """A planned release, checked once more against what is live by now. What keeps it from going live is written beside
    it, and it is over."""
    planned = _open(hotline, release_id, "planned")
    today = live(hotline.db)
    with hotline.db.read() as conn:
        changes = dict(releases.bodies(conn, planned.documents))
    at, why = hotline.instant(), ""
    moved = [one.name for one in planned.documents if one.was != today.version(one.kind, one.name)]
    if moved:
        why = f"Another version of {', '.join(moved)} went live since."
    elif errors := look_over(hotline, changes).errors:
        why = str(errors[0].problem)
    with hotline.db.write() as conn:
        if why:
            releases.end(conn, release_id, "failed", why, None)
            events.write(conn, "line", "could not publish", f"release:{release_id}", at)
        else:
            _go_live(conn, release_id, planned.documents, at)
            events.write(conn, "line", "published", f"release:{release_id}", at)


def restore(hotline: Hotline, who: Officer, number: int, only: Name | None = None) -> Release:
    """Everything, or one document, as it was live after release `number`, 0 for as it was shipped; a release of its own.
    Raises NotUsable if that is how it is."""
    with hotline.db.read() as conn:
        versions = releases.versions_as_of(conn, number)
        wanted = [Changed(*name, version, "") for name, version in versions.items() if only in (None, name)]
        changes = dict(releases.bodies(conn, wanted))
    today = live(hotline.db)
    bases = {name: today.version(*name) for name in changes}
    note = f"Back to release {number}" if number else "Back to the texts as shipped"
    looked = look_over(hotline, changes)
    # What there is to be said of it was acknowledged when this was first live.
    seen = [name_of(one) for one in looked.warnings]
    seen += [] if looked.errors else [rehearsal_name(one.name) for one in rehearsing.red(hotline, changes)]
    return publish(hotline, who, changes, note, bases=bases, acknowledged=seen)


def _open(hotline: Hotline, release_id: int, state: str) -> Release:
    found = _one(hotline, release_id)
    if found.state != state:
        raise NotUsable("This release is not open any more.")
    return found


def _one(hotline: Hotline, release_id: int) -> Release:
    with hotline.db.read() as conn:
        found = releases.one(conn, release_id)
    if found is None:
        raise NotFound("There is no such release.")
    return found


def _tell(conn: Connection, who: Officer, verb: str, release_id: int, at: int) -> None:
    events.write(conn, f"officer:{who.id}", verb, f"release:{release_id}", at)


def _settings(config: Config, texts: Texts) -> list[Finding]:
    try:
        config_of(config, texts)
    except FlowsBroken as error:
        return [Finding(one, blocks=True) for one in error.problems if isinstance(one, Problem)]
    except (SettingWrong, PuenteError) as error:
        return [Finding(Problem("department.yml", 1, str(error)), blocks=True)]
    return []


def _found(texts: Texts) -> list[Finding]:
    return check_texts(texts.flows, {tag: read() for tag, read in texts.catalogues.items()})


@lru_cache(maxsize=2)
def _known(number: int, pairs: tuple[tuple[str, str, str], ...]) -> tuple[Finding, ...]:
    flows = {name: body for kind, name, body in pairs if kind == FLOW}
    return tuple(check_texts(flows, {name: body for kind, name, body in pairs if kind == CATALOGUE}))


def _pairs(texts: Texts) -> list[tuple[str, str, str]]:
    flows = [(FLOW, name, body) for name, body in sorted(texts.flows.items())]
    return flows + [(CATALOGUE, tag, read()) for tag, read in sorted(texts.catalogues.items())]


def _sorted(found: Sequence[Finding]) -> list[Finding]:
    return sorted(set(found), key=lambda one: (one.problem.file, one.problem.line, one.problem.words))
