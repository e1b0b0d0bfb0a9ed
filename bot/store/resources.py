"""The directory of help in the database: replaced or merged as a whole, exported as it came, searched in any script.

It is searched by tokens of our own, because neither SQLite nor PostgreSQL cuts Chinese or folds Arabic as people type
it. Each token is written in hexadecimal, so that the index takes it for one plain word."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from bot.model import Resource, Spot
from bot.store.hsds_shapes import TABLE_OF
from bot.store.ids import new_id
from bot.store.listing import Listing
from bot.store.schema import hsds_records, resources
from bot.text.fold import UNSPACED, tokens

if TYPE_CHECKING:  # reading files is not for the web's memory
    from bot.store.hsds import Directory

_LONGEST_TOKEN = 40  # letters; PostgreSQL refuses lexemes of more than 2 kB
_COLUMNS = [column for column in resources.columns if column.name not in ("tok", "version")]

_HANGUL = re.compile(r"[\uac00-\ud7a3]")

_SQLITE_SEARCH = text("SELECT id FROM resources_search WHERE tok MATCH :query ORDER BY rank, id LIMIT :limit")
_POSTGRES_SEARCH = text(
    "SELECT id FROM resources, to_tsquery('simple', :query) query WHERE resources_search @@ query "
    "ORDER BY ts_rank(resources_search, query) DESC, id LIMIT :limit"
)

VERSION_SQL = "SELECT version FROM resources LIMIT 1"  # every row carries the directory's


def import_directory(conn: Connection, directory: "Directory", *, replace: bool = True) -> None:
    """Put a directory in the place of the one that is here, or into it: then records of the same kind and id are
    overwritten, and the listings of a service are those of the newcomer."""
    records = [
        {"kind": kind, "id": id, "body": json.dumps(body, ensure_ascii=False), "position": position}
        for kind, known in directory.records.items()
        for position, (id, body) in enumerate(known.items(), 1)
    ]
    version = new_id()
    lock(conn)
    if replace:
        conn.execute(delete(hsds_records))
        conn.execute(delete(resources))
    else:
        _clear_for(conn, directory)
        conn.execute(update(resources).values(version=version))
    if records:
        conn.execute(hsds_records.insert(), records)
    if directory.listings:
        conn.execute(resources.insert(), [_row(listing, version) for listing in directory.listings])
    _index(conn)


def lock(conn: Connection) -> None:
    """One change of the directory at a time. Nobody who reads waits for it."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("LOCK TABLE hsds_records IN SHARE ROW EXCLUSIVE MODE"))


def change(
    conn: Connection,
    put: Mapping[tuple[str, str], tuple[int, Mapping[str, Any]]],
    gone: Iterable[tuple[str, str]],
    listings: Mapping[str, Sequence[Listing]],
) -> None:
    """Records (by kind and id: position among its kind, and the record) written and taken away, and what residents are
    told of the services named, which may be nothing. Everything else stays as it is."""
    keys = [{"k": kind, "i": id} for kind, id in (*put, *gone)]
    if keys:
        same = delete(hsds_records).where(hsds_records.c.kind == bindparam("k"), hsds_records.c.id == bindparam("i"))
        conn.execute(same, keys)
    rows = [
        {"kind": kind, "id": id, "body": json.dumps(body, ensure_ascii=False), "position": position}
        for (kind, id), (position, body) in put.items()
    ]
    if rows:
        conn.execute(hsds_records.insert(), rows)
    version = new_id()
    if listings:
        of_service = delete(resources).where(resources.c.service_id == bindparam("s"))
        conn.execute(of_service, [{"s": service} for service in listings])
    conn.execute(update(resources).values(version=version))
    told = [_row(listing, version) for own in listings.values() for listing in own]
    if told:
        conn.execute(resources.insert(), told)
    _index(conn)


def all_records(conn: Connection) -> dict[str, dict[str, Any]]:
    """Every record as it is kept, by kind and id, each kind in the order of the file."""
    found: dict[str, dict[str, Any]] = {}
    own = hsds_records.c
    query = select(own.kind, own.id, own.body).order_by(own.kind, func.coalesce(own.position, 0), own.id)
    for kind, id, body in conn.execute(query):
        found.setdefault(kind, {})[id] = json.loads(body)
    return found


def positions(conn: Connection, kind: str) -> dict[str, int]:
    """Where each record of a kind stands among them; 0 for what came before this was kept."""
    own = hsds_records.c
    rows = conn.execute(select(own.id, func.coalesce(own.position, 0)).where(own.kind == kind))
    return {id: int(position) for id, position in rows}


def _index(conn: Connection) -> None:
    if conn.dialect.name == "sqlite":
        conn.execute(text("DELETE FROM resources_search"))
        conn.execute(text("INSERT INTO resources_search (id, tok) SELECT id, tok FROM resources"))
    else:
        conn.execute(text("ANALYZE resources"))  # or PostgreSQL plans the next searches for the directory that was here


