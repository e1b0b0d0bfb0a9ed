"""Cultural notes a department changed, and who practised them.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
