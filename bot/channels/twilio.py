"""Twilio's SMS and WhatsApp: its webhooks read and answered, texts sent and found again over REST.

Knows Twilio's words and oddities; it refuses to know threads, flows, the database and the web server.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import takewhile
from typing import Any, Literal

from twilio.request_validator import RequestValidator

from bot.channels import twilio_media
from bot.channels.twilio_http import quiet_http, rest_client, told_as_send_failed
from bot.channels.twilio_signed import Form, signed_form
from bot.config import Config
from bot.errors import Forged, Reason, SendFailed
from bot.model import Answer, Fetched, HookRequest, Inbound, Media, Outbound, Receipt, Spot
from bot.text import sms

Medium = Literal["sms", "whatsapp"]
NAMES: Mapping[Medium, str] = {"sms": "twilio-sms", "whatsapp": "twilio-whatsapp"}

INBOUND, FALLBACK, STATUS = "/hooks/twilio", "/hooks/twilio/fallback", "/hooks/twilio/status"

LONGEST = 1600  # characters of a body on every channel: https://www.twilio.com/docs/api/errors/21617
STILL_USEFUL = 14_400  # seconds at Twilio's queue; the default of ten hours would answer next morning

_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
_NUMBER = r"\+[1-9][0-9]{6,14}"
_ADDRESS = re.compile(
    rf"whatsapp:(?P<whatsapp>{_NUMBER}|[A-Z]{{2}}\.[0-9A-Za-z]{{1,128}})|(?P<sms>{_NUMBER}|[0-9]{{3,8}})"
)
_MESSAGE_ID = re.compile(r"(?:^|&)message=([0-9]{1,19})(?:&|$)")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{100,}={0,2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TRIAL = "Sent from your Twilio trial account - "
_SLACK = timedelta(seconds=2)  # Twilio's times are whole seconds
_PAGE = 1000  # texts; Twilio's most
_DISORDER = timedelta(minutes=2)  # how far Twilio's list may be from the order of time
_SKEW = timedelta(minutes=10)  # our clock against Twilio's; whether a text found is another of ours, its sid tells


@dataclass(eq=False)
class Twilio:
    """One medium of a Twilio account. `public_url` is what Twilio signs: never taken from a request."""

    name: str
    medium: Medium
    account_sid: str
    auth_token: str = field(repr=False)
    auth_token_before: str = field(repr=False)  # still signs while Twilio changes over; empty at other times
    api_key: str = field(repr=False)
    api_secret: str = field(repr=False)
    api_url: str
    public_url: str
    line_numbers: tuple[str, ...]
    reply: str  # twiml or rest

    def read(self, request: HookRequest) -> Sequence[Inbound | Receipt]:
        """The text or receipt of a call, of either medium. Raises Forged."""
        if not (self.account_sid and self.auth_token):
            raise Forged("Twilio is not set up here, so nothing can be from it.")  # an empty key signs for anybody
        form = signed_form(self._validators, self.public_url, request)
        path, _, query = request.url.partition("?")
        if form.only("AccountSid") != self.account_sid:
            raise Forged("The call is for another Twilio account.")
        if not _SID.fullmatch(form.only("MessageSid")):
            raise Forged("The call has no well formed MessageSid.")
        if path == STATUS:
            return (_receipt(form, query),)
        if path in (INBOUND, FALLBACK):
            token = request.headers.get("i-twilio-idempotency-token", "")
            return (_inbound(form, self._media(form), token, path == FALLBACK),)
        raise Forged("Twilio has nothing to say at this address.")

    def acknowledge(self, reply: Outbound | None) -> Answer:
        """TwiML with the first part of the reply; without, where the reply travels by REST."""
        if reply is None or self.reply == "rest" or not (parts := reply.parts or self.split(reply.text)):
            return _NOTHING_SAID
        url = _escaped(self._receipt_url(reply.id, 0))
        # `action` is documented for receipts of TwiML; `statusCallback` is deprecated here: either may come, or both.
        return Answer(
            200,
            f'{_XML}<Response><Message action="{url}" method="POST" statusCallback="{url}">'
            f"{_escaped(parts[0])}</Message></Response>",
        )

    def split(self, text: str) -> list[str]:
        return sms.split(text, LONGEST)

    def send(self, message: Outbound, part: str) -> str:
        """Twilio's sid for the piece, sent once. Raises SendFailed; if UNCLEAR it may be out: `find` it first."""
        at = message.parts.index(part) if part in message.parts else 0
        with told_as_send_failed():
            sid = self._messages.create(
                to=self._address(message.recipient),
                from_=self._address(message.line),
                **_said(message, part),
                status_callback=self._receipt_url(message.id, at),
                validity_period=STILL_USEFUL,
            ).sid
        if not sid:
            raise SendFailed(Reason.UNCLEAR, retry=False)
        return str(sid)

    def find(self, message: Outbound, part: str, since: datetime) -> Sequence[str]:
        """The sids of this very text to this resident, made since then; the one made nearest to it first."""
        # No date filter: it looks at the sending date, which a text still in Twilio's queue does not have.
        with told_as_send_failed():
            found = [
                (abs(made.date_created - since), made.sid)
                for made in self._messages.stream(
                    to=self._address(message.recipient), from_=self._address(message.line), page_size=1000
                )
                if made.direction != "inbound" and made.date_created >= since - _SKEW and _same(made.body, part)
            ]
        return [str(sid) for _, sid in sorted(found)]

    def inbound_since(self, when: datetime) -> Iterable[Inbound]:
        """Texts to our numbers since then, oldest first; without profile name and location, which REST does not
        give. Raises SendFailed if Twilio cannot be asked."""
        day = when.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        with told_as_send_failed():
            came = [
                text
                for line in self.line_numbers
                # Newest first: whatever is older than this is not asked for, page after page, every minute.
                for text in takewhile(
                    lambda text: text.date_created >= when - _DISORDER,
                    self._messages.stream(to=self._address(line), date_sent_after=day, page_size=_PAGE),
                )
                if text.direction == "inbound" and text.date_created >= when - _SLACK
            ]
            came.reverse()  # Twilio lists newest first, and within one second its order is all we know
            came.sort(key=lambda text: text.date_created)
            return [self._listed(text) for text in came if _ADDRESS.fullmatch(text.from_ or "")]

    def _listed(self, text: Any) -> Inbound:
        """A listed message as the webhook would have told it, as far as REST knows."""
        return Inbound(
            channel=self.name,
            provider_id=text.sid,
            sender=text.from_.removeprefix("whatsapp:"),
            line=text.to.removeprefix("whatsapp:"),
            text=_unwrapped((text.body or "").replace("\0", "\ufffd"), text.sid),
            media=self._listed_media(text),
            sent_at=int(text.date_created.timestamp() * 1000),
        )

    def _listed_media(self, text: Any) -> tuple[Media, ...]:
        """What came with a listed text. If that cannot be told, the text is not held up for it."""
        number = int(text.num_media or 0)
        try:
            with told_as_send_failed():
                return tuple(Media(one.sid, one.content_type or "") for one in text.media.list()) if number else ()
        except SendFailed:
            return (Media("", ""),) * number

    def _media(self, form: Form) -> tuple[Media, ...]:
        """What came with a text. Of an address only Twilio's id is taken, and only if it is one of this text's."""
        if "MediaUrl0" not in form:
            return ()
        account = self._account()
        return tuple(
            Media(
                account.media_id(form.first(f"MediaUrl{at}"), form["MessageSid"][0]),
                form.first(f"MediaContentType{at}"),
            )
            for at in range(10)
            if f"MediaUrl{at}" in form
        )

    def fetch(self, provider_message_id: str, media_id: str) -> Fetched:
        """See `twilio_media`."""
        return twilio_media.fetch(self._account(), provider_message_id, media_id)

    def _account(self) -> twilio_media.Account:
        return twilio_media.Account(self.account_sid, *self._credentials(), self.api_url)

    def _credentials(self) -> tuple[str, str]:
        """User and password for REST: the API key, where there is one."""
        by_key = self.api_key and self.api_secret
        return (self.api_key, self.api_secret) if by_key else (self.account_sid, self.auth_token)

    def _address(self, number: str) -> str:
        return f"whatsapp:{number}" if self.medium == "whatsapp" else number

    def _receipt_url(self, message_id: int, part: int) -> str:
        return f"{self.public_url}{STATUS}?message={message_id}&part={part}"

    @cached_property
    def _validators(self) -> tuple[RequestValidator, ...]:
        return tuple(RequestValidator(token) for token in (self.auth_token, self.auth_token_before) if token)

    @cached_property
    def _messages(self) -> Any:
        """Twilio's own REST client, made when first needed: the web door hardly ever sends."""
        user, password = self._credentials()
        if not (self.account_sid and user and password):
            raise SendFailed(Reason.ACCOUNT, retry=True)
        return rest_client(self.account_sid, user, password, quiet_http(self.api_url)).messages


