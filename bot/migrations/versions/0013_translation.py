"""Machine translations beside the original, and each use of them.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
