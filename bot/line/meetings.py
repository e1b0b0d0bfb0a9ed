"""Community meetings for residents: which come next, and saying that one comes or not. In a turn nothing is read but
the version of the calendar, and nothing written: a turn gets statements to write with the rest."""

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.model import Meeting
from bot.store import meetings as store
from bot.store.clock import milliseconds
from bot.store.database import Connection, Statement
from bot.store.ids import new_id
from bot.store.kept import kept
from bot.store.problems import ImportReport
from bot.store.sealing import Keyset
from bot.text.fold import fold

if TYPE_CHECKING:
    from bot.hotline import Hotline

# No vowels, so that no code is a word; nothing that looks like another: no 0 O, 1 I L, 2 Z, 5 S, 8 B, G Q.
_LETTERS = "CDFHJKMNPRTVWXY34679"


def upcoming(hotline: "Hotline", limit: int = 3) -> list[Meeting]:
    """The next meetings that are not over, with times in the department's zone."""
    now, found = hotline.now(), []
    for one in _calendar(hotline.db).values():
        if one.ends > now:
            found.append(_local(hotline, one))
            if len(found) == limit:
                break
    return found


def meeting(hotline: "Hotline", id: str) -> Meeting | None:
    """One meeting, also when it is over; None if there is none or it was cancelled."""
    one = _calendar(hotline.db).get(id)
    return _local(hotline, one) if one else None


def planned(hotline: "Hotline", conn: Connection, id: str) -> Meeting | None:
    """One meeting as the desk plans it now, also if it was cancelled; None if there is none."""
    one = store.one(conn, id)
    if one is None:
        return None
    zone = hotline.config.timezone
    starts, ends = (datetime.fromtimestamp(at / 1000, zone) for at in (one.starts_at, one.ends_at))
    return Meeting(one.id, one.title, starts, ends, one.place, one.officer, one.interpreters)


def new_code(chance: random.Random) -> str:
    """Three characters that a resident types back to say they cannot come, like K7P."""
    return "".join(chance.choice(_LETTERS) for _ in range(3))


def rsvp(
    resident_id: int, meeting_id: str, *, people: int, need: str, language: str | None, code: str,
    ask_after: bool = False, at: int | None = None,
) -> Statement:  # fmt: skip
    """A resident comes, with so many people more; said again for the same meeting, the last word counts."""
    return store.RSVP_SQL, {
        "id": new_id(),
        "meeting_id": meeting_id,
        "resident_id": resident_id,
        "people": people,
        "need": need,
        "language": language,
        "code": code,
        "ask_after": ask_after,
        "created_at": milliseconds() if at is None else at,
    }


def cancel_rsvp(resident_id: int, code: str) -> Statement:
    """A resident does not come after all. Nothing is kept of it."""
    return store.CANCEL_SQL, {"resident_id": resident_id, "code": _typed(code)}


def change_rsvp(resident_id: int, code: str, need: str) -> Statement:
    """A resident comes, and needs something else than they said."""
    return store.CHANGE_SQL, {"resident_id": resident_id, "code": _typed(code), "need": need}


def rate(keys: Keyset, meeting_id: str, useful: str, words: str, language: str | None, at: int) -> Statement:
    """How a meeting was, kept without who said it."""
    id_ = new_id()
    return store.RATE_SQL, {
        "id": id_, "meeting_id": meeting_id, "useful": useful, "language": language, "created_at": at,
        "words": keys.seal(words, f"meeting_answers.words:{id_}") if words else None,
    }  # fmt: skip


def rsvp_by_code(hotline: "Hotline", resident_id: int, code: str) -> Meeting | None:
    """The meeting to which this resident said they come, by the code they were given."""
    row = hotline.db.look(store.BY_CODE_SQL, {"resident_id": resident_id, "code": _typed(code)})
    return meeting(hotline, row[0]) if row else None


def load_meetings(hotline: "Hotline", path: Path) -> ImportReport:
    """Make the meetings to come those of an iCalendar file; what comes back is taken half a year ahead, so load it
    again before that. Raises ImportRefused if the file is no calendar."""
    from bot.store.calendar import read_calendar  # loads all zones and languages: not for a web process

    now = hotline.now()
    planned, problems = read_calendar(path, hotline.config.timezone, now)
    with hotline.db.write() as conn:
        changes = store.import_meetings(conn, planned, now)
    counts = {"meetings": len(planned), "new": len(changes.added), "moved": len(changes.moved)}
    return ImportReport(counts | {"cancelled": len(changes.cancelled)}, tuple(problems))


def _typed(code: str) -> str:
    """As a resident writes it back: in small letters, with a full stop, in digits of another script."""
    return fold(code).replace(" ", "").upper()


def _local(hotline: "Hotline", one: Meeting) -> Meeting:
    zone = hotline.config.timezone
    return replace(one, starts=one.starts.astimezone(zone), ends=one.ends.astimezone(zone))


def _arrange(meetings: Iterable[Meeting]) -> dict[str, Meeting]:
    return {one.id: one for one in meetings}


_calendar = kept(store.VERSION_SQL, store.all_meetings, _arrange)
