"""Tells somebody of an alarm: by a webhook, which chat systems take too, and by e-mail. Knows no database; what it tells
is words of our own and figures."""

import smtplib
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from bot.config import Config
from bot.errors import NotTold
from bot.watch.words import KINDS

_PATIENCE = 5.0  # seconds
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class News:
    """An alarm that opened (`state` open) or is over; `since` is when it opened."""

    kind: str
    state: str
    note: str
    since: datetime

    @property
    def title(self) -> str:
        words = KINDS[self.kind]
        if self.state == "over":
            return f"Over: {words.title}"
        return f"Urgent: {words.title}" if words.urgent else words.title

    @property
    def sentence(self) -> str:
        words = KINDS[self.kind]
        return f"It is over: {words.title}." if self.state == "over" else words.sentence(self.note)

    @property
    def advice(self) -> str:
        return "" if self.state == "over" else KINDS[self.kind].advice


def ways(config: Config) -> tuple[str, ...]:
    """How this department wants to be told."""
    wanted = {"webhook": bool(config.alarm_webhook_url), "email": bool(config.alarm_email_to and config.smtp_url)}
    return tuple(way for way in WAYS if wanted[way])


def tell(config: Config, way: str, news: News) -> None:
    """Raises NotTold if nobody took it within some seconds."""
    try:
        WAYS[way](config, news)
    except NotTold:
        raise
    except Exception as error:  # its own words may quote addresses and passwords
        raise NotTold(f"The alarm {news.kind} could not be told by {way} ({type(error).__name__}).") from None


def _post(config: Config, news: News) -> None:
    import requests

    body: dict[str, str | bool] = {
        "kind": news.kind,
        "state": news.state,
        "urgent": KINDS[news.kind].urgent,
        "sentence": news.sentence,
        "advice": news.advice,
        "since": news.since.isoformat(timespec="seconds"),
        "line": config.department_name,
        "text": " ".join(filter(None, (f"{config.department_name}:", news.sentence, news.advice))),
    }
    with requests.post(
        config.alarm_webhook_url, json=body, timeout=_PATIENCE, allow_redirects=False, stream=True
    ) as answer:
        if not 200 <= answer.status_code < 300:
            raise NotTold(f"The alarm {news.kind} could not be told by webhook (it answered {answer.status_code}).")


def _mail(config: Config, news: News) -> None:
    where = urlsplit(config.smtp_url)
    host, port = where.hostname or "", where.port or _PORTS[where.scheme]
    # The name we greet with: asking the resolver for our own may take longer than all the rest.
    ours = urlsplit(config.url).hostname or "localhost"
    if where.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, local_hostname=ours, timeout=_PATIENCE, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, port, local_hostname=ours, timeout=_PATIENCE)
    with server:
        server.ehlo()
        safe = where.scheme == "smtps"
        if not safe and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
            safe = True
        if where.username:
            if not safe:
                raise NotTold(
                    f"The alarm {news.kind} could not be e-mailed: the server would read our password openly."
                )
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(_letter(config, news))


def _letter(config: Config, news: News) -> EmailMessage:
    letter = EmailMessage()
    letter["Subject"] = f"[Puente, {config.department_name}] {news.title}"
    letter["From"] = config.alarm_email_from or f"puente@{urlsplit(config.url).hostname or 'localhost'}"
    letter["To"] = ", ".join(config.alarm_email_to)
    letter["Auto-Submitted"] = "auto-generated"  # so that nobody's absence notice answers it
    paragraphs = (news.sentence, news.advice, f"Since {news.since:%Y-%m-%d %H:%M %Z}. See {config.url}/desk/health")
    letter.set_content("\n\n".join(filter(None, paragraphs)) + "\n")
    return letter


WAYS: Mapping[str, Callable[[Config, News], None]] = {"webhook": _post, "email": _mail}
