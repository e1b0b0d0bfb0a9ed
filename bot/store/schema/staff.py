"""Who works here, and their signed-in sessions."""

from sqlalchemy import BigInteger, Column, ForeignKey, Table, Text

from bot.store.schema.columns import flag, instant, key, metadata

staff = Table(
    "staff",
    metadata,
    key(),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("badge", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("languages", Text, nullable=False),  # JSON: tag -> level
    flag("on_shift"),
    flag("disabled"),
    instant("created_at"),
)


sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    instant("created_at"),
    instant("seen_at"),
)
