"""Why a published version took shifts from somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal_reason",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_removal_reason_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["rota_version.id"], name=op.f("fk_removal_reason_version_id")),
        sa.PrimaryKeyConstraint("version_id", "person_id", name=op.f("pk_removal_reason")),
    )
    op.create_index(op.f("ix_removal_reason_person_id"), "removal_reason", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_removal_reason_person_id"), table_name="removal_reason")
    op.drop_table("removal_reason")
