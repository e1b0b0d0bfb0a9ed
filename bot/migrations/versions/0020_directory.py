"""Services of the directory edited by people, files that wait to be imported, and the order in which records came.

A release before this one runs on with these tables: it shows what was edited, and knows nothing of who did it
nor of the order.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hsds_records", sa.Column("position", sa.Integer(), nullable=True))
    op.create_table(
        "service_marks",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("hand", sa.Text(), nullable=False),
        sa.Column("made_here", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("changed_by", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.Column("checked_by", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("service_id"),
    )
    op.create_table(
        "directory_uploads",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    op.drop_table("directory_uploads")
    op.drop_table("service_marks")
    op.drop_column("hsds_records", "position")
