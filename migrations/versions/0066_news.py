"""News, and who has read them."""

import sqlalchemy as sa
from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("why", sa.String(length=1000), nullable=False),
        sa.Column("for_you", sa.String(length=1000), nullable=False),
        sa.Column("asked", sa.String(length=1000), nullable=False),
        sa.Column("told_from", sa.String(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_down_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("told_from IN ('user', 'peer', 'volunteer', 'staff')", name=op.f("ck_news_known_told_from")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_news_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news")),
    )
    op.create_table(
        "news_read",
        sa.Column("news_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], name=op.f("fk_news_read_news_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_news_read_person_id")),
        sa.PrimaryKeyConstraint("news_id", "person_id", name=op.f("pk_news_read")),
    )
    op.create_index("ix_news_read_person_id", "news_read", ["person_id"], unique=False)


def downgrade() -> None:
    for table in ("news_read", "news"):
        op.drop_table(table)
