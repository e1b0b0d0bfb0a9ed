"""Community meetings, and who said they come."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bot.store.schema.columns import flag, instant, key, metadata

meetings = Table(
    "meetings",
    metadata,
    Column("id", Text, primary_key=True),  # the event's uid; with the first-planned start if it comes back
    Column("uid", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("interpreters", Text, nullable=False),  # JSON list of tags
    instant("starts_at"),
    instant("ends_at"),
    flag("cancelled"),
    Column("version", BigInteger, nullable=False),  # the same in all rows; another after every change
    Index("meetings_by_start", "starts_at"),
)


rsvps = Table(
    "rsvps",
    metadata,
    key(),
    Column("meeting_id", Text, ForeignKey("meetings.id"), nullable=False),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("people", Integer, nullable=False),
    Column("need", Text, nullable=False),
    Column("language", Text),
    Column("code", Text, nullable=False),
    instant("created_at"),
    UniqueConstraint("meeting_id", "resident_id"),
    Index("rsvps_of_resident", "resident_id"),
)
