"""What a department says of its town, as rows that can be put into another database: services, places, meetings. Reads
nothing of a resident and nothing of staff."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, text

from bot.store.meetings import all_meetings
from bot.store.schema import meetings, places, resources

Rows = Mapping[str, Sequence[Mapping[str, Any]]]  # by table

_TABLES = (resources, places, meetings)
VERSION_SQL = (  # all rows of a table carry the same version
    "SELECT (SELECT version FROM resources LIMIT 1), (SELECT version FROM places LIMIT 1), "
    "(SELECT version FROM meetings LIMIT 1)"
)


def read(conn: Connection) -> Rows:
    """Every row. Interpreters booked for a meeting stand in its own row, since the tasks they were booked by are not read."""
    rows = {table.name: [dict(row) for row in conn.execute(select(table)).mappings()] for table in _TABLES}
    booked = {one.id: one.interpreters for one in all_meetings(conn)}
    for row in rows[meetings.name]:
        row["interpreters"] = json.dumps(booked.get(row["id"], json.loads(row["interpreters"])))
    return rows


def put(conn: Connection, rows: Rows) -> None:
    """Into a SQLite database that has none."""
    for table in _TABLES:
        if rows[table.name]:
            conn.execute(table.insert(), list(rows[table.name]))
    conn.execute(text("INSERT INTO resources_search (id, tok) SELECT id, tok FROM resources"))
