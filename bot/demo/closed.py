"""Threads that officers of the demo town have closed already, among them one that waited too long and one whose number was
shown: what supervisors look at, and what the first sample of reviews is drawn from."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot import plain_yaml
from bot.demo import residents
from bot.model import Inbound
from bot.store import events, messages, reveals
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.schema import handoffs as handoff_rows
from bot.store.schema import staff as staff_rows
from bot.store.sealing import Keyset

_MINUTE = 60_000  # ms
_LATE = 15 * _MINUTE  # after which supervisors were told
_SHOWN_FOR = 10 * _MINUTE


def load(conn: Connection, keys: Keyset, now: datetime) -> None:
    told = plain_yaml.read(Path(__file__).parent / "closed.yml")
    people = {row.login: row.id for row in conn.execute(staff_rows.select())}
    for number, one in enumerate(told["threads"]):
        _close(conn, keys, one, people[one["by"]], _instant(one["ago"], now, number))


def _instant(ago: str, now: datetime, number: int) -> int:
    """When it began, ms: so many minutes ago, or in the middle of last month."""
    if ago != "last month":
        return int(now.timestamp() * 1000) - int(ago) * _MINUTE
    last = now.replace(day=1, hour=14, minute=5) - timedelta(days=14 - number)
    return int(last.timestamp() * 1000)


def _close(conn: Connection, keys: Keyset, one: dict[str, Any], officer: int, began: int) -> None:
    _, thread = residents.add(conn, keys, one["handle"], one["language"], began, urgent="safety" in one)
    claimed = began + int(one["waited"]) * _MINUTE
    _say(conn, keys, one, thread, officer, began, claimed)
    kinds = {"officer": one["about"]} | ({"safety": f"safety: {one['safety']}"} if "safety" in one else {})
    for kind, reason in kinds.items():
        conn.execute(handoff_rows.insert().values(
            id=new_id(), thread_id=thread, kind=kind, reason=reason, language=one["language"], any_language=False,
            urgent=kind == "safety", opened_at=began, paged_at=began, claimed_at=claimed, officer_id=officer,
            closed_at=claimed + 20 * _MINUTE, outcome="answered", language_service=one["service"],
            escalated_at=began + _LATE if "late" in one else None, seen_at=claimed if kind == "safety" else None,
        ))  # fmt: skip
    deeds = {"opened": claimed - _MINUTE, "claimed": claimed, "closed": claimed + 20 * _MINUTE}
    if "revealed" in one:
        at = deeds["revealed"] = claimed + 10 * _MINUTE
        reveals.add(conn, keys, thread, officer, one["revealed"], at, at + _SHOWN_FOR)
    for verb, at in sorted(deeds.items(), key=lambda deed: deed[1]):
        events.write(conn, f"officer:{officer}", verb, f"thread:{thread}", at, "answered" if verb == "closed" else "")


def _say(
    conn: Connection, keys: Keyset, one: dict[str, Any], thread: int, officer: int, began: int, claimed: int
) -> None:
    at = began
    for number, (who, words) in enumerate(one["talk"]):
        at = max(at + _MINUTE, claimed + _MINUTE) if who == "officer" else at + _MINUTE * number // 2
        if who == "resident":
            inbound = Inbound("simulator", f"demo-{thread}-{number}", "demo", "demo", words)
            carry_out(conn, messages.received(keys, new_id(), thread, inbound, {}, one["language"], at))
            continue
        carry_out(conn, messages.written(
            keys, id=new_id(), thread_id=thread, channel="simulator", words=words, language=one["language"], at=at,
            officer_id=officer if who == "officer" else None, state="delivered",
        ))  # fmt: skip
