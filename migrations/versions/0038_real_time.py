"""How long people really take for a unit, idle time not counted."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("counted_until", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_unit_time_not_negative")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_unit_time_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_time")),
        sa.UniqueConstraint("enrolment_id", "unit", name=op.f("uq_unit_time_enrolment_id_unit")),
    )


def downgrade() -> None:
    op.drop_table("unit_time")
