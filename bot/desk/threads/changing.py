"""How every deed of an officer changes a thread: in one transaction, under the guard of a turn, tried again if a text of
the resident came in between. Knows no deed."""

from collections.abc import Callable

from bot.desk.threads.views import seen_by
from bot.errors import NotYours, Stale
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.town import Town
from bot.model import Holder, Officer
from bot.store import messages, threads
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.threads import Thread
from bot.text import sms

_TRIES = 5


def change_thread(
    hotline: Hotline, officer: Officer, thread_id: int, change: Callable[[Connection, Thread, int], None]
) -> None:
    """One transaction; again if a text of the resident came in between."""
    for _ in range(_TRIES):
        try:
            with hotline.db.write() as conn:
                thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
                change(conn, thread, hotline.instant())
        except Stale:
            continue
        hotline.queue.announce(thread_id)
        return
    raise Stale("The thread kept changing. Please try again.")


def keep(conn: Connection, hotline: Hotline, thread: Thread, holder: Holder, officer_id: int | None) -> None:
    """Who answers the thread from here on. The first statement of a change. Raises Stale."""
    if not carry_out(conn, threads.keep_memory(hotline.keys, thread, holder, officer_id, thread.language)):
        raise Stale("The thread changed meanwhile.")


def must_hold(thread: Thread, officer: Officer) -> None:
    """Raises NotYours."""
    if thread.holder != Holder.OFFICER or thread.officer_id != officer.id:
        raise NotYours("You do not hold this thread. Claim it first.")


def say(
    conn: Connection,
    hotline: Hotline,
    thread: Thread,
    at: int,
    said: list[str],
    officer: Officer | None = None,
    due_at: int | None = None,
) -> None:
    """Keep texts to the resident, by an officer or by the line, to be sent; not before `due_at`."""
    for words in said:
        for part in hotline.channels[thread.channel].split(sms.plain(words)):
            statement = messages.written(
                hotline.keys,
                id=new_id(),
                thread_id=thread.id,
                channel=thread.channel,
                words=part,
                language=thread.language,
                at=at,
                officer_id=officer.id if officer else None,
                due_at=due_at,
            )
            carry_out(conn, statement)


def phrase_of(hotline: Hotline, thread: Thread, name: str, officer: Officer) -> str:
    """One of the line's phrases in the resident's language, with the name of an officer in it."""
    voice = hotline.library.voice(thread.language or "en")
    town = Town(hotline, thread.channel, thread.resident_id)
    walk = Walk(hotline.library, voice, town, thread.memory.place)
    return walk.fill(hotline.library.phrase(name), {"officer": officer.name})
