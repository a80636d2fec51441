"""Private addresses from which calendar programs read who is on a channel."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channel.id"], name=op.f("fk_channel_feed_channel_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_channel_feed_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_channel_feed_token_hash")),
    )
    op.create_index("ix_channel_feed_channel_id", "channel_feed", ["channel_id"], unique=False)
    op.create_index(
        "uq_channel_feed_person_id_channel_id_open",
        "channel_feed",
        ["person_id", "channel_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("channel_feed")
