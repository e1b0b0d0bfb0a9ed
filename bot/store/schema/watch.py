"""What somebody must look at, and whom that is still to be told."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, text

from bot.store.schema.columns import instant, key, metadata, where

alarms = Table(  # what somebody must look at, from when to when
    "alarms",
    metadata,
    key(),
    Column("kind", Text, nullable=False),
    Column("note", Text, nullable=False),  # figures, never a resident's words
    instant("opened_at"),
    instant("seen_at"),  # when it was last found to be so
    instant("told_at", nullable=True),
    instant("closed_at", nullable=True),
    where("alarms_open", "kind", rows="closed_at IS NULL", unique=True),
)


tellings = Table(  # whom an alarm, or its end, is still to be told; a row goes when that is done
    "tellings",
    metadata,
    key(),
    Column("alarm_id", BigInteger, ForeignKey("alarms.id"), nullable=False),
    Column("state", Text, nullable=False),  # open, over
    Column("way", Text, nullable=False),  # webhook, email
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at"),
)
