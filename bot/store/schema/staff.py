"""Who works here."""

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, text

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
    Column("tongue", Text, nullable=False, server_default=text("''")),  # the language they read the desk in
    Column("skills", Text),  # JSON list: each language with its level and test
    Column("gender", Text),
    Column("phone", LargeBinary),  # sealed: their own
    Column("phone_hash", Text),
    Column("most_threads", Integer, nullable=False, server_default=text("5")),  # at a time
    flag("busy"),
    Index("staff_by_phone", "phone_hash"),
)
