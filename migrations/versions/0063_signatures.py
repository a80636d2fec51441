"""Signatures of a step that needs several people, and confirmations of a sign-off: nobody gives them to themselves."""

from alembic import op

from migrations.triggers import append_only, drop_append_only

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

BEFORE = "'check', 'observed', 'sign-off', 'reference', 'right-to-work', 'interview', 'branch', 'not-yet'"
NOW = (
    "'check', 'observed', 'sign-off', 'reference', 'right-to-work', 'interview', 'branch', 'signature', 'confirmed', "
    "'not-yet'"
)


def _decided_by_somebody_else(kinds: str) -> None:
    drop_append_only("evidence")
    with op.batch_alter_table("evidence") as table:
        table.drop_constraint(op.f("ck_evidence_decided_by_somebody_else"), type_="check")
        table.create_check_constraint(
            op.f("ck_evidence_decided_by_somebody_else"),
            f"kind NOT IN ({kinds}) OR (by_person_id IS NOT NULL AND by_person_id <> person_id)",
        )
    append_only("evidence")


def upgrade() -> None:
    _decided_by_somebody_else(NOW)


def downgrade() -> None:
    _decided_by_somebody_else(BEFORE)
