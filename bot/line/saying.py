"""Words to a resident that ride on no webhook's answer: cut as their channel takes them, and kept to be sent. Knows neither
why they are said nor whether they may be."""

from bot.hotline import Hotline
from bot.model import Officer
from bot.store import messages
from bot.store.database import Connection, carry_out
from bot.store.ids import new_id
from bot.store.threads import Thread
from bot.text import sms


def say(
    conn: Connection,
    hotline: Hotline,
    thread: Thread,
    at: int,
    said: list[str],
    officer: Officer | None = None,
    due_at: int | None = None,
) -> list[int]:
    """Keep texts to the resident, by an officer or by the line, to be sent; not before `due_at`. Their ids, in order."""
    ids = []
    for words in said:
        for part in hotline.channels[thread.channel].split(sms.plain(words)):
            ids.append(new_id())
            statement = messages.written(
                hotline.keys,
                id=ids[-1],
                thread_id=thread.id,
                channel=thread.channel,
                words=part,
                language=thread.language,
                at=at,
                officer_id=officer.id if officer else None,
                due_at=due_at,
            )
            carry_out(conn, statement)
    return ids
