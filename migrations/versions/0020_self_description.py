"""The organisation as its administrators describe it: name, time zone, contact, and whom people turn to in need."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "self_description",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("zone_name", sa.String(), nullable=True),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("emergency_number", sa.String(), nullable=True),
        sa.Column("help_lines", sa.String(), nullable=True),
        sa.Column("support_people", sa.String(), nullable=True),
        sa.Column("safeguarding_lead", sa.String(), nullable=True),
        sa.Column("safeguarding_lead_number", sa.String(), nullable=True),
        sa.Column("safeguarding_deputy", sa.String(), nullable=True),
        sa.Column("safeguarding_deputy_number", sa.String(), nullable=True),
        sa.Column("safeguarding_out_of_hours", sa.String(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_self_description_written_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_description")),
    )


def downgrade() -> None:
    op.drop_table("self_description")
