"""Enrolments that are refreshers, which ask only for the units that the course names for them."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those begun before the upgrade stay the whole course that was promised.
    op.add_column("enrolment", sa.Column("is_refresher", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("enrolment", "is_refresher")
