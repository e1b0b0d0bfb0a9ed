"""What a thread shows: numbers revealed, threads of one person joined, templates of WhatsApp.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
