"""What residents said yes to be told of unasked: when, in which words, on which channel; and until when it holds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from bot.store.database import Statement
from bot.store.ids import new_id
from bot.store.sealing import Keyset
from bot.store.threads import IN_WINDOW

_KEEP = """
INSERT INTO opt_ins (id, thread_id, topic, channel, language, words, at)
VALUES (:id, :thread_id, :topic, :channel, :language, :words, :at)
ON CONFLICT (thread_id, topic) WHERE over_at IS NULL DO NOTHING"""


@dataclass(frozen=True, slots=True)
class OptIn:
    """One that still holds."""

    id: int
    thread_id: int


def keeping(
    keys: Keyset, thread_id: int, topic: str, *, channel: str, language: str | None, asked: str, said: str, at: int
) -> Statement:  # fmt: skip
    """Said twice, the first one counts."""
    id_ = new_id()
    words = keys.seal(json.dumps([asked, said], ensure_ascii=False), f"opt_ins.words:{id_}")
    return _KEEP, {
        "id": id_, "thread_id": thread_id, "topic": topic, "channel": channel, "language": language, "words": words, "at": at
    }  # fmt: skip


def ending(thread_id: int, at: int) -> Statement:
    """The resident wants no more texts."""
    sql = "UPDATE opt_ins SET over_at = :at, why = 'stopped' WHERE thread_id = :thread_id AND over_at IS NULL"
    return sql, {"thread_id": thread_id, "at": at}


def holding(conn: Connection, topic: str, *, windowed: str, opened: int) -> Sequence[OptIn]:
    """Those who wait to be told and can be, the oldest first, and those who never can be; on the channel that is `windowed`
    only who wrote after an instant."""
    sql = f"""SELECT o.id, o.thread_id FROM opt_ins o JOIN threads t ON t.id = o.thread_id
        WHERE o.over_at IS NULL AND o.topic = :topic AND ({IN_WINDOW} OR t.stopped OR t.safe_contact) ORDER BY o.id"""
    values = {"topic": topic, "windowed": windowed, "opened": opened}
    return [OptIn(*row) for row in conn.execute(text(sql), values)]


def end(conn: Connection, opt_in_id: int, why: str, at: int) -> bool:
    """Whether it was ours to end: one conditional update, so that a resident is told once."""
    sql = "UPDATE opt_ins SET over_at = :at, why = :why WHERE id = :id AND over_at IS NULL"
    return conn.execute(text(sql), {"id": opt_in_id, "why": why, "at": at}).rowcount == 1
