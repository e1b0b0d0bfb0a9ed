"""Who was asked to take a hand-off, or to look at it, and what became of that."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store import bars
from bot.store.ids import new_id


@dataclass(frozen=True, slots=True)
class Paging:
    """One open question to one person, with what a line about it shows."""

    id: int
    handoff_id: int
    thread_id: int
    handle: str
    language: str | None
    kind: str
    urgent: bool
    why: str  # waits, too long, taken back, no owner
    at: int
    until_at: int | None


def begin_wave(conn: Connection, handoff_id: int, wave: int, route: str, at: int) -> bool:
    """Whether it is ours to ask the next ones: of three schedulers one is told so. `wave` is how often was asked before."""
    sql = """UPDATE handoffs SET wave = wave + 1, wave_at = :at, route = :route, paged_at = COALESCE(paged_at, :at),
            for_officer_id = CASE WHEN CAST(:route AS TEXT) = 'passed on' THEN for_officer_id END
        WHERE id = :id AND wave = :wave AND closed_at IS NULL AND officer_id IS NULL"""
    return conn.execute(text(sql), {"id": handoff_id, "wave": wave, "route": route, "at": at}).rowcount == 1


def ring_again(conn: Connection, handoff_id: int, at: int) -> bool:
    """For a resident who asks once more while others are asked already: whether it is ours. The search goes on where it
    is: who asks often does not wait longer for it."""
    sql = """UPDATE handoffs SET paged_at = :at WHERE id = :id AND paged_at IS NULL AND closed_at IS NULL
        AND wave > 0 AND wave_at > COALESCE(passed_at, 0)"""
    return conn.execute(text(sql), {"id": handoff_id, "at": at}).rowcount == 1


def start_over(conn: Connection, handoff_id: int, at: int) -> bool:
    """For a hand-off that is new or was passed on: whether it is ours. Whoever was asked before may be asked again, unless
    they declined."""
    sql = """UPDATE handoffs SET paged_at = :at, wave = 0, wave_at = :at, route = NULL, escalated_at = NULL
        WHERE id = :id AND paged_at IS NULL AND closed_at IS NULL AND (wave = 0 OR wave_at <= COALESCE(passed_at, 0))"""
    if conn.execute(text(sql), {"id": handoff_id, "at": at}).rowcount == 0:
        return False
    end(conn, handoff_id, at)
    return True


def asked_now(conn: Connection, handoff_id: int) -> frozenset[int]:
    """Who has not answered yet."""
    sql = "SELECT staff_id FROM pagings WHERE handoff_id = :handoff AND over_at IS NULL AND why = 'waits'"
    return frozenset(conn.execute(text(sql), {"handoff": handoff_id}).scalars())


def ask(
    conn: Connection, handoff_id: int, staff_ids: Collection[int], why: str, at: int, until: int | None = None
) -> None:
    sql = """INSERT INTO pagings (id, handoff_id, staff_id, why, at, until_at)
        VALUES (:id, :handoff, :staff, :why, :at, :until)"""
    for staff_id in staff_ids:
        values = {"id": new_id(), "handoff": handoff_id, "staff": staff_id, "why": why, "at": at, "until": until}
        conn.execute(text(sql), values)


def asked(conn: Connection, handoff_id: int) -> frozenset[int]:
    """Who need not be asked again: asked and not heard of yet, declined, or silent when they had it."""
    sql = """SELECT staff_id FROM pagings WHERE handoff_id = :handoff
        AND (answer IS NOT NULL OR (over_at IS NULL AND why = 'waits'))"""
    return frozenset(conn.execute(text(sql), {"handoff": handoff_id}).scalars())


def end(conn: Connection, handoff_id: int, at: int) -> None:
    """Nobody is asked any more; what they answered is kept."""
    sql = """UPDATE pagings SET over_at = :at
        WHERE handoff_id = :handoff AND over_at IS NULL AND why IN ('waits', 'too long')"""
    conn.execute(text(sql), {"at": at, "handoff": handoff_id})


def answer(conn: Connection, handoff_id: int, staff_id: int, said: str, at: int) -> bool:
    """Whether they were asked at all."""
    sql = """UPDATE pagings SET over_at = COALESCE(over_at, :at), answer = :said
        WHERE handoff_id = :handoff AND staff_id = :staff AND answer IS NULL"""
    values = {"at": at, "said": said, "handoff": handoff_id, "staff": staff_id}
    return conn.execute(text(sql), values).rowcount > 0


def seen(conn: Connection, paging_id: int, staff_id: int, at: int) -> bool:
    """Whoever was told has read it."""
    sql = "UPDATE pagings SET over_at = :at WHERE id = :id AND staff_id = :staff AND over_at IS NULL"
    return conn.execute(text(sql), {"at": at, "id": paging_id, "staff": staff_id}).rowcount == 1


def note_silent(conn: Connection, handoff_id: int, staff_id: int, at: int) -> None:
    """They had it and did not answer: they are told so, and not asked again."""
    ask(conn, handoff_id, [staff_id], "waits", at)
    answer(conn, handoff_id, staff_id, "silent", at)
    ask(conn, handoff_id, [staff_id], "taken back", at)


def of_staff(conn: Connection, staff_id: int) -> list[Paging]:
    """What one person is asked or told now. Nobody is asked for what somebody else took meanwhile."""
    sql = f"""SELECT p.id, p.handoff_id, h.thread_id, r.handle, h.language, h.kind, h.urgent, p.why, p.at, p.until_at
        FROM pagings p JOIN handoffs h ON h.id = p.handoff_id JOIN threads t ON t.id = h.thread_id
        JOIN residents r ON r.id = t.resident_id
        WHERE p.staff_id = :staff AND p.over_at IS NULL AND h.closed_at IS NULL
        AND (p.why = 'taken back' OR h.officer_id IS NULL)
        AND NOT {bars.hides("h.thread_id", "p.staff_id")}
        ORDER BY h.urgent DESC, p.id"""
    return [
        Paging(id_, handoff, thread, handle, language, kind, bool(urgent), why, at, until)
        for id_, handoff, thread, handle, language, kind, urgent, why, at, until in conn.execute(
            text(sql), {"staff": staff_id}
        )
    ]


def who_is_asked(conn: Connection, handoff_id: int) -> list[tuple[str, str, int]]:
    """Name, what for and since when, of those who are asked now."""
    sql = """SELECT s.name, p.why, p.at FROM pagings p JOIN staff s ON s.id = p.staff_id
        WHERE p.handoff_id = :handoff AND p.over_at IS NULL ORDER BY p.id"""
    return [(name, why, at) for name, why, at in conn.execute(text(sql), {"handoff": handoff_id})]


_DONE = """SELECT p.id FROM pagings p JOIN handoffs h ON h.id = p.handoff_id WHERE p.over_at IS NULL
    AND (h.closed_at IS NOT NULL OR (h.officer_id IS NOT NULL AND p.why <> 'taken back'))"""


def done(conn: Connection) -> bool:
    """Whether somebody is still asked for what is closed or was taken."""
    return conn.execute(text(f"{_DONE} LIMIT 1")).first() is not None


def forget(conn: Connection, at: int) -> None:
    """Nobody is asked any more for what is closed or was taken."""
    conn.execute(text(f"UPDATE pagings SET over_at = :at WHERE over_at IS NULL AND id IN ({_DONE})"), {"at": at})
