"""Drafts of courses that are written in the browser: their parts, and what parts held before."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

KINDS = (
    "course",
    "change",
    "to-keep",
    "lesson",
    "quiz",
    "scenario",
    "reflection",
    "agreement",
    "exercise",
    "question",
    "step",
    "ending",
)


def upgrade() -> None:
    op.create_table(
        "course_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("base_id", sa.Integer(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Integer(), nullable=False),
        sa.Column("put_away_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (version_id IS NULL)", name=op.f("ck_course_draft_published_as_a_version")
        ),
        sa.CheckConstraint(
            "put_away_at IS NULL OR published_at IS NULL", name=op.f("ck_course_draft_put_away_or_published")
        ),
        sa.ForeignKeyConstraint(["base_id"], ["course_version.id"], name=op.f("fk_course_draft_base_id")),
        sa.ForeignKeyConstraint(["begun_by_id"], ["person.id"], name=op.f("fk_course_draft_begun_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["course_version.id"], name=op.f("fk_course_draft_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_draft")),
    )
    op.create_index(
        "uq_course_draft_open",
        "course_draft",
        ["code"],
        unique=True,
        sqlite_where=sa.text("put_away_at IS NULL AND published_at IS NULL"),
        postgresql_where=sa.text("put_away_at IS NULL AND published_at IS NULL"),
    )
    op.create_table(
        "course_draft_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            f"kind IN ({', '.join(repr(kind) for kind in KINDS)})", name=op.f("ck_course_draft_part_known_kind")
        ),
        sa.CheckConstraint("revision > 0", name=op.f("ck_course_draft_part_revision_from_one")),
        sa.ForeignKeyConstraint(["draft_id"], ["course_draft.id"], name=op.f("fk_course_draft_part_draft_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["course_draft_part.id"], name=op.f("fk_course_draft_part_parent_id")),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_course_draft_part_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_draft_part")),
    )
    op.create_index("ix_course_draft_part_draft_id", "course_draft_part", ["draft_id"])
    op.create_table(
        "course_draft_earlier_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"], ["course_draft_part.id"], name=op.f("fk_course_draft_earlier_text_part_id")
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["person.id"], name=op.f("fk_course_draft_earlier_text_saved_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_draft_earlier_text")),
        sa.UniqueConstraint("part_id", "revision", name=op.f("uq_course_draft_earlier_text_part_id_revision")),
    )


def downgrade() -> None:
    op.drop_table("course_draft_earlier_text")
    op.drop_table("course_draft_part")
    op.drop_table("course_draft")
