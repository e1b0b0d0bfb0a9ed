"""Residents who want to hear of the next meeting, and interpreters for one thread beside those for meetings.

A release before this one runs on with these tables: it neither reads nor needs what is new, and passes over the tasks that
belong to no meeting.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opt_ins",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    open_ones = sa.text("over_at IS NULL")
    op.create_index(
        "opt_ins_open", "opt_ins", ["thread_id", "topic"], unique=True, sqlite_where=open_ones, postgresql_where=open_ones
    )
    with op.batch_alter_table("interpreter_tasks") as table:
        table.alter_column("meeting_id", existing_type=sa.Text(), nullable=True)
        table.add_column(sa.Column("thread_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("how", sa.Text(), nullable=True))
        table.add_column(sa.Column("starts_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("place", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("service", sa.Text(), nullable=True))
        table.add_column(sa.Column("asked_by", sa.BigInteger(), nullable=True))
    op.create_index("interpreter_tasks_of_thread", "interpreter_tasks", ["thread_id"])
    op.add_column("handoffs", sa.Column("interpreter", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("handoffs", "interpreter")
    op.drop_index("interpreter_tasks_of_thread", "interpreter_tasks")
    op.execute("DELETE FROM interpreter_tasks WHERE meeting_id IS NULL")
    with op.batch_alter_table("interpreter_tasks") as table:
        for name in ("asked_by", "service", "place", "starts_at", "how", "thread_id"):
            table.drop_column(name)
        table.alter_column("meeting_id", existing_type=sa.Text(), nullable=False)
    op.drop_table("opt_ins")
