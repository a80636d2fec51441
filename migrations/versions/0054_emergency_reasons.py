"""Why a published version changed seats near their time without asking the people first."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "emergency_reason",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_emergency_reason_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rota_version.id"], name=op.f("fk_emergency_reason_version_id")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_emergency_reason")),
    )
    op.create_index(op.f("ix_emergency_reason_by_id"), "emergency_reason", ["by_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_emergency_reason_by_id"), table_name="emergency_reason")
    op.drop_table("emergency_reason")
