"""The nouns of the line: frozen values that every layer may pass around, and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Holder(StrEnum):
    """Who answers a thread now."""

    BOT = "bot"
    WAITING = "waiting"
    OFFICER = "officer"


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    TRANSLATOR = "translator"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A webhook call as it came, without its server: `url` is path and query as sent."""

    method: str
    url: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a webhook call is answered with."""

    status: int
    body: str
    content_type: str = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, voice note or file that came with a text. `id` is the provider's; empty if it named none that fits the
    text, so that it cannot be fetched."""

    id: str
    content_type: str  # as told


@dataclass(frozen=True, slots=True)
class Fetched:
    """The content of a picture, voice note or file, as the provider gave it."""

    content: bytes
    content_type: str  # as told


@dataclass(frozen=True, slots=True)
class Spot:
    """A point on the map. `label` is what the sender's phone calls it, as typed by a stranger."""

    latitude: float
    longitude: float
    label: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One text from a resident, as a channel read it."""

    channel: str
    provider_id: str
    sender: str  # E.164 number, WhatsApp user id or simulator phone; private
    line: str  # the number of ours it was sent to
    text: str
    media: tuple[Media, ...] = ()
    spot: Spot | None = None
    profile_name: str = ""
    repeat_token: str = ""  # same value on a retry of the same delivery
    fallback: bool = False  # came over the fallback URL
    opt_out: str = ""  # STOP, START or HELP if the provider answered it already
    sent_at: int | None = None  # when the provider received it, if it says
    recovered: bool = False  # found in the provider's list: its webhook never reached us


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a text we sent."""

    channel: str
    message_id: int | None  # ours, from the receipt URL
    provider_id: str
    status: str  # the provider's word
    code: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared text that a provider has approved, and what fills its numbered gaps."""

    content_sid: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outbound:
    """One text to a resident. `text` may be longer than a provider takes at once; `parts` are as sent."""

    id: int
    thread_id: int
    channel: str
    recipient: str
    line: str
    text: str
    parts: tuple[str, ...] = ()
    template: Template | None = None  # sent instead of the words, which say what it says


@dataclass(frozen=True, slots=True)
class Resource:
    """One place of help, as a resident is told of it."""

    id: str
    name: str
    what: str
    phone: str
    languages: tuple[str, ...]  # BCP 47
    hours: tuple[tuple[int, int, int], ...]  # weekday 0=Monday, opening minute, closing minute
    needs: tuple[str, ...]  # category codes
    address: str = ""  # empty if it must not be told
    distance_km: float | None = None
    no_id_needed: bool = False
    checked_on: str = ""  # ISO date
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Meeting:
    """A community event, at one date."""

    id: str
    title: str
    starts: datetime
    ends: datetime
    place: str
    officer: str
    interpreters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportStatus:
    """What a resident may know of a report of theirs."""

    number: str
    kind: str
    filed: datetime
    state: str
    police_number: str = ""
    safe_contact: bool = False  # others may read this phone: nothing is said but that we have it


@dataclass(frozen=True, slots=True)
class Skill:
    """How well somebody knows a language, and the test that says so. Days are ISO dates."""

    tag: str
    level: int  # 0 none; 1 courtesy; 2 answers and takes simple reports; 3 statements; 4 interrogation and court
    dialect: str = ""
    speaks: bool = True
    reads: bool = True
    writes: bool = True
    test: str = ""
    tested_on: str = ""
    expires_on: str = ""

    def counts(self, day: date) -> int:
        """The level that holds on a day: above 1, courtesy, only by a test that was passed and has not run out."""
        holds = bool(self.test) and self.tested_on <= day.isoformat() <= self.expires_on
        return self.level if holds else min(self.level, 1)


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff, as screens and residents may know them. `languages` are as they count on the day they were read."""

    id: int
    login: str
    name: str
    role: Role
    badge: str = ""
    languages: Mapping[str, int] = field(default_factory=dict)  # tag -> level 0-4
    on_shift: bool = False
    tongue: str = ""  # the language they read the desk in; empty: as their browser asks
    skills: tuple[Skill, ...] = ()
    gender: str = ""  # woman, man, or not told
    most_threads: int = 5  # that they answer at a time
    busy: bool = False  # on shift, and not to be given more for now

    def speaks(self, tag: str) -> bool:
        """Tested well enough to be said to speak it (level 2 and up)."""
        return self.languages.get(tag, 0) >= 2
