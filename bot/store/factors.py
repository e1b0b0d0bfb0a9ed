"""Second factors: apps that make codes, passkeys, and codes on paper. What an app's secret is only a caller with the keys
learns."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

APP, PASSKEY = "app", "passkey"
_COLUMNS = "id, staff_id, kind, name, secret, credential, counter, created_at, confirmed_at, used_at"


@dataclass(frozen=True, slots=True)
class Factor:
    """`secret` is sealed for place(id): an app's secret, a passkey's public key. `counter` is the 30-second step of the
    last code used, or how often the passkey has signed."""

    id: int
    staff_id: int
    kind: str
    name: str
    secret: bytes
    credential: str
    counter: int
    created_at: int
    confirmed_at: int | None
    used_at: int | None


def place(factor_id: int) -> str:
    return f"factors.secret:{factor_id}"


def of_staff(conn: Connection, staff_id: int, *, confirmed: bool = True) -> list[Factor]:
    """Those that count, oldest first; or those that were begun and never confirmed."""
    having = "IS NOT NULL" if confirmed else "IS NULL"
    sql = f"SELECT {_COLUMNS} FROM factors WHERE staff_id = :staff AND confirmed_at {having} ORDER BY id"
    rows = conn.execute(text(sql), {"staff": staff_id}).fetchall()
    return [Factor(row[0], row[1], row[2], row[3], bytes(row[4]), row[5] or "", *row[6:]) for row in rows]


def add(conn: Connection, factor: Factor) -> None:
    sql = f"""INSERT INTO factors ({_COLUMNS}) VALUES (:id, :staff, :kind, :name, :secret, :credential, :counter, :created,
        :confirmed, :used)"""
    values = {
        "id": factor.id, "staff": factor.staff_id, "kind": factor.kind, "name": factor.name, "secret": factor.secret,
        "credential": factor.credential or None, "counter": factor.counter, "created": factor.created_at,
        "confirmed": factor.confirmed_at, "used": factor.used_at,
    }  # fmt: skip
    conn.execute(text(sql), values)


def confirm(conn: Connection, factor_id: int, name: str, step: int, at: int) -> bool:
    """It was shown to work. False if it was dropped, or confirmed, meanwhile."""
    sql = """UPDATE factors SET confirmed_at = :at, used_at = :at, counter = :step, name = :name
        WHERE id = :id AND confirmed_at IS NULL"""
    return conn.execute(text(sql), {"id": factor_id, "name": name, "step": step, "at": at}).rowcount == 1


def use(conn: Connection, factor_id: int, counter: int, at: int, *, rising: bool = True) -> bool:
    """A code or signature was taken. False if that one, or a later one, was taken before. `rising`: a passkey that does
    not count says 0 for ever."""
    sql = "UPDATE factors SET counter = :counter, used_at = :at WHERE id = :id AND (counter < :counter OR NOT :rising)"
    return conn.execute(text(sql), {"id": factor_id, "counter": counter, "at": at, "rising": rising}).rowcount == 1


def drop(conn: Connection, staff_id: int, factor_id: int) -> bool:
    sql = "DELETE FROM factors WHERE id = :id AND staff_id = :staff"
    return conn.execute(text(sql), {"id": factor_id, "staff": staff_id}).rowcount == 1


def drop_unconfirmed(conn: Connection, staff_id: int) -> None:
    conn.execute(text("DELETE FROM factors WHERE staff_id = :staff AND confirmed_at IS NULL"), {"staff": staff_id})


def drop_all(conn: Connection, staff_id: int) -> None:
    """Every factor and code on paper of this person."""
    for table in ("factors", "recovery_codes"):
        conn.execute(text(f"DELETE FROM {table} WHERE staff_id = :staff"), {"staff": staff_id})


def write_codes(conn: Connection, staff_id: int, hashes: Iterable[str]) -> None:
    """New codes on paper, instead of all there were."""
    conn.execute(text("DELETE FROM recovery_codes WHERE staff_id = :staff"), {"staff": staff_id})
    for code_hash in hashes:
        sql = "INSERT INTO recovery_codes (code_hash, staff_id) VALUES (:hash, :staff)"
        conn.execute(text(sql), {"hash": code_hash, "staff": staff_id})


def use_code(conn: Connection, staff_id: int, code_hash: str) -> bool:
    """A code on paper counts once."""
    sql = "DELETE FROM recovery_codes WHERE code_hash = :hash AND staff_id = :staff"
    return conn.execute(text(sql), {"hash": code_hash, "staff": staff_id}).rowcount == 1


def codes_left(conn: Connection, staff_id: int) -> int:
    sql = "SELECT count(*) FROM recovery_codes WHERE staff_id = :staff"
    return int(conn.execute(text(sql), {"staff": staff_id}).scalar_one())
