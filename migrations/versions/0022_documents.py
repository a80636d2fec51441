"""Documents that people agree to: published editions, those taken back before they held, and drafts."""

import sqlalchemy as sa
from alembic import op

from migrations.triggers import append_only

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("what_changed", sa.String(length=400), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("what_it_means", sa.String(length=400), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=False),
        sa.Column("agree_by", sa.Date(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("number > 1", name=op.f("ck_document_edition_follows_the_shipped_one")),
        sa.CheckConstraint(
            "agree_by IS NULL OR agree_by > holds_from", name=op.f("ck_document_edition_leaves_time_to_agree")
        ),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_document_edition_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_edition")),
        sa.UniqueConstraint("document", "number", name=op.f("uq_document_edition_document_number")),
    )
    append_only("document_edition")
    op.create_table(
        "document_edition_taken_back",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["document_edition.id"], name=op.f("fk_document_edition_taken_back_edition_id")
        ),
        sa.ForeignKeyConstraint(
            ["taken_back_by_id"], ["person.id"], name=op.f("fk_document_edition_taken_back_taken_back_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_edition_taken_back")),
        sa.UniqueConstraint("edition_id", name=op.f("uq_document_edition_taken_back_edition_id")),
    )
    append_only("document_edition_taken_back")
    op.create_table(
        "document_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("document", sa.String(length=60), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("what_changed", sa.String(length=400), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("what_it_means", sa.String(length=400), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_document_draft_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_draft")),
        sa.UniqueConstraint("document", "revision", name=op.f("uq_document_draft_document_revision")),
    )


def downgrade() -> None:
    op.drop_table("document_draft")
    op.drop_table("document_edition_taken_back")
    op.drop_table("document_edition")
