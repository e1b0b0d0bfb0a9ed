"""What scripts may ask of the world, answered by this department for one resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from math import ceil
from statistics import median

from bot.config import Config
from bot.flow.facts import Queue
from bot.hotline import Hotline
from bot.line import duty, hours, meetings, places, resources
from bot.model import Meeting, ReportStatus, Resource, Spot
from bot.store import handoffs, reports
from bot.text import report_number

_MOST_HOLIDAYS = 14  # in a row
_LATELY = 28 * 86_400_000  # ms: what was so in the last weeks may be so today
_FEW_WAITS = 10  # of fewer nothing can be said


@lru_cache(maxsize=4)
def _values(config: Config) -> Mapping[str, str]:
    return {
        "dept": config.department_name,
        "city": config.department_city,
        "phone": config.department_phone,
        "url": config.department_url,
        "retention_years": str(config.department_retention_years),
        "review_days": str(config.department_review_days),
        "record_law": config.department_record_law,
        "complaint_days": str(config.department_complaint_days),
        "oversight": config.department_oversight,
        "oversight_phone": config.department_oversight_phone,
        "draft_days": str(config.department_draft_days),
        "privacy_variant": config.department_privacy,
    }


@lru_cache(maxsize=4)
def department_hours(config: Config) -> hours.Hours:
    return hours.parse_hours(config.department_hours)


def is_open(config: Config, when: datetime) -> bool:
    """Whether officers answer at a moment, by the department's hours and holidays. `when` is in the department's zone."""
    return hours.open_at(department_hours(config), when) and not _is_holiday(config, when)


def _is_holiday(config: Config, when: datetime) -> bool:
    return when.date().isoformat() in config.department_holidays


@dataclass
class Town:
    """Facts for one turn of one resident. What it looks up it looks up once."""

    hotline: Hotline
    channel: str
    resident_id: int | None
    careful: bool = False  # somebody else may read their phone

    @cached_property
    def now(self) -> datetime:
        return self.hotline.now()

    @property
    def values(self) -> Mapping[str, str]:
        return _values(self.hotline.config)

    @property
    def languages(self) -> Sequence[str]:
        return self.hotline.config.department_languages

    @property
    def priors(self) -> Mapping[str, float]:
        return dict(self.hotline.config.department_priors)

    @property
    def text_911(self) -> str:
        return self.hotline.config.department_text_911

    @property
    def app_channel(self) -> bool:
        return self.channel != "twilio-sms"

    @property
    def hours(self) -> Sequence[tuple[int, int, int]]:
        return department_hours(self.hotline.config)

    def open_now(self) -> bool:
        """Whether officers answer at this hour."""
        return is_open(self.hotline.config, self.now)

    def officer_now(self, tag: str) -> str:
        if not self.open_now():
            return "closed"
        return duty.answers(tag, self._hands)

    def wished_now(self, tag: str, gender: str) -> bool:
        return duty.wished_for(tag, gender, self._hands)

    @property
    def may_text(self) -> bool:
        return not self.careful

    @cached_property
    def _hands(self) -> Sequence[duty.Hand]:
        with self.hotline.db.read() as conn:
            return duty.hands(conn, self.hotline)

    def next_opening(self) -> datetime | None:
        moment = hours.next_opening(self.hours, self.now)
        for _ in range(_MOST_HOLIDAYS):
            if moment is None or not _is_holiday(self.hotline.config, moment):
                break
            moment = hours.next_opening(self.hours, moment)
        return moment

    def queue(self, tag: str) -> Queue:
        position = handoffs.waiting(self.hotline.db, tag) + 1
        return Queue(position, position * self._minutes_each(tag))

    def _minutes_each(self, tag: str) -> int:
        """What residents of this language really waited in open hours lately, half of them less; as the department means
        to answer where that is not known yet."""
        since = self.hotline.instant() - _LATELY
        waits = [
            claimed - opened
            for opened, claimed in handoffs.waits(self.hotline.db, tag, since)
            if is_open(self.hotline.config, datetime.fromtimestamp(opened / 1000, self.hotline.config.timezone))
        ]
        if len(waits) < _FEW_WAITS:
            return self.hotline.config.department_answer_minutes
        return max(1, ceil(median(waits) / 60_000))

    def resources(self, need: str, near: Spot | None, tag: str) -> Sequence[Resource]:
        return resources.find(self.hotline, need, near, tag)

    def place(self, text: str) -> tuple[str, Spot] | None:
        return places.place(self.hotline, text)

    @cached_property
    def _meetings(self) -> Sequence[Meeting]:
        return meetings.upcoming(self.hotline)

    def meetings(self) -> Sequence[Meeting]:
        return self._meetings

    def meeting(self, id: str) -> Meeting | None:
        return meetings.meeting(self.hotline, id)

    def reports(self, number: str | None) -> Sequence[ReportStatus]:
        if self.resident_id is None:
            return ()
        zone = self.hotline.config.timezone
        found = reports.statuses(self.hotline.db, self.hotline.keys, self.resident_id, number)
        return [
            ReportStatus(num, kind, datetime.fromtimestamp(filed / 1000, zone), state, police_number, safe)
            for num, kind, filed, state, police_number, safe in found
        ]

    def new_report_number(self) -> str:
        return report_number.make(self.now.year, self.hotline.chance.randrange)

    def new_code(self) -> str:
        return meetings.new_code(self.hotline.chance)
