"""What administrators said about first steps: set aside, agreed, arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "first_step_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("of", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind IN ('set-aside', 'taken-up', 'agreed', 'sent', 'arrived')", name=op.f("ck_first_step_mark_known_kind")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_first_step_mark_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_step_mark")),
    )


def downgrade() -> None:
    op.drop_table("first_step_mark")
