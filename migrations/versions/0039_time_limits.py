"""Until when the answers of a try are taken, where a quiz has a time limit, and more time for one person."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit_attempt", sa.Column("answers_until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "more_time",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(percent IS NULL) <> (minutes IS NULL)", name=op.f("ck_more_time_percent_or_minutes")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (reason IS NOT NULL)", name=op.f("ck_more_time_reason_while_it_holds")
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_more_time_ended_by_somebody")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_more_time_person_id")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_more_time_course_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_more_time_given_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_more_time_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_more_time")),
    )
    op.create_index(
        "uq_more_time_open",
        "more_time",
        ["person_id", "course_id", "unit"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("more_time")
    op.drop_column("unit_attempt", "answers_until")
