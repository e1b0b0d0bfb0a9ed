"""Whom an alarm is still to be told; and an index for the few texts that are in doubt, which are counted all the time.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tellings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("alarm_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "messages_in_doubt",
        "messages",
        ["state"],
        sqlite_where=sa.text("state IN ('uncertain', 'quarantined')"),
        postgresql_where=sa.text("state IN ('uncertain', 'quarantined')"),
    )


def downgrade() -> None:
    op.drop_index("messages_in_doubt", "messages")
    op.drop_table("tellings")
