"""Twilio's error codes as decisions: why a text was not taken, whether trying again helps, what an officer is told.

Knows the numbers Twilio publishes at https://www.twilio.com/docs/api/errors; it refuses to know the sender.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import Reason


@dataclass(frozen=True, slots=True)
class Trouble:
    """What one code means for us. `sentence` is for an officer: no jargon, no promise we cannot keep.

    `retry` is true only where Twilio never processed the text and the same request may succeed later;
    what is UNCLEAR is looked up first, so it is never marked for retry.
    """

    reason: Reason
    retry: bool
    sentence: str


_BUSY = Trouble(Reason.BUSY, True, "The phone service is busy; the text is sent as soon as it has room.")
_UNCLEAR = Trouble(Reason.UNCLEAR, False, "It is not known yet whether the text went out; we are checking.")
_LATE = Trouble(
    Reason.BUSY, False, "The text was not sent in time, so it was dropped. Send it again if it still helps."
)
_HANDSET_OFF = Trouble(
    Reason.UNREACHABLE, False, "The phone seems to be off or out of reach. Try again in a few minutes if it matters."
)
_UNKNOWN_LOSS = Trouble(
    Reason.UNREACHABLE, False, "The carrier did not deliver the text and gave no reason. You may try once more later."
)
_BAD_NUMBER = Trouble(Reason.UNREACHABLE, False, "This number cannot receive texts.")
_NO_ROUTE = Trouble(Reason.UNREACHABLE, False, "Our number cannot text this number.")
_COUNTRY = Trouble(Reason.UNREACHABLE, False, "Texting this country is not switched on for our line.")
_BLOCKED = Trouble(Reason.UNREACHABLE, False, "The carrier or the resident's phone blocks our texts.")
_FILTERED = Trouble(
    Reason.UNREACHABLE, False, "The carrier took the text for spam. Other words, without links, may pass."
)
_OPTED_OUT = Trouble(Reason.OPTED_OUT, False, "The resident asked us to stop texting. They can text START to resume.")
_WORDING = Trouble(Reason.REFUSED, False, "The text was refused as it is: it is empty, too long or not allowed.")
_MEDIA = Trouble(
    Reason.REFUSED, False, "The picture or file was refused: too large, too many, or of a kind not allowed."
)
_WRONG_LINE = Trouble(Reason.REFUSED, False, "Our own number is not set up right. An administrator has to look at it.")
_ACCOUNT = Trouble(Reason.ACCOUNT, True, "Our texting account is not accepted now. An administrator has to look at it.")
_UNREGISTERED = Trouble(
    Reason.ACCOUNT, False, "Our number is not registered with the carriers yet. An administrator has to finish that."
)
_NO_WHATSAPP = Trouble(Reason.UNREACHABLE, False, "WhatsApp cannot reach this person.")
_NOT_JOINED = Trouble(Reason.UNREACHABLE, False, "This person has not joined the WhatsApp test line.")
_WINDOW_SHUT = Trouble(
    Reason.WINDOW_SHUT, False, "WhatsApp allows an answer only within 24 hours of the resident's last message."
)
_TEMPLATE = Trouble(Reason.REFUSED, False, "WhatsApp refused the prepared message. An administrator has to look at it.")
_WHATSAPP_SHUT = Trouble(Reason.ACCOUNT, False, "Our WhatsApp account is locked. An administrator has to look at it.")

_CODES: tuple[tuple[Trouble, tuple[int, ...]], ...] = (
    (_BUSY, (20429, 21611, 30001, 30022, 30023, 63012, 63018, 63038)),
    (_UNCLEAR, (20500, 20503)),
    (_LATE, (30036,)),
    (_ACCOUNT, (20003, 20005, 30002)),
    (_BAD_NUMBER, (21211, 21217, 21614, 30005, 30006)),
    (_NO_ROUTE, (21612,)),
    (_COUNTRY, (21408,)),
    (_OPTED_OUT, (21610, 63014, 63033)),
    (_HANDSET_OFF, (30003,)),
    (_UNKNOWN_LOSS, (30008, 30410)),
    (_BLOCKED, (30004,)),
    (_FILTERED, (30007, 30450, 30453)),
    (_WORDING, (21602, 21617, 21656, 92002, 92007, 63005, 63013)),
    (_MEDIA, (30019, 21623, 11751, 12300, 63019, 63021)),
    (_WRONG_LINE, (20404, 21606, 21703, 21705, 63001, 63007)),
    (_UNREGISTERED, (30032, 30034, 30035)),
    (_NO_WHATSAPP, (63003, 63024, 63032)),
    (_NOT_JOINED, (63015,)),
    (_WINDOW_SHUT, (63016,)),
    (_TEMPLATE, (21655, 63040, 63041, 63042, 63049)),
    (_WHATSAPP_SHUT, (63051, 63112)),
)

TROUBLES: Mapping[str, Trouble] = {str(code): trouble for trouble, codes in _CODES for code in codes}

# Troubles that are ours to mend rather than one resident's, by whom to look for.
_OURS: tuple[tuple[str, tuple[Trouble, ...]], ...] = (
    ("account", (_ACCOUNT, _UNREGISTERED, _WHATSAPP_SHUT)),
    ("sender", (_WRONG_LINE,)),
    ("content", (_WORDING, _MEDIA, _TEMPLATE)),
    ("filtered", (_FILTERED, _BLOCKED)),
    ("full", (_BUSY,)),
)


def blamed(code: str) -> str:
    """Whom many failures of a code point to: account, sender, content, filtered (by carriers), full (our share of
    their room); empty if only to the phone that was texted, or if the code is not listed."""
    found = TROUBLES.get(code)
    return next((name for name, troubles in _OURS if found in troubles), "")


def trouble(code: str, status: int = 0) -> Trouble:
    """What a code means; an unlisted one is judged by the HTTP status it came with (0: it came in a receipt)."""
    if code in TROUBLES:
        return TROUBLES[code]
    if status == 429:
        return _BUSY
    if status in (401, 403):
        return _ACCOUNT
    if 400 <= status < 500:
        return _WORDING
    return _UNCLEAR if status else _UNKNOWN_LOSS


def trouble_of(error: Exception) -> tuple[Trouble, str]:
    """What an error of Twilio's REST client means, and the code it came with, if any."""
    from requests.exceptions import ConnectionError as Unconnected
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    cause = error.args[-1] if error.args else None
    if isinstance(status := getattr(error, "status", None), int):  # TwilioRestException
        code = str(getattr(error, "code", None) or "")
        return trouble(code, status), code
    if isinstance(status := getattr(cause, "status_code", None), int):  # a list that could not be fetched
        return trouble("", status), ""
    refused = isinstance(getattr(cause, "reason", None), ConnectTimeoutError | NewConnectionError)
    if isinstance(error, Unconnected) and refused:
        return _BUSY, ""  # no connection came about, so nothing can have been sent
    return _UNCLEAR, ""  # it went out, and no usable answer came back
