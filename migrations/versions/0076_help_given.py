"""Help that somebody was given in person: by whom, on which day, and until when a device was lent."""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "help_given",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("back_on", sa.Date(), nullable=True),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.CheckConstraint("kind IN ('sat-with', 'device', 'talk', 'other')", name=op.f("ck_help_given_known_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_help_given_person_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_help_given_by_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_help_given_recorded_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_given")),
        sa.UniqueConstraint("once", name=op.f("uq_help_given_once")),
    )
    op.create_index(op.f("ix_help_given_person_id"), "help_given", ["person_id"])
    op.create_index(op.f("ix_help_given_given_on"), "help_given", ["given_on"])


def downgrade() -> None:
    op.drop_table("help_given")
