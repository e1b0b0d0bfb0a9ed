"""Hand-offs: a thread passing to an officer, from opened to closed. One of a kind is open in a thread at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store import bars, teams
from bot.store.database import Database, Statement
from bot.store.sealing import Keyset

_OPEN = """
INSERT INTO handoffs (id, thread_id, kind, reason, about, language, any_language, urgent, gender, sensitive, speaker_only,
    opened_at)
VALUES (:id, :thread_id, :kind, :reason, :about, :language, :any_language, :urgent, :gender, :sensitive, :speaker_only,
    :opened_at)
ON CONFLICT (thread_id, kind) WHERE closed_at IS NULL DO UPDATE SET
    urgent = handoffs.urgent OR excluded.urgent,
    any_language = handoffs.any_language OR excluded.any_language, paged_at = NULL, language = excluded.language,
    gender = COALESCE(excluded.gender, handoffs.gender), sensitive = handoffs.sensitive OR excluded.sensitive,
    speaker_only = handoffs.speaker_only OR excluded.speaker_only,
    reason = CASE WHEN handoffs.reason LIKE '%' || excluded.reason || '%' THEN handoffs.reason
        ELSE handoffs.reason || '; ' || excluded.reason END"""


def opening(
    keys: Keyset,
    *,
    id: int,
    thread_id: int,
    kind: str,
    reason: str,
    about: str,
    language: str | None,
    any_language: bool,
    urgent: bool,
    at: int,
    gender: str = "",
    sensitive: bool = False,
    speaker_only: bool = False,
) -> Statement:
    """Opens a hand-off; if one of its kind is open in the thread, adds the reason to it and has it paged for again."""
    return _OPEN, {
        "id": id, "thread_id": thread_id, "kind": kind, "reason": reason, "language": language, "urgent": urgent,
        "any_language": any_language, "gender": gender if gender in ("woman", "man") else None,
        "sensitive": sensitive, "speaker_only": speaker_only,
        "about": keys.seal(about, f"handoffs.about:{id}") if about else None, "opened_at": at,
    }  # fmt: skip


def leaving(thread_id: int, at: int) -> Statement:
    """The resident no longer waits. A safety card stays until an officer closes it."""
    sql = """UPDATE handoffs SET closed_at = :at, outcome = 'the resident left'
        WHERE thread_id = :thread_id AND kind = 'officer' AND closed_at IS NULL"""
    return sql, {"thread_id": thread_id, "at": at}


def end(
    conn: Connection, keys: Keyset, thread_id: int, at: int, outcome: str, language_service: str = "", why: str = ""
) -> None:
    """Closes whatever is open in a thread, with how it ended, how the two understood each other, and why it ended so. A
    safety card that no person has seen stays open, whatever ends beside it."""
    sql = """UPDATE handoffs SET closed_at = :at, outcome = :outcome, language_service = :service, outcome_why = :why
        WHERE id = :id AND closed_at IS NULL"""
    open_ones = text("""SELECT id FROM handoffs WHERE thread_id = :thread AND closed_at IS NULL
        AND NOT (kind = 'safety' AND officer_id IS NULL AND seen_at IS NULL)""")
    for id_ in conn.execute(open_ones, {"thread": thread_id}).scalars().all():
        sealed = keys.seal(why, f"handoffs.outcome_why:{id_}") if why else None
        values = {"at": at, "outcome": outcome, "service": language_service or None, "why": sealed, "id": id_}
        conn.execute(text(sql), values)


def pass_on(
    conn: Connection,
    thread_id: int,
    by: int,
    at: int,
    *,
    for_officer_id: int | None = None,
    team_id: int | None = None,
    language: str | None = None,
) -> int:
    """What an officer holds in a thread waits again: for one officer, for a team, for who speaks another language, or, with
    none of these, for whom it waited before. How many hand-offs that were. They are paged for anew."""
    sql = """UPDATE handoffs SET officer_id = NULL, claimed_at = NULL, paged_at = NULL, told_at = :at, passed_by = :by,
        passed_at = :at, for_officer_id = :for_officer, team_id = :team,
        language = COALESCE(CAST(:language AS TEXT), language),
        any_language = CASE WHEN CAST(:language AS TEXT) IS NULL THEN any_language ELSE false END
        WHERE thread_id = :thread AND closed_at IS NULL AND officer_id = :by"""
    values = {
        "by": by, "at": at, "for_officer": for_officer_id, "team": team_id, "language": language, "thread": thread_id
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount


WITH_INTERPRETER = ("interpreter", "supervisors")  # routes on which whoever answers need not speak the language


@dataclass(frozen=True, slots=True)
class Search:
    """How far the search for somebody who takes a hand-off has come, and whom the resident wishes for."""

    wave: int = 0  # how often somebody was asked
    wave_at: int | None = None
    route: str = ""  # who was asked last
    gender: str = ""
    sensitive: bool = False  # wants somebody tested for statements
    speaker_only: bool = False  # they would rather wait than have an interpreter
    escalated_at: int | None = None  # supervisors were told that it waits too long
    morning_at: int | None = None  # who wrote at night was told that officers are back
    seen_at: int | None = None  # a person opened the safety card
    passed_at: int | None = None  # whoever held it last passed it on


@dataclass(frozen=True, slots=True)
class Handoff:
    """An open hand-off with what a list shows of its thread."""

    id: int
    thread_id: int
    handle: str
    channel: str
    kind: str
    reason: str
    about: str
    language: str | None
    urgent: bool
    opened_at: int
    claimed_at: int | None
    officer_id: int | None
    officer: str
    paged_at: int | None
    told_at: int | None
    stopped: bool
    safe_contact: bool
    any_language: bool
    for_officer_id: int | None = None  # passed on to one officer
    for_officer: str = ""
    team_id: int | None = None  # passed on to a team
    team: str = ""
    passed_by: int | None = None  # who held it last
    members: frozenset[int] = frozenset()  # of that team
    search: Search = Search()
    barred: frozenset[int] = frozenset()  # whom the thread is not shown to


_LIST = """
SELECT h.id, h.thread_id, r.handle, t.channel, h.kind, h.reason, h.about, h.language, h.urgent, h.opened_at,
    h.claimed_at, h.officer_id, s.name, h.paged_at, h.told_at, t.stopped, t.safe_contact,
    h.any_language, h.for_officer_id, f.name, h.team_id, m.name, h.passed_by,
    h.wave, h.wave_at, h.route, h.gender, h.sensitive, h.speaker_only, h.escalated_at, h.morning_at, h.seen_at,
    h.passed_at
