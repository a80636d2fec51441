"""What people asked for at most: hours in a week, nights in a rota."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_limits",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("most_hours_a_week", sa.Integer(), nullable=True),
        sa.Column("most_nights", sa.Integer(), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("most_hours_a_week BETWEEN 1 AND 60", name=op.f("ck_person_limits_hours_within_a_week")),
        sa.CheckConstraint("most_nights BETWEEN 0 AND 31", name=op.f("ck_person_limits_nights_within_a_rota")),
        sa.CheckConstraint(
            "most_hours_a_week IS NOT NULL OR most_nights IS NOT NULL", name=op.f("ck_person_limits_says_something")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_person_limits_person_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_person_limits_set_by_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_person_limits")),
    )


def downgrade() -> None:
    op.drop_table("person_limits")
