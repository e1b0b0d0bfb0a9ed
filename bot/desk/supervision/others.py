"""Nobody decides alone where a second supervisor is there to look: who that is. Knows no deed."""

from bot.desk import access
from bot.desk.access import Deed
from bot.desk.threads.views import seen_by
from bot.errors import NotFound
from bot.hotline import Hotline
from bot.model import Officer
from bot.store import staff
from bot.store.database import Connection


def another(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> bool:
    """Whether somebody else may decide about a thread: a supervisor or admin whom it is not kept from."""
    people = staff.everybody(conn, hotline.today())
    others = [one for one in people if access.may(one, Deed.SUPERVISE) and one.id != officer.id]
    return any(_may_see(conn, hotline, one, thread_id) for one in others)


def _may_see(conn: Connection, hotline: Hotline, officer: Officer, thread_id: int) -> bool:
    try:
        seen_by(conn, hotline, officer, thread_id)
    except NotFound:
        return False
    return True
