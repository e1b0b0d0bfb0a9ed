"""Machine translations, sealed: beside each text of a thread, and those an officer asked for before sending. Every use of a
machine is a row that stays; the words of what was never sent do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.store.ids import new_id
from bot.store.messages import Message
from bot.store.sealing import Keyset

TRIES = 5
# Whose words are read by staff: the line's own stand in its flows in English.
_READ = "m.author IN ('resident', 'officer') AND m.state NOT IN ('queued', 'submitting')"
_LACKS = f"""{_READ} AND (t.id IS NULL OR (t.state = 'failed' AND t.tries < {TRIES} AND t.due_at <= :at))"""


@dataclass(frozen=True, slots=True)
class Translation:
    """One use of a machine. `words` is empty where there are none: `state` and `code` say why."""

    id: int
    thread_id: int
    message_id: int | None
    officer_id: int | None
    direction: str
    engine: str
    source: str
    target: str
    state: str
    code: str
    original: str
    words: str
    back: str
    created_at: int


_COLUMNS = """id, thread_id, message_id, officer_id, direction, engine, source, target, state, code, original, words, back,
    created_at"""


def threads_lacking(conn: Connection, since: int, at: int) -> list[int]:
    """Threads with an open hand-off and a text, written since an instant, that no machine has looked at yet. Only those are
    looked through in which somebody wrote since."""
    sql = f"""SELECT DISTINCT h.thread_id FROM handoffs h
        JOIN threads o ON o.id = h.thread_id AND o.last_in_at >= :since
        JOIN messages m ON m.thread_id = h.thread_id AND m.created_at >= :since
        LEFT JOIN translations t ON t.message_id = m.id
        WHERE h.closed_at IS NULL AND {_LACKS}"""
    return list(conn.execute(text(sql), {"since": since, "at": at}).scalars())


def lacking(conn: Connection, thread_id: int, at: int, limit: int) -> list[int]:
    """Texts of a thread that no machine has looked at yet, the newest first."""
    sql = f"""SELECT m.id FROM messages m LEFT JOIN translations t ON t.message_id = m.id
        WHERE m.thread_id = :thread AND {_LACKS} ORDER BY m.id DESC LIMIT :limit"""
    return list(conn.execute(text(sql), {"thread": thread_id, "at": at, "limit": limit}).scalars())


def put_beside(
    conn: Connection,
    keys: Keyset,
    message: Message,
    *,
    engine: str,
    source: str,
    target: str,
    at: int,
    words: str = "",
    state: str = "made",
    code: str = "",
    due_at: int | None = None,
) -> bool:
    """What a machine made of a text, or that it made nothing. False if another worker was first."""
    id_ = new_id()
    sql = """INSERT INTO translations (id, thread_id, message_id, direction, engine, source, target, state, code, words,
            tries, due_at, created_at, state_at)
        VALUES (:id, :thread, :message, 'in', :engine, :source, :target, :state, :code, :words, 1, :due_at, :at, :at)
        ON CONFLICT (message_id) DO UPDATE SET state = excluded.state, code = excluded.code, words = excluded.words,
            id = excluded.id, source = excluded.source, tries = translations.tries + 1, due_at = excluded.due_at,
            state_at = excluded.state_at
        WHERE translations.state = 'failed'"""
    values = {
        "id": id_, "thread": message.thread_id, "message": message.id, "engine": engine, "source": source, "target": target,
        "state": state, "code": code or None, "words": keys.seal(words, f"translations.words:{id_}") if words else None,
        "due_at": due_at, "at": at,
    }  # fmt: skip
    return conn.execute(text(sql), values).rowcount == 1


def beside(conn: Connection, keys: Keyset, thread_ids: list[int]) -> Mapping[int, Translation]:
    """All of some threads, by the text they stand beside."""
    found: dict[int, Translation] = {}
    for thread_id in thread_ids:
        sql = f"SELECT {_COLUMNS} FROM translations WHERE thread_id = :thread AND message_id IS NOT NULL"
        for row in conn.execute(text(sql), {"thread": thread_id}).fetchall():
            one = _translation(row, keys)
            found[one.message_id or 0] = one
    return found


def offer(
    conn: Connection,
    keys: Keyset,
    *,
    thread_id: int,
    officer_id: int,
    engine: str,
    source: str,
    target: str,
    original: str,
    words: str,
    back: str,
    at: int,
) -> int:
    """Keep what an officer may send; its id. What they were offered before in this thread is dropped."""
    drop(conn, thread_id, officer_id, at)
    id_ = new_id()
    sql = """INSERT INTO translations (id, thread_id, officer_id, direction, engine, source, target, state, original, words,
            back, created_at, state_at)
        VALUES (:id, :thread, :officer, 'out', :engine, :source, :target, 'offered', :original, :words, :back, :at, :at)"""
    values = {
        "id": id_, "thread": thread_id, "officer": officer_id, "engine": engine, "source": source, "target": target,
        "original": keys.seal(original, f"translations.original:{id_}"),
        "words": keys.seal(words, f"translations.words:{id_}"), "back": keys.seal(back, f"translations.back:{id_}"), "at": at,
    }  # fmt: skip
    conn.execute(text(sql), values)
    return id_


def refuse(
    conn: Connection, *, thread_id: int, officer_id: int, engine: str, source: str, target: str, code: str, at: int
) -> None:
    """That a machine was not given an officer's words, and why. Not the words."""
    sql = """INSERT INTO translations (id, thread_id, officer_id, direction, engine, source, target, state, code, created_at,
            state_at)
        VALUES (:id, :thread, :officer, 'out', :engine, :source, :target, 'refused', :code, :at, :at)"""
    values = {
        "id": new_id(), "thread": thread_id, "officer": officer_id, "engine": engine, "source": source, "target": target,
        "code": code, "at": at,
    }  # fmt: skip
    conn.execute(text(sql), values)


