"""Who can be asked for now: planned shifts as stretches of time, and everybody who is here or on call with what they have in
hand. Knows no hand-off."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import duty as store
from bot.store import staff
from bot.store.database import Connection
from bot.store.duty import Shift

ANSWERS, STATEMENTS = 2, 3  # levels: tested to answer; tested for statements and victims
ON_CALL = "on call"


@dataclass(frozen=True, slots=True)
class Stretch:
    """One time that a planned shift takes place. Instants in ms."""

    shift: Shift
    day: str  # ISO date on which it begins
    begins_at: int
    ends_at: int

    def covers(self, at: int) -> bool:
        return self.begins_at <= at < self.ends_at


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who may be asked."""

    officer: Officer
    on_call: bool = False
    in_hand: int = 0  # threads they answer now

    @property
    def free(self) -> bool:
        return not self.officer.busy and self.in_hand < self.officer.most_threads

    def level(self, language: str | None) -> int:
        """English is everybody's, and so is what nobody knows the language of."""
        return 4 if language in (None, "en") else self.officer.languages.get(language or "", 0)


def stretches(shifts: Sequence[Shift], first: date, last: date, zone: tzinfo) -> list[Stretch]:
    """What is planned to begin on these days, in order."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    found = [_stretch(shift, day, zone) for shift in shifts for day in days if _takes_place(shift, day)]
    return sorted(found, key=lambda one: (one.begins_at, one.shift.id))


def around(conn: Connection, hotline: Hotline) -> list[Stretch]:
    """What is planned to begin from yesterday to tomorrow: all that goes on now is among it."""
    today = hotline.today()
    yesterday = today - timedelta(days=1)
    return stretches(
        store.shifts(conn, yesterday.isoformat()), yesterday, today + timedelta(days=1), hotline.config.timezone
    )


def hands(conn: Connection, hotline: Hotline) -> list[Hand]:
    """Everybody who works here."""
    at = hotline.instant()
    called = {one.shift.staff_id for one in around(conn, hotline) if one.shift.kind == ON_CALL and one.covers(at)}
    in_hand = store.in_hand(conn)
    return [
        Hand(officer, officer.id in called, in_hand.get(officer.id, 0))
        for officer in staff.everybody(conn, hotline.today())
    ]


def answers(language: str, there: Sequence[Hand]) -> str:
    """What a resident is told who asks for an officer: yes (somebody tested is here or on call), no (only others are here),
    or closed (nobody is). Who is busy is here too: they are waited for."""
    may = [hand for hand in there if hand.officer.role in (Role.OFFICER, Role.SUPERVISOR)]
    here = [hand for hand in may if hand.officer.on_shift]
    if any(hand.level(language) >= ANSWERS for hand in here):
        return "yes"
    if language != "en" and any(hand.level(language) >= ANSWERS for hand in may if hand.on_call):
        return "yes"
    return "no" if here else "closed"


def wished_for(language: str, gender: str, there: Sequence[Hand]) -> bool:
    """Whether somebody on shift who is tested in the language is the woman or man a resident wishes for."""
    here = [hand.officer for hand in there if hand.officer.on_shift and hand.level(language) >= ANSWERS]
    return any(one.gender == gender and one.role in (Role.OFFICER, Role.SUPERVISOR) for one in here)


def _takes_place(shift: Shift, day: date) -> bool:
    first, iso = date.fromisoformat(shift.day), day.isoformat()
    if iso in shift.left_out or day < first or (shift.until and iso > shift.until):
        return False
    return day == first or (shift.weekly and (day - first).days % 7 == 0)


def _stretch(shift: Shift, day: date, zone: tzinfo) -> Stretch:
    last = day if shift.ends > shift.begins else day + timedelta(days=1)
    return Stretch(shift, day.isoformat(), _instant(day, shift.begins, zone), _instant(last, shift.ends, zone))


def _instant(day: date, minute: int, zone: tzinfo) -> int:
    """A minute of a day by the clock on the wall; 1440 is the midnight after it."""
    whole = day + timedelta(days=minute // 1440)
    wall = datetime.combine(whole, time(minute % 1440 // 60, minute % 60), zone)
    return int(wall.timestamp() * 1000)


def ending(conn: Connection, hotline: Hotline, staff_id: int) -> Iterator[Stretch]:
    """The shifts of one person that go on now."""
    at = hotline.instant()
    return (
        one
        for one in around(conn, hotline)
        if one.shift.staff_id == staff_id and one.shift.kind != ON_CALL and one.covers(at)
    )
