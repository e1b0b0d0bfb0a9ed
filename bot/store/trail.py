"""The audit trail as somebody reads through it: narrowed to a person, a thing, a deed or days. Knows ids and handles; there
is nothing else in it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.store.events import Event
from bot.store.ids import first_id

_DAY = 86_400_000  # ms
_RECENT = 5000  # lines in which the deeds to choose from are looked for


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for. Empty: whatever it is. Instants in ms; `before` is the id of a line to go on behind."""

    staff_id: int | None = None
    thread_id: int | None = None
    verb: str = ""
    since: int = 0
    until: int = 0
    people_only: bool = False  # leave out what the line did by itself
    hidden_threads: Collection[int] = ()
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the trail, with its id."""

    id: int
    event: Event


@dataclass(frozen=True, slots=True)
class About:
    """What may be known of a thread: its handle, and whether it is a sensitive one."""

    handle: str
    sensitive: bool


def lines(conn: Connection, wanted: Wanted, limit: int) -> list[Line]:
    """The newest first."""
    where, values, expanding = _where(wanted)
    sql = f"""SELECT id, at, actor, verb, subject, note FROM events
        WHERE {" AND ".join(where)} ORDER BY id DESC LIMIT :limit"""
    rows = conn.execute(text(sql).bindparams(*expanding), {**values, "limit": limit}).fetchall()
    return [Line(id_, Event(*event)) for id_, *event in rows]


def _where(wanted: Wanted) -> tuple[list[str], dict[str, Any], list[Any]]:
    # Ids are made by a machine's clock and instants by the line's, so that ids only narrow, with a day to spare.
    where = ["id >= :first", "at >= :since"]
    values: dict[str, Any] = {"first": first_id(max(0, wanted.since - _DAY)), "since": wanted.since}
    expanding: list[Any] = []
    if wanted.until:
        where.append("at < :until")
        values["until"] = wanted.until
    if wanted.before is not None:
        where.append("id < :before")
        values["before"] = wanted.before
    if wanted.staff_id is not None:
        where.append("actor = :actor AND actor <> 'line'")  # the second is what an index is known by
        values["actor"] = f"officer:{wanted.staff_id}"
    elif wanted.people_only:
        where.append("actor <> 'line'")
    if wanted.thread_id is not None:
        where.append("subject = :subject")
        values["subject"] = f"thread:{wanted.thread_id}"
    if wanted.verb:
        where.append("verb = :verb")
        values["verb"] = wanted.verb
    if wanted.hidden_threads:
        where.append("subject NOT IN :hidden")
        where.append("subject NOT IN (SELECT 'report:' || id FROM reports WHERE thread_id IN :kept)")
        values["hidden"] = [f"thread:{one}" for one in wanted.hidden_threads]
        values["kept"] = list(wanted.hidden_threads)
        expanding = [bindparam("hidden", expanding=True), bindparam("kept", expanding=True)]
    return where, values, expanding


def verbs(conn: Connection) -> list[str]:
    """The deeds that were written down lately, to choose from."""
    sql = "SELECT DISTINCT verb FROM (SELECT verb FROM events ORDER BY id DESC LIMIT :limit) recent ORDER BY verb"
    return list(conn.execute(text(sql), {"limit": _RECENT}).scalars())


def about(conn: Connection, thread_ids: Collection[int]) -> Mapping[int, About]:
    """Sensitive: about danger, or read along by somebody else, or wanting somebody tested for statements."""
    if not thread_ids:
        return {}
    sql = """SELECT t.id, r.handle, CASE WHEN t.urgent OR t.safe_contact
            OR EXISTS (SELECT 1 FROM handoffs h WHERE h.thread_id = t.id AND (h.sensitive OR h.kind = 'safety'))
            THEN 1 ELSE 0 END
        FROM threads t JOIN residents r ON r.id = t.resident_id WHERE t.id IN :ids"""
    rows = conn.execute(text(sql).bindparams(bindparam("ids", expanding=True)), {"ids": list(thread_ids)})
    return {id_: About(handle, bool(sensitive)) for id_, handle, sensitive in rows}


def names(conn: Connection) -> Mapping[int, str]:
    """Everybody who ever worked here."""
    return {int(id_): name for id_, name in conn.execute(text("SELECT id, name FROM staff"))}
