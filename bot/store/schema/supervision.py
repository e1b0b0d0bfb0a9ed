"""What supervisors decide and look through: who is muted, what a second one must agree to, which threads are reviewed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from bot.store.schema.columns import instant, key, metadata, where

mutes = Table(  # residents the line does not answer for some time; threads.muted_until is what holds now
    "mutes",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed
    Column("made_by", BigInteger, ForeignKey("staff.id"), nullable=False),
    instant("made_at"),
    instant("until_at"),
    Column("ended_by", BigInteger),
    instant("ended_at", nullable=True),  # before it ran out
    where("mutes_of_thread", "thread_id", rows="ended_at IS NULL"),
)


approvals = Table(  # what somebody asked for, and another supervisor agrees to or refuses
    "approvals",
    metadata,
    key(),
    Column("kind", Text, nullable=False),  # mute, deletion, redaction
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("mute_id", BigInteger, ForeignKey("mutes.id")),
    instant("until_at", nullable=True),  # up to when the resident is to be muted
    Column("reason", LargeBinary, nullable=False),  # sealed
    Column("asked_by", BigInteger, ForeignKey("staff.id"), nullable=False),
    instant("asked_at"),
    Column("state", Text, nullable=False),  # asked, agreed, refused, withdrawn, done
    Column("decided_by", BigInteger),
    instant("decided_at", nullable=True),
    Column("done_by", BigInteger),
    instant("done_at", nullable=True),
    where("approvals_open", "state", rows="state IN ('asked', 'agreed')"),
)


reviews = Table(  # closed threads drawn for a second look, each once for a month
    "reviews",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("month", Text, nullable=False),  # in which it was closed, like 2026-10
    Column("why", Text, nullable=False),  # sample, machine translation
    instant("closed_at"),
    instant("drawn_at"),
    Column("reviewer_id", BigInteger),
    instant("reviewed_at", nullable=True),
    Column("verdict", Text),
    Column("needless", Integer),  # notices that nobody needed
    Column("missed", Integer),  # notices that were not said and should have been
    Column("note", LargeBinary),  # sealed
    UniqueConstraint("thread_id", "month"),
    Index("reviews_of_month", "month"),
)
