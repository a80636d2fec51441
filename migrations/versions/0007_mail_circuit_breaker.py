"""What the workers know about the mail server, and when it refused an e-mail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNDELIVERED = sa.text("state IN ('refused', 'expired')")


def upgrade() -> None:
    breaker = op.create_table(
        "mail_circuit_breaker",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("try_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_circuit_breaker_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_circuit_breaker")),
    )
    op.bulk_insert(breaker, [{"id": 1, "failures": 0}])
    op.add_column("outbox", sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_outbox_undelivered",
        "outbox",
        ["finished_at", "id"],
        unique=False,
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_undelivered", table_name="outbox", sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED)
    op.drop_column("outbox", "refused_at")
    op.drop_table("mail_circuit_breaker")
