"""Reports for other systems, in the shape of Open311 GeoReport v2: JSON or XML, for everybody to read, with a key to send.
What may be shown is decided in `bot.desk.reports.open311`. Described in static/open311.yml."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from xml.etree import ElementTree  # only written, never read

from flask import Blueprint, Response, json, request, url_for

from bot.desk.reports import open311
from bot.desk.reports.open311 import Asked, Sent
from bot.errors import NotFound, NotUsable, PuenteError, SignInRefused, Stale
from bot.web.doors import hotline, open_to_all

pages = Blueprint("open311", __name__, url_prefix="/open311")
_ID = re.compile(r"[0-9a-z]{14}")
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold
_ATTRIBUTE = re.compile(r"attribute\[([A-Za-z0-9_-]{1,60})\](?:\[\])?")
_STATUSES = ("open", "closed")
_MOST_IDS = 100
_CODES = ((SignInRefused, 403), (NotFound, 404), (NotUsable, 400), (Stale, 429))

Items = Sequence[Mapping[str, Any]]
View = Callable[..., Response]


def _answers(view: View) -> View:
    """What goes wrong is told as GeoReport wants it: a list of code and description."""

    @wraps(view)
    def answered(form: str, **named: str) -> Response:
        try:
            return view(form, **named)
        except PuenteError as error:
            code = next((code for kind, code in _CODES if isinstance(error, kind)), 0)
            if not code:
                raise
            return _written(form, "errors", "error", [{"code": code, "description": str(error)}], code)

    return answered


@pages.get("/discovery.<any(json, xml):form>")
@open_to_all
@_answers
def discovery(form: str) -> Response:
    """Where our one endpoint is."""
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2",
        "url": f"{hotline().config.url}{url_for('open311.services', form='json').rpartition('/')[0]}",
        "type": "production" if not hotline().config.development else "test",
        "formats": ["application/json", "text/xml"],
    }
    found = {"contact": hotline().config.department_name, "key_service": "Ask the department.", "endpoints": [endpoint]}
    if form == "json":
        return _response(json.dumps(found), "application/json", 200)
    return _xml(_element("discovery", found), 200)


@pages.get("/v2/services.<any(json, xml):form>")
@open_to_all
@_answers
def services(form: str) -> Response:
    found = [
        {
            "service_code": one.code, "service_name": one.name, "description": one.about or one.name,
            "metadata": bool(open311.attributes(hotline(), one.kind)), "type": "realtime", "keywords": "", "group": "police",
        }
        for one in open311.services(hotline())
    ]  # fmt: skip
    return _written(form, "services", "service", found)


@pages.get("/v2/services/<code>.<any(json, xml):form>")
@open_to_all
@_answers
def definition(form: str, code: str) -> Response:
    """What can be chosen when a report of this kind is sent."""
    one = open311.service(hotline(), code)
    attributes = [
        {
            "variable": True, "code": each.code, "datatype": "singlevaluelist", "required": False,
            "datatype_description": "One of the values.", "order": at, "description": each.question,
            "values": [{"key": value, "name": value} for value in each.values],
        }
        for at, each in enumerate(open311.attributes(hotline(), one.kind), 1)
    ]  # fmt: skip
    whole = {"service_code": one.code, "attributes": attributes}
    if form == "json":
        return _response(json.dumps(whole), "application/json", 200)
    return _xml(_element("service_definition", whole), 200)


@pages.get("/v2/requests.<any(json, xml):form>")
@open_to_all
@_answers
def requests(form: str) -> Response:
    return _written(form, "service_requests", "request", open311.requests(hotline(), _asked()))


@pages.get("/v2/requests/<id_>.<any(json, xml):form>")
@pages.get("/v2/request/<id_>.<any(json, xml):form>")
@open_to_all
@_answers
def one_request(form: str, id_: str) -> Response:
    return _written(form, "service_requests", "request", _found(id_))


@pages.get("/v2/tokens/<id_>.<any(json, xml):form>")
@open_to_all
@_answers
def token(form: str, id_: str) -> Response:
    """Numbers are given at once here, so a request's token is its number."""
    number = _found(id_)[0]["service_request_id"]
    return _written(form, "service_requests", "request", [{"service_request_id": number, "token": number}])


