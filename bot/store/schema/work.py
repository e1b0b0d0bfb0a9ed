"""What officers do with threads beside answering: notes, words not sent yet, teams, replies kept ready."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, LargeBinary, PrimaryKeyConstraint, Table, Text

from bot.store.schema.columns import instant, key, metadata, where

teams = Table(
    "teams",
    metadata,
    key(),
    Column("name", Text, nullable=False, unique=True),
    instant("created_at"),
)


team_members = Table(
    "team_members",
    metadata,
    Column("team_id", BigInteger, ForeignKey("teams.id"), nullable=False),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    PrimaryKeyConstraint("team_id", "staff_id"),
)


notes = Table(  # for staff only: never sent
    "notes",
    metadata,
    key(),
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("officer_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # note, transfer
    Column("words", LargeBinary, nullable=False),  # sealed
    instant("created_at"),
    Index("notes_of_thread", "thread_id", "id"),
)


mentions = Table(
    "mentions",
    metadata,
    Column("note_id", BigInteger, ForeignKey("notes.id"), nullable=False),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    instant("seen_at", nullable=True),
    PrimaryKeyConstraint("note_id", "staff_id"),
    where("mentions_unseen", "staff_id", rows="seen_at IS NULL"),
)


unsent = Table(  # what an officer is typing, or typed and left: one a kind, officer and thread
    "unsent",
    metadata,
    Column("thread_id", BigInteger, ForeignKey("threads.id"), nullable=False),
    Column("officer_id", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # reply, note
    Column("words", LargeBinary),  # sealed; none once it was sent
    instant("typed_at"),
    instant("emptied_at", nullable=True),
    PrimaryKeyConstraint("thread_id", "officer_id", "kind"),
)


canned = Table(  # the department's own replies kept ready
    "canned",
    metadata,
    key(),
    Column("title", Text, nullable=False, unique=True),
    instant("created_at"),
)


canned_words = Table(
    "canned_words",
    metadata,
    Column("canned_id", BigInteger, ForeignKey("canned.id"), nullable=False),
    Column("language", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    instant("reviewed_at"),
    Column("officer_id", BigInteger, nullable=False),  # who wrote it in
    PrimaryKeyConstraint("canned_id", "language"),
)
