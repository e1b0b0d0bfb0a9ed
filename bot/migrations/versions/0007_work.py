"""What officers do with a thread: notes, drafts, replies kept ready, transfers, how it ended.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
