"""Courses, attempts and completions, and certificates."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_append_only

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
    )
    op.create_table(
        "course_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("installed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("installed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_version_course_id")),
        sa.ForeignKeyConstraint(["installed_by_id"], ["person.id"], name=op.f("fk_course_version_installed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_version")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_course_version_course_id_number")),
    )
    op.create_index(op.f("ix_course_version_content_hash"), "course_version", ["content_hash"], unique=False)
    op.create_table(
        "credential_subject",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("urn", sa.String(length=45), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_subject_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_credential_subject")),
        sa.UniqueConstraint("urn", name=op.f("uq_credential_subject_urn")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skips_hard_words", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "finished_at IS NULL OR finished_at >= started_at", name=op.f("ck_enrolment_finishes_after_it_starts")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_enrolment_course_id")),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name=op.f("fk_enrolment_course_version_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
    )
    op.create_index("ix_enrolment_person_id", "enrolment", ["person_id"], unique=False)
    op.create_index(
        "uq_enrolment_open",
        "enrolment",
        ["person_id", "course_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "completion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("course_version_id", sa.Integer(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_version_id"], ["course_version.id"], name=op.f("fk_completion_course_version_id")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_completion_enrolment_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_completion_evidence_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_completion_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion")),
        sa.UniqueConstraint("enrolment_id", name=op.f("uq_completion_enrolment_id")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_completion_evidence_id")),
    )
    op.create_index(op.f("ix_completion_person_id"), "completion", ["person_id"], unique=False)
    op.create_table(
        "unit_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=True),
        sa.Column("drawn", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("right_answers", sa.Integer(), nullable=True),
        sa.Column("is_passed", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (is_passed IS NULL)", name=op.f("ck_unit_attempt_judged_when_finished")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_unit_attempt_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_attempt")),
        sa.UniqueConstraint("enrolment_id", "unit", "number", name=op.f("uq_unit_attempt_enrolment_id_unit_number")),
    )
    op.create_index(
        "uq_unit_attempt_open",
        "unit_attempt",
        ["enrolment_id", "unit"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "unit_done",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_unit_done_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_done")),
        sa.UniqueConstraint("enrolment_id", "unit", name=op.f("uq_unit_done_enrolment_id_unit")),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(length=60), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["unit_attempt.id"], name=op.f("fk_answer_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_answer_attempt_id_position")),
    )
    op.create_table(
        "certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("completion_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("printed_name", sa.String(length=80), nullable=False),
        sa.Column("shows_full_name", sa.Boolean(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("status_list", sa.Integer(), nullable=False),
        sa.Column("status_index", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["completion_id"], ["completion.id"], name=op.f("fk_certificate_completion_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_certificate_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_code")),
        sa.UniqueConstraint("status_list", "status_index", name=op.f("uq_certificate_status_list_status_index")),
    )
    op.create_index(op.f("ix_certificate_completion_id"), "certificate", ["completion_id"], unique=False)
    op.create_index(op.f("ix_certificate_person_id"), "certificate", ["person_id"], unique=False)
    op.create_index(
        "uq_certificate_present",
        "certificate",
        ["completion_id"],
        unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "scenario_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("choice", sa.String(length=60), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["unit_attempt.id"], name=op.f("fk_scenario_choice_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenario_choice")),
        sa.UniqueConstraint("attempt_id", "position", name=op.f("uq_scenario_choice_attempt_id_position")),
    )
    append_only("course_version")
    append_only("completion")


def downgrade() -> None:
    drop_append_only("completion")
    drop_append_only("course_version")
    op.drop_table("scenario_choice")
    op.drop_index(
        "uq_certificate_present",
        table_name="certificate",
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.drop_index(op.f("ix_certificate_person_id"), table_name="certificate")
    op.drop_index(op.f("ix_certificate_completion_id"), table_name="certificate")
    op.drop_table("certificate")
    op.drop_table("answer")
    op.drop_table("unit_done")
    op.drop_index(
        "uq_unit_attempt_open",
        table_name="unit_attempt",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("unit_attempt")
    op.drop_index(op.f("ix_completion_person_id"), table_name="completion")
    op.drop_table("completion")
    op.drop_index(
        "uq_enrolment_open",
        table_name="enrolment",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_index("ix_enrolment_person_id", table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_table("credential_subject")
    op.drop_index(op.f("ix_course_version_content_hash"), table_name="course_version")
    op.drop_table("course_version")
    op.drop_table("course")
