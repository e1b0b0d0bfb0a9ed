"""Releases of what is live, and the documents each changed. Knows no flow and no language: documents are texts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.errors import Stale
from bot.store.ids import new_id

Name = tuple[str, str]  # kind and name of a document: flow, catalogue or department


@dataclass(frozen=True, slots=True)
class Changed:
    """One document in a release. An empty `version`: taken away; an empty `was`: new."""

    kind: str
    name: str
    version: str
    was: str


@dataclass(frozen=True, slots=True)
class Release:
    """Instants in ms. `number` counts those that went live; 0 before that. `second` agreed or refused."""

    id: int
    number: int
    state: str
    note: str
    why: str
    author_id: int
    author: str
    second: str
    made_at: int
    due_at: int | None
    live_at: int | None
    documents: tuple[Changed, ...] = ()


_COLUMNS = """SELECT r.id, COALESCE(r.number, 0), r.state, r.note, r.why, r.author_id, a.name, COALESCE(s.name, ''),
    r.made_at, r.due_at, r.live_at
FROM releases r JOIN staff a ON a.id = r.author_id LEFT JOIN staff s ON s.id = r.second_id"""


NEWEST = "SELECT COALESCE(max(number), 0) FROM releases"  # 0: the files as they were shipped


def newest(conn: Connection) -> int:
    """The number of the release that is live."""
    return int(conn.execute(text(NEWEST)).scalar_one())


def live(conn: Connection) -> dict[Name, str]:
    """The text of each document that is not as it was shipped; empty for one that was taken away."""
    sql = """SELECT l.kind, l.name, COALESCE(d.body, '') FROM live_documents l
        LEFT JOIN documents d ON d.kind = l.kind AND d.name = l.name AND d.version = l.version"""
    return {(kind, name): body for kind, name, body in conn.execute(text(sql)).fetchall()}


def live_versions(conn: Connection) -> dict[Name, str]:
    rows = conn.execute(text("SELECT kind, name, version FROM live_documents")).fetchall()
    return {(kind, name): version for kind, name, version in rows}


def versions_as_of(conn: Connection, number: int) -> dict[Name, str]:
    """The version that each document changed since had when that release went live."""
    sql = """SELECT c.kind, c.name, c.was FROM release_documents c JOIN releases r ON r.id = c.release_id
        WHERE r.number > :number ORDER BY r.number DESC"""
    rows = conn.execute(text(sql), {"number": number}).fetchall()
    return {(kind, name): was for kind, name, was in rows}  # the oldest change since is read last, and stays


def make(
    conn: Connection, author_id: int, note: str, changes: Sequence[Changed], state: str, at: int, due_at: int | None
) -> int:
    """A release that is not live yet: asked or planned, or about to go live in this transaction."""
    id_ = new_id()
    sql = """INSERT INTO releases (id, state, note, why, author_id, made_at, due_at)
        VALUES (:id, :state, :note, '', :author, :at, :due)"""
    conn.execute(
        text(sql), {"id": id_, "state": state, "note": note, "author": author_id, "at": at, "due": due_at}
    )
    _write_documents(conn, id_, changes)
    return id_


def _write_documents(conn: Connection, release_id: int, changes: Iterable[Changed]) -> None:
    sql = """INSERT INTO release_documents (release_id, kind, name, version, was)
        VALUES (:release, :kind, :name, :version, :was)"""
    for one in changes:
        values = {"release": release_id, "kind": one.kind, "name": one.name, "version": one.version, "was": one.was}
        conn.execute(text(sql), values)


def go_live(conn: Connection, release_id: int, changes: Sequence[Changed], at: int) -> int | None:
    """The number it gets; None if it is no longer open. The unique number lets only one of two at once through; raises
    Stale for the other."""
    sql = """UPDATE releases SET state = 'live', live_at = :at, number = (SELECT COALESCE(max(number), 0) + 1 FROM releases)
        WHERE id = :id AND state IN ('asked', 'planned') RETURNING number"""
    try:
        number = conn.execute(text(sql), {"at": at, "id": release_id}).scalar()
    except IntegrityError as error:
        raise Stale("Another release went live at the same moment.") from error
    if number is None:
        return None
    # What it takes the place of is what is live now, not what was when it was planned.
    conn.execute(text("DELETE FROM release_documents WHERE release_id = :id"), {"id": release_id})
    _write_documents(conn, release_id, changes)
    sql = """INSERT INTO live_documents (kind, name, version, release_id) VALUES (:kind, :name, :version, :release)
        ON CONFLICT (kind, name) DO UPDATE SET version = excluded.version, release_id = excluded.release_id"""
    for one in changes:
        values = {"kind": one.kind, "name": one.name, "version": one.version, "release": release_id}
        conn.execute(text(sql), values)
    return int(number)


def follow_shipped(conn: Connection, names: Iterable[Name]) -> None:
    """Documents that are as they were shipped again change with the program from here on."""
    for kind, name in names:
        conn.execute(
            text("DELETE FROM live_documents WHERE kind = :kind AND name = :name"), {"kind": kind, "name": name}
        )


def end(conn: Connection, release_id: int, state: str, why: str, second_id: int | None) -> bool:
    """Refused, withdrawn or failed; whether it was open until now."""
    sql = """UPDATE releases SET state = :state, why = :why, second_id = :second
        WHERE id = :id AND state IN ('asked', 'planned')"""
    values = {"state": state, "why": why, "second": second_id, "id": release_id}
    return conn.execute(text(sql), values).rowcount == 1


def agree(conn: Connection, release_id: int, second_id: int) -> bool:
    """A second person has read it; it waits for its time, if it has one. Whether it was asked for until now."""
    sql = "UPDATE releases SET state = 'planned', second_id = :second WHERE id = :id AND state = 'asked'"
    return conn.execute(text(sql), {"second": second_id, "id": release_id}).rowcount == 1


def due(conn: Connection, at: int) -> list[int]:
    sql = "SELECT id FROM releases WHERE state = 'planned' AND due_at <= :at ORDER BY due_at, id"
    return [row[0] for row in conn.execute(text(sql), {"at": at}).fetchall()]


def one(conn: Connection, release_id: int) -> Release | None:
    row = conn.execute(text(f"{_COLUMNS} WHERE r.id = :id"), {"id": release_id}).fetchone()
    return _with_documents(conn, [Release(*row)])[0] if row else None


def numbered(conn: Connection, number: int) -> Release | None:
    row = conn.execute(text(f"{_COLUMNS} WHERE r.number = :number"), {"number": number}).fetchone()
    return _with_documents(conn, [Release(*row)])[0] if row else None


def newest_first(conn: Connection, document: Name | None = None, limit: int = 100) -> list[Release]:
    """Every release, or those that changed a document."""
    where, values = "", {"limit": limit}
    if document:
        where = """ WHERE r.id IN (SELECT release_id FROM release_documents WHERE kind = :kind AND name = :name)"""
        values |= {"kind": document[0], "name": document[1]}  # type: ignore[dict-item]
    rows = conn.execute(text(f"{_COLUMNS}{where} ORDER BY r.id DESC LIMIT :limit"), values).fetchall()
    return _with_documents(conn, [Release(*row) for row in rows])


def open_ones(conn: Connection) -> list[Release]:
    """Those that wait for a second person or for their time."""
    sql = f"{_COLUMNS} WHERE r.state IN ('asked', 'planned') ORDER BY r.id"
    return _with_documents(conn, [Release(*row) for row in conn.execute(text(sql)).fetchall()])


def _with_documents(conn: Connection, found: Sequence[Release]) -> list[Release]:
    sql = text("SELECT kind, name, version, was FROM release_documents WHERE release_id = :id ORDER BY kind, name")
    whole = []
    for release in found:
        changed = tuple(Changed(*row) for row in conn.execute(sql, {"id": release.id}).fetchall())
        values = {name: getattr(release, name) for name in Release.__slots__}
        whole.append(Release(**{**values, "documents": changed}))
    return whole


def bodies(conn: Connection, changes: Iterable[Changed]) -> Mapping[Name, str]:
    """The text of each; empty for one that is taken away."""
    sql = text("SELECT body FROM documents WHERE kind = :kind AND name = :name AND version = :version")
    found = {}
    for one in changes:
        values = {"kind": one.kind, "name": one.name, "version": one.version}
        found[one.kind, one.name] = (conn.execute(sql, values).scalar() or "") if one.version else ""
    return found
