"""How staff sign in: second factors, passkeys, one-time links, guesses counted, sessions named.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
