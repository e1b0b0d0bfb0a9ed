"""Keeps in memory what is read often and seldom changed, until the database has another version. Knows no table."""

from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection

from bot.store.database import Database

Rows = TypeVar("Rows")
Kept = TypeVar("Kept")


def kept(
    version_sql: str, read: Callable[[Connection], Rows], arrange: Callable[[Rows], Kept]
) -> Callable[[Database], Kept]:
    """A function that gives, for a database, what was read from it and arranged; each time it asks for the version
    first, one short query, and reads anew if that is another."""
    known: WeakKeyDictionary[Database, tuple[object, Kept]] = WeakKeyDictionary()

    def current(db: Database) -> Kept:
        version = db.look(version_sql, {})
        entry = known.get(db)
        if entry is None or entry[0] != version:
            # The version is asked first: should somebody import meanwhile, the next call reads once too often.
            with db.read() as conn:
                entry = known[db] = (version, arrange(read(conn)))
        return entry[1]

    return current
