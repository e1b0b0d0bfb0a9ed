"""What this department shows other systems of its reports, and takes from them, as Open311 GeoReport v2 has it. Nothing a
resident wrote leaves here, nor where exactly they were; kinds that are nobody else's business cannot be shown at all."""

import hashlib
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.errors import NotFound, NotUsable, SignInRefused, Stale
from bot.flow.steps.talk import Ask
from bot.hotline import Hotline
from bot.line import promises
from bot.model import Officer
from bot.store import events, places, published
from bot.store.database import Connection
from bot.store.places import Place
from bot.store.published import Key, Public, Received, Service

NEVER = frozenset("complaint thanks hate harassment calls tip scam wages dv other".split())
AT_HOME = frozenset("theft lost noise".split())  # where somebody lives: never shown to the block
CELLS = {"block": 0.002, "area": 0.01}  # degrees: some 200 metres, about a kilometre
MOST, SPAN = 1000, 90 * 86_400_000  # as GeoReport has it: so many, or so many ms
_HOUR = 3_600_000
MOST_AN_HOUR = 200  # requests of one key
LONGEST = 4000
REASONS = ("reason_done", "reason_no_trace", "reason_twice", "reason_civil", "reason_no_crime")
_STANDING = {
    "received": "Received; nobody has read it yet.", "reading": "A person is reading it.",
    "more": "More information was asked for.", "accepted": "Accepted as a police report.",
    "officer": "An officer has it.", "sent": "Sent to the office it belongs to.",
    "not_police": "Not a police matter.", "closed": "Closed.",
}  # fmt: skip
_OVER = frozenset({"closed", "not_police", "sent"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """One of a kind's own questions with answers to choose from."""

    code: str
    question: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which requests somebody wants to see. Instants in ms; empty: all."""

    ids: Sequence[str] = ()
    codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A report as another system sends it."""

    code: str
    spot: tuple[float, float] | None
    address: str
    description: str
    chosen: Mapping[str, str]


def services(hotline: Hotline) -> list[Service]:
    with hotline.db.read() as conn:
        return published.services(conn)


def service(hotline: Hotline, code: str) -> Service:
    """Raises NotFound."""
    found = next((one for one in services(hotline) if one.code == code), None)
    if found is None:
        raise NotFound("There is no such service.")
    return found


def attributes(hotline: Hotline, kind: str) -> list[Attribute]:
    """The kind's own questions that are answered by choosing, and may be known elsewhere."""
    return [
        Attribute(
            step.save, step.texts[0].english, step.label.english, tuple(one.label.english for one in step.choices)
        )
        for script in hotline.library.scripts.values()
        if script.report and script.report.kind == kind
        for step in script.steps.values()
        if isinstance(step, Ask) and step.label and step.save and step.texts and not step.private
    ]


def requests(hotline: Hotline, asked: Asked) -> list[dict[str, object]]:
    """As GeoReport words them, the newest first."""
    now = hotline.instant()
    offered = {one.kind: one for one in services(hotline) if not asked.codes or one.code in asked.codes}
    if asked.ids:
        since, until = 0, now + 1
    else:
        until = asked.until if asked.until is not None else now + 1 if asked.since is None else asked.since + SPAN
        since = max(asked.since if asked.since is not None else until - SPAN, until - SPAN)
    with hotline.db.read() as conn:
        found = published.public(conn, hotline.keys, sorted(offered), since, until, asked.ids, MOST)
        known = [one for one in places.all_places(conn) if one.name != hotline.config.department_city]
    shown = [_worded(hotline, one, offered[one.kind], known) for one in found]
    return [one for one in shown if not asked.statuses or one["status"] in asked.statuses]


def _worded(hotline: Hotline, one: Public, as_: Service, known: Sequence[Place]) -> dict[str, object]:
    spot = blurred(one.spot, "area" if as_.kind in AT_HOME else as_.area)
    notes = hotline.library.phrase(one.reason).english if one.reason else _STANDING[one.state]
    worded: dict[str, object] = {
        "service_request_id": one.public_id,
        "status": "closed" if one.state in _OVER else "open",
        "status_notes": notes,
        "service_name": as_.name,
        "service_code": as_.code,
        "description": "; ".join(f"{question}: {answer}" for question, answer in one.chosen) or as_.name,
        "agency_responsible": hotline.config.department_name,
        "requested_datetime": _to_the_hour(one.filed_at),
        "updated_datetime": _to_the_hour(one.changed_at),
    }
    if spot:
        worded |= {"lat": spot[0], "long": spot[1], **_near(spot, known)}
    return worded


def blurred(spot: str, area: str) -> tuple[float, float] | None:
    """The middle of the cell a place lies in: the same for all that lie there."""
    if not spot:
        return None
    latitude, longitude = (float(part) for part in spot.split(","))
    size = CELLS[area]
    middle = [round((math.floor(part / size) + 0.5) * size, 4) for part in (latitude, longitude)]
    return middle[0], middle[1]


def _near(spot: tuple[float, float], known: Sequence[Place]) -> dict[str, str]:
    if not known:
        return {}
    nearest = min(known, key=lambda one: math.dist(spot, (one.spot.latitude, one.spot.longitude)))
    return {"address": f"near {nearest.name}"}


def _to_the_hour(instant: int) -> str:
    return datetime.fromtimestamp(instant // _HOUR * 3600, UTC).isoformat().replace("+00:00", "Z")


def check_key(hotline: Hotline, key: str) -> None:
    """Raises SignInRefused for a key that we did not give."""
    with hotline.db.read() as conn:
        _key_id(conn, key)


def _key_id(conn: Connection, key: str) -> int:
    found = published.key_by_hash(conn, _digest(key)) if key else None
    if found is None:
        raise SignInRefused("This api_key is not known here.")
    return found


def receive(hotline: Hotline, key: str, sent: Sent) -> str:
    """Keep a report of another system, without who sent it in there; its id. Raises SignInRefused for a key we did not
    give, NotFound for a service we do not take, NotUsable for what is missing or too much."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        key_id = _key_id(conn, key)
        offered = next((one for one in published.services(conn) if one.code == sent.code and one.takes), None)
        if offered is None:
            raise NotFound("No service with this service_code takes requests.")
        if sent.spot is None and not sent.address:
            raise NotUsable("A place is needed: lat and long, or address_string.")
        if published.received_since(conn, key_id, at - _HOUR) >= MOST_AN_HOUR:
            raise Stale("Too many requests with this key within an hour.")
        content = {
            "description": sent.description[:LONGEST], "address": sent.address[:LONGEST],
            "spot": f"{sent.spot[0]:.5f},{sent.spot[1]:.5f}" if sent.spot else "",
            "chosen": _chosen(hotline, offered.kind, sent.chosen),
        }  # fmt: skip
        public_id = promises.public_id()
        published.receive(
            conn, hotline.keys, public_id=public_id, key_id=key_id, kind=offered.kind, content=content, at=at
        )
        events.write(conn, f"key:{key_id}", "sent a report", f"request:{public_id}", at)
    return public_id


def _chosen(hotline: Hotline, kind: str, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is among our own answers; anything else is left out."""
    known = {one.code: one for one in attributes(hotline, kind)}
    return [
        (known[code].label, words) for code, words in chosen.items() if code in known and words in known[code].values
    ]


def inbox(hotline: Hotline, *, closed: bool) -> list[Received]:
    with hotline.db.read() as conn:
        return published.inbox(conn, hotline.keys, closed=closed)


def move(hotline: Hotline, officer: Officer, id_: int, was: str, state: str, reason: str) -> None:
    """Bring what another system sent into another state. Raises NotUsable, Stale."""
    if state not in ("reading", "closed") or (state == "closed") != (reason in REASONS):
        raise NotUsable("Choose a reason: the other system is shown it.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not published.move(conn, id_, was, state, reason if state == "closed" else "", officer.id, at):
            raise Stale("Somebody else changed this in the meantime. See how it stands now.")
        events.write(conn, f"officer:{officer.id}", f"request {state}", f"inbox:{id_}", at)


def kinds(hotline: Hotline) -> dict[str, str]:
    """Kinds that may be shown to others, and what they are called."""
    reports = (script.report for script in hotline.library.scripts.values())
    return {one.kind: one.topic.english for one in reports if one and one.kind not in NEVER}


def set_service(hotline: Hotline, officer: Officer, one: Service) -> None:
    """Show a kind of report to others. Raises NotUsable."""
    if one.kind not in kinds(hotline):
        raise NotUsable("Reports of this kind are never shown to other systems.")
    if not one.code.isascii() or not one.code.replace("-", "").replace("_", "").isalnum() or len(one.code) > 40:
        raise NotUsable("A code has letters, digits, - and _, at most 40 of them.")
    if not one.name or one.area not in CELLS:
        raise NotUsable("Fill in a name.")
    with hotline.db.write() as conn:
        if any(other.code == one.code and other.kind != one.kind for other in published.services(conn)):
            raise NotUsable("Another kind has this code already.")
        published.set_service(conn, one)
        events.write(conn, f"officer:{officer.id}", "service shown", f"kind:{one.kind}", hotline.instant())


def drop_service(hotline: Hotline, officer: Officer, kind: str) -> None:
    with hotline.db.write() as conn:
        published.drop_service(conn, kind)
        events.write(conn, f"officer:{officer.id}", "service no longer shown", f"kind:{kind}", hotline.instant())


def keys(hotline: Hotline) -> list[Key]:
    with hotline.db.read() as conn:
        return published.keys_given(conn)


def give_key(hotline: Hotline, officer: Officer, name: str) -> str:
    """A new key for a system that may send us reports, said this once. Raises NotUsable."""
    if not name.strip():
        raise NotUsable("Say whose key it is.")
    key = secrets.token_urlsafe(24)
    with hotline.db.write() as conn:
        published.add_key(conn, name.strip()[:80], _digest(key), hotline.instant())
        events.write(conn, f"officer:{officer.id}", "city key given", "keys", hotline.instant())
    return key


def end_key(hotline: Hotline, officer: Officer, key_id: int) -> None:
    with hotline.db.write() as conn:
        published.end_key(conn, key_id, hotline.instant())
        events.write(conn, f"officer:{officer.id}", "city key ended", f"key:{key_id}", hotline.instant())


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
