"""Reads messaging TwiML as Twilio does, as far as an answer of ours may go, and refuses the rest with its codes."""

from dataclasses import dataclass
from xml.etree import ElementTree


class TwimlWrong(Exception):
    """An answer Twilio could not run; `code` is what its debugger would say."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(f"Twilio error {code}")


@dataclass(frozen=True, slots=True)
class Said:
    """One <Message>."""

    body: str
    to: str = ""
    action: str = ""
    status_callback: str = ""


def said(answer: str, content_type: str) -> list[Said]:
    """The messages of an answer, in order. Raises TwimlWrong."""
    if not answer.strip():
        return []  # Twilio takes an empty answer for an empty document
    if content_type.partition(";")[0].strip().lower() not in ("text/xml", "application/xml", "text/html"):
        raise TwimlWrong(12300)
    try:
        root = ElementTree.fromstring(answer.encode())
    except ElementTree.ParseError as error:
        raise TwimlWrong(12100) from error
    if root.tag != "Response":
        raise TwimlWrong(12102)
    return [_message(verb) for verb in root]


def _message(verb: ElementTree.Element) -> Said:
    if verb.tag != "Message":
        raise TwimlWrong(12200)
    inner = verb.find("Body")
    body = ((verb.text if inner is None else inner.text) or "").strip()
    if not body:
        raise TwimlWrong(14103)
    if len(body) > 1600:
        raise TwimlWrong(21617)
    return Said(body, verb.get("to", ""), verb.get("action", ""), verb.get("statusCallback", ""))
