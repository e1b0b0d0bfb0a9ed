"""Browsers that are told of urgent threads.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