def of(config: Config, medium: Medium) -> Twilio:
    """The channel of one medium, as the settings say."""
    return Twilio(
        name=NAMES[medium],
        medium=medium,
        account_sid=config.twilio_account_sid,
        auth_token=config.twilio_auth_token,
        auth_token_before=config.twilio_auth_token_before,
        api_key=config.twilio_api_key,
        api_secret=config.twilio_api_secret,
        api_url=config.twilio_api_url,
        public_url=config.url,
        line_numbers=config.line_numbers,
        reply=config.twilio_reply,
    )


# Reading


def _ends(form: Form) -> tuple[Medium, str, str]:
    """The medium, and From and To without its prefix. Raises Forged."""
    sender, line = _ADDRESS.fullmatch(form.only("From")), _ADDRESS.fullmatch(form.only("To"))
    if not sender or not line or sender.lastgroup != line.lastgroup:
        raise Forged("The call does not say who wrote to whom.")
    medium: Medium = "whatsapp" if sender.lastgroup == "whatsapp" else "sms"
    return medium, sender[medium], line[medium]


def _inbound(form: Form, media: tuple[Media, ...], repeat_token: str, fallback: bool) -> Inbound:
    medium, sender, line = _ends(form)
    sid, first = form["MessageSid"][0], form.first
    return Inbound(
        channel=NAMES[medium],
        provider_id=sid,
        sender=sender,
        line=line,
        text=_unwrapped(first("Body") or first("ButtonText") or first("ListTitle"), sid),
        media=media,
        spot=_spot(form),
        profile_name=first("ProfileName"),
        repeat_token=repeat_token,
        fallback=fallback,
        opt_out=first("OptOutType").upper(),
    )


