"""Hand-offs at the desk: claimed and closed. Every change of a thread leaves a line in the audit trail."""

from bot.desk.threads.changing import Also, change_thread, give_back, keep, must_hold, phrase_of
from bot.desk.threads.views import is_told
from bot.errors import TakenAlready
from bot.hotline import Hotline
from bot.line.saying import say
from bot.model import Holder, Officer
from bot.store import events, interpreters
from bot.store import handoffs as store
from bot.store.database import Connection
from bot.store.threads import Thread


def claim(hotline: Hotline, officer: Officer, thread_id: int, also: Also | None = None) -> None:
    """Take a thread. Of two officers exactly one gets it; the other gets TakenAlready, which names who has it. The
    resident is told who is here, unless somebody else may read their phone and they did not ask for an officer: then the
    officer's own first answer tells."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        keep(conn, hotline, thread, Holder.OFFICER, officer.id)  # the thread before its hand-offs, as in a turn
        if thread.holder == Holder.OFFICER and thread.officer_id == officer.id:
            store.claim(conn, thread_id, officer.id, at)  # pressed twice, or for a safety card that came since
            return
        taken = thread.holder == Holder.OFFICER and thread.officer_id != officer.id
        if taken or not store.claim(conn, thread_id, officer.id, at):
            raise TakenAlready(_who_has(conn, hotline, thread_id))
        found = store.of_thread(conn, hotline.keys, thread_id)
        if is_told(thread, found, at):
            before = [one.passed_by for one in found if one.passed_by]
            joins = "officer_goes_on" if before and officer.id not in before else "officer_join"
            say(conn, hotline, thread, at, [phrase_of(hotline, thread, joins, {"officer": officer.name})])
        events.write(conn, f"officer:{officer.id}", "claimed", f"thread:{thread_id}", at)

    change_thread(hotline, officer, thread_id, change, also)
    hotline.queue.put("deliver", thread_id)


def _who_has(conn: Connection, hotline: Hotline, thread_id: int) -> str:
    holders = [one.officer for one in store.of_thread(conn, hotline.keys, thread_id) if one.officer_id]
    return holders[0] if holders else "Nobody waits here any more, or another officer"


def close(
    hotline: Hotline,
    officer: Officer,
    thread_id: int,
    outcome: str,
    language_service: str = "",
    why: str = "",
    also: Also | None = None,
) -> None:
    """Give the thread back: the bot says so, unless somebody else may read the phone, and goes on at the very step it left.
    How it ended and how the two understood each other are kept with its hand-offs. Raises NotYours."""

    def change(conn: Connection, thread: Thread, at: int) -> None:
        must_hold(thread, officer)
        said = [phrase_of(hotline, thread, "officer_end", {"officer": officer.name})]
        said += give_back(conn, hotline, thread, at)
        told = is_told(thread, store.of_thread(conn, hotline.keys, thread_id), at) and not thread.stopped
        store.end(conn, hotline.keys, thread_id, at, outcome, language_service, why)
        interpreters.note_service(conn, thread_id, at)
        if told:
            say(conn, hotline, thread, at, ["\n\n".join(said)])
        events.write(conn, f"officer:{officer.id}", "closed", f"thread:{thread_id}", at, outcome)

    change_thread(hotline, officer, thread_id, change, also)
    hotline.queue.put("deliver", thread_id)
