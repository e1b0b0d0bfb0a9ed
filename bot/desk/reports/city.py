"""Reports that are a city's: handed to its system by an outbox, looked after there, and told to their residents when the
city has them and when it is done with them."""

import logging
import time
from collections.abc import Sequence
from dataclasses import replace

from bot.channels import open311, outside
from bot.desk.reports import news
from bot.errors import NotReached, NotUsable
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import casework, city, events
from bot.store.casework import Case
from bot.store.city import Request, Route
from bot.store.database import Connection

_log = logging.getLogger(__name__)
_LEASE = 60_000  # ms: nobody talks to a city for so long
_FIRST_PAUSE, _LONGEST_PAUSE = 60_000, 6 * 3_600_000  # ms between tries
_GIVEN_UP = 7 * 86_400_000  # ms after which a city that cannot be reached has refused
_TOKEN_EVERY, _LOOK_EVERY = 10 * 60_000, 3_600_000  # ms
_TOGETHER = 20.0  # seconds in which another is begun; with the last one it stays under a minute
LONGEST, LONGEST_PLACE = 1000, 200  # characters of a description and of a place


def content(case: Case, description: str, place: str) -> dict[str, str]:
    """What a city is told of a report: where, and an officer's words. Not who told it, and nothing of theirs that no officer
    has seen. Raises NotUsable."""
    told = {"description": _within(description, LONGEST)}
    if case.spot:
        return told | {"lat": f"{case.spot[0]:.5f}", "long": f"{case.spot[1]:.5f}"}
    place = _within(place, LONGEST_PLACE)
    if not place:
        raise NotUsable("The city needs a place. If this report names none, ask the resident for it first.")
    return told | {"address_string": place}


def _within(words: str, most: int) -> str:
    words = " ".join(words.split())
    if len(words) > most:
        raise NotUsable("This has {n} characters; {most} are the most.", n=len(words), most=most)
    return words


def withdraw(conn: Connection, report_id: int) -> None:
    """What is still on its way is not sent, and its resident not told that it was; what the city has is no longer asked
    about."""
    for change_id in city.withdraw(conn, report_id):
        casework.settle(conn, change_id, "held", "untold", "overtaken")


def work(hotline: Hotline) -> int:
    """Send and ask about what is due, until some seconds have passed; how many that were. Each is claimed first, so that of
    three who do this one does."""
    began = time.monotonic()
    with hotline.db.read() as conn:
        due = city.due(conn, hotline.keys, hotline.instant())
        routes = {one.kind: one for one in city.routes(conn, hotline.keys)} if due else {}
    done = 0
    for one in due:
        if time.monotonic() - began > _TOGETHER:  # a city that hangs keeps nothing else waiting; the next round goes on
            break
        with hotline.db.write() as conn:
            ours = city.claim(conn, one, hotline.instant() + _LEASE)
        if ours:
            _look_after(hotline, replace(one, tries=one.tries + 1), routes.get(one.kind))
            done += 1
    return done


def _look_after(hotline: Hotline, one: Request, route: Route | None) -> None:
    """No transaction is open while the city is asked."""
    if route is None:
        _refused(hotline, one, "no route")
        return
    place = open311.City(route.endpoint, route.jurisdiction, route.api_key, hotline.config.development)
    try:
        if one.state == "sending":
            _taken(hotline, one, open311.send(place, route.service_code, one.content))
        elif one.state == "token":
            _taken(hotline, one, open311.Taken(open311.find(place, one.token), one.token))
        else:
            _standing(hotline, one, open311.look(place, one.request_id))
    except NotReached as failure:
        _not_reached(hotline, one, failure)


