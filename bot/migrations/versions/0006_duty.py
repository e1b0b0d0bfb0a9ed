"""Who is here and whom a hand-off goes to: languages with their tests, shifts, on call, waves, bars, handing over.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _of_staff() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("skills", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.Text(), nullable=True),
        sa.Column("most_threads", sa.Integer(), nullable=False, server_default=sa.text("5")),
        sa.Column("busy", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )


def _of_handoffs() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("wave", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("wave_at", sa.BigInteger(), nullable=True),
        sa.Column("route", sa.Text(), nullable=True),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("sensitive", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("speaker_only", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("morning_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_by", sa.BigInteger(), nullable=True),
        sa.Column("cad_number", sa.Text(), nullable=True),
        sa.Column("cad_at", sa.BigInteger(), nullable=True),
        sa.Column("cad_by", sa.BigInteger(), nullable=True),
        sa.Column("read_told_at", sa.BigInteger(), nullable=True),
    )


def upgrade() -> None:
    for table, columns in (("staff", _of_staff()), ("handoffs", _of_handoffs())):
        for column in columns:
            op.add_column(table, column)
    op.create_index("staff_by_phone", "staff", ["phone_hash"])
    op.create_index("handoffs_taken", "handoffs", ["language", "claimed_at"])
    _shifts()
    _pagings()
    _handovers()


def _shifts() -> None:
    op.create_table(
        "shifts",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("weekly", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("until", sa.Text(), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("shifts_of_staff", "shifts", ["staff_id"])
    op.create_table(
        "shift_turns",
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shift_id", "day", "what"),
    )


def _pagings() -> None:
    op.create_table(
        "pagings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handoff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["handoff_id"], ["handoffs.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pagings_of_handoff", "pagings", ["handoff_id"])
    still = sa.text("over_at IS NULL")
    op.create_index("pagings_open", "pagings", ["staff_id"], sqlite_where=still, postgresql_where=still)
    op.create_table(
        "bars",
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"]),
        sa.PrimaryKeyConstraint("thread_id", "staff_id"),
    )


def _handovers() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=True),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column("next_on", sa.Text(), nullable=True),
        sa.Column("checked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handovers_of_thread", "handovers", ["thread_id", "id"])


def downgrade() -> None:
    op.drop_index("handovers_of_thread", "handovers")
    for table in ("handovers", "bars"):
        op.drop_table(table)
    for name in ("pagings_open", "pagings_of_handoff"):
        op.drop_index(name, "pagings")
    for table in ("pagings", "shift_turns"):
        op.drop_table(table)
    op.drop_index("shifts_of_staff", "shifts")
    op.drop_table("shifts")
    op.drop_index("handoffs_taken", "handoffs")
    op.drop_index("staff_by_phone", "staff")
    for table, columns in (("handoffs", _of_handoffs()), ("staff", _of_staff())):
        for column in reversed(columns):
            op.drop_column(table, column.name)
