"""The evidence ledger, which is append-only, and its notes, which can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations import triggers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("by_person_id", sa.Integer(), nullable=True),
        sa.Column("withdraws_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("note_hash", sa.String(64), nullable=True),
        sa.Column("once", sa.String(120), nullable=True),
        sa.CheckConstraint(
            "(kind = 'withdrawn') = (withdraws_id IS NOT NULL)",
            name=op.f("ck_evidence_a_withdrawal_names_its_fact"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('check', 'observed', 'sign-off', 'not-yet') "
            "OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
            name=op.f("ck_evidence_decided_by_somebody_else"),
        ),
        sa.CheckConstraint(
            "kind <> 'accepted' OR (by_person_id IS NOT NULL AND by_person_id = person_id)",
            name=op.f("ck_evidence_accepted_by_themselves"),
        ),
        sa.CheckConstraint("happened_at <= recorded_at", name=op.f("ck_evidence_happened_before_it_was_recorded")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_evidence_person_id")),
        sa.ForeignKeyConstraint(["by_person_id"], ["person.id"], name=op.f("fk_evidence_by_person_id")),
        sa.ForeignKeyConstraint(["withdraws_id"], ["evidence.id"], name=op.f("fk_evidence_withdraws_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
        sa.UniqueConstraint("withdraws_id", name=op.f("uq_evidence_withdraws_id")),
        sa.UniqueConstraint("once", name=op.f("uq_evidence_once")),
    )
    op.create_index(op.f("ix_evidence_person_id_kind"), "evidence", ["person_id", "kind"])
    op.create_index(op.f("ix_evidence_kind_key_person_id"), "evidence", ["kind", "key", "person_id"])
    triggers.append_only("evidence")
    op.create_table(
        "evidence_note",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_evidence_note_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_evidence_note")),
    )


def downgrade() -> None:
    op.drop_table("evidence_note")
    triggers.drop_append_only("evidence")
    op.drop_index(op.f("ix_evidence_kind_key_person_id"), table_name="evidence")
    op.drop_index(op.f("ix_evidence_person_id_kind"), table_name="evidence")
    op.drop_table("evidence")
