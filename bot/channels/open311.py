"""A city's system as Open311 GeoReport v2 describes it: a request is made, found again by its token, and looked at. Knows
no report and no table. Source: wiki.open311.org/GeoReport_v2."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from bot.channels import outside
from bot.errors import NotReached

_LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class City:
    """Whom to ask. `endpoint` is what stands before /requests.json."""

    endpoint: str
    jurisdiction: str
    api_key: str
    development: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """The city has it: under a number, or for now under a token by which the number is found later."""

    request_id: str
    token: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: open or closed, and the city's own words on that."""

    status: str
    note: str


def send(city: City, service_code: str, content: Mapping[str, str]) -> Taken:
    """`content` may have description, lat, long and address_string. Raises NotReached."""
    form = {"service_code": service_code, **content}
    if city.jurisdiction:
        form["jurisdiction_id"] = city.jurisdiction
    if city.api_key:
        form["api_key"] = city.api_key
    answer = outside.ask("POST", f"{city.endpoint}/requests.json", development=city.development, form=form)
    one = _first(answer.body, retry=False)  # it was taken: to send it again would double it
    taken = Taken(_text(one.get("service_request_id")), _text(one.get("token")))
    if not taken.request_id and not taken.token:
        raise NotReached(retry=False, code="no number")
    return taken


def find(city: City, token: str) -> str:
    """The number behind a token; empty while there is none. Raises NotReached."""
    return _text(_look(city, f"tokens/{quote(token, safe='')}").get("service_request_id"))


def look(city: City, request_id: str) -> Standing:
    """Raises NotReached."""
    one = _look(city, f"requests/{quote(request_id, safe='')}")
    status = _text(one.get("status")).lower()
    return Standing("closed" if status == "closed" else "open", _text(one.get("status_notes"))[:_LONGEST_NOTE])


def _look(city: City, path: str) -> Mapping[str, object]:
    query = f"?{urlencode({'jurisdiction_id': city.jurisdiction})}" if city.jurisdiction else ""
    answer = outside.ask("GET", f"{city.endpoint}/{path}.json{query}", development=city.development)
    return _first(answer.body, retry=True)


def _first(body: bytes, *, retry: bool) -> Mapping[str, object]:
    """The one thing in an answer; cities put it into a list or not. `retry`: whether to ask again if it is none."""
    try:
        told = json.loads(body)
    except ValueError:
        raise NotReached(retry=retry, code="no JSON") from None
    one = told[0] if isinstance(told, list) and told else told
    if not isinstance(one, dict):
        raise NotReached(retry=retry, code="empty")
    return one


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) else ""
