"""What people were told about what lapses."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lapse_told",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_lapse_told_person_id")),
        sa.PrimaryKeyConstraint("person_id", "code", "last_day", "days_before", name=op.f("pk_lapse_told")),
    )


def downgrade() -> None:
    op.drop_table("lapse_told")
