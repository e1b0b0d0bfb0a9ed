"""Notes that staff write for each other on a thread. No resident is ever sent one."""

import re

from bot.desk.paging import pushing
from bot.desk.threads.views import may_see, seen_by
from bot.errors import NotUsable, NotYours
from bot.hotline import Hotline
from bot.model import Officer, Role
from bot.store import events, notes, staff, unsent
from bot.store.database import Connection
from bot.store.handoffs import Handoff
from bot.store.ids import new_id
from bot.store.threads import Thread

LONGEST = 4000  # characters
_MENTION = re.compile(r"(?<![\w@])@([\w.-]*\w)")


def write(hotline: Hotline, officer: Officer, thread_id: int, words: str) -> None:
    """Keep a note; whoever is named in it by @login finds it on a shelf of their own. Raises NotFound; NotUsable for an
    empty one; NotYours if somebody named may not see the thread."""
    if not words:
        raise NotUsable("There is nothing to keep yet. Write a note first.")
    if len(words) > LONGEST:
        raise NotUsable("A note has at most {most} characters; this one has {count}.", most=LONGEST, count=len(words))
    with hotline.db.write() as conn:
        thread, handoffs = seen_by(conn, hotline, officer, thread_id)
        named = _named(conn, hotline, words, officer, thread, handoffs)
        keep(conn, hotline, officer, thread_id, words, named)
        unsent.empty(conn, thread_id, officer.id, unsent.NOTE, hotline.instant())
    hotline.queue.announce(thread_id)
    if named:
        pushing.push(hotline, [one.id for one in named], pushing.WAITS)


def keep(
    conn: Connection,
    hotline: Hotline,
    officer: Officer,
    thread_id: int,
    words: str,
    named: list[Officer],
    kind: str = "note",
) -> None:
    """Write a note inside a change of the thread."""
    id_, at = new_id(), hotline.instant()
    notes.add(conn, hotline.keys, id=id_, thread_id=thread_id, officer_id=officer.id, words=words, at=at, kind=kind)
    notes.mention(conn, id_, [one.id for one in named])
    events.write(conn, f"officer:{officer.id}", "wrote a note", f"thread:{thread_id}", at)


def _named(
    conn: Connection, hotline: Hotline, words: str, author: Officer, thread: Thread, handoffs: list[Handoff]
) -> list[Officer]:
    logins = {login.lower() for login in _MENTION.findall(words)}
    named = [one for one in staff.everybody(conn, hotline.today()) if one.login in logins and one.id != author.id]
    for one in named:
        supervises = one.role in (Role.SUPERVISOR, Role.ADMIN)
        sees = thread.officer_id == one.id or any(may_see(one, each) for each in handoffs)
        if not sees and not (supervises and not handoffs):
            raise NotYours("{name} may not see this thread. Pass it on to them, or leave the @ out.", name=one.name)
    return named


def mentioned_in(hotline: Hotline, officer: Officer) -> frozenset[int]:
    """Threads with a note that names this officer and that they have not read yet."""
    with hotline.db.read() as conn:
        return frozenset(notes.mentioned_in(conn, officer.id))


def read_by(hotline: Hotline, officer: Officer, thread_id: int) -> None:
    """The officer has the thread open, and so has read what names them in it."""
    if thread_id not in mentioned_in(hotline, officer):
        return
    with hotline.db.write() as conn:
        notes.see(conn, thread_id, officer.id, hotline.instant())


def people(hotline: Hotline, officer: Officer) -> list[Officer]:
    """Who may be named in a note: all who work with threads, but oneself."""
    with hotline.db.read() as conn:
        everybody = staff.everybody(conn, hotline.today())
    return [
        one for one in everybody if one.id != officer.id and one.role in (Role.OFFICER, Role.SUPERVISOR, Role.ADMIN)
    ]
