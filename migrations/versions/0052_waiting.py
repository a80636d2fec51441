"""Who waits for a shift to open."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["cover_line.id"], name=op.f("fk_waiting_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_waiting_person_id")),
        sa.PrimaryKeyConstraint("line_id", "person_id", name=op.f("pk_waiting")),
    )
    op.create_index("ix_waiting_person_id", "waiting", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("waiting")
