"""Whom somebody wants to know that they need support; and what was said about an absence that staff entered."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_contact",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_support_contact_person_id")),
        sa.ForeignKeyConstraint(["contact_id"], ["person.id"], name=op.f("fk_support_contact_contact_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_support_contact")),
    )
    op.create_table(
        "willing_contact",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_willing_contact_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_willing_contact")),
    )
    op.create_table(
        "absence_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absence_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["absence_id"], ["absence.id"], name=op.f("fk_absence_word_absence_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_absence_word_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence_word")),
    )
    op.create_index("ix_absence_word_absence_id", "absence_word", ["absence_id"], unique=False)


def downgrade() -> None:
    for table in ("absence_word", "willing_contact", "support_contact"):
        op.drop_table(table)
