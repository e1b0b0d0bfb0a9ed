"""How every deed of an officer changes a thread: in one transaction, under the guard of a turn, tried again if a text of
the resident came in between. Knows no deed."""

from collections.abc import Callable, Mapping

from bot.desk.threads.views import seen_by
from bot.errors import NotYours, Stale
from bot.flow import awaiting
from bot.flow.effects import Say
from bot.flow.walk import Walk
from bot.hotline import Hotline
from bot.line.applying import Kept, rows
from bot.line.town import Town
from bot.model import Holder, Officer
from bot.store import threads
from bot.store.database import Connection, carry_out
from bot.store.threads import Thread

_TRIES = 5
Also = Callable[[Connection], None]


def change_thread(
    hotline: Hotline,
    officer: Officer | None,
    thread_id: int,
    change: Callable[[Connection, Thread, int], None],
    also: Also | None = None,
) -> None:
    """One transaction; again if a text of the resident came in between. Without an officer nobody is asked whether they may
    see the thread. `also`: what else is kept if it is, and only then."""
    for _ in range(_TRIES):
        try:
            with hotline.db.write() as conn:
                thread = _thread(conn, hotline, officer, thread_id)
                change(conn, thread, hotline.instant())
                if also:
                    also(conn)
        except Stale:
            continue
        hotline.queue.announce(thread_id)
        return
    raise Stale("The thread kept changing. Please try again.")


def _thread(conn: Connection, hotline: Hotline, officer: Officer | None, thread_id: int) -> Thread:
    if officer is None:
        return threads.read(conn, hotline.keys, thread_id)
    thread, _handoffs = seen_by(conn, hotline, officer, thread_id)
    return thread


def keep(conn: Connection, hotline: Hotline, thread: Thread, holder: Holder, officer_id: int | None) -> None:
    """Who answers the thread from here on. The first statement of a change. Raises Stale."""
    if not carry_out(conn, threads.keep_memory(hotline.keys, thread, holder, officer_id, thread.language)):
        raise Stale("The thread changed meanwhile.")


def give_back(conn: Connection, hotline: Hotline, thread: Thread, at: int) -> list[str]:
    """The line answers the thread again, at the very step it left; what it would say there. The first statement of a change.
    Raises Stale."""
    voice = hotline.library.voice(thread.language or "en")
    walk = Walk(hotline.library, voice, Town(hotline, thread.channel, thread.resident_id), thread.memory.place)
    awaiting.officer_left(walk)
    thread.memory.place = walk.place
    keep(conn, hotline, thread, Holder.BOT, None)
    kept = Kept(hotline, thread.resident_id, thread.id, thread.language, at)
    for effect in walk.effects:
        for statement in rows(kept, effect):
            carry_out(conn, statement)
    return [effect.text for effect in walk.effects if isinstance(effect, Say)]


def must_hold(thread: Thread, officer: Officer) -> None:
    """Raises NotYours."""
    if thread.holder != Holder.OFFICER or thread.officer_id != officer.id:
        raise NotYours("You do not hold this thread. Claim it first.")


def phrase_of(
    hotline: Hotline, thread: Thread, name: str, values: Mapping[str, str] | None = None, language: str | None = None
) -> str:
    """One of the line's phrases, filled, in the resident's language or another."""
    voice = hotline.library.voice(language or thread.language or "en")
    town = Town(hotline, thread.channel, thread.resident_id)
    walk = Walk(hotline.library, voice, town, thread.memory.place)
    return walk.fill(hotline.library.phrase(name), values or {})
