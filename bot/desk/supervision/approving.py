"""What one asks for and another supervisor agrees to: longer mutes, and that something of a record is deleted or blacked out.
The line deletes nothing by this: what the records law and a legal hold allow is for the department's records office, which
does it and says so here."""

from collections.abc import Sequence

from bot.desk.supervision.others import another
from bot.desk.threads.views import open_for, seen_by
from bot.errors import NotFound, NotUsable, NotYours
from bot.hotline import Hotline
from bot.line.deciding import WISH
from bot.model import Officer
from bot.store import approvals, bars, events, mutes
from bot.store.approvals import Approval
from bot.store.database import Connection
from bot.store.handoffs import Handoff

KINDS = ("deletion", "redaction")
LEAST_REASON = 10  # characters
MOST_REASON = 1000


def ask(hotline: Hotline, officer: Officer, thread_id: int, kind: str, reason: str) -> None:
    """Ask that something of a thread is deleted, or blacked out in what is given out. Raises NotUsable, NotFound."""
    words = " ".join(reason.split())
    if kind not in KINDS:
        raise NotUsable("Choose what is asked for.")
    if not LEAST_REASON <= len(words) <= MOST_REASON:
        raise NotUsable("Write what and why, in at least {least} characters.", least=LEAST_REASON)
    at = hotline.instant()
    with hotline.db.write() as conn:
        seen_by(conn, hotline, officer, thread_id)
        approvals.ask(conn, hotline.keys, kind, thread_id, words, officer.id, at)
        events.write(conn, f"officer:{officer.id}", f"asked for {kind}", f"thread:{thread_id}", at)


def open_ones(hotline: Hotline, officer: Officer) -> list[tuple[Approval, bool]]:
    """What is to be decided or done, and whether this supervisor may decide it."""
    with hotline.db.read() as conn:
        hidden = bars.of_staff(conn, officer.id)
        found = [one for one in approvals.open_ones(conn, hotline.keys) if one.thread_id not in hidden]
        return [(one, _may_decide(conn, hotline, officer, one)) for one in found]


def wishes(hotline: Hotline, officer: Officer) -> Sequence[Handoff]:
    """Residents who asked to see or delete what is kept of them, and whom nobody has answered to the end."""
    return [one for one in open_for(hotline, officer) if WISH in one.reason]


def decide(hotline: Hotline, officer: Officer, approval_id: int, *, agree: bool) -> None:
    """Agree or refuse, once. Raises NotYours for one's own, unless nobody else is there; NotFound if it is decided."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        found = _one(conn, hotline, officer, approval_id)
        if not _may_decide(conn, hotline, officer, found):
            raise NotYours("You asked for this yourself. Another supervisor decides it.")
        if not approvals.decide(conn, approval_id, "agreed" if agree else "refused", officer.id, at):
            raise NotFound("This was decided already.")
        if agree and found.mute_id and not mutes.lengthen(conn, found.mute_id, found.thread_id, found.until_at or 0):
            raise NotFound("The mute was lifted meanwhile.")
        verb = f"{'agreed to' if agree else 'refused'} {_named(found.kind)}"
        alone = ", alone: there is no other supervisor" if found.asker_id == officer.id else ""
        events.write(
            conn, f"officer:{officer.id}", verb, f"thread:{found.thread_id}", at, f"approval:{found.id}{alone}"
        )
    hotline.queue.announce(found.thread_id)


def mark_done(hotline: Hotline, officer: Officer, approval_id: int) -> None:
    """The records office has done what was agreed to. Raises NotFound."""
    at = hotline.instant()
    with hotline.db.write() as conn:
        found = _one(conn, hotline, officer, approval_id)
        if not approvals.mark_done(conn, approval_id, officer.id, at):
            raise NotFound("There is nothing to be done any more.")
        note = f"approval:{found.id}"
        events.write(
            conn, f"officer:{officer.id}", f"{found.kind} was carried out", f"thread:{found.thread_id}", at, note
        )


def _named(kind: str) -> str:
    return "a longer mute" if kind == "mute" else kind


def _one(conn: Connection, hotline: Hotline, officer: Officer, approval_id: int) -> Approval:
    found = approvals.one(conn, hotline.keys, approval_id)
    if found is None:
        raise NotFound("There is nothing to decide.")
    seen_by(conn, hotline, officer, found.thread_id)
    return found


def _may_decide(conn: Connection, hotline: Hotline, officer: Officer, found: Approval) -> bool:
    return found.asker_id != officer.id or not another(conn, hotline, officer, found.thread_id)
