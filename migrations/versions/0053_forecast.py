"""What was foreseen for the coming weeks, who was invited to renew, and which gaps planners were told of."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "forecast",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_forecast_by_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forecast")),
    )
    op.create_index("ix_forecast_looked_at", "forecast", ["looked_at"], unique=False)
    op.create_table(
        "renewal_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shifts", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name=op.f("fk_renewal_invitation_invited_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_renewal_invitation_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renewal_invitation")),
    )
    op.create_index(
        "ix_renewal_invitation_person_id_evidence", "renewal_invitation", ["person_id", "evidence"], unique=False
    )
    op.create_table(
        "gap_told",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gap", sa.String(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gap_told")),
        sa.UniqueConstraint("gap", "hours", name=op.f("uq_gap_told_gap_hours")),
    )
    op.create_index("ix_gap_told_starts_at", "gap_told", ["starts_at"], unique=False)


def downgrade() -> None:
    op.drop_table("gap_told")
    op.drop_table("renewal_invitation")
    op.drop_table("forecast")
