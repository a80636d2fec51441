"""The working copy of the pathway, in which the next version is made a step at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pathway_copy",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_pathway_copy_one_for_all")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_pathway_copy_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pathway_copy")),
    )


def downgrade() -> None:
    op.drop_table("pathway_copy")
