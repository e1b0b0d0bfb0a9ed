"""Reports of residents that the demo town has from the start, in several languages and states."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import plain_yaml
from bot.config import Config
from bot.flow.effects import ReportFacts
from bot.line import promises
from bot.store import casework, published, reports, threads
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.published import Service
from bot.store.schema import staff as staff_rows
from bot.store.sealing import Keyset
from bot.store.threads import Memory
from bot.text import report_number
from bot.text.language_choice import Standing

_DAY = 86_400_000  # ms
_NUMBERS = 20  # what the demo's report numbers are drawn with, so that they are the same each time
_PHRASES = {
    "reading": "report_reading", "more": "report_question", "accepted": "report_accepted", "closed": "report_closed"
}  # fmt: skip


def load(conn: Connection, config: Config, keys: Keyset, now: datetime) -> None:
    """Files them, and shows reports of noise to other systems."""
    told = plain_yaml.read(Path(__file__).parent / "reports.yml")
    chance, people = random.Random(_NUMBERS), {row.login: row.id for row in conn.execute(staff_rows.select())}
    instant = int(now.timestamp() * 1000)
    for one in told["reports"]:
        number = report_number.make(now.year, chance.randrange)
        _file(conn, config, keys, one, number, instant)
        for change in one.get("became", ()):
            _change(conn, keys, number, change, people[change["by"]], instant)
    published.set_service(conn, Service("noise", "noise", "Noise", "Loud music, dogs, building work", "area", True))


def _file(conn: Connection, config: Config, keys: Keyset, one: dict[str, Any], number: str, now: int) -> None:
    at, resident, thread = now - int(one["ago"]) * _DAY, new_id(), new_id()
    address = f"demo-{one['handle'].replace(' ', '-').lower()}"
    memory = Memory(standing=Standing(one["language"], "detected", 0.98))
    carry_out(conn, (threads.INSERT_RESIDENT, {
        "id": resident, "handle": one["handle"], "address_hash": keys.digest(f"simulator:{address}"),
        "address": keys.seal(address, f"residents.address:{resident}"), "created_at": at,
    }))  # fmt: skip
    carry_out(conn, (threads.INSERT_THREAD, {
        "id": thread, "resident_id": resident, "channel": "simulator", "line": "demo", "holder": "bot",
        "language": one["language"], "state": keys.seal(threads.memory_to_json(memory), f"threads.state:{thread}"),
        "stopped": False, "urgent": False, "safe_contact": False, "last_in_at": at, "draft_until": None,
    }))  # fmt: skip
    facts = ReportFacts(one["contact"], one.get("spot", ""), tuple((a, b) for a, b in one["chosen"]), told=True)
    carry_out(conn, reports.filing(
        keys, number=number, resident_id=resident, thread_id=thread, kind=one["kind"], complete=True,
        answers=[(a, b) for a, b in one["answers"]], language=one["language"], at=at, facts=facts,
        public_id=promises.public_id(), promised_at=promises.review_by(config, at),
    ))  # fmt: skip


def _change(conn: Connection, keys: Keyset, number: str, change: dict[str, Any], officer_id: int, now: int) -> None:
    at, state = now - int(change["ago"]) * _DAY, change["state"]
    report_id, version = casework.by_number(conn, number)
    police_number = change.get("police_number", "")
    said = {name: str(change[name]) for name in ("question", "reason_is") if name in change} | {"code": police_number}
    casework.move(conn, keys, report_id, version, state, at, officer_id=officer_id, police_number=police_number)
    casework.note_change(
        conn, keys, report_id, state, at, officer_id=officer_id, phrase=_PHRASES[state], said=said, telling="told"
    )
