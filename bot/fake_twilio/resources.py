"""How Twilio writes its resources in JSON, version 2010-04-01: texts, media, the account, its numbers, a page of each."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

from bot.fake_twilio.ledger import Text

HOME = "/2010-04-01/Accounts"


def message(text: Text, account_sid: str) -> dict[str, Any]:
    base = f"{HOME}/{account_sid}/Messages/{text.sid}"
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "body": text.body,
        "date_created": rfc2822(text.created),
        "date_sent": rfc2822(text.sent) if text.sent else None,
        "date_updated": rfc2822(text.sent or text.created),
        "direction": text.direction,
        "error_code": text.code,
        "error_message": None,
        "from": text.sender,
        "messaging_service_sid": None,
        "num_media": str(len(text.media)),
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": text.sid,
        "status": text.status,
        "subresource_uris": {"media": f"{base}/Media.json"},
        "to": text.recipient,
        "uri": f"{base}.json",
    }


def media(text: Text, sid: str, kind: str, account_sid: str) -> dict[str, Any]:
    return {
        "sid": sid,
        "account_sid": account_sid,
        "parent_sid": text.sid,
        "content_type": kind,
        "date_created": rfc2822(text.created),
        "date_updated": rfc2822(text.created),
        "uri": f"{HOME}/{account_sid}/Messages/{text.sid}/Media/{sid}.json",
    }


def account(sid: str, status: str, kind: str) -> dict[str, Any]:
    born = rfc2822(datetime(2026, 1, 1, tzinfo=UTC))
    return {
        "auth_token": "Redacted",
        "date_created": born,
        "date_updated": born,
        "friendly_name": "The fake account",
        "owner_account_sid": sid,
        "sid": sid,
        "status": status,
        "subresource_uris": {"incoming_phone_numbers": f"{HOME}/{sid}/IncomingPhoneNumbers.json"},
        "type": kind,
        "uri": f"{HOME}/{sid}.json",
    }


def number(phone: str, account_sid: str, changes: Mapping[str, str]) -> dict[str, Any]:
    sid = "PN" + hashlib.md5(phone.encode()).hexdigest()
    return {
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "friendly_name": phone,
        "phone_number": phone,
        "origin": "twilio",
        "sid": sid,
        "sms_application_sid": "",
        "sms_fallback_method": "POST",
        "sms_fallback_url": "",
        "sms_method": "POST",
        "sms_url": "",
        "status": "in-use",
        "uri": f"{HOME}/{account_sid}/IncomingPhoneNumbers/{sid}.json",
        **changes,
    }


def page(
    path: str, query: Mapping[str, str], name: str, shown: Sequence[Mapping[str, Any]], size: int, token: str = ""
) -> dict[str, Any]:
    """A page of a list; `token` is what the next page is asked for with, if there is one."""
    at = int(query.get("Page", 0))

    def uri(**changes: Any) -> str:
        kept = {name: value for name, value in query.items() if name not in ("Page", "PageToken")}
        return f"{path}?{urlencode({**kept, 'PageSize': size, **changes})}"

    return {
        "first_page_uri": uri(Page=0),
        "next_page_uri": uri(Page=at + 1, PageToken=token) if token else None,
        "previous_page_uri": None,
        "uri": uri(Page=at),
        "page": at,
        "page_size": size,
        "start": at * size,
        "end": at * size + max(len(shown) - 1, 0),
        name: shown,
    }


def error(status: int, code: int, message: str) -> dict[str, Any]:
    about = f"https://www.twilio.com/docs/errors/{code}"
    return {"code": code, "message": message, "more_info": about, "status": status}


def rfc2822(when: datetime) -> str:
    return format_datetime(when.astimezone(UTC).replace(microsecond=0))
