"""What people did in the exercises of lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exercise_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("exercise", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_exercise_try_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise_try")),
        sa.UniqueConstraint(
            "enrolment_id", "unit", "exercise", "number", name=op.f("uq_exercise_try_enrolment_id_unit_exercise_number")
        ),
    )


def downgrade() -> None:
    op.drop_table("exercise_try")
