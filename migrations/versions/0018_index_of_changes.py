"""An index of changes by their time, which the job that asks people about open seats reads every five minutes."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_assignment_change_changed_at"), "assignment_change", ["changed_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_assignment_change_changed_at"), table_name="assignment_change")
