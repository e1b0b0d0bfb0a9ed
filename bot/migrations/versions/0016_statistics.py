"""Sums for statistics, what residents said of the line, and the report of a year.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counted_days",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "sums",
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "what", "language", "channel", "hour", "detail", "value"),
    )
    op.create_table(
        "surveys",
        sa.Column("resident_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("resident_id"),
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("task", sa.Text(), nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("survey_answers_by_day", "survey_answers", ["day"])
    op.create_index(
        "survey_tasks",
        "survey_answers",
        ["day"],
        sqlite_where=sa.text("task = 'open'"),
        postgresql_where=sa.text("task = 'open'"),
    )
    op.create_table(
        "yearly_reports",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("year"),
    )
    op.create_index("handoffs_by_end", "handoffs", ["closed_at"])
    op.create_index("reports_by_day", "reports", ["filed_at"])
    op.create_index("changes_by_day", "report_changes", ["at"])


def downgrade() -> None:
    op.drop_index("changes_by_day", "report_changes")
    op.drop_index("reports_by_day", "reports")
    op.drop_index("handoffs_by_end", "handoffs")
    op.drop_table("yearly_reports")
    op.drop_index("survey_tasks", "survey_answers")
    op.drop_index("survey_answers_by_day", "survey_answers")
    op.drop_table("survey_answers")
    op.drop_table("surveys")
    op.drop_table("sums")
    op.drop_table("counted_days")
