"""Taking over a team from an organisation's own records, and evidence that says it came from there."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_append_only

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BY_THEMSELVES = "kind <> 'accepted' OR (by_person_id IS NOT NULL AND by_person_id = person_id)"
BY_THEMSELVES_OR_TAKEN_OVER = (
    "kind <> 'accepted' OR takeover_id IS NOT NULL OR (by_person_id IS NOT NULL AND by_person_id = person_id)"
)


def upgrade() -> None:
    op.create_table(
        "takeover_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("mended", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("task_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'taken', 'undone', 'discarded')", name=op.f("ck_takeover_batch_known_state")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_takeover_batch_made_by_id")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_takeover_batch_taken_by_id")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["person.id"], name=op.f("fk_takeover_batch_undone_by_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_takeover_batch_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_batch")),
    )
    op.create_table(
        "takeover_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["takeover_batch.id"], name=op.f("fk_takeover_person_batch_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_takeover_person_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover_person")),
        sa.UniqueConstraint("batch_id", "person_id", name=op.f("uq_takeover_person_batch_id_person_id")),
    )
    op.create_index("ix_takeover_person_person_id", "takeover_person", ["person_id"])
    op.create_table(
        "takeover_heading",
        sa.Column("heading", sa.String(), nullable=False),
        sa.Column("column_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("heading", name=op.f("pk_takeover_heading")),
    )
    drop_append_only("evidence")
    with op.batch_alter_table("evidence") as table:
        table.add_column(sa.Column("takeover_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_evidence_takeover_id"), "takeover_batch", ["takeover_id"], ["id"])
        table.drop_constraint(op.f("ck_evidence_accepted_by_themselves"), type_="check")
        table.create_check_constraint(op.f("ck_evidence_accepted_by_themselves"), BY_THEMSELVES_OR_TAKEN_OVER)
        table.create_check_constraint(
            op.f("ck_evidence_taken_over_by_somebody_else"),
            "takeover_id IS NULL OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
        )
    op.create_index("ix_evidence_takeover_id", "evidence", ["takeover_id"])
    append_only("evidence")


def downgrade() -> None:
    # Evidence that was taken over stays as what it says, but agreements must be by the person themselves there.
    op.drop_index("ix_evidence_takeover_id", table_name="evidence")
    drop_append_only("evidence")
    op.execute("DELETE FROM evidence WHERE kind = 'accepted' AND by_person_id <> person_id")
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f("ck_evidence_taken_over_by_somebody_else"), type_="check")
        table.drop_constraint(op.f("ck_evidence_accepted_by_themselves"), type_="check")
        table.create_check_constraint(op.f("ck_evidence_accepted_by_themselves"), BY_THEMSELVES)
        table.drop_constraint(op.f("fk_evidence_takeover_id"), type_="foreignkey")
        table.drop_column("takeover_id")
    append_only("evidence")
    op.drop_table("takeover_heading")
    op.drop_index("ix_takeover_person_person_id", table_name="takeover_person")
    op.drop_table("takeover_person")
    op.drop_table("takeover_batch")
