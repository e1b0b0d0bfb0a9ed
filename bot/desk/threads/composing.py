"""What officers are typing: kept as they type, found again on another device, and seen by others who type in the same
thread. Sends nothing."""

from dataclasses import dataclass

from bot.desk.threads.changing import must_hold
from bot.desk.threads.views import seen_by
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import unsent
from bot.store.unsent import NOTE, REPLY

__all__ = ["KINDS", "NOTE", "REPLY", "Typed", "drafts", "forget_old", "keep", "typing"]

KINDS = (REPLY, NOTE)
LONGEST = 4000  # characters kept
_STILL = 8_000  # ms after the last letter in which somebody still counts as typing
_KEPT = 14 * 86_400_000  # ms


@dataclass(frozen=True, slots=True)
class Typed:
    """What one officer had typed in a thread when they left it."""

    reply: str
    note: str


def drafts(hotline: Hotline, officer: Officer, thread_id: int) -> Typed:
    with hotline.db.read() as conn:
        found = [unsent.words(conn, hotline.keys, thread_id, officer.id, kind) for kind in (REPLY, NOTE)]
    return Typed(*found)


def keep(hotline: Hotline, officer: Officer, thread_id: int, kind: str, words: str, began: int) -> bool:
    """Keep what is being typed; whether it was kept. `began` is the instant at which the form was made: nothing is kept of
    one that is older than the last text sent. Raises NotFound, NotYours."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
        if kind == REPLY:
            must_hold(thread, officer)
        kept, before = unsent.keep(conn, hotline.keys, thread_id, officer.id, kind, words.strip()[:LONGEST], began, at)
    if kept and words.strip() and before <= at - _STILL:  # who goes on typing is known already
        hotline.queue.announce(thread_id)
    return kept


def typing(hotline: Hotline, officer: Officer, thread_id: int) -> list[tuple[str, str]]:
    """Who else is typing in a thread: name, and whether a reply or a note. Raises NotFound."""
    with hotline.db.read() as conn:
        seen_by(conn, hotline, officer, thread_id)
        return unsent.typing(conn, thread_id, hotline.instant() - _STILL, officer.id)


def forget_old(hotline: Hotline) -> None:
    before = hotline.instant() - _KEPT
    with hotline.db.read() as conn:
        if not unsent.is_old(conn, before):
            return
    with hotline.db.write() as conn:
        unsent.drop_old(conn, before)
