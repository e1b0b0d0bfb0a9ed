"""What was handed over at the end of a shift: five lines on a thread for whoever goes on with it."""

import json
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset


@dataclass(frozen=True, slots=True)
class Summary:
    """The five lines, in English. `next_on` is an ISO date, or empty."""

    who: str = ""
    what: str = ""
    asked: str = ""
    promised: str = ""
    next: str = ""
    next_on: str = ""


def keep(
    conn: Connection,
    keys: Keyset,
    thread_id: int,
    from_id: int,
    to_id: int | None,
    told: Summary,
    checked: bool,
    at: int,
) -> None:
    """`checked`: the officer read and saved it; else it is what the line knew."""
    sql = """INSERT INTO handovers (id, thread_id, from_id, to_id, lines, next_on, checked, at)
        VALUES (:id, :thread, :from, :to, :lines, :next_on, :checked, :at)"""
    id_ = new_id()
    conn.execute(text(sql), {
        "id": id_, "thread": thread_id, "from": from_id, "to": to_id, "next_on": told.next_on or None, "checked": checked,
        "at": at, "lines": keys.seal(json.dumps(asdict(told), ensure_ascii=False), f"handovers.lines:{id_}"),
    })  # fmt: skip
