"""How often a text was tried and when it is due again; and the instants up to which a provider was asked what it has.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a large table is neither copied nor locked for long.
    op.add_column("messages", sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("messages", sa.Column("due_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "marks",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("marks")
    op.drop_column("messages", "due_at")
    op.drop_column("messages", "tries")
