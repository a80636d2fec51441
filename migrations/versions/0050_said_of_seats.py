"""What people say of their seats ahead."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "said_of_seat",
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("what IN ('comes', 'could-stay')", name=op.f("ck_said_of_seat_known_what")),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignment.id"], name=op.f("fk_said_of_seat_assignment_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_said_of_seat_by_id")),
        sa.PrimaryKeyConstraint("assignment_id", "what", name=op.f("pk_said_of_seat")),
    )


def downgrade() -> None:
    op.drop_table("said_of_seat")
