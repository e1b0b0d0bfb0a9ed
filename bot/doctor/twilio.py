"""Whether Twilio lets the line in, and calls it at the right address. Judges what the account and its numbers showed,
and names the exact value to set."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from bot.channels.twilio import INBOUND
from bot.channels.twilio_account import Account, Number, may_not_look
from bot.doctor.signs import Check, Signs, twilio_wanted
from bot.errors import PuenteError, Reason, SendFailed

# Twilio's own words for: wait two seconds to connect and five to read, and try twice more whatever went wrong.
OVERRIDES = "#ct=2000&rt=5000&rc=2&rp=all"
_FILL_IN = "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN as the Console's start page shows them (the primary token)."


def account(signs: Signs) -> Iterator[Check]:
    """The account, by the token that also checks signatures."""
    found = signs.account
    if found is None:
        if twilio_wanted(signs.config):
            yield Check("Twilio account", "bad", "Its settings are only half filled.", _FILL_IN)
        else:
            yield Check("Twilio account", "good", "Not set up; only the phone simulator reaches this line.")
    elif isinstance(found, PuenteError):
        yield _unasked("Twilio account", found, "the auth token", _FILL_IN)
    else:
        yield _account(found)


def token_before(signs: Signs) -> Iterator[Check]:
    """Whether the auth token of before is still let in, which is for the hours of a change only."""
    if signs.config.twilio_auth_token_before:
        says = "TWILIO_AUTH_TOKEN_BEFORE is set: whoever has the auth token of before can still write as Twilio."
        yield Check("Twilio token before", "warning", says, "Take it out when Twilio has changed over.")


def sending(signs: Signs) -> Iterator[Check]:
    """The API key, if there is one: with it officers' answers go out."""
    if signs.account is None:
        return
    config, found = signs.config, signs.numbers
    if not (config.twilio_api_key and config.twilio_api_secret):
        says = "There is no API key, so texts are sent with the auth token, which may do everything."
        do = "Make a standard key in the Console, and set TWILIO_API_KEY and TWILIO_API_SECRET."
        yield Check("Twilio key", "warning", says, do)
    elif isinstance(found, SendFailed) and may_not_look(found):
        says = "Twilio does not let this key list numbers, so it could not be tried; a restricted key needs that leave."
        yield Check("Twilio key", "warning", says, "Let it read phone numbers, and create and read messages.")
    elif isinstance(found, PuenteError):
        do = "Make a new key in the Console, and set TWILIO_API_KEY and TWILIO_API_SECRET."
        yield _unasked("Twilio key", found, "the API key, so officers' answers do not go out", do)
    else:
        yield Check("Twilio key", "good", "Twilio accepts it.")


def webhooks(signs: Signs) -> Iterator[Check]:
    """Each number: ours, calling us, and with somewhere to turn to while we are away."""
    found = signs.numbers if signs.numbers_by_token is None else signs.numbers_by_token
    if found is None:
        return
    if isinstance(found, PuenteError):
        says = f"How {', '.join(signs.config.line_numbers)} is set up could not be asked."
        yield Check("Twilio numbers", "warning", says, "Mend the above first.")
        return
    for number, set_up in found.items():
        yield from _number(number, set_up, signs.config.url)


def _account(found: Account) -> Check:
    if found.status != "active":
        says = f"The account is {found.status or 'of unknown state'}: no text comes in or goes out."
        return Check("Twilio account", "bad", says, "See the Console's notices, or call Twilio.")
    if found.trial:
        says = "It is a trial account: it texts only numbers you have verified."
        return Check("Twilio account", "warning", says, "Upgrade it in the Console before going live.")
    return Check("Twilio account", "good", "Twilio accepts the token, and the account is active.")


def _unasked(name: str, failed: PuenteError, what: str, do: str) -> Check:
    """Refused is bad, since nothing works; not reached may be today's network."""
    if not isinstance(failed, SendFailed):
        return Check(name, "warning", str(failed), "Try again.")
    code = f" (error {failed.code})" if failed.code else ""
    if failed.code in ("20005", "20403"):
        return Check(name, "bad", f"The account is suspended or closed{code}.", "See the Console, or call Twilio.")
    if failed.reason in (Reason.ACCOUNT, Reason.REFUSED):
        return Check(name, "bad", f"Twilio refuses {what}{code}.", do)
    says = f"Twilio gave no usable answer within three seconds{code}."
    return Check(name, "warning", says, "Try again; from here api.twilio.com must be reached on port 443.")


def _number(number: str, set_up: Number | None, url: str) -> Iterator[Check]:
    name, wanted = f"Twilio {number}", url + INBOUND
    if set_up is None:
        do = "Correct LINE_NUMBERS or TWILIO_ACCOUNT_SID; a number of a subaccount needs the subaccount's."
        yield Check(name, "bad", "This number is not in the account.", do)
        return
    where = f"At {number}, under 'A message comes in'"
    if set_up.application:
        says = f"A TwiML application ({set_up.application}) is asked instead of the line."
        yield Check(name, "bad", says, f"{where}, choose Webhook and set {wanted}{OVERRIDES}")
    elif urldefrag(set_up.sms_url).url.strip() != wanted:
        says = f"Its texts go to {set_up.sms_url or 'nobody'}, not to this line."
        do = f"{where} (or at its Messaging Service, if it is in one), set {wanted}{OVERRIDES}"
        yield Check(name, "bad", says, do)
    elif set_up.sms_method.upper() != "POST":
        yield Check(name, "bad", f"It calls with {set_up.sms_method}.", f"{where}, choose HTTP POST.")
    else:
        yield Check(name, "good", "Its texts come to this line.")
    yield _fallback(name, set_up.fallback_url, url)


def _fallback(name: str, fallback: str, url: str) -> Check:
    """While the line is away only another machine can say so: a fallback on the same host is away with it."""
    do = (
        "Under 'Primary handler fails', set a page on other machines, such as a TwiML Bin that says: "
        "we may not have got your text; emergency: 911."
    )
    if not fallback:
        return Check(name, "warning", "It has no fallback address: while the line is away, residents hear nothing.", do)
    if urlsplit(fallback).hostname == urlsplit(url).hostname:
        return Check(name, "warning", f"Its fallback {fallback} is away whenever the line is.", do)
    return Check(name, "good", f"While the line is away, {urlsplit(fallback).hostname} answers.")
