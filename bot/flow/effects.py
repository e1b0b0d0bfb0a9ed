"""What the core wants done in the world. Values only: the use cases do it, in the turn's transaction."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the resident this."""

    text: str


@dataclass(frozen=True, slots=True)
class CallOfficer:
    """Pass the thread to an officer. `reason` is for staff, in English; `about` are the resident's words."""

    reason: str
    about: str = ""
    urgent: bool = False
    any_language: bool = False


@dataclass(frozen=True, slots=True)
class LeaveOfficer:
    """The resident no longer waits."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """Keep a report. `answers` are (question in English, answer, answer as the resident saw it)."""

    number: str
    kind: str
    complete: bool
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AddToReport:
    """Keep something more for a report of this resident."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class SpeakLanguage:
    """The resident chose a language."""

    tag: str


@dataclass(frozen=True, slots=True)
class ShowNotice:
    """A safety notice was said in the flow, so that it is recorded and 9 is not offered again."""

    label: str


@dataclass(frozen=True, slots=True)
class NoteMiss:
    """Nothing in the directory helped."""

    need: str
    near: str


@dataclass(frozen=True, slots=True)
class Rsvp:
    """The resident comes to a meeting."""

    meeting_id: str
    people: int
    need: str
    code: str


@dataclass(frozen=True, slots=True)
class CancelRsvp:
    """The resident does not come after all."""

    code: str


Effect = (
    Say
    | CallOfficer
    | LeaveOfficer
    | FileReport
    | AddToReport
    | SpeakLanguage
    | ShowNotice
    | NoteMiss
    | Rsvp
    | CancelRsvp
)
