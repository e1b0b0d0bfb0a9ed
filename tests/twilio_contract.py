"""Holds what is asked of the fake Twilio, and what it answers, against Twilio's own description of its API.

The description is not part of this repository; where it is absent, `ABSENT` says so and nothing is checked.
"""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft7Validator, FormatChecker  # type: ignore[import-untyped]

DESCRIPTION = Path(__file__).resolve().parents[2] / "shared" / "data" / "twilio" / "messages_openapi.json"
ABSENT = "" if DESCRIPTION.exists() else f"Twilio's API description is not here: {DESCRIPTION}"

_MESSAGES = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("phone-number")  # type: ignore[untyped-decorator]
def _is_address(value: object) -> bool:
    return bool(re.fullmatch(r"(whatsapp:)?(\+[1-9]\d{6,14}|\d{3,8})|whatsapp:[A-Z]{2}\.\w{1,128}", str(value)))


@_FORMATS.checks("uri")  # type: ignore[untyped-decorator]
def _is_uri(value: object) -> bool:
    parts = urlsplit(str(value))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


def create_problems(form: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with the form of a create request; nothing if the description is absent."""
    if ABSENT:
        return []
    schema, validator = _create()
    wrong = [f"{name} is not a field of the request" for name in form if name not in schema["properties"]]
    wrong += [f"{name} is given twice" for name in form if len(form[name]) > 1 and not _many(schema, name)]
    typed = {name: _typed(schema["properties"].get(name, {}), values) for name, values in form.items()}
    return wrong + [f"{'.'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(typed)]


def message_problems(message: Mapping[str, Any]) -> list[str]:
    """What is wrong with a Message resource, or with a list of them, as answered."""
    if ABSENT:
        return []
    name = "list" if "messages" in message else "message"
    return [f"{'.'.join(map(str, e.path))}: {e.message}" for e in _answers()[name].iter_errors(message)]


@cache
def _description() -> dict[str, Any]:
    found: dict[str, Any] = _nullable(json.loads(DESCRIPTION.read_text()))
    return found


@cache
def _create() -> tuple[dict[str, Any], Draft7Validator]:
    body = _description()["paths"][_MESSAGES]["post"]["requestBody"]
    schema = body["content"]["application/x-www-form-urlencoded"]["schema"]
    return schema, _validator(schema)


@cache
def _answers() -> dict[str, Draft7Validator]:
    listed = _description()["paths"][_MESSAGES]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    # In answers `uri` means a path within the API, which is not what the word means in requests.
    return {
        "message": _validator(_description()["components"]["schemas"]["api.v2010.account.message"], formats=False),
        "list": _validator(listed, formats=False),
    }


def _validator(schema: dict[str, Any], formats: bool = True) -> Draft7Validator:
    whole = {**schema, "components": _description()["components"]}
    return Draft7Validator(whole, format_checker=_FORMATS if formats else None)


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema lists null among the types."""
    if isinstance(node, list):
        return [_nullable(one) for one in node]
    if not isinstance(node, dict):
        return node
    plain = {name: _nullable(value) for name, value in node.items()}
    if plain.pop("nullable", None) is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain


def _many(schema: Mapping[str, Any], name: str) -> bool:
    return bool(schema["properties"].get(name, {}).get("type") == "array")


def _typed(field: Mapping[str, Any], values: Sequence[str]) -> Any:
    """A form has only words; the description says what they stand for. What does not fit stays a word and fails."""
    kind, word = field.get("type"), values[0]
    if kind == "array":
        return list(values)
    if kind == "integer" and re.fullmatch(r"-?\d+", word):
        return int(word)
    if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", word):
        return float(word)
    if kind == "boolean" and word in ("true", "false"):
        return word == "true"
    return word
