"""Room on a certificate for the longest legal name."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.alter_column("printed_name", existing_type=sa.String(length=80), type_=sa.String(length=120))


def downgrade() -> None:
    with op.batch_alter_table("certificate") as table:
        table.alter_column("printed_name", existing_type=sa.String(length=120), type_=sa.String(length=80))
