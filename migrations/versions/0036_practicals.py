"""Practicals: tries, the marks that others give, and the words around both."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tries()
    op.create_table(
        "practical_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("try_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("passes", sa.Boolean(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("marker_id <> person_id", name=op.f("ck_practical_mark_marked_by_somebody_else")),
        sa.ForeignKeyConstraint(["try_id"], ["practical_try.id"], name=op.f("fk_practical_mark_try_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practical_mark_person_id")),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_practical_mark_marker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_mark")),
        sa.UniqueConstraint("try_id", "round", "marker_id", name=op.f("uq_practical_mark_try_id_round_marker_id")),
    )
    append_only("practical_mark")
    op.create_table(
        "practical_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("try_id", sa.Integer(), nullable=False),
        sa.Column("mark_id", sa.Integer(), nullable=True),
        sa.Column("criterion", sa.String(length=60), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('comment', 'answer', 'withdrawal')", name=op.f("ck_practical_note_known_kind")),
        sa.CheckConstraint(
            "(kind = 'comment') = (mark_id IS NOT NULL)", name=op.f("ck_practical_note_comments_belong_to_a_mark")
        ),
        sa.ForeignKeyConstraint(["try_id"], ["practical_try.id"], name=op.f("fk_practical_note_try_id")),
        sa.ForeignKeyConstraint(["mark_id"], ["practical_mark.id"], name=op.f("fk_practical_note_mark_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_practical_note_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_note")),
    )
    op.create_index("ix_practical_note_try_id", "practical_note", ["try_id"])
    op.create_table(
        "practical_stood_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["marker_id"], ["person.id"], name=op.f("fk_practical_stood_aside_marker_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practical_stood_aside_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_stood_aside")),
        sa.UniqueConstraint("marker_id", "person_id", name=op.f("uq_practical_stood_aside_marker_id_person_id")),
    )


def _tries() -> None:
    op.create_table(
        "practical_try",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rubric", sa.JSON(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meet_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("meet_where", sa.String(length=200), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'passed', 'again', 'void')", name=op.f("ck_practical_try_known_state")
        ),
        sa.CheckConstraint(
            "(state = 'draft') = (handed_in_at IS NULL)", name=op.f("ck_practical_try_handed_in_unless_a_draft")
        ),
        sa.CheckConstraint(
            "(state IN ('draft', 'waiting')) = (decided_at IS NULL)", name=op.f("ck_practical_try_decided_once_marked")
        ),
        sa.CheckConstraint(
            "(taken_by_id IS NULL) = (taken_until IS NULL)", name=op.f("ck_practical_try_taken_until_some_time")
        ),
        sa.CheckConstraint(
            "taken_by_id IS NULL OR state = 'waiting'", name=op.f("ck_practical_try_taken_while_it_waits")
        ),
        sa.CheckConstraint("taken_by_id <> person_id", name=op.f("ck_practical_try_taken_by_somebody_else")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_practical_try_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_practical_try_person_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_practical_try_taken_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practical_try")),
        sa.UniqueConstraint("enrolment_id", "unit", "number", name=op.f("uq_practical_try_enrolment_id_unit_number")),
    )
    op.create_index("ix_practical_try_person_id", "practical_try", ["person_id"])
    for name, columns, states, unique in (
        ("uq_practical_try_open", ["enrolment_id", "unit"], "state IN ('draft', 'waiting')", True),
        ("ix_practical_try_waiting", ["handed_in_at"], "state = 'waiting'", False),
    ):
        where = sa.text(states)
        op.create_index(name, "practical_try", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ("practical_stood_aside", "practical_note", "practical_mark", "practical_try"):
        op.drop_table(table)
