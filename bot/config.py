"""Settings: read once from the environment, frozen, complete or refused. Nothing else reads the environment."""

import os
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import SettingWrong

LANGUAGES = ("en", "es", "zh-Hans", "zh-Hant", "vi", "ko", "tl", "ar", "ht", "ru", "pt", "fr")


def _setting(name: str, about: str, default: Any = "", parse: Callable[[str], Any] = str) -> Any:
    """A field of Config: its name in the environment, what it is for, how its words become a value."""
    return field(default=default, metadata={"name": name, "about": about, "parse": parse})


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace(";", ",").split(",") if part.strip())


def _weights(text: str) -> tuple[tuple[str, float], ...]:
    pairs = (part.partition("=") for part in _list(text))
    try:
        return tuple((tag.strip(), float(weight)) for tag, _, weight in pairs)
    except ValueError:
        raise ValueError("is a list like `es=1.0, so=0.5`") from None


def _dates(text: str) -> tuple[str, ...]:
    return tuple(date.fromisoformat(day).isoformat() for day in _list(text))


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"is one of {', '.join(allowed)}")
        return text

    return parse


def _up_to(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isdecimal() or int(text) > most:
            raise ValueError(f"is a whole number from 0 to {most}")
        return int(text)

    return parse


def _on_off(text: str) -> bool:
    return _one_of("on", "off")(text) == "on"


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("begins with http:// or https://")
    return text.rstrip("/")


def _address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("begins with http:// or https://")
    return text  # as it was given: a slash at its end may matter to others


def _mail_server(text: str) -> str:
    where = urlsplit(text)
    if where.scheme not in ("smtp", "smtps") or not where.hostname:
        raise ValueError("is like smtp://user:password@host:587 or smtps://user:password@host")
    return text


def _hours(text: str) -> str:
    # Read here only to refuse it early; whoever needs hours reads them from the words.
    if not all(_SPAN.fullmatch(part.strip()) for part in text.split(";")) and text != "24/7":
        raise ValueError("is hours like `Mo-Fr 08:00-20:00; Sa 09:00-17:00`")
    return text


_SPAN = re.compile(r"[A-Z][a-z](-[A-Z][a-z])? \d\d?:\d\d-\d\d?:\d\d(,\d\d?:\d\d-\d\d?:\d\d)*")


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError("is a time zone like America/Chicago") from error
    return text


def _allowed_by(text: str) -> str:
    name, _, day = text.rpartition(",")
    try:
        date.fromisoformat(day.strip())
    except ValueError:
        name = ""
    if not name.strip():
        raise ValueError("is who confirmed it and the day, like `Chief Ana Ortiz, 2026-09-01`")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting, one field each. `.env.example` and docs/settings.md list them; a test compares."""

    env: str = _setting("PUENTE_ENV", "development or production", "development", _one_of("development", "production"))
    host: str = _setting("HOST", "address the web server listens on", "127.0.0.1")
    port: int = _setting("PORT", "port the web server listens on", 8000, int)
    public_url: str = _setting("PUBLIC_URL", "how the outside reaches us; Twilio signs this address", "", _url)
    data_dir: Path = _setting("DATA_DIR", "folder for the database, Redis and keys", Path("var"), Path)
    database_url: str = _setting("DATABASE_URL", "postgresql://… ; a SQLite file in DATA_DIR if empty")
    redis_url: str = _setting("REDIS_URL", "redis://… ; an embedded Redis if empty")
    seal_keys: str = _setting("SEAL_KEYS", "keyset that seals private fields; made in DATA_DIR in development if empty")

    twilio_account_sid: str = _setting("TWILIO_ACCOUNT_SID", "your Twilio account, AC…")
    twilio_auth_token: str = _setting("TWILIO_AUTH_TOKEN", "its primary auth token; checks signatures only")
    twilio_auth_token_before: str = _setting(
        "TWILIO_AUTH_TOKEN_BEFORE", "the auth token before it was changed; still accepted while Twilio changes over"
    )
    twilio_api_key: str = _setting("TWILIO_API_KEY", "API key for sending, SK…")
    twilio_api_secret: str = _setting("TWILIO_API_SECRET", "its secret")
    twilio_api_url: str = _setting("TWILIO_API_URL", "another host for Twilio's REST API, for tests", "", _url)
    twilio_reply: str = _setting(
        "TWILIO_REPLY", "twiml, or rest in regions IE1 and AU1", "twiml", _one_of("twiml", "rest")
    )
    most_answers_an_hour: int = _setting(
        "MOST_ANSWERS_AN_HOUR", "automatic answers in an hour; above it texts are kept and only danger is answered", 3000, int
    )
    line_numbers: tuple[str, ...] = _setting("LINE_NUMBERS", "our numbers, E.164, separated by commas", (), _list)
    whatsapp: str = _setting(
        "WHATSAPP_ALLOWED_BY",
        "who confirmed in writing that this department may use WhatsApp, and when, like `Chief Ana Ortiz, 2026-09-01`;"
        " empty: off",
        "",
        _allowed_by,
    )

    department_name: str = _setting("DEPARTMENT_NAME", "short name, at most 20 characters", "Riverbend PD")
    department_city: str = _setting("DEPARTMENT_CITY", "the city", "Riverbend")
    department_phone: str = _setting("DEPARTMENT_PHONE", "non-emergency phone", "555-555-0100")
    department_timezone: str = _setting("DEPARTMENT_TIMEZONE", "time zone", "America/Chicago", _zone)
    department_hours: str = _setting(
        "DEPARTMENT_HOURS", "when officers answer", "Mo-Fr 08:00-20:00; Sa 09:00-17:00", _hours
    )
    department_holidays: tuple[str, ...] = _setting(
        "DEPARTMENT_HOLIDAYS",
        "days officers do not answer, like 2026-12-25",
        ("2026-11-26", "2026-12-25", "2027-01-01"),
        _dates,
    )
    department_languages: tuple[str, ...] = _setting(
        "DEPARTMENT_LANGUAGES", "languages offered, most spoken first", LANGUAGES, _list
    )
    department_priors: tuple[tuple[str, float], ...] = _setting(
        "DEPARTMENT_PRIORS",
        "what is spoken in town, added to a language's log-odds when a text is unclear, like es=1.0, so=0.5",
        (),
        _weights,
    )
    department_interpreter_notices: tuple[str, ...] = _setting(
        "DEPARTMENT_INTERPRETER_NOTICES",
        "languages whose safety texts are said in English with the interpreter's phone line, until reviewed",
        (),
        _list,
    )
    safety_phrases: str = _setting(
        "SAFETY_PHRASES",
        "folder with the department's own words of danger, <tag>/safety.yml; added to the shipped ones",
    )
    department_url: str = _setting(
        "DEPARTMENT_URL", "page about this line", "https://riverbend.example/police/language-line"
    )
    department_text_911: str = _setting(
        "DEPARTMENT_TEXT_911",
        "text, text-en or call: what the 911 centre can take",
        "text-en",
        _one_of("text", "text-en", "call"),
    )
    department_privacy: str = _setting(
        "DEPARTMENT_PRIVACY", "privacy texts A or B, as counsel signed", "A", _one_of("A", "B")
    )
    department_retention_years: int = _setting("DEPARTMENT_RETENTION_YEARS", "years that texts are kept", 2, int)
    department_review_days: int = _setting("DEPARTMENT_REVIEW_DAYS", "days until a person read a report", 5, int)
    department_complaint_days: int = _setting(
        "DEPARTMENT_COMPLAINT_DAYS", "days until a complaint is answered", 10, int
    )
    department_oversight: str = _setting(
        "DEPARTMENT_OVERSIGHT", "office outside the police that takes complaints; empty: residents are told of none"
    )
    department_oversight_phone: str = _setting("DEPARTMENT_OVERSIGHT_PHONE", "its phone")
    department_interpreters: tuple[str, ...] = _setting(
        "DEPARTMENT_INTERPRETERS", "services that send interpreters, by phone or in person, separated by commas", (), _list
    )
    department_record_law: str = _setting("DEPARTMENT_RECORD_LAW", "public records law, short", "Open Records Act")
    department_draft_days: int = _setting("DEPARTMENT_DRAFT_DAYS", "days an unfinished report is kept", 7, int)
    department_second_reader: tuple[str, ...] = _setting(
        "DEPARTMENT_SECOND_READER",
        "flow files that a second person must agree to before they go live, like notices, privacy",
        (),
        _list,
    )
    survey: bool = _setting(
        "SURVEY", "on or off: residents are asked how our help was, a day after it, once in thirty days", True, _on_off
    )
    department_rsvp_days: int = _setting(
        "DEPARTMENT_RSVP_DAYS", "days after a meeting until the list of who came is deleted", 30, int
    )
    department_answer_minutes: int = _setting(
        "DEPARTMENT_ANSWER_MINUTES", "minutes in which an officer should answer", 10, int
    )
    department_silent_minutes: int = _setting(
        "DEPARTMENT_SILENT_MINUTES",
        "minutes after which a thread waits for others again, if its officer does not answer",
        20,
        int,
    )

    desk_undo_seconds: int = _setting(
        "DESK_UNDO_SECONDS", "seconds in which an officer can take a text back, 0 to 60", 10, _up_to(60)
    )

    translator_url: str = _setting(
        "TRANSLATOR_URL", "LibreTranslate that the department runs itself, like http://127.0.0.1:5000; empty: none", "", _url
    )
    translator_key: str = _setting("TRANSLATOR_KEY", "API key, if it wants one")

    relay: bool = _setting(
        "RELAY", "on or off: officers may answer from their own phones, by SMS; see docs/relay.md", False, _on_off
    )

    trusted_proxies: int = _setting(
        "TRUSTED_PROXIES", "how many reverse proxies stand in front; so many say where a request comes from", 0, _up_to(9)
    )
    oidc_issuer: str = _setting(
        "OIDC_ISSUER", "identity provider staff may sign in with (OpenID Connect); empty: none", "", _address
    )
    oidc_client_id: str = _setting("OIDC_CLIENT_ID", "what it calls this line")
    oidc_client_secret: str = _setting("OIDC_CLIENT_SECRET", "the secret it gave this line")
    oidc_login_claim: str = _setting("OIDC_LOGIN_CLAIM", "which claim of it is the login here", "preferred_username")
    oidc_second_factor: tuple[str, ...] = _setting(
        "OIDC_SECOND_FACTOR",
        "values of amr or acr that count as a second factor, like mfa,hwk; empty: ours is asked for",
        (),
        _list,
    )

    alarm_webhook_url: str = _setting("ALARM_WEBHOOK_URL", "where alarms are posted as JSON", "", _address)
    alarm_email_to: tuple[str, ...] = _setting(
        "ALARM_EMAIL_TO", "who is e-mailed alarms, separated by commas", (), _list
    )
    alarm_email_from: str = _setting("ALARM_EMAIL_FROM", "sender of those e-mails; puente@ our own host if empty")
    smtp_url: str = _setting("SMTP_URL", "mail server, smtp://user:password@host:587 or smtps://…", "", _mail_server)
    vapid_keys: str = _setting(
        "VAPID_KEYS",
        "key that push services know this line by; made in DATA_DIR if empty, for all processes that share it",
    )
    push_services: tuple[str, ...] = _setting(
        "PUSH_SERVICES",
        "hosts of push services that browsers may be told by, *. for all below one",
        ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"),
        _list,
    )
    metrics_token: str = _setting(
        "METRICS_TOKEN", "what /metrics must be asked with (Authorization: Bearer …); empty: shut in production"
    )

    def __post_init__(self) -> None:
        if self.oidc_issuer and not self.oidc_client_id:
            raise SettingWrong("OIDC_ISSUER needs OIDC_CLIENT_ID. See .env.example.")
        if self.env == "production" and self.oidc_issuer.startswith("http://"):
            raise SettingWrong("In production OIDC_ISSUER begins with https://.")
        if self.env == "production":
            missing = [
                name
                for name, value in (
                    ("PUBLIC_URL", self.public_url),
                    ("SEAL_KEYS", self.seal_keys),
                    ("TWILIO_ACCOUNT_SID", self.twilio_account_sid),
                    ("TWILIO_AUTH_TOKEN", self.twilio_auth_token),
                    ("LINE_NUMBERS", self.line_numbers),
                )
                if not value
            ]
            if missing:
                raise SettingWrong(
                    f"In production these settings must be filled: {', '.join(missing)}. See .env.example."
                )

    @property
    def development(self) -> bool:
        return self.env == "development"

    @property
    def url(self) -> str:
        """Our own address as others see it, without a slash at the end."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def database(self) -> str:
        """SQLAlchemy URL. PostgreSQL always through psycopg 3."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'puente.db'}"
        scheme, _, rest = self.database_url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @property
    def whatsapp_allowed(self) -> tuple[str, date] | None:
        """Who confirmed that WhatsApp may be used, and on which day; None if nobody did."""
        name, _, day = self.whatsapp.rpartition(",")
        return (name.strip(), date.fromisoformat(day.strip())) if name else None

    @property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(self.department_timezone)


def read(environ: Mapping[str, str]) -> Config:
    """Settings from the environment. Raises SettingWrong naming the setting and what it should be."""
    return Config(**_values(environ, fields(Config)))


def departments_own() -> tuple[Field[Any], ...]:
    """The settings a department's admin may change without its operator."""
    return tuple(one for one in fields(Config) if one.metadata["name"] in _DEPARTMENTS_OWN)


def department_of(config: Config, words: Mapping[str, str]) -> Config:
    """The settings with the department's own over them. Raises SettingWrong, also for one that is not its own."""
    for name in words:
        if name not in _DEPARTMENTS_OWN:
            raise SettingWrong(f"{name} is no setting of the department. It is set where the line runs.")
    values = _values(words, departments_own())
    for one in departments_own():
        if words.get(one.metadata["name"], "-").strip():
            continue
        if one.default:
            raise SettingWrong(f"{one.metadata['name']} must not be empty.")
        values[one.name] = one.default
    return replace(config, **values)


_DEPARTMENTS_OWN = frozenset(
    "DEPARTMENT_NAME DEPARTMENT_CITY DEPARTMENT_PHONE DEPARTMENT_URL DEPARTMENT_HOURS DEPARTMENT_HOLIDAYS"
    " DEPARTMENT_LANGUAGES DEPARTMENT_PRIORS DEPARTMENT_INTERPRETER_NOTICES DEPARTMENT_TEXT_911 DEPARTMENT_PRIVACY"
    " DEPARTMENT_RETENTION_YEARS DEPARTMENT_REVIEW_DAYS DEPARTMENT_COMPLAINT_DAYS DEPARTMENT_OVERSIGHT"
    " DEPARTMENT_OVERSIGHT_PHONE DEPARTMENT_INTERPRETERS DEPARTMENT_RECORD_LAW DEPARTMENT_DRAFT_DAYS SURVEY"
    " DEPARTMENT_SECOND_READER DEPARTMENT_RSVP_DAYS DEPARTMENT_ANSWER_MINUTES DEPARTMENT_SILENT_MINUTES".split()
)  # not the time zone: running clocks would go on in the old one


def _values(words: Mapping[str, str], wanted: Iterable[Field[Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in wanted:
        name, parse = one.metadata["name"], one.metadata["parse"]
        text = words.get(name, "").strip()
        if not text:
            continue
        try:
            values[one.name] = parse(text)
        except ValueError as error:
            why = str(error) if not isinstance(error, UnicodeError) and parse is not int else "is a whole number"
            shown = name if parse in (_address, _mail_server) else f"{name}={text!r}"  # those may hold a password
            raise SettingWrong(f"{shown} cannot be used: it {why}.") from error
    return values


def read_environment() -> Config:
    """Settings from `.env` in the working folder, overruled by the environment."""
    from dotenv import dotenv_values

    return read({**{name: value or "" for name, value in dotenv_values(".env").items()}, **os.environ})


def kept_secret(config: Config, name: str, fresh: str = "") -> str:
    """A secret made once and kept in DATA_DIR, readable by its owner only."""
    path = config.data_dir / name
    if not path.exists():
        config.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(fresh or secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process was first
    return path.read_text()
