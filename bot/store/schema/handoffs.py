"""Hand-offs of threads to officers."""

from sqlalchemy import BigInteger, Column, ForeignKey, LargeBinary, Table, Text

from bot.store.schema.columns import flag, instant, key, metadata, where

handoffs = Table(
    "handoffs",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("kind", Text, nullable=False),  # officer, safety
    Column("reason", Text, nullable=False),
    Column("about", LargeBinary),  # sealed: what the resident wants to talk about
    Column("language", Text),
    flag("any_language"),  # whoever is free, with an interpreter
    flag("urgent"),
    instant("opened_at"),
    instant("paged_at", nullable=True),
    instant("told_at", nullable=True),
    instant("claimed_at", nullable=True),
    Column("officer_id", BigInteger),
    instant("closed_at", nullable=True),
    Column("outcome", Text),
    where("handoffs_open", "thread_id", "kind", rows="closed_at IS NULL", unique=True),
)
