"""Driving the fake Twilio over HTTP, in JSON, under `/_fake/`: texts sent in, faults, settings, the ledger read.
Every request is checked field by field; what is wrong is told in a sentence."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bot.fake_twilio.faults import Fault
from bot.fake_twilio.ledger import Call, Text
from bot.fake_twilio.twilio import FakeTwilio
from bot.fake_twilio.webhooks import overrides

MOST_ROWS = 10_000  # of the ledger or the calls in one answer

Given = Mapping[str, Any]
Told = tuple[int, Given]

_NUMBER = (int, float)
_TEXT = {"from": str, "body": str, "line": str, "params": dict, "media": list, "withhold": bool}
_FAULT = {
    "how": str, "on": str, "times": int, "share": _NUMBER, "for_seconds": _NUMBER, "only_to": str, "status": int,
    "code": int, "retry_after": _NUMBER, "seconds": _NUMBER, "after_accepting": bool, "to": str,
}  # fmt: skip
_SETTINGS = {
    "withhold": _NUMBER, "receipts": list, "receipt_order": str, "receipt_double": _NUMBER, "receipt_drop": _NUMBER,
    "receipt_delay": _NUMBER, "action_receipts": bool, "callback_receipts": bool, "lists": bool, "opted_out": list,
    "fate": dict, "keywords": bool, "media_redirects": bool, "webhook_fragment": str, "fallback": str, "seed": int,
    "templates": dict,
}  # fmt: skip


class Wrong(Exception):
    """A request that cannot be done; the message says why."""


class Desk:
    """Answers what is asked of one fake Twilio."""

    def __init__(self, twilio: FakeTwilio) -> None:
        self._twilio = twilio
        self._answers: Mapping[tuple[str, str], Callable[[Any], Given]] = {
            ("POST", "texts"): self._texts,
            ("POST", "release"): self._release,
            ("POST", "repeat"): self._repeat,
            ("POST", "settle"): self._settle,
            ("POST", "faults"): self._fail,
            ("DELETE", "faults"): self._clear,
            ("PATCH", "settings"): self._set,
            ("GET", "ledger"): self._ledger,
            ("GET", "calls"): self._calls,
            ("GET", "requests"): self._requests,
            ("GET", "errors"): self._errors,
        }

    def answer(self, method: str, target: str, body: bytes) -> Told:
        """Status and JSON: 201 where something was made, 400 with a sentence where something is wrong."""
        where = urlsplit(target)
        answer = self._answers.get((method, where.path.removeprefix("/_fake/")))
        if answer is None:
            known = ", ".join(f"{verb} /_fake/{name}" for verb, name in self._answers)
            return 404, {"error": f"There is only {known}."}
        try:
            given = json.loads(body) if body else dict(parse_qsl(where.query))
            return 201 if answer == self._texts else 200, answer(given)
        except json.JSONDecodeError as error:
            return 400, {"error": f"The request is not JSON: {error}."}
        except (Wrong, ValueError) as error:
            return 400, {"error": str(error)}
        except TimeoutError as error:
            return 409, {"error": str(error)}
        except Exception as error:  # what went wrong on the way of a webhook or receipt is told to whoever settles
            return 500, {"error": f"{type(error).__name__}: {error}"}

    # Texts

    def _texts(self, given: Any) -> Given:
        """One text, a list of them, or `{"texts": […], "in_order": true}`: then a resident's next text goes out when the
        one before was answered."""
        in_order = False
        if isinstance(given, dict) and "texts" in given:
            _fields(given, {"texts": list, "in_order": bool})
            given, in_order = given["texts"], given.get("in_order", False)
        asked = given if isinstance(given, list) else [given]
        rows = [(_fields(one, _TEXT, needed=("from", "body")), _kept(one.get("media", ()))) for one in asked]
        queues: dict[str, list[str]] = {}
        sids = []
        for at, (one, media) in enumerate(rows):
            params = {name: str(value) for name, value in one.get("params", {}).items()}
            if set(params) & {"sender", "body", "line", "media"}:
                raise Wrong("`params` are parameters of Twilio's webhook, such as ProfileName.")
            sid = self._twilio.withhold(one["from"], one["body"], line=one.get("line", ""), media=media, **params)
            sids.append(sid)
            if not (one.get("withhold") or self._twilio.held_back()):
                queues.setdefault(one["from"] if in_order else str(at), []).append(sid)
        for queue in queues.values():
            self._twilio.bring(queue)
        return {"sids": sids}

    def _release(self, given: Any) -> Given:
        _fields(given, {"sids": list, "all": bool})
        if ("sids" in given) == (given.get("all") is True):
            raise Wrong("Give either `sids`, or `all` as true.")
        return {"sids": self._twilio.release(self._known(given["sids"]) if "sids" in given else None)}

    def _repeat(self, given: Any) -> Given:
        _fields(given, {"sids": list, "times": int, "at_once": bool, "new_delivery": bool}, needed=("sids",))
        options = {name: given[name] for name in ("times", "at_once", "new_delivery") if name in given}
        statuses = self._twilio.repeat_all(self._known(given["sids"]), **options)
        return {"statuses": {str(status): count for status, count in sorted(statuses.items())}}

    def _known(self, sids: Sequence[Any]) -> Sequence[str]:
        for sid in sids:
            if not self._twilio.brought(str(sid)):
                raise Wrong(f"No text came in as {sid}.")
        return sids

    def _settle(self, given: Any) -> Given:
        _fields(given, {"timeout": _NUMBER})
        self._twilio.settle(given.get("timeout", 10.0))
        return {}

    # Bad days

    def _fail(self, given: Any) -> Given:
        self._twilio.faults.put(Fault(**_fields(given, _FAULT)))
        return {}

    def _clear(self, given: Any) -> Given:
        _fields(given, {})
        self._twilio.faults.clear()
        return {}

    def _set(self, given: Any) -> Given:
        """Settings that are not named stay as they are; nothing changes if one is wrong."""
        twilio, changes = self._twilio, _fields(given, _SETTINGS)
        for name in ("withhold", "receipt_double", "receipt_drop"):
            if not 0 <= changes.get(name, 0) <= 1:
                raise Wrong(f"`{name}` is a share, from 0 to 1.")
        if changes.get("receipt_order", "kept") not in ("kept", "shuffled"):
            raise Wrong("`receipt_order` is kept or shuffled.")
        if not all(isinstance(code, int) for code in changes.get("fate", {}).values()):
            raise Wrong("`fate` has an error code for each address.")
        rules = overrides(changes["webhook_fragment"]) if "webhook_fragment" in changes else twilio.webhooks.rules
        if "seed" in changes:
            twilio.chance.seed(changes["seed"])
        twilio.webhooks.rules = rules
        twilio.webhooks.fallback = changes.get("fallback", twilio.webhooks.fallback)
        for name in ("action_receipts", "callback_receipts", "keywords"):
            setattr(twilio, name, changes.get(name, getattr(twilio, name)))
        twilio.withhold_share = changes.get("withhold", twilio.withhold_share)
        self._set_receipts(changes)
        twilio.rest.lists = changes.get("lists", twilio.rest.lists)
        twilio.rest.templates = dict(changes.get("templates", twilio.rest.templates))
        twilio.rest.media.redirects = changes.get("media_redirects", twilio.rest.media.redirects)
        if "opted_out" in changes:
            twilio.rest.opted_out = {(line, str(one)) for line in twilio.lines for one in changes["opted_out"]}
        return {}

    def _set_receipts(self, changes: Given) -> None:
        receipts = self._twilio.receipts
        receipts.statuses = tuple(map(str, changes.get("receipts", receipts.statuses)))
        receipts.shuffled = changes.get("receipt_order", "shuffled" if receipts.shuffled else "kept") == "shuffled"
        receipts.doubled = changes.get("receipt_double", receipts.doubled)
        receipts.dropped = changes.get("receipt_drop", receipts.dropped)
        receipts.delay = changes.get("receipt_delay", receipts.delay)
        receipts.fate = dict(changes.get("fate", receipts.fate))

    # What was done

    def _ledger(self, given: Any) -> Given:
        after = _after(given)
        texts = self._twilio.ledger.after(after, MOST_ROWS)
        return {"texts": [_text(text) for text in texts], "next": after + len(texts)}

    def _calls(self, given: Any) -> Given:
        after = _after(given)
        calls = self._twilio.calls[after : after + MOST_ROWS]
        return {"calls": [_call(call) for call in calls], "next": after + len(calls)}

    def _requests(self, given: Any) -> Given:
        """REST requests by kind and status, 0 where none was answered; and those to the second address of media."""
        _fields(given, {})
        counts: dict[str, dict[str, int]] = {}
        for (kind, status), count in sorted(self._twilio.rest.counts.copy().items()):
            counts.setdefault(kind, {})[str(status)] = count
        return {"requests": counts, "with_authorization_at_cdn": self._twilio.rest.media.asked["with_authorization"]}

    def _errors(self, given: Any) -> Given:
        _fields(given, {})
        return {"errors": [{"code": code, "path": path} for code, path in self._twilio.errors]}


def _fields(given: Any, kinds: Mapping[str, Any], needed: Sequence[str] = ()) -> dict[str, Any]:
    """The fields given, each of its kind. Raises Wrong."""
    if not isinstance(given, dict):
        raise Wrong("The request is not a JSON object.")
    for name, value in given.items():
        if name not in kinds:
            raise Wrong(f"`{name}` is unknown here; there is {', '.join(kinds) or 'nothing to give'}.")
        if not isinstance(value, kinds[name]) or (isinstance(value, bool) and kinds[name] is not bool):
            raise Wrong(f"`{name}` cannot be {json.dumps(value)}.")
    for name in needed:
        if name not in given:
            raise Wrong(f"`{name}` is missing.")
    return given


def _kept(media: Sequence[Any]) -> list[tuple[str, bytes]]:
    """Media as `{"type": "image/jpeg", "content": base64}`. Raises Wrong."""
    try:
        read = [_fields(one, {"type": str, "content": str}, needed=("type", "content")) for one in media]
        return [(one["type"], base64.b64decode(one["content"], validate=True)) for one in read]
    except binascii.Error:
        raise Wrong("`content` of a medium is in base64.") from None


def _after(given: Any) -> int:
    """Where to go on reading. Raises Wrong."""
    word = _fields(given, {"after": str}).get("after", "0")
    if not word.isdecimal():
        raise Wrong("`after` is a number, the `next` of the answer before.")
    return int(word)


def _text(text: Text) -> Given:
    return {
        "n": text.n,
        "sid": text.sid,
        "direction": text.direction,
        "from": text.sender,
        "to": text.recipient,
        "body": text.body,
        "status": text.status,
        "code": text.code,
        "created": text.created.isoformat(),
        "withheld": text.withheld,
    }


def _call(call: Call) -> Given:
    return {
        "n": call.n,
        "path": call.path,
        "sid": call.sid,
        "status": call.status,
        "seconds": round(call.seconds, 6),
        "attempt": call.attempt,
        "at": datetime.fromtimestamp(call.at, UTC).isoformat(),
    }
