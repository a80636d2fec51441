"""How much people would like to give: light touch or full commitment."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commitment_choice",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN ('light', 'full')", name=op.f("ck_commitment_choice_known_level")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_commitment_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_commitment_choice")),
    )


def downgrade() -> None:
    op.drop_table("commitment_choice")