@pages.post("/v2/requests.<any(json, xml):form>")
@open_to_all
@_answers
def send(form: str) -> Response:
    """A report of another system. Name, phone, e-mail and whatever else tells who made it are not taken."""
    values = request.values
    open311.check_key(hotline(), values.get("api_key", ""))
    if not values.get("service_code"):
        raise NotUsable("service_code was not provided.")
    chosen = {found[1]: value for name, value in values.items() if (found := _ATTRIBUTE.fullmatch(name))}
    sent = Sent(
        values["service_code"], _spot(values.get("lat", ""), values.get("long", "")),
        values.get("address_string", "").strip(), values.get("description", "").strip(), chosen,
    )  # fmt: skip
    number = open311.receive(hotline(), values.get("api_key", ""), sent)
    notice = "A person reads it. In an emergency call 911."
    return _written(
        form,
        "service_requests",
        "request",
        [{"service_request_id": number, "service_notice": notice, "account_id": None}],
    )


def _found(id_: str) -> Items:
    found = open311.requests(hotline(), Asked(ids=(id_,))) if _ID.fullmatch(id_) else []
    if not found:
        raise NotFound("There is no such request.")
    return found


def _asked() -> Asked:
    """Raises NotUsable."""
    ids = _listed("service_request_id")
    if len(ids) > _MOST_IDS:
        raise NotUsable("At most {n} requests can be asked for at once.", n=_MOST_IDS)
    statuses = _listed("status")
    if any(one not in _STATUSES for one in statuses):
        raise NotUsable("status is open or closed.")
    since, until = _instant("start_date"), _instant("end_date")
    if ids:  # as GeoReport has it, they go before everything else
        return Asked(ids=[one for one in ids if _ID.fullmatch(one)] or ("none",))
    return Asked(codes=_listed("service_code"), statuses=statuses, since=since, until=until)


def _listed(name: str) -> list[str]:
    return [part.strip() for value in request.args.getlist(name) for part in value.split(",") if part.strip()]


def _instant(name: str) -> int | None:
    words = request.args.get(name)
    if words is None:
        return None
    try:
        when = datetime.fromisoformat(words.strip().replace(" ", "+"))  # a plus in an address is read as a space
        return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise NotUsable("{name} is a time like 2026-11-23T10:00:00Z.", name=name) from None


def _spot(latitude: str, longitude: str) -> tuple[float, float] | None:
    """Raises NotUsable for what is no place on Earth."""
    if not latitude and not longitude:
        return None
    try:
        spot = float(latitude), float(longitude)
    except ValueError:
        spot = math.nan, math.nan
    if not (abs(spot[0]) <= 90 and abs(spot[1]) <= 180):
        raise NotUsable("lat and long are degrees, like 41.103 and -92.303.")
    return spot


def _written(form: str, root: str, item: str, found: Items, code: int = 200) -> Response:
    if form == "json":
        return _response(json.dumps(found), "application/json", code)
    whole = ElementTree.Element(root)
    for one in found:
        whole.append(_element(item, one))
    return _xml(whole, code)


_ITEMS = {"attributes": "attribute", "values": "value", "endpoints": "endpoint", "formats": "format"}


def _element(name: str, value: object) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, each) for key, each in value.items())
    elif isinstance(value, list):
        element.extend(_element(_ITEMS[name], each) for each in value)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _UNWRITABLE.sub("", str(value))
    return element


def _xml(whole: ElementTree.Element, code: int) -> Response:
    words: str = ElementTree.tostring(whole, encoding="unicode")
    return _response(f'<?xml version="1.0" encoding="utf-8"?>\n{words}', "text/xml", code)


def _response(body: str, kind: str, code: int) -> Response:
    answer = Response(body, code, content_type=f"{kind}; charset=utf-8")
    answer.headers["Access-Control-Allow-Origin"] = "*"  # nothing here is for one reader only
    answer.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer
