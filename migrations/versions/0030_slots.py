"""What the organisation fills in for its courses: the report form, the nation and local help."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

COLUMNS = ("report_form", "nation", "local_help")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("self_description", sa.Column(name, sa.String(), nullable=True))


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_column("self_description", name)
