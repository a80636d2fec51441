"""What workers see with each heartbeat, and when the installation was last backed up and restored."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("worker_beat") as table:
        table.add_column(sa.Column("troubles", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("worker_beat") as table:
        table.alter_column("troubles", server_default=None)
    op.create_table(
        "upkeep",
        sa.Column("work", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("work IN ('backup', 'restore')", name=op.f("ck_upkeep_known_work")),
        sa.PrimaryKeyConstraint("work", name=op.f("pk_upkeep")),
    )


def downgrade() -> None:
    op.drop_table("upkeep")
    with op.batch_alter_table("worker_beat") as table:
        table.drop_column("troubles")
