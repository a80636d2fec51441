"""Times that people are asked for by a day, and who entered times for somebody else."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "availability_ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("answer_by", sa.Date(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_availability_ask_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_availability_ask_asked_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_availability_ask")),
    )
    op.create_table(
        "availability_asked",
        sa.Column("ask_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ask_id"], ["availability_ask.id"], name=op.f("fk_availability_asked_ask_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_availability_asked_person_id")),
        sa.PrimaryKeyConstraint("ask_id", "person_id", name=op.f("pk_availability_asked")),
    )
    op.create_index(
        "ix_availability_asked_person_id_answered_at", "availability_asked", ["person_id", "answered_at"], unique=False
    )
    op.create_table(
        "times_entered",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_times_entered_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_times_entered_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_times_entered")),
    )


def downgrade() -> None:
    op.drop_table("times_entered")
    op.drop_table("availability_asked")
    op.drop_table("availability_ask")
