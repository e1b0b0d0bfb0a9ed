"""The audit trail: who did what to which thing, one line each, written in the transaction that did it."""

from bot.store.database import Connection, Statement, carry_out
from bot.store.ids import new_id

_INSERT = "INSERT INTO events (id, at, actor, verb, subject, note) VALUES (:id, :at, :actor, :verb, :subject, :note)"


def event(actor: str, verb: str, subject: str, at: int, note: str = "") -> Statement:
    """`actor` like `officer:12` or `line`, `subject` like `thread:34`; `note` never holds a resident's words."""
    return _INSERT, {"id": new_id(), "at": at, "actor": actor, "verb": verb, "subject": subject, "note": note}


def write(conn: Connection, actor: str, verb: str, subject: str, at: int, note: str = "") -> None:
    carry_out(conn, event(actor, verb, subject, at, note))
