"""The life of a report at the desk, and reports that a city takes.

A release before this one runs on with these tables: it neither reads nor needs what is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("reports", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("reports", sa.Column("changed_at", sa.BigInteger(), nullable=True))
    op.add_column("reports", sa.Column("promised_at", sa.BigInteger(), nullable=True))
    op.add_column("reports", sa.Column("late_at", sa.BigInteger(), nullable=True))
    op.add_column("reports", sa.Column("officer_id", sa.BigInteger(), nullable=True))
    op.add_column("reports", sa.Column("contact", sa.Text(), nullable=True))
    op.add_column("reports", sa.Column("police_number", sa.LargeBinary(), nullable=True))
    op.add_column("reports", sa.Column("facts", sa.LargeBinary(), nullable=True))
    op.add_column("reports", sa.Column("public_id", sa.Text(), nullable=True))
    op.create_index("reports_in_public", "reports", ["public_id"], unique=True)
    op.create_index(
        "reports_promised",
        "reports",
        ["promised_at"],
        sqlite_where=sa.text("promised_at IS NOT NULL"),
        postgresql_where=sa.text("promised_at IS NOT NULL"),
    )
    op.add_column("additions", sa.Column("question", sa.LargeBinary(), nullable=True))
    op.add_column("additions", sa.Column("language", sa.Text(), nullable=True))
    op.create_table(
        "report_changes",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("phrase", sa.Text(), nullable=False),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("telling", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("changes_of_report", "report_changes", ["report_id", "id"])
    op.create_index(
        "changes_to_tell",
        "report_changes",
        ["id"],
        sqlite_where=sa.text("telling = 'due'"),
        postgresql_where=sa.text("telling = 'due'"),
    )
    op.create_table(
        "city_routes",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("agency_phone", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("service_code", sa.Text(), nullable=False),
        sa.Column("api_key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("kind"),
    )
    op.create_table(
        "city_requests",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("change_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("city_requests_of_report", "city_requests", ["report_id"])
    op.create_index(
        "city_requests_open",
        "city_requests",
        ["due_at"],
        sqlite_where=sa.text("state IN ('sending', 'token', 'open')"),
        postgresql_where=sa.text("state IN ('sending', 'token', 'open')"),
    )
    op.create_table(
        "city_services",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("takes", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("kind"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "city_keys",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key_hash"),
    )
    op.create_table(
        "city_inbox",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("public_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["city_keys.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("public_id"),
    )
    op.create_index("city_inbox_of_state", "city_inbox", ["state", "id"])


def downgrade() -> None:
    op.drop_index("city_inbox_of_state", "city_inbox")
    op.drop_table("city_inbox")
    op.drop_table("city_keys")
    op.drop_table("city_services")
    op.drop_index("city_requests_of_report", "city_requests")
    op.drop_index("city_requests_open", "city_requests")
    op.drop_table("city_requests")
    op.drop_table("city_routes")
    op.drop_index("changes_of_report", "report_changes")
    op.drop_index("changes_to_tell", "report_changes")
    op.drop_table("report_changes")
    op.drop_index("reports_in_public", "reports")
    op.drop_index("reports_promised", "reports")
    op.drop_column("additions", "language")
    op.drop_column("additions", "question")
    op.drop_column("reports", "public_id")
    op.drop_column("reports", "facts")
    op.drop_column("reports", "police_number")
    op.drop_column("reports", "contact")
    op.drop_column("reports", "officer_id")
    op.drop_column("reports", "late_at")
    op.drop_column("reports", "promised_at")
    op.drop_column("reports", "changed_at")
    op.drop_column("reports", "version")
