"""The fake Twilio as a program: says what to set, takes texts from standard input, serves until it is told to end."""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import FrameType

from bot.fake_twilio.control import Desk
from bot.fake_twilio.twilio import FakeTwilio
from bot.fake_twilio.webhooks import overrides


class _ToldToEnd(BaseException):
    """SIGTERM or Ctrl-C. No Exception, so that nothing on the way takes it for a failure of its own."""


def run(
    app_url: str,
    *,
    public_url: str,
    lines: Sequence[str],
    account_sid: str,
    auth_token: str,
    port: int,
    webhook_fragment: str,
    fallback: str,
) -> None:
    """Serve until SIGTERM or Ctrl-C; does not return. Rows like `+15005550006 words` become texts, whose replies are
    printed. Raises ValueError where the fragment is wrong, OSError where the port is taken."""
    overrides(webhook_fragment)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _end)
    try:
        with FakeTwilio(
            app_url,
            public_url=public_url,
            lines=lines,
            account_sid=account_sid,
            auth_token=auth_token,
            port=port,
            webhook_fragment=webhook_fragment,
            fallback=fallback,
            receipts_apart=True,
        ) as twilio:
            twilio.control = Desk(twilio).answer
            for name, value in settings(twilio).items():
                print(f"{name}={value}", flush=True)
            _talk(twilio)
            while True:
                signal.pause()
    except _ToldToEnd:
        sys.stdout.flush()
        os._exit(0)  # a call may be waiting for an answer: nobody waits for it


def settings(twilio: FakeTwilio) -> Mapping[str, str]:
    """What the line's `.env` must say to be this Twilio's customer."""
    return {
        "TWILIO_API_URL": twilio.url,
        "TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.auth_token,
        "TWILIO_API_KEY": "",
        "TWILIO_API_SECRET": "",
        "LINE_NUMBERS": ",".join(twilio.lines),
        "PUBLIC_URL": twilio.public_url,
    }


def _talk(twilio: FakeTwilio) -> None:
    """Until standard input ends, its rows become texts; whatever goes to residents, and what Twilio's debugger would
    show, is printed. Afterwards nothing is: perhaps nobody reads it."""
    twilio.created = lambda text: print(text.body, flush=True)
    for row in sys.stdin:
        sender, _, body = row.rstrip("\n").partition(" ")
        for reply in twilio.text(sender, body) if sender else ():
            print(reply, flush=True)
        for code, path in twilio.errors:
            print(f"error {code} at {path}", file=sys.stderr, flush=True)
        twilio.errors.clear()
    twilio.created = lambda _: None


def _end(number: int, frame: FrameType | None) -> None:
    raise _ToldToEnd
