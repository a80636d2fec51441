"""E-mails that came back, kinds of notices that people turned off, and the mark of the address that each went to."""

import sqlalchemy as sa
from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "email_bounce",
        sa.Column("outbox_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("address_mark", sa.String(), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_email_bounce_outbox_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_email_bounce_person_id")),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_email_bounce")),
    )
    op.create_index(op.f("ix_email_bounce_person_id"), "email_bounce", ["person_id"])
    op.create_table(
        "email_turned_off",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_email_turned_off_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_email_turned_off")),
    )
    op.add_column("outbox", sa.Column("sent_to", sa.String(), nullable=True))
    op.add_column("mail_circuit_breaker", sa.Column("bounces_read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mail_circuit_breaker", sa.Column("bounces_error", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("mail_circuit_breaker", "bounces_error")
    op.drop_column("mail_circuit_breaker", "bounces_read_at")
    op.drop_column("outbox", "sent_to")
    op.drop_table("email_turned_off")
    op.drop_index(op.f("ix_email_bounce_person_id"), table_name="email_bounce")
    op.drop_table("email_bounce")
