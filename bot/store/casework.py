"""Reports as the desk works on them: listed, read in full, changed under their version, and what is still to be told of
each change. Which change is allowed is not known here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

MOST_LISTED = 300


@dataclass(frozen=True, slots=True)
class Row:
    """A report as a list shows it. Instants in ms; `late` if its promised day went by or was put off."""

    id: int
    number: str
    kind: str
    state: str
    complete: bool
    language: str | None
    filed_at: int
    changed_at: int | None
    promised_at: int | None
    late_at: int | None
    version: int
    thread_id: int
    handle: str
    channel: str
    officer_id: int | None
    officer: str
    contact: str
    stopped: bool
    safe_contact: bool
    last_in_at: int
    city: str  # how far it is on its way to a city; empty if it goes to none

    def late(self, now: int) -> bool:
        return self.promised_at is not None and (self.late_at is not None or self.promised_at < now)


@dataclass(frozen=True, slots=True)
class Addition:
    """What a resident said of it later, and the question it answers, if one was asked."""

    words: str
    question: str
    language: str | None
    added_at: int


@dataclass(frozen=True, slots=True)
class Change:
    """A state it came into. `said` is what the resident is told, as values of the phrase; `telling` is held, due, told or
    untold, and `why` says why they were not told."""

    id: int
    report_id: int
    state: str
    officer: str
    phrase: str
    said: Mapping[str, str]
    telling: str
    why: str
    at: int


@dataclass(frozen=True, slots=True)
class Case:
    """A report in full."""

    row: Row
    answers: tuple[tuple[str, str], ...]
    police_number: str
    spot: tuple[float, float] | None
    chosen: tuple[tuple[str, str], ...]
    additions: tuple[Addition, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is to show. Empty: whatever it is."""

    states: Sequence[str] = ()
    kind: str = ""
    language: str = ""
    since: int = 0
    late: bool = False
    officer_id: int = 0
    hidden_kinds: Sequence[str] = ()


_ROW = """SELECT r.id, r.number, r.kind, r.state, r.complete, r.language, r.filed_at, r.changed_at, r.promised_at, r.late_at,
    r.version, r.thread_id, p.handle, t.channel, r.officer_id, s.name, r.contact, t.stopped, t.safe_contact, t.last_in_at,
    (SELECT c.state FROM city_requests c WHERE c.report_id = r.id ORDER BY c.id DESC LIMIT 1)
FROM reports r JOIN threads t ON t.id = r.thread_id JOIN residents p ON p.id = r.resident_id
LEFT JOIN staff s ON s.id = r.officer_id"""


def _row(row: Sequence[Any]) -> Row:
    (id_, number, kind, state, complete, language, filed, changed, promised, late, version, thread, handle, channel,
     officer_id, officer, contact, stopped, safe, last_in, city) = row  # fmt: skip
    return Row(
        id_, number, kind, state, bool(complete), language, filed, changed, promised, late, version, thread, handle, channel,
        officer_id, officer or "", contact or "", bool(stopped), bool(safe), last_in, city or "",
    )  # fmt: skip


def listed(conn: Connection, wanted: Wanted, now: int) -> list[Row]:
    """The first promised day first, then those of which nothing was promised, the oldest first."""
    where, values = ["1 = 1"], dict[str, Any]()
    for column, asked in (("kind", wanted.kind), ("language", wanted.language), ("officer_id", wanted.officer_id)):
        if asked:
            where.append(f"r.{column} = :{column}")
            values[column] = asked
    if wanted.since:
        where.append("r.filed_at >= :since")
        values["since"] = wanted.since
    if wanted.late:
        where.append("r.promised_at IS NOT NULL AND (r.promised_at < :now OR r.late_at IS NOT NULL)")
        values["now"] = now
    expanding: list[Any] = []
    for name, listed_, condition in (
        ("states", wanted.states, "r.state IN :states"), ("hidden", wanted.hidden_kinds, "r.kind NOT IN :hidden"),
    ):  # fmt: skip
        if listed_:
            where.append(condition)
            values[name] = list(listed_)
            expanding.append(bindparam(name, expanding=True))
    sql = f"""{_ROW} WHERE {" AND ".join(where)}
        ORDER BY CASE WHEN r.promised_at IS NULL THEN 1 ELSE 0 END, r.promised_at, r.filed_at LIMIT {MOST_LISTED}"""
    return [_row(row) for row in conn.execute(text(sql).bindparams(*expanding), values).fetchall()]


def row(conn: Connection, report_id: int) -> Row | None:
    found = conn.execute(text(f"{_ROW} WHERE r.id = :id"), {"id": report_id}).fetchone()
    return _row(tuple(found)) if found else None


def kinds_and_languages(conn: Connection) -> tuple[list[str], list[str]]:
    """What there is to choose from in a list."""
    found = conn.execute(text("SELECT DISTINCT kind, language FROM reports")).fetchall()
    return sorted({one[0] for one in found}), sorted({one[1] for one in found if one[1]})


def case(conn: Connection, keys: Keyset, report_id: int) -> Case | None:
    found = row(conn, report_id)
    if found is None:
        return None
    sql = "SELECT answers, police_number, facts FROM reports WHERE id = :id"
    answers, police_number, facts = conn.execute(text(sql), {"id": report_id}).one()
    told = json.loads(keys.open(bytes(answers), f"reports.answers:{report_id}"))
    known = json.loads(keys.open(bytes(facts), f"reports.facts:{report_id}")) if facts else {}
    return Case(
        found,
        tuple((question, answer) for question, answer in told),
        keys.open(bytes(police_number), f"reports.police_number:{report_id}") if police_number else "",
        spot(known.get("spot", "")),
        tuple((question, answer) for question, answer in known.get("chosen", ())),
        _additions(conn, keys, report_id),
        tuple(_changes(conn, keys, "c.report_id = :id ORDER BY c.id", {"id": report_id})),
    )


