"""Residents of the demo town, who do not exist: each with one thread of the simulator that the line answers."""

from bot.store import threads
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.sealing import Keyset
from bot.store.threads import Memory
from bot.text.language_choice import Standing


def add(
    conn: Connection, keys: Keyset, handle: str, language: str, at: int, *, urgent: bool = False
) -> tuple[int, int]:
    """The ids of the resident and of their thread, in which they last wrote at an instant."""
    resident, thread = new_id(), new_id()
    address = f"demo-{handle.replace(' ', '-').lower()}"
    memory = Memory(standing=Standing(language, "detected", 0.98))
    carry_out(conn, (threads.INSERT_RESIDENT, {
        "id": resident, "handle": handle, "address_hash": keys.digest(f"simulator:{address}"),
        "address": keys.seal(address, f"residents.address:{resident}"), "created_at": at,
    }))  # fmt: skip
    carry_out(conn, (threads.INSERT_THREAD, {
        "id": thread, "resident_id": resident, "channel": "simulator", "line": "demo", "holder": "bot",
        "language": language, "state": keys.seal(threads.memory_to_json(memory), f"threads.state:{thread}"),
        "stopped": False, "urgent": urgent, "safe_contact": False, "last_in_at": at, "draft_until": None,
        **threads.standing_at(memory.place),
    }))  # fmt: skip
    return resident, thread
