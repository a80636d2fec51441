"""The number that rises with what proposals rest on; drafts without the two columns that nothing read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "planning_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_planning_revision_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planning_revision")),
    )
    with op.batch_alter_table("draft") as table:
        table.drop_constraint(op.f("fk_draft_started_by_id"), type_="foreignkey")
        table.drop_column("started_by_id")
        table.drop_column("base_version")


def downgrade() -> None:
    with op.batch_alter_table("draft") as table:
        # Nothing read it, so that the number of a draft made since is unknown does no harm.
        table.add_column(sa.Column("base_version", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("started_by_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_draft_started_by_id"), "person", ["started_by_id"], ["id"])
    with op.batch_alter_table("draft") as table:
        table.alter_column("base_version", server_default=None)
    op.drop_table("planning_revision")