def _receipt(form: Form, query: str) -> Receipt:
    medium, _, _ = _ends(form)
    ours = _MESSAGE_ID.search(query)
    status = form.first("MessageStatus") or form.first("SmsStatus")
    if not status:
        raise Forged("The receipt says nothing.")
    return Receipt(
        channel=NAMES[medium],
        message_id=int(ours[1]) if ours and int(ours[1]) < 2**63 else None,
        provider_id=form["MessageSid"][0],
        status=status.lower(),
        code=form.first("ErrorCode"),
    )


def _spot(form: Form) -> Spot | None:
    if "Latitude" not in form:
        return None
    try:
        latitude, longitude = float(form.first("Latitude")), float(form.first("Longitude"))
    except ValueError:
        return None
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # NaN is none of these
        return None
    return Spot(latitude, longitude, form.first("Label") or form.first("Address"))


def _unwrapped(text: str, sid: str) -> str:
    """Twilio has been seen to hand over a long SMS as base64 in an MMS: read it, if it cannot be anything else."""
    if not sid.startswith("MM") or not _BASE64.fullmatch(packed := "".join(text.splitlines())):
        return text
    try:
        said = base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return text
    return text if _CONTROL.search(said) else said


# Answering

_XML = '<?xml version="1.0" encoding="UTF-8"?>'
_NOTHING_SAID = Answer(200, f"{_XML}<Response/>")


def _escaped(text: str) -> str:
    plain = _NOT_IN_XML.sub("", text).replace("&", "&amp;").replace("<", "&lt;")
    return plain.replace(">", "&gt;").replace('"', "&quot;")


# Sending


def _said(message: Outbound, part: str) -> dict[str, str]:
    """The words, or the prepared text that stands for them: ContentSid and ContentVariables of the Messages API."""
    if not message.template:
        return {"body": part}
    values = json.dumps(dict(message.template.values), ensure_ascii=False)
    return {"content_sid": message.template.content_sid, "content_variables": values}


def _same(said: str | None, part: str) -> bool:
    return (said or "").removeprefix(_TRIAL).split() == part.split()  # Twilio trims and may change line ends
