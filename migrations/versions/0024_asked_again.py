"""What is asked for again: evidence for older editions of a text or a course holds only until a day."""

import sqlalchemy as sa
from alembic import op

from migrations import triggers

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked_again",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("holds_until", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("edition > 0", name=op.f("ck_asked_again_editions_count_from_one")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_asked_again_by_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_again")),
    )
    triggers.append_only("asked_again")


def downgrade() -> None:
    triggers.drop_append_only("asked_again")
    op.drop_table("asked_again")
