"""Since when somebody shares their path through a story, and an index by which the learners of a version are found."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit_attempt", sa.Column("shared_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_enrolment_course_version_id", "enrolment", ["course_version_id"])


def downgrade() -> None:
    op.drop_index("ix_enrolment_course_version_id", table_name="enrolment")
    op.drop_column("unit_attempt", "shared_at")
