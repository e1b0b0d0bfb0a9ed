"""Browsers that are told when a thread waits, also while no page is open in them, and what they are still to be told."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from bot.store.schema.columns import instant, key, metadata

browsers = Table(
    "browsers",
    metadata,
    key(),
    Column("staff_id", BigInteger, ForeignKey("staff.id"), nullable=False),
    Column("session_hash", Text, nullable=False),  # signing out of it ends this, too
    Column("endpoint_hash", Text, nullable=False, unique=True),
    Column("address", LargeBinary, nullable=False),  # sealed: where and with which keys it is told
    Column("name", Text, nullable=False),
    instant("created_at"),
    instant("told_at", nullable=True),
    Index("browsers_of_staff", "staff_id"),
)


pushes = Table(  # what browsers are still to be told; a row goes when that is done
    "pushes",
    metadata,
    key(),
    Column("browser_id", BigInteger, ForeignKey("browsers.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),  # waits, urgent, trial
    Column("tries", Integer, nullable=False, server_default=text("0")),
    instant("due_at"),
    instant("created_at"),
    UniqueConstraint("browser_id", "kind"),
)
