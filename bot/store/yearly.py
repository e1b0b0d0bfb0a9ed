"""What a department writes into its report of a year."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text


def of(conn: Connection, year: int) -> tuple[Mapping[str, Any], int]:
    """What was written, and its version; empty and 0 if nothing was written yet."""
    row = conn.execute(text("SELECT body, changed_at FROM yearly_reports WHERE year = :year"), {"year": year}).fetchone()
    return (dict(json.loads(row[0])), int(row[1])) if row else ({}, 0)


def put(conn: Connection, year: int, body: Mapping[str, Any], staff_id: int, seen: int, at: int) -> bool:
    """In the place of the version that was seen. False if that one is no longer the last. `at` in ms."""
    sql = """INSERT INTO yearly_reports (year, body, staff_id, changed_at) VALUES (:year, :body, :staff, :at)
        ON CONFLICT (year) DO UPDATE SET body = excluded.body, staff_id = excluded.staff_id,
            changed_at = excluded.changed_at WHERE yearly_reports.changed_at = :seen"""
    values = {
        "year": year, "body": json.dumps(body, ensure_ascii=False), "staff": staff_id, "seen": seen,
        "at": max(at, seen + 1),  # two changes in one millisecond are two versions
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1
