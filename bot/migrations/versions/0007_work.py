"""What officers do with a thread: notes, drafts, replies kept ready, transfers, how it ended.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OF_HANDOFFS = (
    ("outcome_why", sa.LargeBinary()),
    ("language_service", sa.Text()),
    ("for_officer_id", sa.BigInteger()),
    ("team_id", sa.BigInteger()),
    ("passed_by", sa.BigInteger()),
    ("passed_at", sa.BigInteger()),
)


def upgrade() -> None:
    for name, kind in _OF_HANDOFFS:
        op.add_column("handoffs", sa.Column(name, kind, nullable=True))
    _teams()
    _notes()
    _words()


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("team_id", "staff_id"),
    )


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notes_of_thread", "notes", ["thread_id", "id"])
    op.create_table(
        "mentions",
        sa.Column("note_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("note_id", "staff_id"),
    )
    unseen = sa.text("seen_at IS NULL")
    op.create_index("mentions_unseen", "mentions", ["staff_id"], sqlite_where=unseen, postgresql_where=unseen)


def _words() -> None:
    op.create_table(
        "unsent",
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("typed_at", sa.BigInteger(), nullable=False),
        sa.Column("emptied_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.PrimaryKeyConstraint("thread_id", "officer_id", "kind"),
    )
    op.create_table(
        "canned",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("title"),
    )
    op.create_table(
        "canned_words",
        sa.Column("canned_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["canned_id"], ["canned.id"]),
        sa.PrimaryKeyConstraint("canned_id", "language"),
    )


def downgrade() -> None:
    for table in ("canned_words", "canned", "unsent"):
        op.drop_table(table)
    op.drop_index("mentions_unseen", "mentions")
    op.drop_table("mentions")
    op.drop_index("notes_of_thread", "notes")
    for table in ("notes", "team_members", "teams"):
        op.drop_table(table)
    for name, _kind in reversed(_OF_HANDOFFS):
        op.drop_column("handoffs", name)