def spot(words: str) -> tuple[float, float] | None:
    """Latitude and longitude."""
    latitude, comma, longitude = words.partition(",")
    return (float(latitude), float(longitude)) if comma else None


def _additions(conn: Connection, keys: Keyset, report_id: int) -> tuple[Addition, ...]:
    sql = "SELECT id, words, question, language, added_at FROM additions WHERE report_id = :id ORDER BY id"
    return tuple(
        Addition(
            keys.open(bytes(words), f"additions.words:{id_}"),
            keys.open(bytes(question), f"additions.question:{id_}") if question else "",
            language, at,
        )
        for id_, words, question, language, at in conn.execute(text(sql), {"id": report_id}).fetchall()
    )  # fmt: skip


def _changes(conn: Connection, keys: Keyset, which: str, values: Mapping[str, Any]) -> list[Change]:
    sql = f"""SELECT c.id, c.report_id, c.state, s.name, c.phrase, c.said, c.telling, c.why, c.at FROM report_changes c
        LEFT JOIN staff s ON s.id = c.officer_id WHERE {which}"""
    return [
        Change(id_, report, state, name or "", phrase, json.loads(keys.open(bytes(said), f"report_changes.said:{id_}")),
               telling, why or "", at)
        for id_, report, state, name, phrase, said, telling, why, at in conn.execute(text(sql), values).fetchall()
    ]  # fmt: skip


def move(
    conn: Connection, keys: Keyset, report_id: int, version: int, state: str, at: int, *,
    officer_id: int | None = None, police_number: str = "",
) -> bool:  # fmt: skip
    """Into another state, if nobody changed it since; whatever was promised is kept by that. Of two officers at once
    exactly one does."""
    sql = """UPDATE reports SET state = :state, version = version + 1, changed_at = :at, promised_at = NULL,
            officer_id = COALESCE(:officer_id, officer_id), police_number = COALESCE(:police_number, police_number)
        WHERE id = :id AND version = :version"""
    sealed = keys.seal(police_number, f"reports.police_number:{report_id}") if police_number else None
    values = {"state": state, "at": at, "officer_id": officer_id, "police_number": sealed, "id": report_id}
    return conn.execute(text(sql), values | {"version": version}).rowcount == 1


def note_change(
    conn: Connection, keys: Keyset, report_id: int, state: str, at: int, *,
    officer_id: int | None, phrase: str, said: Mapping[str, str], telling: str = "due", why: str = "",
) -> int:  # fmt: skip
    """Keeps that it came into a state, and what is to be told of it; its id."""
    id_ = new_id()
    sql = """INSERT INTO report_changes (id, report_id, state, officer_id, phrase, said, telling, why, at)
        VALUES (:id, :report_id, :state, :officer_id, :phrase, :said, :telling, :why, :at)"""
    sealed = keys.seal(json.dumps(said, ensure_ascii=False), f"report_changes.said:{id_}")
    values = {
        "id": id_,
        "report_id": report_id,
        "state": state,
        "officer_id": officer_id,
        "phrase": phrase,
        "said": sealed,
    }
    conn.execute(text(sql), values | {"telling": telling, "why": why or None, "at": at})
    return id_


def to_tell(conn: Connection) -> list[int]:
    """Changes whose residents are still to be told, in order."""
    return [one[0] for one in conn.execute(text("SELECT id FROM report_changes WHERE telling = 'due' ORDER BY id"))]


def change(conn: Connection, keys: Keyset, change_id: int) -> Change | None:
    return next(iter(_changes(conn, keys, "c.id = :id", {"id": change_id})), None)


def settle(conn: Connection, change_id: int, was: str, telling: str, why: str = "") -> bool:
    """Whether it was ours to say so: one conditional update, so that a resident is told once."""
    sql = "UPDATE report_changes SET telling = :telling, why = :why WHERE id = :id AND telling = :was"
    values = {"telling": telling, "why": why or None, "id": change_id, "was": was}
    return conn.execute(text(sql), values).rowcount == 1


def broken_promises(conn: Connection, now: int) -> list[tuple[int, int]]:
    """(id, version) of those of which nobody heard anything by the day they were told, and who were not told so yet."""
    sql = "SELECT id, version FROM reports WHERE promised_at IS NOT NULL AND promised_at < :now AND late_at IS NULL"
    return [(one[0], one[1]) for one in conn.execute(text(sql), {"now": now}).fetchall()]


def put_off(conn: Connection, report_id: int, version: int, promised_at: int, at: int) -> bool:
    """Another promised day, once; whether it was ours to set."""
    sql = """UPDATE reports SET promised_at = :promised_at, late_at = :at, version = version + 1
        WHERE id = :id AND version = :version AND late_at IS NULL"""
    values = {"promised_at": promised_at, "at": at, "id": report_id, "version": version}
    return conn.execute(text(sql), values).rowcount == 1


def filed_before(conn: Connection, thread_id: int, report_id: int) -> int:
    """When the report before this one was filed in its thread; 0 if it is the first."""
    sql = "SELECT max(filed_at) FROM reports WHERE thread_id = :thread AND id < :id"
    return int(conn.execute(text(sql), {"thread": thread_id, "id": report_id}).scalar_one() or 0)
