"""Days on which somebody cannot come, said at short notice, and the seats that they were taken off."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_by_id", sa.Integer(), nullable=False),
        sa.Column("leave_before", sa.JSON(), nullable=False),
        sa.Column("unmade_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unmade_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_absence_ends_after_it_starts")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_absence_person_id")),
        sa.ForeignKeyConstraint(["said_by_id"], ["person.id"], name=op.f("fk_absence_said_by_id")),
        sa.ForeignKeyConstraint(["unmade_by_id"], ["person.id"], name=op.f("fk_absence_unmade_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person_id_ends_at", "absence", ["person_id", "ends_at"], unique=False)
    op.create_table(
        "absence_seat",
        sa.Column("absence_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name=op.f("fk_absence_seat_absence_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_absence_seat_seat_id")),
        sa.PrimaryKeyConstraint("absence_id", "seat_id", name=op.f("pk_absence_seat")),
    )


def downgrade() -> None:
    for table in ("absence_seat", "absence"):
        op.drop_table(table)
