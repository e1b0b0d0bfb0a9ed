"""A resident's number, shown to one officer for ten minutes: with a reason, written down, and told to the supervisors.
Nothing else of the desk knows a number; whether a second factor was given just now is for the door to ask."""

from dataclasses import dataclass

from bot.desk.threads.views import seen_by
from bot.errors import NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events, reveals, threads
from bot.store.database import Connection
from bot.store.reveals import Reveal
from bot.store.threads import Thread

LEAST_REASON = 10  # characters
SHOWN_FOR = 600_000  # ms
_MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as long as it may be seen; `until` is in ms since 1970."""

    number: str
    until: int


def thread_of(hotline: Hotline, officer: Officer, thread_id: int) -> Thread:
    """The thread whose number this officer may ask for. Raises NotFound; NotYours for whoever neither holds it nor
    supervises."""
    with hotline.db.read() as conn:
        return _may_ask(conn, hotline, officer, thread_id)


def _may_ask(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> Thread:
    thread, _ = seen_by(conn, hotline, officer, thread_id)
    if thread.officer_id != officer.id and officer.role not in (Role.SUPERVISOR, Role.ADMIN):
        raise NotYours("You do not hold this thread. Claim it first.")
    return thread


def reveal(hotline: Hotline, officer: Officer, thread_id: int, reason: str) -> None:
    """From now on for ten minutes `shown` gives the number to this officer. Raises NotUsable for no real reason."""
    words = " ".join(reason.split())
    if len(words) < LEAST_REASON:
        raise NotUsable("Write why you need the number, in at least {least} characters.", least=LEAST_REASON)
    at = hotline.instant()
    with hotline.db.write() as conn:
        _may_ask(conn, hotline, officer, thread_id)
        reveals.add(conn, hotline.keys, thread_id, officer.id, words, at, at + SHOWN_FOR)
        events.write(conn, f"officer:{officer.id}", "revealed", f"thread:{thread_id}", at)


def shown(hotline: Hotline, officer: Officer, thread_id: int) -> Shown | None:
    """The number, if this officer revealed it less than ten minutes ago and may still have it."""
    with hotline.db.read() as conn:
        _may_ask(conn, hotline, officer, thread_id)
        until = reveals.until(conn, thread_id, officer.id, hotline.instant(), SHOWN_FOR)
        return Shown(threads.address(conn, hotline.keys, thread_id), until) if until else None


def told(hotline: Hotline, officer: Officer) -> list[Reveal]:
    """What a supervisor is told: those nobody has looked at first; nothing of threads that are not shown to them."""
    with hotline.db.read() as conn:
        return reveals.latest(conn, hotline.keys, officer.id, _MOST_LISTED)


def untold(hotline: Hotline, officer: Officer) -> int:
    """How many a supervisor has still to look at."""
    with hotline.db.read() as conn:
        return reveals.unread(conn, officer.id)


def look_at(hotline: Hotline, officer: Officer, reveal_id: int) -> None:
    """A supervisor has looked at one. Raises NotYours: nobody looks at their own."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        thread_id = reveals.mark_read(conn, reveal_id, officer.id, at)
        if thread_id is None:
            raise NotFound("Somebody has looked at this already, or it is your own.")
        events.write(conn, f"officer:{officer.id}", "looked at a revealed number", f"thread:{thread_id}", at)


def written(number: str) -> str:
    """A number as people read it aloud: +1 555-555-0142. What is none, as the ids of WhatsApp are, stays as it is."""
    import phonenumbers

    if not number.startswith("+"):
        return number
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)