def _taken(hotline: Hotline, one: Request, taken: open311.Taken) -> None:
    """The city has it; its resident hears so once."""
    at = hotline.instant()
    state = "open" if taken.request_id else "token"
    due = at + (_LOOK_EVERY if taken.request_id else _TOKEN_EVERY)
    with hotline.db.write() as conn:
        if not city.keep(conn, hotline.keys, one, state, due, token=taken.token, request_id=taken.request_id):
            return
        told = casework.settle(conn, one.change_id, "held", "due")
        events.write(conn, "city", "took a report", f"report:{one.report_id}", at, taken.request_id or "token")
    if told:
        news.tell(hotline, one.change_id)


def _standing(hotline: Hotline, one: Request, standing: open311.Standing) -> None:
    """Closed there is closed here, if nobody here brought it elsewhere meanwhile."""
    at, closed = hotline.instant(), standing.status == "closed"
    change_id = 0
    with hotline.db.write() as conn:
        state = "closed" if closed else "open"
        if not city.keep(conn, hotline.keys, one, state, at + _LOOK_EVERY, note=standing.note) or not closed:
            return
        row = casework.row(conn, one.report_id)
        if row and row.state == "sent" and casework.move(conn, hotline.keys, row.id, row.version, "closed", at):
            change_id = casework.note_change(
                conn, hotline.keys, row.id, "closed", at,
                officer_id=None, phrase="report_closed", said={"reason_is": "reason_city_did"},
            )  # fmt: skip
        events.write(conn, "city", "closed a report", f"report:{one.report_id}", at)
    if change_id:
        news.tell(hotline, change_id)


def _not_reached(hotline: Hotline, one: Request, failure: NotReached) -> None:
    """Tried again after a while that doubles; what was refused, or could not be said for a week, comes back to the desk."""
    at = hotline.instant()
    _log.warning("the city did not take a request: %s", failure.code)
    if one.state == "sending" and (not failure.retry or at - one.created_at > _GIVEN_UP):
        _refused(hotline, one, failure.code)
        return
    pause = min(_FIRST_PAUSE * 2 ** min(one.tries - 1, 10), _LONGEST_PAUSE)
    with hotline.db.write() as conn:
        city.keep(conn, hotline.keys, one, one.state, at + pause, code=failure.code)


def _refused(hotline: Hotline, one: Request, code: str) -> None:
    """It is read here again. Its resident was told nothing yet, so nothing is to be taken back."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        if not city.keep(conn, hotline.keys, one, "refused", at, code=code):
            return
        row = casework.row(conn, one.report_id)
        never_told = casework.settle(conn, one.change_id, "held", "untold", "refused")
        if never_told and row and row.state == "sent":
            casework.move(conn, hotline.keys, row.id, row.version, "reading", at)
            casework.note_change(
                conn,
                hotline.keys,
                row.id,
                "reading",
                at,
                officer_id=None,
                phrase="",
                said={},
                telling="untold",
                why="refused",
            )
        events.write(conn, "city", "refused a report", f"report:{one.report_id}", at, code)


def routes(hotline: Hotline) -> Sequence[Route]:
    with hotline.db.read() as conn:
        return city.routes(conn, hotline.keys)


def set_route(hotline: Hotline, officer: Officer, route: Route) -> None:
    """Raises NotUsable."""
    if not all((route.kind, route.agency, route.agency_phone, route.service_code)):
        raise NotUsable("Fill in the office, its phone and the city's code for this kind.")
    if not outside.usable(route.endpoint, development=hotline.config.development):
        raise NotUsable(
            "The address begins with https:// and is the city's GeoReport address, such as https://…/open311/v2."
        )
    with hotline.db.write() as conn:
        city.set_route(conn, hotline.keys, replace(route, endpoint=route.endpoint.rstrip("/")))
        events.write(conn, f"officer:{officer.id}", "city route set", f"kind:{route.kind}", hotline.instant())


def drop_route(hotline: Hotline, officer: Officer, kind: str) -> None:
    """Reports already there are no longer asked about."""
    with hotline.db.write() as conn:
        city.drop_route(conn, kind)
        events.write(conn, f"officer:{officer.id}", "city route dropped", f"kind:{kind}", hotline.instant())
