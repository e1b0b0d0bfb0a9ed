"""What desks were shown beyond a thread's own words: numbers, and which threads are one person's."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from bot.store.schema.columns import instant, key, metadata, where

reveals = Table(  # a number shown to one officer for some minutes
    "reveals",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed
    instant("made_at"),
    instant("until_at"),
    Column("read_by", BigInteger),  # the supervisor who has looked at it
    instant("read_at", nullable=True),
    where("reveals_unread", "made_at", rows="read_at IS NULL"),
    Index("reveals_of_thread", "thread_id", "staff_id"),
)


joins = Table(  # two threads said to be one person's, until that is undone; threads.joined_to is what holds now
    "joins",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("other_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("how", Text, nullable=False),  # number, decision
    Column("reason", LargeBinary),  # sealed
    Column("made_by", BigInteger, nullable=False),
    instant("made_at"),
    Column("undone_by", BigInteger),
    instant("undone_at", nullable=True),
    Index("joins_of_thread", "thread_id"),
)


whatsapp_templates = Table(  # the one sentence WhatsApp lets through after a day of silence, in each language
    "whatsapp_templates",
    metadata,
    Column("language", Text, primary_key=True),
    Column("content_sid", Text, nullable=False),
    Column("state", Text, nullable=False),  # approved, waiting, paused, refused
    Column("changed_by", BigInteger, nullable=False),
    instant("changed_at"),
)
