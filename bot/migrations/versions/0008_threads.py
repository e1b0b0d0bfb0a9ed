"""What a thread shows: numbers revealed, threads of one person joined, templates of WhatsApp.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting for the window'")


def upgrade() -> None:
    op.add_column("threads", sa.Column("joined_to", sa.BigInteger(), nullable=True))
    joined = sa.text("joined_to IS NOT NULL")
    op.create_index("threads_joined", "threads", ["joined_to"], sqlite_where=joined, postgresql_where=joined)
    op.add_column("messages", sa.Column("template", sa.Text(), nullable=True))
    op.create_index(
        "messages_for_window", "messages", ["thread_id"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.create_table(
        "reveals",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("read_by", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    unread = sa.text("read_at IS NULL")
    op.create_index("reveals_unread", "reveals", ["made_at"], sqlite_where=unread, postgresql_where=unread)
    op.create_index("reveals_of_thread", "reveals", ["thread_id", "staff_id"])
    op.create_table(
        "joins",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.ForeignKeyConstraint(["other_id"], ["threads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("joins_of_thread", "joins", ["thread_id"])
    op.create_table(
        "whatsapp_templates",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("content_sid", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("language"),
    )


def downgrade() -> None:
    for table in ("whatsapp_templates", "joins", "reveals"):
        op.drop_table(table)
    op.drop_index("messages_for_window", "messages")
    op.drop_column("messages", "template")
    op.drop_index("threads_joined", "threads")
    op.drop_column("threads", "joined_to")
