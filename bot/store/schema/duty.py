"""Who is here when, who was asked to take what, who must not see it, and what was handed over at the end of a shift."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from bot.store.schema.columns import flag, instant, key, metadata, where

shifts = Table(  # planned, by the clock on the wall
    "shifts",
    metadata,
    key(),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("kind", Text, nullable=False),  # shift, on call
    Column("day", Text, nullable=False),  # ISO date: the first, if it comes back
    Column("begins", Integer, nullable=False),  # minute of that day
    Column("ends", Integer, nullable=False),  # not after `begins`: on the next day
    flag("weekly"),
    Column("until", Text),  # ISO date: the last day it may begin on
    Column("left_out", Text, nullable=False),  # JSON list of ISO dates
    instant("created_at"),
    Index("shifts_of_staff", "staff_id"),
)


shift_turns = Table(  # what was done because a shift began or ended, so that it is done once
    "shift_turns",
    metadata,
    Column("shift_id", BigInteger, nullable=False),
    Column("day", Text, nullable=False),
    Column("what", Text, nullable=False),  # began, ended
    instant("at"),
    PrimaryKeyConstraint("shift_id", "day", "what"),
)


pagings = Table(  # who was asked to take a hand-off, or to look at it, and what they answered
    "pagings",
    metadata,
    key(),
    Column("handoff_id", BigInteger, ForeignKey("handoffs.id"), nullable=False),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("why", Text, nullable=False),  # waits, too long, taken back, no owner
    instant("at"),
    instant("until_at", nullable=True),  # then somebody else is asked
    instant("over_at", nullable=True),
    Column("answer", Text),  # declined, silent
    Index("pagings_of_handoff", "handoff_id"),
    where("pagings_open", "staff_id", rows="over_at IS NULL"),
)


bars = Table(  # whom a thread is not shown to
    "bars",
    metadata,
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("why", Text, nullable=False),  # complaint, knows them
    Column("by_id", BigInteger),  # who said so; the line itself if nobody
    instant("at"),
    PrimaryKeyConstraint("thread_id", "staff_id"),
)


handovers = Table(  # an open thread at the end of a shift: what the next one must know
    "handovers",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("from_id", BigInteger, nullable=False),
    Column("to_id", BigInteger),  # who is to go on; nobody: back in the queue
    Column("lines", LargeBinary, nullable=False),  # sealed JSON: who, what, asked, promised, next
    Column("next_on", Text),  # ISO date of the next step
    flag("checked"),  # the officer read and saved it; else it is what the line knew
    instant("at"),
    Index("handovers_of_thread", "thread_id", "id"),
)
