"""What a department made of the notes on communities, and who practised which case."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from bot.store.schema.columns import flag, instant, key, metadata

community_notes = Table(  # every version a department wrote; the last one counts
    "community_notes",
    metadata,
    key(),
    Column("community", Text, nullable=False),
    Column("follows", BigInteger, nullable=False),  # the version it takes the place of; 0: the shipped one
    Column("body", Text),  # JSON; NULL: as shipped again
    Column("read_by", Text, nullable=False),  # who knows the community and read this version; empty: nobody yet
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    instant("created_at"),
    UniqueConstraint("community", "follows"),  # of two who change one version at once, one does
)


practices = Table(
    "practices",
    metadata,
    key(),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("case_name", Text, nullable=False),
    Column("choice", Integer, nullable=False),  # counts from 1
    flag("correct"),
    instant("created_at"),
    Index("practices_of_staff", "staff_id", "id"),
)
