"""Reports of residents that the demo town has from the start, in several languages and states."""

import random
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import plain_yaml
from bot.config import Config
from bot.demo import residents
from bot.flow.effects import ReportFacts
from bot.line import promises
from bot.store import casework, published, reports
from bot.store.database import Connection, carry_out
from bot.store.published import Service
from bot.store.schema import staff as staff_rows
from bot.store.sealing import Keyset
from bot.text import report_number

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
        report_id = _file(conn, config, keys, one, number, instant)
        for change in one.get("became", ()):
            _change(conn, keys, report_id, change, people[change["by"]], instant)
    published.set_service(conn, Service("noise", "noise", "Noise", "Loud music, dogs, building work", "area", True))


def _file(conn: Connection, config: Config, keys: Keyset, one: dict[str, Any], number: str, now: int) -> int:
    at = now - int(one["ago"]) * _DAY
    resident, thread = residents.add(conn, keys, one["handle"], one["language"], at)
    facts = ReportFacts(one["contact"], one.get("spot", ""), tuple((a, b) for a, b in one["chosen"]), told=True)
    filing = reports.filing(
        keys, number=number, resident_id=resident, thread_id=thread, kind=one["kind"], complete=True,
        answers=[(a, b) for a, b in one["answers"]], language=one["language"], at=at, facts=facts,
        public_id=promises.public_id(), promised_at=promises.review_by(config, at),
    )  # fmt: skip
    carry_out(conn, filing)
    return int(filing[1]["id"])


def _change(conn: Connection, keys: Keyset, report_id: int, change: dict[str, Any], officer_id: int, now: int) -> None:
    at, state = now - int(change["ago"]) * _DAY, change["state"]
    row = casework.row(conn, report_id)
    assert row
    police_number = change.get("police_number", "")
    said = {name: str(change[name]) for name in ("question", "reason_is") if name in change} | {"code": police_number}
    casework.move(conn, keys, report_id, row.version, state, at, officer_id=officer_id, police_number=police_number)
    casework.note_change(
        conn, keys, report_id, state, at, officer_id=officer_id, phrase=_PHRASES[state], said=said, telling="told"
    )
