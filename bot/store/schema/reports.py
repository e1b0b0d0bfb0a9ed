"""Reports residents filed, what became of them, and which of them are a city's."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, text

from bot.store.schema.columns import flag, instant, key, metadata, where

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
    Column("version", Integer, nullable=False, server_default=text("1")),  # guards it against two officers at once
    instant("changed_at", nullable=True),
    instant("promised_at", nullable=True),  # until when its resident was told to hear of it; null once they did
    instant("late_at", nullable=True),  # when they were told that it takes longer
    Column("officer_id", BigInteger),  # who has it
    Column("contact", Text),  # text, call, both, none: how the resident wants to hear of it
    Column("police_number", LargeBinary),  # sealed
    Column("facts", LargeBinary),  # sealed JSON: where on the map, and what was chosen rather than written
    Column("public_id", Text),  # by which a city's systems know it, if its kind is published
    Index("reports_of_resident", "resident_id", "id"),
    Index("reports_of_thread", "thread_id", "id"),
    Index("reports_of_kind", "kind", "filed_at"),
    Index("reports_by_day", "filed_at"),
    where("reports_promised", "promised_at", rows="promised_at IS NOT NULL"),
    Index("reports_in_public", "public_id", unique=True),
)


additions = Table(
    "additions",
    metadata,
    key(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("words", LargeBinary, nullable=False),  # sealed
    instant("added_at"),
    Column("question", LargeBinary),  # sealed: what an officer had asked
    Column("language", Text),
    Index("additions_of_report", "report_id"),
)


report_changes = Table(  # every state a report came into, and whether its resident was told
    "report_changes",
    metadata,
    key(),
    Column("report_id", BigInteger, ForeignKey("reports.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("officer_id", BigInteger),  # null: the line or a city
    Column("phrase", Text, nullable=False),  # what is said of it; empty: nothing
    Column("said", LargeBinary, nullable=False),  # sealed JSON: what the phrase is filled with
    Column("telling", Text, nullable=False),  # held, due, told, untold
    Column("why", Text),  # why the resident was not told
    instant("at"),
    Index("changes_of_report", "report_id", "id"),
    Index("changes_by_day", "at"),
    where("changes_to_tell", "id", rows="telling = 'due'"),
)
