"""Indexes of what is asked all day: reports of a thread and of a kind, and what a system with a key sent.

A release before this one runs on with these tables.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("reports_of_thread", "reports", ["thread_id", "id"])
    op.create_index("reports_of_kind", "reports", ["kind", "filed_at"])
    op.create_index("city_inbox_of_key", "city_inbox", ["key_id", "received_at"])


def downgrade() -> None:
    op.drop_index("city_inbox_of_key", "city_inbox")
    op.drop_index("reports_of_kind", "reports")
    op.drop_index("reports_of_thread", "reports")
