"""Applications for the next step, and what is written about them."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "step_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("applied_for", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("how_ended", sa.String(), nullable=True),
        sa.CheckConstraint(
            "applied_for IN ('user', 'peer', 'volunteer', 'staff')", name=op.f("ck_step_application_known_applied_for")
        ),
        sa.CheckConstraint(
            "how_ended IN ('withdrawn', 'signed-off', 'not-yet', 'overtaken')",
            name=op.f("ck_step_application_known_how_ended"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (how_ended IS NULL)", name=op.f("ck_step_application_ended_in_a_way")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_step_application_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_application")),
    )
    op.create_index(op.f("ix_step_application_person_id"), "step_application", ["person_id"], unique=False)
    op.create_index(
        "uq_step_application_person_id_open",
        "step_application",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "application_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=2000), nullable=False),
        sa.CheckConstraint("kind IN ('statement', 'question', 'answer')", name=op.f("ck_application_words_known_kind")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["step_application.id"], name=op.f("fk_application_words_application_id")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_application_words_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_words")),
    )
    op.create_index(op.f("ix_application_words_application_id"), "application_words", ["application_id"], unique=False)


def downgrade() -> None:
    op.drop_table("application_words")
    op.drop_table("step_application")
