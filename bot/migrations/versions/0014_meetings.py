"""Meetings planned at the desk, what residents were told of them, interpreters asked for.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place, with what holds for all that is there already.
    op.add_column("meetings", sa.Column("source", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("meetings", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.text("true")))
    op.add_column("meetings", sa.Column("sequence", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("meetings", sa.Column("moved_at", sa.BigInteger(), nullable=True))
    op.add_column("meetings", sa.Column("cancelled_at", sa.BigInteger(), nullable=True))
    op.add_column("meetings", sa.Column("people", sa.Integer(), nullable=True))
    op.add_column("rsvps", sa.Column("ask_after", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.create_table(
        "meeting_texts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "resident_id", "kind", "occasion"),
    )
    op.create_table(
        "interpreter_tasks",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("meeting_id", "language"),
    )
    op.create_table(
        "meeting_answers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("meeting_id", sa.Text(), nullable=False),
        sa.Column("useful", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("meeting_answers_of_meeting", "meeting_answers", ["meeting_id"])
    op.create_table(
        "calendars",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for name in ("calendars", "meeting_answers", "interpreter_tasks", "meeting_texts"):
        op.drop_table(name)
    op.drop_column("rsvps", "ask_after")
    for name in ("people", "cancelled_at", "moved_at", "sequence", "published", "source"):
        op.drop_column("meetings", name)
