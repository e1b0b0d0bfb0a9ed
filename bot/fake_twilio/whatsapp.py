"""What is particular to WhatsApp: free words reach a resident only for a day after their last text, prepared ones always.
Knows neither webhooks nor HTTP."""

import json
import re
from collections.abc import Mapping
from datetime import timedelta

from bot.fake_twilio.ledger import Ledger, Text

SHUT = 63016  # what free words end undelivered with afterwards
DAY = timedelta(hours=24)
_GAP = re.compile(r"\{\{(\w+)\}\}")


class Unsayable(Exception):
    """A prepared text that cannot be sent; the error code of the API, and why."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message


def said(templates: Mapping[str, str], content_sid: str, variables: str) -> str:
    """The words of a prepared text with its gaps filled. Raises Unsayable."""
    if content_sid not in templates:
        raise Unsayable(21655, f"The ContentSid {content_sid} is invalid")
    try:
        values = json.loads(variables or "{}")
    except ValueError:
        values = None
    if not isinstance(values, dict) or not all(isinstance(value, str) and value for value in values.values()):
        raise Unsayable(21656, "The ContentVariables parameter is invalid: an object of strings that are not empty")
    words = templates[content_sid]
    if missing := [name for name in _GAP.findall(words) if name not in values]:
        raise Unsayable(21656, f"The ContentVariables parameter is invalid: {', '.join(missing)} is missing")
    return _GAP.sub(lambda gap: values[gap[1]], words)


def is_shut(ledger: Ledger, text: Text, ahead: timedelta) -> bool:
    """Whether WhatsApp does not pass a text on, since its resident has not written for a day."""
    if not text.recipient.startswith("whatsapp:") or "ContentSid" in text.form:
        return False
    last = next((one for one in ledger.newest_first(text.recipient, text.sender) if one.direction == "inbound"), None)
    return last is None or ledger.now() + ahead - last.created > DAY
