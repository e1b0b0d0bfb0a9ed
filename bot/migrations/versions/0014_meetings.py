"""Meetings planned at the desk, what residents were told of them, interpreters asked for.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
