"""A second look at closed threads: one in twenty of last month's, and every one in which a machine translated in a matter of
danger or rights. Each is reviewed once, by somebody who did not answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from bot.desk.supervision.others import another
from bot.desk.threads import opening, translation
from bot.desk.threads.translation import Machine
from bot.desk.threads.views import ThreadView, seen_by, view
from bot.errors import NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import bars, events, marks, reviews
from bot.store.database import Connection
from bot.store.reviews import MACHINE, SAMPLE, Month, Review

VERDICTS = ("good", "could be better", "must be followed up")
MOST_NOTICES = 99
MOST_NOTE = 2000  # characters
_SHARE = 20  # one in so many
_SHOWN = 92  # days for which reviews stand in the list


@dataclass(frozen=True, slots=True)
class Page:
    """One review with its conversation, and what a machine made of it. `own`: this person answered the thread, so that
    somebody else reviews it."""

    review: Review
    view: ThreadView
    machine: Machine
    own: bool


def draw(hotline: Hotline) -> int:
    """A round of the scheduler: last month's sample, once; how many threads were drawn."""
    first, before = _last_month(hotline)
    name, at = f"reviews of {first:%Y-%m}", hotline.instant()
    with hotline.db.read() as conn:
        if marks.at(conn, name) is not None:
            return 0
        closed = reviews.closed_between(conn, hotline.midnight(first), hotline.midnight(before))
    machine = [one for one in closed if one.machine]
    others = [one for one in closed if not one.machine]
    sample = hotline.chance.sample(others, ceil(len(others) / _SHARE))
    drawn = 0
    with hotline.db.write() as conn:
        if not marks.claim(conn, name, at, at):
            return 0
        for one, why in [*((one, MACHINE) for one in machine), *((one, SAMPLE) for one in sample)]:
            drawn += reviews.draw(conn, one, f"{first:%Y-%m}", why, at)
        if drawn:
            events.write(
                conn, "line", "drew threads for review", f"month:{first:%Y-%m}", at, f"{drawn} of {len(closed)}"
            )
    return drawn


def listed(hotline: Hotline, officer: Officer) -> list[Review]:
    """Of the last three months: what is still to be reviewed first."""
    since = hotline.today() - timedelta(days=_SHOWN)
    with hotline.db.read() as conn:
        hidden = bars.of_staff(conn, officer.id)
        return [one for one in reviews.listed(conn, hotline.keys, f"{since:%Y-%m}") if one.thread_id not in hidden]


def months(hotline: Hotline) -> Sequence[Month]:
    """What reviews found: for each month how many notices were needless, and how many were missed."""
    with hotline.db.read() as conn:
        return reviews.months(conn)


def opened(hotline: Hotline, officer: Officer, review_id: int) -> Page:
    """Raises NotFound. That somebody read the thread is in the audit trail."""
    with hotline.db.read() as conn:
        review = _one(conn, hotline, officer, review_id)
        own = _is_own(conn, hotline, officer, review)
    opening.note(hotline, officer, review.thread_id)
    seen = view(hotline, officer, review.thread_id)
    with hotline.db.read() as conn:
        machine = translation.shown(conn, hotline, [review.thread_id], seen.messages)
    return Page(review, seen, machine, own)


def review(
    hotline: Hotline, officer: Officer, review_id: int, verdict: str, needless: int, missed: int, note: str
) -> None:
    """What a second look found. Raises NotUsable, NotYours, NotFound if somebody else was faster."""
    if verdict not in VERDICTS:
        raise NotUsable("Choose how it was.")
    if not (0 <= needless <= MOST_NOTICES and 0 <= missed <= MOST_NOTICES):
        raise NotUsable("Count the notices: a number from 0 to {most}.", most=MOST_NOTICES)
    words = note.strip()[:MOST_NOTE]
    if not words and (verdict != VERDICTS[0] or needless or missed):
        raise NotUsable("Write what should have been otherwise.")
    at = hotline.instant()
    with hotline.db.write() as conn:
        found = _one(conn, hotline, officer, review_id)
        if _is_own(conn, hotline, officer, found):
            raise NotYours("You answered this thread yourself. Another supervisor reviews it.")
        if not reviews.settle(conn, hotline.keys, review_id, officer.id, verdict, needless, missed, words, at):
            raise NotFound("Somebody has reviewed this already.")
        told = f"{verdict}, {needless} needless, {missed} missed"
        events.write(conn, f"officer:{officer.id}", "reviewed", f"thread:{found.thread_id}", at, told)


def _one(conn: Connection, hotline: Hotline, officer: Officer, review_id: int) -> Review:
    found = reviews.one(conn, hotline.keys, review_id)
    if found is None:
        raise NotFound("There is no such review.")
    seen_by(conn, hotline, officer, found.thread_id)
    return found


def _is_own(conn: Connection, hotline: Hotline, officer: Officer, found: Review) -> bool:
    """Whether they answered it themselves, and somebody else is there to look."""
    answered = officer.id in reviews.answered_by(conn, found.thread_id)
    return answered and another(conn, hotline, officer, found.thread_id)


def _last_month(hotline: Hotline) -> tuple[date, date]:
    """Its first day, and the one after its last."""
    before = hotline.today().replace(day=1)
    return (before - timedelta(days=1)).replace(day=1), before
