"""All a script may ask of the world. Use cases answer it; tests answer it with a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.model import Meeting, ReportStatus, Resource, Spot


@dataclass(frozen=True, slots=True)
class Queue:
    """Where a resident would stand if they waited for an officer now."""

    position: int
    minutes: int


class Facts(Protocol):
    @property
    def now(self) -> datetime:
        """Aware, in the department's time zone."""

    @property
    def values(self) -> Mapping[str, str]:
        """What the department fills into placeholders: dept, city, phone …"""

    @property
    def languages(self) -> Sequence[str]:
        """Tags offered, most spoken first."""

    @property
    def text_911(self) -> str:
        """text, text-en or call."""

    @property
    def app_channel(self) -> bool:
        """Whether 911 cannot be reached from this channel's app."""

    def officer_now(self, tag: str) -> str:
        """yes: one on shift speaks it; no: nobody on shift does; closed: outside hours."""

    def wished_now(self, tag: str, gender: str) -> bool:
        """Whether a woman, or a man, on shift speaks it."""

    @property
    def may_text(self) -> bool:
        """Whether the resident may be written to unasked."""

    @property
    def hours(self) -> Sequence[tuple[int, int, int]]:
        """When officers answer: weekday (0 = Monday), opening and closing minute."""

    def next_opening(self) -> datetime | None:
        """When officers answer again; None if they do now or never."""

    def queue(self, tag: str) -> Queue: ...

    def resources(self, need: str, near: Spot | None, tag: str) -> Sequence[Resource]: ...

    def place(self, text: str) -> tuple[str, Spot] | None: ...

    def meetings(self) -> Sequence[Meeting]: ...

    def meeting(self, id: str) -> Meeting | None:
        """Any that is not cancelled, also one that is over."""

    def reports(self, number: str | None) -> Sequence[ReportStatus]:
        """This resident's reports, newest first; with a number, only that one if it is theirs."""

    def new_report_number(self) -> str: ...

    def new_code(self) -> str:
        """A short code for an RSVP."""
