"""Pictures, voice notes and files that came with a text: which are to be fetched, and their content, sealed.

Whoever takes one counts up its tries, and may only say what became of it as long as that count stands. So of two that
fetch the same, as after a lease that ran out, one is heard."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from bot.model import Media
from bot.store.database import Statement
from bot.store.ids import new_id
from bot.store.sealing import Keyset

_ATTACHED = """
INSERT INTO attachments (id, message_id, place, provider_id, content_type, state, code, created_at, state_at)
VALUES (:id, :message_id, :place, :provider_id, :content_type, :state, :code, :at, :at)"""
_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")

# None is put off for more than an hour: what seems due later was put off before the clock was put back.
_DUE = "a.state IN ('waiting', 'fetching') AND (a.due_at IS NULL OR a.due_at NOT BETWEEN :at + 1 AND :at + 3600000)"


@dataclass(frozen=True, slots=True)
class Attachment:
    """One of them, without its content. `state` is waiting, fetching, kept, refused or gone; `code` says why it was
    refused or why the last try failed; `size` is in bytes, before sealing."""

    id: int
    message_id: int
    place: int
    provider_id: str
    content_type: str
    state: str
    code: str
    size: int | None
    tries: int
    created_at: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One that is to be fetched, and what its provider knows its text by."""

    attachment: Attachment
    channel: str
    provider_message_id: str


def attached(message_id: int, place: int, media: Media, at: int) -> Statement:
    """Keeps that something came with a text. What the provider gave no usable id of is refused at once."""
    return _ATTACHED, {
        "id": new_id(),
        "message_id": message_id,
        "place": place,
        "provider_id": media.id,
        "content_type": told_type(media.content_type),
        "state": "waiting" if media.id else "refused",
        "code": None if media.id else "address",
        "at": at,
    }


def told_type(words: str) -> str:
    """A media type as a stranger told it, without its parameters; empty if it is none."""
    kind = words.partition(";")[0].strip().lower()
    return kind if _TYPE.fullmatch(kind) else ""


_COLUMNS = """a.id, a.message_id, a.place, a.provider_id, a.content_type, a.state, a.code, a.size, a.tries,
    a.created_at"""


def _attachment(row: Sequence[Any]) -> Attachment:
    id_, message_id, place, provider_id, content_type, state, code, size, tries, created_at = row
    return Attachment(
        id_, message_id, place, provider_id, content_type, state, code or "", size, tries, created_at
    )  # fmt: skip


def of_thread(conn: Connection, thread_id: int) -> Mapping[int, tuple[Attachment, ...]]:
    """What came with a thread's texts, by the text's id, in order."""
    sql = f"""SELECT {_COLUMNS} FROM attachments a JOIN messages m ON m.id = a.message_id
        WHERE m.thread_id = :thread ORDER BY a.message_id, a.place"""
    found: defaultdict[int, tuple[Attachment, ...]] = defaultdict(tuple)
    for row in conn.execute(text(sql), {"thread": thread_id}).fetchall():
        found[row[1]] += (_attachment(row),)
    return dict(found)


def of_message(conn: Connection, message_id: int) -> tuple[Attachment, ...]:
    """What came with one text, in order."""
    sql = f"SELECT {_COLUMNS} FROM attachments a WHERE a.message_id = :message ORDER BY a.place"
    return tuple(_attachment(row) for row in conn.execute(text(sql), {"message": message_id}).fetchall())


def to_fetch(conn: Connection, thread_id: int, at: int) -> list[Wanted]:
    """What came with a thread's texts and is due, oldest first; also what somebody took and never said a word of."""
    sql = f"""SELECT m.channel, m.provider_id, {_COLUMNS} FROM attachments a JOIN messages m ON m.id = a.message_id
        WHERE m.thread_id = :thread AND {_DUE} ORDER BY a.id"""
    rows = conn.execute(text(sql), {"thread": thread_id, "at": at}).fetchall()
    return [Wanted(_attachment(row[2:]), row[0], row[1]) for row in rows]


def threads_to_fetch(conn: Connection, at: int, limit: int) -> list[int]:
    """Threads in which something is due; who waits longest first."""
    sql = f"""SELECT m.thread_id FROM attachments a JOIN messages m ON m.id = a.message_id
        WHERE {_DUE} GROUP BY m.thread_id ORDER BY MIN(a.due_at), MIN(a.id) LIMIT :limit"""
    return list(conn.execute(text(sql), {"at": at, "limit": limit}).scalars())


def claim(conn: Connection, one: Attachment, at: int, until: int) -> bool:
    """Take one to fetch it before an instant, after which others may. False if somebody else did, or it is settled."""
    sql = """UPDATE attachments SET state = 'fetching', state_at = :at, due_at = :until, tries = tries + 1
        WHERE id = :id AND tries = :tries AND state IN ('waiting', 'fetching')"""
    values = {"id": one.id, "tries": one.tries, "at": at, "until": until}
    return conn.execute(text(sql), values).rowcount == 1


def keep(conn: Connection, keys: Keyset, one: Attachment, content: bytes, kind: str, at: int) -> bool:
    """The content of one that was claimed as it was seen here. False if somebody else took it since."""
    values = {"kind": kind, "size": len(content), "content": keys.seal_bytes(content, _place(one.id))}
    return _settle(conn, one, "kept", at, "content_type = :kind, size = :size, content = :content", values)


def put_off(conn: Connection, one: Attachment, at: int, due_at: int, code: str) -> bool:
    """One that was claimed waits for its next try."""
    return _settle(conn, one, "waiting", at, "due_at = :due_at, code = :code", {"due_at": due_at, "code": code})


def give_up(conn: Connection, one: Attachment, state: str, at: int, code: str) -> bool:
    """One that was claimed is never tried again: refused, or gone."""
    return _settle(conn, one, state, at, "code = :code", {"code": code})


def content(conn: Connection, keys: Keyset, attachment_id: int) -> bytes | None:
    """What was kept; None if it was not, or not yet."""
    sql = "SELECT content FROM attachments WHERE id = :id AND state = 'kept'"
    sealed = conn.execute(text(sql), {"id": attachment_id}).scalar()
    return keys.open_bytes(bytes(sealed), _place(attachment_id)) if sealed is not None else None


def _settle(conn: Connection, one: Attachment, state: str, at: int, more: str, values: Mapping[str, Any]) -> bool:
    sql = f"""UPDATE attachments SET state = :state, state_at = :at, {more}
        WHERE id = :id AND state = 'fetching' AND tries = :claimed"""
    bound = {**values, "id": one.id, "state": state, "at": at, "claimed": one.tries + 1}
    return conn.execute(text(sql), bound).rowcount == 1


def _place(attachment_id: int) -> str:
    return f"attachments.content:{attachment_id}"
