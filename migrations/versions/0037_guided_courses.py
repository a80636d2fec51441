"""Courses taken a part at a time: groups, the pace of each person, and notes to a group."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guided_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("days_between", sa.Integer(), nullable=False),
        sa.Column("days_later", sa.Integer(), nullable=False),
        sa.Column("opened_through", sa.Integer(), nullable=False),
        sa.Column("held_from", sa.Integer(), nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("days_between BETWEEN 1 AND 28", name=op.f("ck_guided_group_days_between_in_bounds")),
        sa.CheckConstraint(
            "held_from IS NULL OR held_from > opened_through",
            name=op.f("ck_guided_group_holds_back_what_is_not_open"),
        ),
        sa.CheckConstraint("days_later >= 0 AND opened_through >= 0", name=op.f("ck_guided_group_counts_from_zero")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_guided_group_ended_by_somebody")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_guided_group_course_id")),
        sa.ForeignKeyConstraint(["leader_id"], ["person.id"], name=op.f("fk_guided_group_leader_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_guided_group_created_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_guided_group_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_group")),
    )
    op.create_table(
        "guided_pace",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("days_later", sa.Integer(), nullable=False),
        sa.Column("paused_on", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(group_id IS NULL) = (first_day IS NOT NULL)", name=op.f("ck_guided_pace_own_first_day_without_a_group")
        ),
        sa.CheckConstraint(
            "paused_until IS NULL OR paused_until > paused_on", name=op.f("ck_guided_pace_goes_on_after_it_pauses")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_guided_pace_ended_by_somebody")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_guided_pace_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_guided_pace_course_id")),
        sa.ForeignKeyConstraint(["group_id"], ["guided_group.id"], name=op.f("fk_guided_pace_group_id")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["person.id"], name=op.f("fk_guided_pace_begun_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_guided_pace_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_pace")),
    )
    op.create_index(
        "uq_guided_pace_open",
        "guided_pace",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_guided_pace_group_id", "guided_pace", ["group_id"])
    op.create_table(
        "guided_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["guided_group.id"], name=op.f("fk_guided_note_group_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_guided_note_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guided_note")),
    )
    op.create_index("ix_guided_note_group_id", "guided_note", ["group_id"])


def downgrade() -> None:
    op.drop_table("guided_note")
    op.drop_table("guided_pace")
    op.drop_table("guided_group")
