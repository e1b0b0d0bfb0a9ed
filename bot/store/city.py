"""Reports on their way to a city's own system: which kinds it takes and where, and an outbox of those that go there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.sealing import Keyset

_OPEN = "('sending', 'token', 'open')"
_UNSURE = ("late", "connection", "cut off", "504", "no JSON", "empty", "no number")


@dataclass(frozen=True, slots=True)
class Route:
    """Where a kind of report goes. `endpoint` is what stands before /requests.json."""

    kind: str
    agency: str
    agency_phone: str
    endpoint: str
    jurisdiction: str
    service_code: str
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A report as a city has it. `state` is sending, token, open, closed, refused or withdrawn; `code` says why the last
    try failed; `note` is what the city says of it."""

    id: int
    report_id: int
    change_id: int
    kind: str
    state: str
    content: Mapping[str, str]
    token: str
    request_id: str
    note: str
    code: str
    tries: int
    created_at: int

    @property
    def unsure(self) -> bool:
        """Whether it came back though the city may have it: nobody there said no."""
        return self.state == "refused" and self.code in _UNSURE


def routes(conn: Connection, keys: Keyset) -> list[Route]:
    sql = "SELECT kind, agency, agency_phone, endpoint, jurisdiction, service_code, api_key FROM city_routes ORDER BY kind"
    return [_route(tuple(row), keys) for row in conn.execute(text(sql)).fetchall()]


def route(conn: Connection, keys: Keyset, kind: str) -> Route | None:
    return next((one for one in routes(conn, keys) if one.kind == kind), None)


def _route(row: Sequence[Any], keys: Keyset) -> Route:
    kind, agency, phone, endpoint, jurisdiction, code, key = row
    api_key = keys.open(bytes(key), f"city_routes.api_key:{kind}") if key else ""
    return Route(kind, agency, phone, endpoint, jurisdiction, code, api_key)


def set_route(conn: Connection, keys: Keyset, one: Route) -> None:
    """An empty key leaves the one that is there."""
    sql = """INSERT INTO city_routes (kind, agency, agency_phone, endpoint, jurisdiction, service_code, api_key)
        VALUES (:kind, :agency, :agency_phone, :endpoint, :jurisdiction, :service_code, :api_key)
        ON CONFLICT (kind) DO UPDATE SET agency = excluded.agency, agency_phone = excluded.agency_phone,
            endpoint = excluded.endpoint, jurisdiction = excluded.jurisdiction, service_code = excluded.service_code,
            api_key = COALESCE(excluded.api_key, city_routes.api_key)"""
    sealed = keys.seal(one.api_key, f"city_routes.api_key:{one.kind}") if one.api_key else None
    values = {
        "kind": one.kind, "agency": one.agency, "agency_phone": one.agency_phone, "endpoint": one.endpoint,
        "jurisdiction": one.jurisdiction, "service_code": one.service_code, "api_key": sealed,
    }  # fmt: skip
    conn.execute(text(sql), values)


def drop_route(conn: Connection, kind: str) -> None:
    """What the city has of this kind is no longer asked about; what is still to be sent finds no way and comes back."""
    conn.execute(text("DELETE FROM city_routes WHERE kind = :kind"), {"kind": kind})
    sql = "UPDATE city_requests SET state = 'withdrawn' WHERE kind = :kind AND state IN ('token', 'open')"
    conn.execute(text(sql), {"kind": kind})


_COLUMNS = "id, report_id, change_id, kind, state, content, token, request_id, note, code, tries, created_at"


def _request(row: Sequence[Any], keys: Keyset) -> Request:
    id_, report, change, kind, state, content, token, request_id, note, code, tries, created = row
    return Request(
        id_, report, change, kind, state, json.loads(keys.open(bytes(content), f"city_requests.content:{id_}")),
        token or "", request_id or "", keys.open(bytes(note), f"city_requests.note:{id_}") if note else "", code or "",
        tries, created,
    )  # fmt: skip


def hand_over(
    conn: Connection, keys: Keyset, report_id: int, kind: str, change_id: int, content: Mapping[str, str], at: int
) -> int:
    """To be sent to the city; its id."""
    id_ = new_id()
    sql = """INSERT INTO city_requests (id, report_id, change_id, kind, state, content, due_at, created_at)
        VALUES (:id, :report_id, :change_id, :kind, 'sending', :content, :at, :at)"""
    sealed = keys.seal(json.dumps(content, ensure_ascii=False), f"city_requests.content:{id_}")
    values = {"id": id_, "report_id": report_id, "change_id": change_id, "kind": kind, "content": sealed, "at": at}
    conn.execute(text(sql), values)
    return id_


def withdraw(conn: Connection, report_id: int) -> list[int]:
    """The city is told and asked nothing more of a report; the changes its resident was to hear of."""
    sql = f"UPDATE city_requests SET state = 'withdrawn' WHERE report_id = :id AND state IN {_OPEN} RETURNING change_id"
    return [one[0] for one in conn.execute(text(sql), {"id": report_id}).fetchall()]


def of_report(conn: Connection, keys: Keyset, report_id: int) -> Request | None:
    """The newest of a report."""
    sql = f"SELECT {_COLUMNS} FROM city_requests WHERE report_id = :report ORDER BY id DESC LIMIT 1"
    row = conn.execute(text(sql), {"report": report_id}).fetchone()
    return _request(tuple(row), keys) if row else None


def due(conn: Connection, keys: Keyset, now: int, limit: int = 50) -> list[Request]:
    """What is to be sent or asked about now, in order."""
    sql = f"SELECT {_COLUMNS} FROM city_requests WHERE state IN {_OPEN} AND due_at <= :now ORDER BY due_at LIMIT :limit"
    return [_request(tuple(row), keys) for row in conn.execute(text(sql), {"now": now, "limit": limit}).fetchall()]


def claim(conn: Connection, one: Request, until: int) -> bool:
    """Whether it is ours to look after. Nobody else does before `until`."""
    sql = f"""UPDATE city_requests SET tries = tries + 1, due_at = :until
        WHERE id = :id AND tries = :tries AND state IN {_OPEN}"""
    return conn.execute(text(sql), {"until": until, "id": one.id, "tries": one.tries}).rowcount == 1


def keep(
    conn: Connection, keys: Keyset, one: Request, state: str, due_at: int, *,
    token: str = "", request_id: str = "", note: str = "", code: str = "",
) -> bool:  # fmt: skip
    """What came of it; what is empty stays as it was, but for the code. False if it had moved on meanwhile."""
    sql = """UPDATE city_requests SET state = :state, due_at = :due_at, token = COALESCE(:token, token),
            request_id = COALESCE(:request_id, request_id), note = COALESCE(:note, note), code = :code,
            tries = CASE WHEN state = :state THEN tries ELSE 0 END
        WHERE id = :id AND state = :was"""
    sealed = keys.seal(note, f"city_requests.note:{one.id}") if note else None
    values = {
        "state": state, "due_at": due_at, "token": token or None, "request_id": request_id or None, "note": sealed,
        "code": code or None, "id": one.id, "was": one.state,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1
