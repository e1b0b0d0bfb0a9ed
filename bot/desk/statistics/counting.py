"""Counts each day that is over, once, so that statistics of a year add up some thousand sums instead of reading every text,
and stay when threads are deleted. Opens nothing that is sealed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.hotline import Hotline
from bot.line.town import is_open
from bot.store import happenings, sums
from bot.store.happenings import Happening
from bot.store.sums import Sum
from bot.text.safety import LABELS

_GRACE = timedelta(minutes=10)  # what is written at midnight is kept a moment later
_AT_A_TIME = 60  # days in one round
_HOURLY = ("contact", "asked for an officer")
_MINUTE, _HOUR = 60, 3600  # seconds


def count_days(hotline: Hotline) -> int:
    """Count the days that are over and were not counted yet; how many that were."""
    until = (hotline.now() - _GRACE).date() - timedelta(days=1)
    with hotline.db.read() as conn:
        last = sums.last_day(conn)
        if last and last >= until.isoformat():
            return 0
        began = happenings.first(conn)
    if last:
        day = date.fromisoformat(last) + timedelta(days=1)
    elif began is None:
        return 0
    else:
        day = datetime.fromtimestamp(began / 1000, hotline.config.timezone).date()
    days = [day + timedelta(days=n) for n in range(min((until - day).days + 1, _AT_A_TIME))]
    return sum(_count(hotline, day) for day in days)


def _count(hotline: Hotline, day: date) -> bool:
    begins, ends = hotline.midnight(day), hotline.midnight(day + timedelta(days=1))
    with hotline.db.read() as conn:
        counted = _added_up(hotline, day, happenings.between(conn, begins, ends))
    with hotline.db.write() as conn:
        if not sums.claim_day(conn, day.isoformat(), hotline.instant()):
            return False
        sums.keep(conn, day.isoformat(), counted)
    return True


def _added_up(hotline: Hotline, day: date, happened: Iterable[Happening]) -> list[Sum]:
    found: Counter[tuple[str, str, str, int, str, int]] = Counter()
    for raw in happened:
        for one in _told_apart(raw, hotline):
            hour = _wall(hotline, one.at).hour if one.what in _HOURLY else -1
            found[one.what, one.language, one.channel, hour, one.detail, _rounded(one.value)] += one.times
    month = day.isoformat()[:7]
    return [Sum(month, *kind, times) for kind, times in found.items()]


def _told_apart(one: Happening, hotline: Hotline) -> Iterator[Happening]:
    """What columns alone do not tell: danger by its kind, corrections of a language, whether officers were there."""
    match one.what:
        case "notice":
            yield from (replace(one, detail=label) for label in LABELS if label in one.detail and label != "sensitive")
        case "language decided":
            if _is_correction(one.detail):
                yield replace(one, what="language corrected", detail="")
        case "human answer":
            yield replace(one, detail="open" if is_open(hotline.config, _wall(hotline, one.at)) else "shut")
        case _:
            yield one


def _is_correction(detail: str) -> bool:
    """`es chosen 1.00 < pt detected 0.71`: what the line had recognised was not the resident's language."""
    now, before, then = detail.partition(" < ")
    if not before:
        return False
    (tag, source, *_), (old_tag, old_source, *_) = now.split(), then.split()
    return source == "chosen" and old_source == "detected" and tag != old_tag


def _wall(hotline: Hotline, at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, hotline.config.timezone)


def _rounded(seconds: int) -> int:
    """To the minute from ten minutes on, to the hour from a day on: finer says nothing, and makes many rows."""
    unit = 1 if seconds < 10 * _MINUTE else _MINUTE if seconds < 24 * _HOUR else _HOUR
    return seconds // unit * unit
