"""Notes on communities as a department changed them, and who practised which case. Knows no shipped note and no case."""

from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.ids import new_id

_VERSIONS = """SELECT n.id, n.community, n.body, n.read_by, s.name, n.created_at
    FROM community_notes n JOIN staff s ON s.id = n.staff_id"""
_LAST = "NOT EXISTS (SELECT 1 FROM community_notes later WHERE later.community = n.community AND later.follows = n.id)"


@dataclass(frozen=True, slots=True)
class Version:
    """Notes as somebody left them; `body` is JSON, or None if they were put back as shipped."""

    id: int
    community: str
    body: str | None
    read_by: str
    staff: str
    created_at: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to a case; `choice` counts from 1."""

    staff_id: int
    case: str
    choice: int
    correct: bool
    created_at: int


def last_versions(conn: Connection) -> list[Version]:
    """Of every community that was ever changed, how it was left."""
    return [Version(*row) for row in conn.execute(text(f"{_VERSIONS} WHERE {_LAST}"))]


def history(conn: Connection, community: str) -> list[Version]:
    """The newest first."""
    rows = conn.execute(
        text(f"{_VERSIONS} WHERE n.community = :community ORDER BY n.id DESC"), {"community": community}
    )
    return [Version(*row) for row in rows]


def keep(
    conn: Connection, community: str, follows: int, body: str | None, read_by: str, staff_id: int, at: int
) -> bool:
    """A new version in the place of another, 0 being the shipped one. False if that one is no longer the last."""
    sql = """INSERT INTO community_notes (id, community, follows, body, read_by, staff_id, created_at)
        VALUES (:id, :community, :follows, :body, :read_by, :staff, :at) ON CONFLICT (community, follows) DO NOTHING"""
    values = {
        "id": new_id(), "community": community, "follows": follows, "body": body, "read_by": read_by, "staff": staff_id,
        "at": at,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1


def keep_attempt(conn: Connection, attempt: Attempt) -> None:
    sql = """INSERT INTO practices (id, staff_id, case_name, choice, correct, created_at)
        VALUES (:id, :staff, :case, :choice, :correct, :at)"""
    values = {
        "id": new_id(), "staff": attempt.staff_id, "case": attempt.case, "choice": attempt.choice,
        "correct": attempt.correct, "at": attempt.created_at,
    }  # fmt: skip
    conn.execute(text(sql), values)


def attempts(conn: Connection, staff_id: int | None = None) -> list[Attempt]:
    """Of one person or of all, the oldest first."""
    only = "WHERE staff_id = :staff" if staff_id is not None else ""
    sql = f"SELECT staff_id, case_name, choice, correct, created_at FROM practices {only} ORDER BY id"
    rows = conn.execute(text(sql), {"staff": staff_id} if staff_id is not None else {})
    return [Attempt(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]
