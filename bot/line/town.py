"""What scripts may ask of the world, answered by this department for one resident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache

from bot.config import Config
from bot.flow.facts import Queue
from bot.hotline import Hotline
from bot.line import hours, meetings, places, resources
from bot.model import Meeting, ReportStatus, Resource, Spot
from bot.store import handoffs, reports, staff
from bot.text import report_number

_MOST_HOLIDAYS = 14  # in a row


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
        "draft_days": str(config.department_draft_days),
        "privacy_variant": config.department_privacy,
    }


@lru_cache(maxsize=4)
def department_hours(config: Config) -> hours.Hours:
    return hours.parse_hours(config.department_hours)


@dataclass
class Town:
    """Facts for one turn of one resident. What it looks up it looks up once."""

    hotline: Hotline
    channel: str
    resident_id: int | None

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

    def officer_now(self, tag: str) -> str:
        if self._holiday(self.now) or not hours.open_at(self.hours, self.now):
            return "closed"
        with self.hotline.db.read() as conn:
            here = [officer for officer in staff.everybody(conn) if officer.on_shift]
        return "yes" if any(officer.speaks(tag) for officer in here) or (tag == "en" and here) else "no"

    def next_opening(self) -> datetime | None:
        moment = hours.next_opening(self.hours, self.now)
        for _ in range(_MOST_HOLIDAYS):
            if moment is None or not self._holiday(moment):
                break
            moment = hours.next_opening(self.hours, moment)
        return moment

    def _holiday(self, when: datetime) -> bool:
        return when.date().isoformat() in self.hotline.config.department_holidays

    def queue(self, tag: str) -> Queue:
        position = handoffs.waiting(self.hotline.db, tag) + 1
        return Queue(position, position * self.hotline.config.department_answer_minutes)

    def resources(self, need: str, near: Spot | None, tag: str) -> Sequence[Resource]:
        return resources.find(self.hotline, need, near, tag)

    def place(self, text: str) -> tuple[str, Spot] | None:
        return places.place(self.hotline, text)

    @cached_property
    def _meetings(self) -> Sequence[Meeting]:
        return meetings.upcoming(self.hotline)

    def meetings(self) -> Sequence[Meeting]:
        return self._meetings

    def reports(self, number: str | None) -> Sequence[ReportStatus]:
        if self.resident_id is None:
            return ()
        zone = self.hotline.config.timezone
        found = reports.statuses(self.hotline.db, self.resident_id, number)
        return [
            ReportStatus(num, kind, datetime.fromtimestamp(filed / 1000, zone), state)
            for num, kind, filed, state in found
        ]

    def new_report_number(self) -> str:
        return report_number.make(self.now.year, self.hotline.chance.randrange)

    def new_code(self) -> str:
        return meetings.new_code(self.hotline.chance)
