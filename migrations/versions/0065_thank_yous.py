"""A few words of thanks from one person to another, which those two alone read."""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "thank_you",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_thank_you_to_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_thank_you_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thank_you")),
    )
    op.create_index("ix_thank_you_by_id", "thank_you", ["by_id"], unique=False)
    op.create_index("ix_thank_you_to_id", "thank_you", ["to_id"], unique=False)


def downgrade() -> None:
    op.drop_table("thank_you")
