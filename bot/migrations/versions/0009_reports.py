"""The life of a report at the desk, and reports that a city takes.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
