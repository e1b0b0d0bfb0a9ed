"""Hand-offs of threads to officers."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

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
    Column("outcome_why", LargeBinary),  # sealed: where an outcome wants a reason
    Column("language_service", Text),  # how the two understood each other
    Column("interpreter", Text),  # the service that sent one
    Column("for_officer_id", BigInteger),  # passed on to one officer
    Column("team_id", BigInteger),  # passed on to a team: nobody else sees it
    Column("passed_by", BigInteger),  # who held it last before it waited again
    instant("passed_at", nullable=True),
    Column("wave", Integer, nullable=False, server_default=text("0")),  # how often somebody was asked to take it
    instant("wave_at", nullable=True),
    Column("route", Text),  # who was asked last: certified, on call …
    Column("gender", Text),  # of the officer they wish for
    flag("sensitive"),  # wants somebody tested for statements
    flag("speaker_only"),  # the resident would rather wait than have an interpreter
    instant("escalated_at", nullable=True),  # supervisors were told that it waits too long
    instant("morning_at", nullable=True),  # who wrote at night was told that officers are back
    instant("seen_at", nullable=True),  # a person opened the safety card
    Column("seen_by", BigInteger),
    Column("cad_number", Text),  # dispatch's own number of the event
    instant("cad_at", nullable=True),  # when dispatch was told
    Column("cad_by", BigInteger),
    instant("read_told_at", nullable=True),  # the resident was told that a person has read it
    Index("handoffs_taken", "language", "claimed_at"),
    Index("handoffs_of_thread", "thread_id"),
    Index("handoffs_by_end", "closed_at"),
    where("handoffs_open", "thread_id", "kind", rows="closed_at IS NULL", unique=True),
)