def offered(conn: Connection, keys: Keyset, thread_id: int, officer_id: int) -> Translation | None:
    """What this officer may send in a thread."""
    sql = f"""SELECT {_COLUMNS} FROM translations
        WHERE thread_id = :thread AND officer_id = :officer AND state = 'offered' ORDER BY id DESC LIMIT 1"""
    row = conn.execute(text(sql), {"thread": thread_id, "officer": officer_id}).fetchone()
    return _translation(row, keys) if row else None


def sent(conn: Connection, translation_id: int, message_id: int, at: int) -> bool:
    """It is said, by this text. False if it was sent or dropped meanwhile."""
    sql = """UPDATE translations SET state = 'sent', message_id = :message, state_at = :at
        WHERE id = :id AND state = 'offered'"""
    return conn.execute(text(sql), {"id": translation_id, "message": message_id, "at": at}).rowcount == 1


def sent_since(conn: Connection, thread_id: int, since: int) -> bool:
    """Whether a machine's words were sent in a thread since an instant."""
    sql = """SELECT 1 FROM translations WHERE thread_id = :thread AND state = 'sent' AND state_at >= :since LIMIT 1"""
    return conn.execute(text(sql), {"thread": thread_id, "since": since}).fetchone() is not None


def take_back(conn: Connection, keys: Keyset, message_id: int, at: int) -> str:
    """A text was taken back before it was sent; what the officer had written, if a machine had translated it."""
    sql = f"SELECT {_COLUMNS} FROM translations WHERE message_id = :message AND direction = 'out'"
    row = conn.execute(text(sql), {"message": message_id}).fetchone()
    if row is None:
        return ""
    one = _translation(row, keys)
    sql = """UPDATE translations SET state = 'taken back', message_id = NULL, state_at = :at, original = NULL, words = NULL,
        back = NULL WHERE id = :id"""
    conn.execute(text(sql), {"id": one.id, "at": at})
    return one.original


def drop(conn: Connection, thread_id: int, officer_id: int, at: int) -> None:
    """What an officer was offered in a thread is not sent."""
    sql = """UPDATE translations SET state = 'dropped', state_at = :at, original = NULL, words = NULL, back = NULL
        WHERE thread_id = :thread AND officer_id = :officer AND state = 'offered'"""
    conn.execute(text(sql), {"thread": thread_id, "officer": officer_id, "at": at})


_OLD = "state = 'offered' AND created_at < :before"


def is_old(conn: Connection, before: int) -> bool:
    """Whether something was offered before an instant and neither sent nor forgotten."""
    sql = f"SELECT 1 FROM translations WHERE {_OLD} LIMIT 1"
    return conn.execute(text(sql), {"before": before}).first() is not None


def drop_old(conn: Connection, before: int, at: int) -> int:
    """What was offered before an instant and not sent is forgotten; that it was asked for is not."""
    sql = f"""UPDATE translations SET state = 'dropped', state_at = :at, original = NULL, words = NULL, back = NULL
        WHERE {_OLD}"""
    return conn.execute(text(sql), {"before": before, "at": at}).rowcount


def _translation(row: Sequence[Any], keys: Keyset) -> Translation:
    (id_, thread_id, message_id, officer_id, direction, engine, source, target, state, code, original, words, back,
     created_at) = row  # fmt: skip

    def opened(sealed: bytes | None, column: str) -> str:
        return keys.open(bytes(sealed), f"translations.{column}:{id_}") if sealed else ""

    return Translation(
        id_, thread_id, message_id, officer_id, direction, engine, source, target, state, code or "",
        opened(original, "original"), opened(words, "words"), opened(back, "back"), created_at,
    )  # fmt: skip
