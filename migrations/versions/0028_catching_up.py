"""What an enrolment asks of one person, and until when a catch-up counts."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("enrolment", sa.Column("asked", sa.JSON(), nullable=True))
    op.add_column("enrolment", sa.Column("lasts_until", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("enrolment", "lasts_until")
    op.drop_column("enrolment", "asked")
