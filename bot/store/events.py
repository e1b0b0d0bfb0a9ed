"""The audit trail: who did what to which thing, one line each, written in the transaction that did it."""

from dataclasses import dataclass

from sqlalchemy import text

from bot.store.database import Connection, Statement, carry_out
from bot.store.ids import new_id

_INSERT = "INSERT INTO events (id, at, actor, verb, subject, note) VALUES (:id, :at, :actor, :verb, :subject, :note)"


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the trail."""

    at: int
    actor: str
    verb: str
    subject: str
    note: str


def event(actor: str, verb: str, subject: str, at: int, note: str = "") -> Statement:
    """`actor` like `officer:12` or `line`, `subject` like `thread:34`; `note` never holds a resident's words."""
    return _INSERT, {"id": new_id(), "at": at, "actor": actor, "verb": verb, "subject": subject, "note": note}


def write(conn: Connection, actor: str, verb: str, subject: str, at: int, note: str = "") -> None:
    carry_out(conn, event(actor, verb, subject, at, note))


def written_since(conn: Connection, actor: str, verb: str, subject: str, since: int, note: str = "") -> bool:
    """Whether this very line was written after an instant."""
    sql = """SELECT 1 FROM events WHERE subject = :subject AND actor = :actor AND verb = :verb AND note = :note
        AND at > :since LIMIT 1"""
    values = {"subject": subject, "actor": actor, "verb": verb, "note": note, "since": since}
    return conn.execute(text(sql), values).fetchone() is not None


def latest(conn: Connection, subject: str, limit: int) -> list[Event]:
    """The last lines about one thing, newest first."""
    sql = "SELECT at, actor, verb, subject, note FROM events WHERE subject = :subject ORDER BY id DESC LIMIT :limit"
    return [Event(*row) for row in conn.execute(text(sql), {"subject": subject, "limit": limit}).fetchall()]
