"""What machines translated, for whom, and what became of it."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from bot.store.schema.columns import instant, key, metadata, where

translations = Table(  # one a text of a thread, and one each time an officer asked for words in another language
    "translations",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("message_id", BigInteger, unique=True),  # what it stands beside; a text that is taken back is gone
    Column("officer_id", BigInteger),  # who asked for it; none: the line
    Column("direction", Text, nullable=False),  # in: to staff; out: to the resident
    Column("engine", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("state", Text, nullable=False),  # in: made, none, failed; out: offered, sent, taken back, dropped, refused
    Column("code", Text),  # why there is none, or what it was refused for
    Column("original", LargeBinary),  # sealed; what an officer wrote
    Column("words", LargeBinary),  # sealed
    Column("back", LargeBinary),  # sealed; the translation translated back
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at", nullable=True),  # not to be tried again before
    instant("created_at"),
    instant("state_at"),
    Index("translations_of_thread", "thread_id", "id"),
    where("translations_offered", "created_at", rows="state = 'offered'"),
)
