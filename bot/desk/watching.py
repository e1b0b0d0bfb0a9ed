"""Who may learn, live, that something changed on a thread. Knows no stream and no browser."""

from collections.abc import Callable

from bot.desk import accounts, handoffs
from bot.desk.accounts import Session
from bot.errors import NotFound
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import handoffs as store
from bot.store import staff, threads


def watchers(hotline: Hotline, thread_id: int) -> Callable[[Officer], bool]:
    """A rule that says whom a change of this thread may be named to. The database is asked once, for all of them."""
    with hotline.db.read() as conn:
        open_ones = store.of_thread(conn, hotline.keys, thread_id)
        try:
            holder = threads.read(conn, hotline.keys, thread_id).officer_id
        except NotFound:
            holder = None

    def may_know(officer: Officer) -> bool:
        return officer.id == holder or any(handoffs.may_see(officer, one) for one in open_ones)

    return may_know


def still_signed_in(hotline: Hotline, session: Session) -> Officer | None:
    """The person as they are now, if the session goes on. An open page is no sign of a person in front of it, so
    asking does not keep the session from running out."""
    now = hotline.instant()
    with hotline.db.read() as conn:
        found = staff.session(conn, session.token_hash, now - accounts.IDLE, now - accounts.LONGEST)
    return found[0] if found else None