FROM handoffs h JOIN threads t ON t.id = h.thread_id JOIN residents r ON r.id = t.resident_id
LEFT JOIN staff s ON s.id = h.officer_id LEFT JOIN staff f ON f.id = h.for_officer_id
LEFT JOIN teams m ON m.id = h.team_id
WHERE h.closed_at IS NULL"""


def _handoffs(
    conn: Connection, keys: Keyset | None, rows: Sequence[Any], barred: Mapping[int, frozenset[int]]
) -> list[Handoff]:
    members = teams.members(conn) if any(row.team_id for row in rows) else {}
    return [_handoff(row, keys, members, barred) for row in rows]


def _handoff(
    row: Any, keys: Keyset | None, members: Mapping[int, frozenset[int]], barred: Mapping[int, frozenset[int]]
) -> Handoff:
    (id_, thread, handle, channel, kind, reason, about, language, urgent, opened, claimed, officer_id, officer, paged, told,
     stopped, safe, any_language, for_officer_id, for_officer, team_id, team, passed_by, *search) = row  # fmt: skip
    words = keys.open(bytes(about), f"handoffs.about:{id_}") if about and keys else ""
    return Handoff(
        id_, thread, handle, channel, kind, reason, words, language, bool(urgent), opened, claimed, officer_id,
        officer or "", paged, told, bool(stopped), bool(safe), bool(any_language), for_officer_id, for_officer or "",
        team_id, team or "", passed_by, members.get(team_id or 0, frozenset()),
        _search(*search), barred.get(thread, frozenset()),
    )  # fmt: skip


def _search(
    wave: int, wave_at: int | None, route: str | None, gender: str | None, sensitive: Any, speaker_only: Any, *at: int | None
) -> Search:
    return Search(wave, wave_at, route or "", gender or "", bool(sensitive), bool(speaker_only), *at)


def all_open(conn: Connection, keys: Keyset | None = None) -> list[Handoff]:
    """Urgent ones first, then by age. Without keys, what they are about stays sealed, and is empty here."""
    rows = conn.execute(text(f"{_LIST} ORDER BY h.urgent DESC, h.opened_at")).fetchall()
    return _handoffs(conn, keys, rows, bars.open_ones(conn) if rows else {})


def of_thread(conn: Connection, keys: Keyset, thread_id: int) -> list[Handoff]:
    rows = conn.execute(
        text(f"{_LIST} AND h.thread_id = :thread ORDER BY h.opened_at"), {"thread": thread_id}
    ).fetchall()
    return _handoffs(conn, keys, rows, {thread_id: frozenset(bars.of_thread(conn, thread_id))} if rows else {})


def was_elsewhere(conn: Connection, thread_id: int) -> bool:
    """Whether a hand-off of this thread was ever closed or passed on, so that it stood in lists where it stands no more."""
    sql = """SELECT 1 FROM handoffs WHERE thread_id = :thread AND (closed_at IS NOT NULL OR passed_by IS NOT NULL)
        LIMIT 1"""
    return conn.execute(text(sql), {"thread": thread_id}).fetchone() is not None


def of_team(conn: Connection, team_id: int) -> list[int]:
    """Threads with an open hand-off that was passed on to a team."""
    sql = "SELECT DISTINCT thread_id FROM handoffs WHERE closed_at IS NULL AND team_id = :team"
    return list(conn.execute(text(sql), {"team": team_id}).scalars())


def waiting(db: Database, language: str) -> int:
    """How many wait for an officer of a language."""
    sql = """SELECT count(*) FROM handoffs WHERE closed_at IS NULL AND claimed_at IS NULL AND kind = 'officer'
        AND language = :language"""
    row = db.look(sql, {"language": language})
    return int(row[0]) if row else 0


def waits(db: Database, language: str, since: int) -> list[tuple[int, int]]:
    """(opened, claimed) of the last hand-offs of a language that were taken, a hundred at most."""
    sql = """SELECT opened_at, claimed_at FROM handoffs WHERE language = :language AND claimed_at >= :since
        AND kind = 'officer' ORDER BY claimed_at DESC LIMIT 100"""
    return [(opened, claimed) for opened, claimed in db.look_all(sql, {"language": language, "since": since})]


def claim(conn: Connection, thread_id: int, officer_id: int, at: int) -> bool:
    """Take what is open in a thread, if nobody has: one conditional update, so exactly one of two officers gets it."""
    sql = """UPDATE handoffs SET claimed_at = :at, officer_id = :officer
        WHERE thread_id = :thread AND closed_at IS NULL AND officer_id IS NULL"""
    return conn.execute(text(sql), {"at": at, "officer": officer_id, "thread": thread_id}).rowcount > 0


def mark_escalated(conn: Connection, handoff_id: int, at: int) -> bool:
    """Whether it is ours to show it to supervisors."""
    sql = """UPDATE handoffs SET escalated_at = :at
        WHERE id = :id AND closed_at IS NULL AND officer_id IS NULL AND escalated_at IS NULL"""
    return conn.execute(text(sql), {"at": at, "id": handoff_id}).rowcount == 1


def mark_morning(conn: Connection, handoff_id: int, at: int) -> bool:
    """Whether it is ours to tell who wrote at night that officers are back."""
    sql = "UPDATE handoffs SET morning_at = :at WHERE id = :id AND closed_at IS NULL AND morning_at IS NULL"
    return conn.execute(text(sql), {"at": at, "id": handoff_id}).rowcount == 1


def mark_told(conn: Connection, handoff_id: int, last: int | None, at: int) -> bool:
    """Whether it is ours to tell the resident that they still wait."""
    sql = "UPDATE handoffs SET told_at = :at WHERE id = :id AND closed_at IS NULL AND COALESCE(told_at, 0) = :last"
    return conn.execute(text(sql), {"at": at, "id": handoff_id, "last": last or 0}).rowcount == 1
