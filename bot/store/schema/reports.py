"""What residents filed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, Table, Text

from bot.store.schema.columns import flag, instant, key, metadata

reports = Table(
    "reports",
    metadata,
    key(),
    Column("number", Text, nullable=False, unique=True),
    Column("resident_id", BigInteger, ForeignKey("residents.id"), nullable=False),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    flag("complete"),
    Column("answers", LargeBinary, nullable=False),  # sealed JSON: [[label, words], ...]
    Column("language", Text),
    instant("filed_at"),
    Index("reports_of_resident", "resident_id", "id"),
)


additions = Table(
    "additions",
    metadata,
    key(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("words", LargeBinary, nullable=False),  # sealed
    instant("added_at"),
    Index("additions_of_report", "report_id"),
)
