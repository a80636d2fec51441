"""Another try at a quiz, given by a trainer."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "given_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_given_try_enrolment_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_given_try_given_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_given_try")),
        sa.UniqueConstraint("enrolment_id", "unit", "after", name=op.f("uq_given_try_enrolment_id_unit_after")),
    )
    append_only("given_try")


def downgrade() -> None:
    op.drop_table("given_try")
