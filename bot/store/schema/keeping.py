"""The audit trail, how far rounds have come, and versions of flows."""

from sqlalchemy import Column, Index, Table, Text

from bot.store.schema.columns import instant, key, metadata, where

events = Table(  # the audit trail: who did what to which thing; never what a resident said
    "events",
    metadata,
    key(),
    instant("at"),
    Column("actor", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("note", Text, nullable=False),
    Index("events_of_subject", "subject", "id"),
    where("events_of_people", "actor", "id", rows="actor <> 'line'"),
)


marks = Table(  # how far a round of housekeeping has come, by the name of the round
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    instant("at"),
)


documents = Table(  # every version of a flow that residents may still stand in
    "documents",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("version", Text, primary_key=True),
    Column("body", Text, nullable=False),
    instant("created_at"),
)
