"""Signed-in sessions, and the browsers people signed in with before. Knows tokens by their hashes only."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, text

from bot.model import Officer
from bot.store import browsers, staff

_MOST_DEVICES = 10  # of one person; the one not seen for longest is forgotten first


@dataclass(frozen=True, slots=True)
class Kept:
    """A session as it is kept. `factor` is empty until the sign-in is whole, `has_factor` says whether this person has any
    to give."""

    officer: Officer
    token_hash: str
    csrf: str
    created_at: int
    seen_at: int
    factor: str
    proven_at: int
    challenge: str
    browser: str
    has_factor: bool


_OWN = "e.token_hash, e.csrf, e.created_at, e.seen_at, e.factor, e.proven_at, e.challenge, e.browser"
_SELECT = f"""SELECT {staff.columns("s")}, {_OWN},
        EXISTS (SELECT 1 FROM factors f WHERE f.staff_id = s.id AND f.confirmed_at IS NOT NULL)
    FROM sessions e JOIN staff s ON s.id = e.staff_id
    WHERE e.seen_at >= :seen AND e.created_at >= :made AND s.disabled = false"""


def _kept(row: Sequence[Any], day: date) -> Kept:
    *person, token_hash, csrf, created_at, seen_at, factor, proven_at, challenge, browser, has_factor = row
    return Kept(
        staff.officer_of(person, day), token_hash, csrf, int(created_at), int(seen_at), factor or "", int(proven_at or 0),
        challenge or "", browser or "", bool(has_factor),
    )  # fmt: skip


def find(conn: Connection, token_hash: str, not_seen_before: int, not_made_before: int, day: date) -> Kept | None:
    """`day`: on which language tests must hold. None if it ran out, was ended, or its person is disabled."""
    sql = f"{_SELECT} AND e.token_hash = :token"
    values = {"token": token_hash, "seen": not_seen_before, "made": not_made_before}
    row = conn.execute(text(sql), values).fetchone()
    return _kept(tuple(row), day) if row else None


def find_all(
    conn: Connection, token_hashes: Sequence[str], not_seen_before: int, not_made_before: int, day: date
) -> list[Kept]:
    """The same of many."""
    if not token_hashes:
        return []
    sql = text(f"{_SELECT} AND e.token_hash IN :tokens").bindparams(bindparam("tokens", expanding=True))
    values = {"tokens": token_hashes, "seen": not_seen_before, "made": not_made_before}
    return [_kept(tuple(row), day) for row in conn.execute(sql, values)]


def of_staff(conn: Connection, staff_id: int, not_seen_before: int, not_made_before: int, day: date) -> list[Kept]:
    """The sessions of one person that go on, the one seen last first."""
    sql = f"{_SELECT} AND e.staff_id = :staff ORDER BY e.seen_at DESC"
    values = {"staff": staff_id, "seen": not_seen_before, "made": not_made_before}
    return [_kept(tuple(row), day) for row in conn.execute(text(sql), values)]


def open_one(conn: Connection, token_hash: str, staff_id: int, csrf: str, browser: str, factor: str, at: int) -> None:
    """A new session; `factor` is empty while the sign-in is not whole."""
    sql = """INSERT INTO sessions (token_hash, staff_id, csrf, created_at, seen_at, factor, proven_at, browser)
        VALUES (:token, :staff, :csrf, :at, :at, :factor, :proven, :browser)"""
    values = {
        "token": token_hash, "staff": staff_id, "csrf": csrf, "at": at, "factor": factor or None,
        "proven": at if factor else None, "browser": browser,
    }  # fmt: skip
    conn.execute(text(sql), values)


def see(conn: Connection, token_hash: str, at: int) -> None:
    conn.execute(text("UPDATE sessions SET seen_at = :at WHERE token_hash = :token"), {"at": at, "token": token_hash})


def prove(conn: Connection, token_hash: str, at: int) -> None:
    """Whoever it belongs to showed once more that it is they."""
    sql = "UPDATE sessions SET proven_at = :at, seen_at = :at WHERE token_hash = :token"
    conn.execute(text(sql), {"at": at, "token": token_hash})


def rise(conn: Connection, token_hash: str, new_hash: str, csrf: str, factor: str, at: int) -> bool:
    """Make a sign-in whole, under a new token. False if the session ended meanwhile, or has risen already."""
    sql = """UPDATE sessions SET token_hash = :new, csrf = :csrf, factor = :factor, proven_at = :at, seen_at = :at,
        challenge = NULL WHERE token_hash = :token AND factor IS NULL"""
    values = {"new": new_hash, "csrf": csrf, "factor": factor, "at": at, "token": token_hash}
    return conn.execute(text(sql), values).rowcount == 1


def challenge(conn: Connection, token_hash: str, words: str) -> None:
    """What the next passkey must sign."""
    sql = "UPDATE sessions SET challenge = :words WHERE token_hash = :token"
    conn.execute(text(sql), {"words": words, "token": token_hash})


def take_challenge(conn: Connection, token_hash: str, words: str) -> bool:
    """Use it up: false if somebody has already, or it was another."""
    sql = "UPDATE sessions SET challenge = NULL WHERE token_hash = :token AND challenge = :words"
    return conn.execute(text(sql), {"token": token_hash, "words": words}).rowcount == 1


def end(conn: Connection, staff_id: int, token_hash: str) -> bool:
    """Whether there was such a session of this person. Where they signed out they are told nothing any more."""
    browsers.remove_of_session(conn, staff_id, token_hash)
    sql = "DELETE FROM sessions WHERE token_hash = :token AND staff_id = :staff"
    return conn.execute(text(sql), {"token": token_hash, "staff": staff_id}).rowcount == 1


def end_all(conn: Connection, staff_id: int, but: str = "") -> None:
    """All sessions of a person, `but` the one with this hash, and with them the browsers that tell them of threads."""
    browsers.remove_of_staff(conn, staff_id, but)
    sql = "DELETE FROM sessions WHERE staff_id = :staff AND token_hash <> :but"
    conn.execute(text(sql), {"staff": staff_id, "but": but})


def drop_old(conn: Connection, not_seen_before: int) -> None:
    conn.execute(text("DELETE FROM sessions WHERE seen_at < :seen"), {"seen": not_seen_before})


def is_known(conn: Connection, token_hash: str, staff_id: int) -> bool:
    """Whether this person signed in with this browser before."""
    sql = "SELECT 1 FROM devices WHERE token_hash = :token AND staff_id = :staff"
    return conn.execute(text(sql), {"token": token_hash, "staff": staff_id}).fetchone() is not None


def devices(conn: Connection, staff_ids: Collection[int]) -> list[tuple[int, str]]:
    """(person, browser's hash): all that these people signed in with before."""
    sql = text("SELECT staff_id, token_hash FROM devices WHERE staff_id IN :staff")
    rows = conn.execute(sql.bindparams(bindparam("staff", expanding=True)), {"staff": list(staff_ids)})
    return [(int(staff_id), str(token_hash)) for staff_id, token_hash in rows]


def know(conn: Connection, token_hash: str, staff_id: int, at: int) -> None:
    """This person signed in with this browser."""
    sql = """INSERT INTO devices (token_hash, staff_id, seen_at) VALUES (:token, :staff, :at)
        ON CONFLICT (token_hash, staff_id) DO UPDATE SET seen_at = excluded.seen_at"""
    conn.execute(text(sql), {"token": token_hash, "staff": staff_id, "at": at})
    older = """DELETE FROM devices WHERE staff_id = :staff AND token_hash NOT IN
        (SELECT token_hash FROM devices WHERE staff_id = :staff ORDER BY seen_at DESC LIMIT :most)"""
    conn.execute(text(older), {"staff": staff_id, "most": _MOST_DEVICES})


def forget_devices(conn: Connection, staff_id: int) -> None:
    conn.execute(text("DELETE FROM devices WHERE staff_id = :staff"), {"staff": staff_id})


def drop_old_devices(conn: Connection, not_seen_before: int) -> None:
    conn.execute(text("DELETE FROM devices WHERE seen_at < :seen"), {"seen": not_seen_before})
