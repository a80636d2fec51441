"""References, the right to work, interviews and branches as evidence, and the words of references."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only, drop_append_only

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

VOUCHED = "'check', 'observed', 'sign-off', 'not-yet'"
IN_ORDER = "'check', 'observed', 'sign-off', 'reference', 'right-to-work', 'interview', 'branch', 'not-yet'"
BY_ANOTHER = "OR (by_person_id IS NOT NULL AND by_person_id <> person_id)"


def upgrade() -> None:
    _decided_by_somebody_else(IN_ORDER)
    op.create_table(
        "reference_words",
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.Column("referee", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=4000), nullable=False),
        sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name=op.f("fk_reference_words_evidence_id")),
        sa.PrimaryKeyConstraint("evidence_id", name=op.f("pk_reference_words")),
    )


def downgrade() -> None:
    op.drop_table("reference_words")
    # Records of these kinds mean nothing to the version before, and stay as they are.
    _decided_by_somebody_else(VOUCHED)


def _decided_by_somebody_else(kinds: str) -> None:
    drop_append_only("evidence")
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f("ck_evidence_decided_by_somebody_else"), type_="check")
        table.create_check_constraint(
            op.f("ck_evidence_decided_by_somebody_else"), f"kind NOT IN ({kinds}) {BY_ANOTHER}"
        )
    append_only("evidence")