def export_records(conn: Connection) -> dict[str, list[Any]]:
    """Every record as it came, by the name of its table: HSDS tabular JSON. Importing it gives the same records."""
    exported: dict[str, list[Any]] = {}
    for kind, records in all_records(conn).items():
        exported[TABLE_OF[kind]] = list(records.values())
    return exported


def all_listings(conn: Connection) -> list[Listing]:
    """The whole directory, by name."""
    return [_listing(row) for row in conn.execute(select(*_COLUMNS).order_by(resources.c.name, resources.c.id))]


def search(conn: Connection, needs: Sequence[str] = (), words: str = "", limit: int = 30) -> list[Listing]:
    """The listings of `fitting`, in its order."""
    ids = fitting(conn, needs, words, limit)
    rows = conn.execute(select(*_COLUMNS).where(resources.c.id.in_(ids)))
    found = {row.id: _listing(row) for row in rows}
    return [found[id] for id in ids]


def fitting(conn: Connection, needs: Sequence[str] = (), words: str = "", limit: int = 30) -> list[str]:
    """Ids of the listings with one of the needs, and with all of the words or, if there are none such, with some of
    them; best first. A word is also found at the start of a longer one. Nothing asked finds nothing."""
    asked = [_query_token(token) for token in _search_tokens(words)]
    found = _fitting(conn, needs, [term for term, _ in asked], limit, every=True)
    if not found and len(asked) > 1:
        telling = [term for term, short in asked if not short]
        found = _fitting(conn, needs, telling, limit, every=False)
    return found


def _fitting(conn: Connection, needs: Sequence[str], terms: Sequence[str], limit: int, *, every: bool) -> list[str]:
    sqlite = conn.dialect.name == "sqlite"
    both, either, open_end = (" AND ", " OR ", "*") if sqlite else (" & ", " | ", ":*")
    wanted = [either.join(_coded("n", need) for need in needs)] if needs else []
    if terms:
        wanted.append((both if every else either).join(term.replace("*", open_end) for term in terms))
    if not wanted:
        return []
    query = both.join(f"({part})" for part in wanted)
    found = conn.execute(_SQLITE_SEARCH if sqlite else _POSTGRES_SEARCH, {"query": query, "limit": limit})
    return list(found.scalars())


def _search_tokens(words: str) -> list[str]:
    """Each token once; of Korean its pairs of syllables, because words take endings and grow together there."""
    found: dict[str, None] = {}
    for token in tokens(words):
        if _HANGUL.search(token) and len(token) > 1:
            found |= dict.fromkeys(token[at : at + 2] for at in range(len(token) - 1))
        else:
            found[token] = None
    return list(found)


def _query_token(token: str) -> tuple[str, bool]:
    """The token as it is asked for, with * if longer ones may follow; and whether it tells little by itself."""
    unspaced = bool(UNSPACED.match(token))
    # One Chinese character is stored only as a part of pairs; a word of four letters may have an ending.
    open_ended = len(token) == 1 if unspaced else len(token) >= 4
    return _coded("t", token) + "*" * open_ended, not unspaced and len(token) < 3


def _coded(mark: str, token: str) -> str:
    return mark + token[:_LONGEST_TOKEN].encode().hex()


def _tok(listing: Listing) -> str:
    found = [_coded("n", need) for need in listing.resource.needs]
    return " ".join(found + [_coded("t", token) for token in _search_tokens(listing.words)])


def _clear_for(conn: Connection, directory: "Directory") -> None:
    """Make room for a directory that is merged into the one here."""
    same = delete(hsds_records).where(hsds_records.c.kind == bindparam("k"), hsds_records.c.id == bindparam("i"))
    keys = [{"k": kind, "i": id} for kind, known in directory.records.items() for id in known]
    if keys:
        conn.execute(same, keys)
    services = {listing.service_id for listing in directory.listings} | set(directory.records.get("service", ()))
    if services:
        conn.execute(delete(resources).where(resources.c.service_id == bindparam("s")), [{"s": s} for s in services])


def _row(listing: Listing, version: int) -> Mapping[str, Any]:
    one, spot = listing.resource, listing.spot
    return {
        "id": one.id,
        "service_id": listing.service_id,
        "name": one.name,
        "what": one.what,
        "phone": one.phone,
        "languages": json.dumps(one.languages),
        "hours": json.dumps(one.hours),
        "needs": json.dumps(one.needs),
        "address": one.address,
        "latitude": spot.latitude if spot else None,
        "longitude": spot.longitude if spot else None,
        "no_id_needed": one.no_id_needed,
        "checked_on": one.checked_on,
        "tok": _tok(listing),
        "version": version,
    }


def _listing(row: Any) -> Listing:
    resource = Resource(
        id=row.id,
        name=row.name,
        what=row.what,
        phone=row.phone,
        languages=tuple(json.loads(row.languages)),
        hours=tuple((day, opens, closes) for day, opens, closes in json.loads(row.hours)),
        needs=tuple(json.loads(row.needs)),
        address=row.address,
        no_id_needed=bool(row.no_id_needed),
        checked_on=row.checked_on,
    )
    spot = Spot(row.latitude, row.longitude) if row.latitude is not None and row.longitude is not None else None
    return Listing(resource, row.service_id, spot)
