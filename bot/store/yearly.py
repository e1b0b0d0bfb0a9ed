"""What a department writes into its report of a year."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text


def of(conn: Connection, year: int) -> Mapping[str, Any]:
    """Empty if nothing was written yet."""
    found = conn.execute(text("SELECT body FROM yearly_reports WHERE year = :year"), {"year": year}).scalar()
    return dict(json.loads(found)) if found else {}


def put(conn: Connection, year: int, body: Mapping[str, Any], staff_id: int, at: int) -> None:
    sql = """INSERT INTO yearly_reports (year, body, staff_id, changed_at) VALUES (:year, :body, :staff, :at)
        ON CONFLICT (year) DO UPDATE SET body = excluded.body, staff_id = excluded.staff_id,
            changed_at = excluded.changed_at"""
    values = {"year": year, "body": json.dumps(body, ensure_ascii=False), "staff": staff_id, "at": at}
    conn.execute(text(sql), values)
