"""Training from elsewhere: certificates that people earned elsewhere, and what was decided about them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

NAMES = "ck_elsewhere_training_"


def upgrade() -> None:
    op.create_table(
        "elsewhere_training",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("issuer", sa.String(length=200), nullable=False),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("lapses_on", sa.Date(), nullable=True),
        sa.Column("wanted_course", sa.String(length=60), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.String(), nullable=True),
        sa.Column("key_from", sa.String(length=20), nullable=True),
        sa.Column("made_out_to", sa.String(length=300), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("course", sa.String(length=60), nullable=True),
        sa.Column("counts_until", sa.Date(), nullable=True),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'declined', 'taken-back')", name=op.f(NAMES + "known_state")
        ),
        sa.CheckConstraint("signature IN ('good', 'unchecked')", name=op.f(NAMES + "known_signature")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> person_id", name=op.f(NAMES + "decided_by_somebody_else")
        ),
        sa.CheckConstraint(
            "(state IN ('accepted', 'declined')) = (decided_at IS NOT NULL)", name=op.f(NAMES + "decided_once")
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (evidence_id IS NOT NULL)", name=op.f(NAMES + "accepted_with_evidence")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_elsewhere_training_person_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_elsewhere_training_file_id")),
        sa.ForeignKeyConstraint(["added_by_id"], ["person.id"], name=op.f("fk_elsewhere_training_added_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_elsewhere_training_decided_by_id")),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_elsewhere_training_evidence_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elsewhere_training")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_elsewhere_training_evidence_id")),
    )
    op.create_index("ix_elsewhere_training_person_id", "elsewhere_training", ["person_id"])
    op.create_index(
        "ix_elsewhere_training_waiting",
        "elsewhere_training",
        ["added_at"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_elsewhere_training_waiting",
        table_name="elsewhere_training",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_elsewhere_training_person_id", table_name="elsewhere_training")
    op.drop_table("elsewhere_training")
