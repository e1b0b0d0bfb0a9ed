"""Who may learn, live, that something changed on a thread. Knows no stream and no browser."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.desk.identity import sessions
from bot.desk.threads.views import may_see
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import handoffs as store
from bot.store import threads
from bot.store.handoffs import Handoff


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose desk shows a thread, as it stands at one moment. `elsewhere`: it has stood in other lists before, which may
    still show it."""

    holder: int | None
    handoffs: tuple[Handoff, ...]
    elsewhere: bool

    def lists(self, officer: Officer) -> bool:
        """Whether it stands in this person's list."""
        return any(may_see(officer, one) for one in self.handoffs)

    def opens(self, officer: Officer) -> bool:
        """Whether this person may have it open in front of them."""
        supervises = officer.role in (Role.SUPERVISOR, Role.ADMIN) and not self.handoffs
        return officer.id == self.holder or supervises or self.lists(officer)


def sight(hotline: Hotline, thread_id: int) -> Sight:
    """The database is asked once, for all who watch."""
    with hotline.db.read() as conn:
        handoffs = tuple(store.of_thread(conn, hotline.keys, thread_id))
        return Sight(threads.officer(conn, thread_id), handoffs, store.was_elsewhere(conn, thread_id))


def still_signed_in(hotline: Hotline, token_hashes: Iterable[str]) -> Mapping[str, Officer]:
    """Of these sessions those that go on, and the people as they are now. An open page is no sign of a person in front of
    it, so asking does not keep a session from running out."""
    return sessions.going_on(hotline, token_hashes)
