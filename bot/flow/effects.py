"""What the core wants done in the world. Values only: the use cases do it, in the turn's transaction."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the resident this."""

    text: str


@dataclass(frozen=True, slots=True)
class CallOfficer:
    """Pass the thread to an officer. `reason` is for staff, in English; `about` are the resident's words; `gender` is the
    officer's whom they wish for."""

    reason: str
    about: str = ""
    urgent: bool = False
    any_language: bool = False
    gender: str = ""
    sensitive: bool = False
    speaker_only: bool = False  # they would rather wait than have an interpreter


@dataclass(frozen=True, slots=True)
class LeaveOfficer:
    """The resident no longer waits."""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What a report says beyond its words. `chosen` are question and answer where one of our own answers was chosen, in
    English: nothing a resident wrote. `told`: the resident hears its number, and until when a person reads it. `private`: no
    other system hears of it."""

    contact: str = ""  # text, call, both, none
    spot: str = ""  # latitude,longitude
    chosen: tuple[tuple[str, str], ...] = ()
    told: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class FileReport:
    """Keep a report. `answers` are (question in English, answer)."""

    number: str
    kind: str
    complete: bool
    answers: tuple[tuple[str, str], ...]
    facts: ReportFacts = field(default=ReportFacts(), repr=False)


@dataclass(frozen=True, slots=True)
class AddToReport:
    """Keep something more for a report of this resident. `kind`: of the report; empty if nobody knew."""

    number: str
    words: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AnswerReport:
    """Keep the answer to an officer's question about a report of this resident; `kind` as above."""

    number: str
    question: str
    words: str
    kind: str = ""


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
    ask_after: bool = False  # they may be asked afterwards how it was


@dataclass(frozen=True, slots=True)
class CancelRsvp:
    """The resident does not come after all."""

    code: str


@dataclass(frozen=True, slots=True)
class ChangeRsvp:
    """The resident comes, and needs something else than they said."""

    code: str
    need: str


@dataclass(frozen=True, slots=True)
class RateMeeting:
    """How a meeting was, and what the next one should be about. Kept without who said it."""

    meeting_id: str
    useful: str
    words: str


@dataclass(frozen=True, slots=True)
class OptIn:
    """The resident may be written to unasked, once. `asked` is the question they said yes to, as they read it."""

    topic: str
    asked: str


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """One answer to one question on how our help was. Kept without who gave it."""

    question: str
    answer: str


Effect = (
    Say
    | CallOfficer
    | LeaveOfficer
    | FileReport
    | AddToReport
    | AnswerReport
    | SpeakLanguage
    | ShowNotice
    | NoteMiss
    | Rsvp
    | CancelRsvp
    | ChangeRsvp
    | RateMeeting
    | OptIn
    | AnswerSurvey
)
