"""Until when a resident was told to hear of a report, and the name under which others know it. Knows no report."""

import secrets
from datetime import datetime, time, timedelta

from bot.config import Config
from bot.line.town import department_hours

_LONGEST_SHUT = 21  # days in a row without officers; beyond that the day stands as it is
_SIGNS = "0123456789bcdfghjkmnpqrstvwxz"  # no vowels: no words by chance


def review_by(config: Config, at: int) -> int:
    """Until when a person reads a report."""
    return answer_by(config, at, config.department_review_days)


def answer_by(config: Config, at: int, days: int) -> int:
    """The end of the last of the days a resident is promised, as they count them: weekends too."""
    day = datetime.fromtimestamp(at / 1000, config.timezone).date() + timedelta(days=days + 1)
    return _instant(datetime.combine(day, time(), config.timezone))


def new_date(config: Config, at: int) -> datetime:
    """Another day for a report that is late: as many days on, and one on which officers answer, since it must hold."""
    when = datetime.fromtimestamp(at / 1000, config.timezone) + timedelta(days=config.department_review_days)
    for ahead in range(_LONGEST_SHUT):
        day = when + timedelta(days=ahead)
        open_that_day = any(weekday == day.weekday() for weekday, _, _ in department_hours(config))
        if open_that_day and day.date().isoformat() not in config.department_holidays:
            return day
    return when


def end_of(day: datetime) -> int:
    """The instant at which a day is over."""
    return _instant(datetime.combine(day.date() + timedelta(days=1), time(), day.tzinfo))


def public_id() -> str:
    """A name of a report for other systems: nothing of its number or its time can be told from it."""
    return "".join(secrets.choice(_SIGNS) for _ in range(14))


def _instant(when: datetime) -> int:
    return int(when.timestamp() * 1000)
