"""Locked seats, and what was done in a draft step by step, so that it can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

KINDS = "'assigned', 'cleared', 'left-as-published', 'proposed', 'locked', 'unlocked', 'reversed'"


def upgrade() -> None:
    op.create_table(
        "seat_lock",
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_seat_lock_seat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_seat_lock_rota_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_seat_lock_by_id")),
        sa.PrimaryKeyConstraint("seat_id", name=op.f("pk_seat_lock")),
    )
    op.create_index(op.f("ix_seat_lock_rota_id"), "seat_lock", ["rota_id"])
    op.create_table(
        "draft_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("turned_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_draft_step_known_kind")),
        sa.CheckConstraint(
            "undone_by_id IS NULL OR undone_at IS NOT NULL", name=op.f("ck_draft_step_undone_at_a_time")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_draft_step_draft_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_draft_step_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_draft_step_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_step")),
    )
    op.create_index(op.f("ix_draft_step_draft_id"), "draft_step", ["draft_id"])
    op.create_table(
        "draft_step_seat",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("is_undone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"], ["draft_step.id"], name=op.f("fk_draft_step_seat_step_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_draft_step_seat_seat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("step_id", "seat_id", name=op.f("pk_draft_step_seat")),
    )


def downgrade() -> None:
    op.drop_table("draft_step_seat")
    op.drop_table("draft_step")
    op.drop_table("seat_lock")
